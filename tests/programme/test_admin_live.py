"""“Live control”: what organisers say of today's sessions and streams, and who said it."""

import pytest
from django.contrib.admin.models import LogEntry

from programme.models import Session, Stream
from tests import factories
from tests.reading import read, text, words

pytestmark = pytest.mark.usefixtures("office_in_english")

PATH = "/admin/programme/stream/live/"


@pytest.fixture(autouse=True)
def during_the_first_session(time_machine):
    """Before anybody signs in: who did so months ago is asked again."""
    time_machine.move_to(factories.moment("10:30"), tick=False)


@pytest.fixture
def stream(meeting):
    stream = factories.stream(room=factories.room(name_en="Auditorium"))
    factories.channel(stream=stream)
    factories.session(title_en="First", room=stream.room)
    factories.session(title_en="Second", room=stream.room, starts_at=factories.moment("11:30"))
    return stream


@pytest.fixture
def second(stream):
    return Session.objects.get(title_en="Second")


def say(client, **facts):
    """The sentences of the page that follows."""
    return [str(message) for message in client.post(PATH, facts, follow=True).context["messages"]]


def told():
    entries = LogEntry.objects.order_by("pk")
    return list(entries.values_list("user__username", "object_repr", "change_message"))


def test_page_shows_now_and_next_of_each_room(staff_client, stream):
    page = read(staff_client, PATH)

    assert words(page.xpath("//section/h2")) == ["Auditorium"]
    assert words(page.xpath("//section//h3")) == ["Now First", "Next Second"]


def test_session_is_said_to_be_late_and_on_time_again(staff_client, second):
    sentences = [say(staff_client, session=second.pk, minutes=n) for n in (10, 0)]

    assert sentences == [["Second: Starts about 10 minutes late"], ["Second: On time again"]]
    assert Session.objects.get(pk=second.pk).minutes_late == 0
    assert told() == [
        ("organiza", "Second", "Starts about 10 minutes late"),
        ("organiza", "Second", "On time again"),
    ]
    assert "Second: Starts about 10 minutes late organiza" in text(read(staff_client, PATH))


def test_late_session_can_be_taken_back_on_the_page(staff_client, second):
    def buttons():
        page = read(staff_client, PATH)
        return words(page.xpath("//button[@name='minutes'][@value='0']"))

    before = buttons()
    say(staff_client, session=second.pk, minutes=10)

    assert (before, buttons()) == ([], ["On time again"])


@pytest.mark.parametrize("minutes", ["-1", "241", "soon", ""])
def test_minutes_that_make_no_sense_are_refused(staff_client, second, minutes):
    sentences = say(staff_client, session=second.pk, minutes=minutes)

    assert len(sentences) == 1
    assert (Session.objects.get(pk=second.pk).minutes_late, told()) == (0, [])


def test_session_of_another_day_is_refused(staff_client, stream):
    tomorrow = factories.session(starts_at=factories.moment("10:00", day=2))

    say(staff_client, session=tomorrow.pk, minutes=5)

    assert (Session.objects.get(pk=tomorrow.pk).minutes_late, told()) == (0, [])


def test_stream_is_switched_to_its_spare_and_back(staff_client, stream):
    factories.channel(stream=stream, is_spare=True)

    sentences = [say(staff_client, stream=stream.pk, to_spare=answer) for answer in ("yes", "no")]

    name = "Auditorium, 18-11-2026"
    assert sentences == [[f"{name}: On the spare stream"], [f"{name}: On the usual stream"]]
    assert not Stream.objects.get().uses_spare
    assert [entry[2] for entry in told()] == ["On the spare stream", "On the usual stream"]


def test_stream_without_a_spare_says_so(staff_client, stream):
    page = read(staff_client, PATH)
    sentences = say(staff_client, stream=stream.pk, to_spare="yes")

    assert "It has no spare channel." in text(page)
    assert sentences == ["Auditorium, 18-11-2026 has no spare channel: give it one first."]
    assert (Stream.objects.get().uses_spare, told()) == (False, [])


def test_form_that_says_nothing_changes_nothing(staff_client, stream):
    assert len(say(staff_client)) == 1
    assert told() == []


def test_live_control_on_a_day_without_sessions_says_so(staff_client, stream, time_machine):
    time_machine.move_to(factories.NOW, tick=False)

    assert "No session of today has a room and a time." in text(read(staff_client, PATH))


def test_page_is_for_who_may_change_streams(client, sign_in, powerless_client, stream, second):
    allowed = sign_in(factories.user(permissions=["programme.change_stream"]))
    everybody = (client, powerless_client, allowed)

    got = [one.get(PATH).status_code for one in everybody]
    posted = [one.post(PATH, {"session": second.pk, "minutes": 5}).status_code for one in everybody]

    assert (got, posted) == ([302, 403, 200], [302, 403, 302])
    assert len(told()) == 1


def test_start_page_leads_there_who_may(staff_client, powerless_client, stream):
    def links(one):
        return read(one, "/admin/").xpath(f"//a[@href='{PATH}']")

    assert [len(links(one)) for one in (staff_client, powerless_client)] == [2, 0]


def test_live_control_queries_do_not_grow(staff_client, stream, django_assert_num_queries):
    with django_assert_num_queries(14):
        staff_client.get(PATH)

    for _ in range(4):
        other = factories.stream()
        factories.channel(stream=other, is_spare=True)
        factories.part(session=factories.session(room=other.room))
    with django_assert_num_queries(14):
        staff_client.get(PATH)
