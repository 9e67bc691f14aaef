"""Test “Live control”: announcing delays, switching streams, and the log of both."""

import pytest
from django.contrib.admin.models import LogEntry

from programme.models import Session, Stream
from tests import factories
from tests.reading import read, text, words

pytestmark = pytest.mark.usefixtures("office_in_english")

PATH = "/admin/programme/stream/live/"


@pytest.fixture(autouse=True)
def during_the_first_session(time_machine):
    """Move the clock before anybody signs in: a sign-in of months ago would have expired."""
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


def submit(client, **facts):
    """Post the form; return the messages of the page that follows."""
    return [str(message) for message in client.post(PATH, facts, follow=True).context["messages"]]


def log_entries():
    entries = LogEntry.objects.order_by("pk")
    return list(entries.values_list("user__username", "object_repr", "change_message"))


def test_page_shows_now_and_next_of_each_room(staff_client, stream):
    page = read(staff_client, PATH)

    assert words(page.xpath("//section/h2")) == ["Auditorium"]
    assert words(page.xpath("//section//h3")) == ["Now First", "Next Second"]


def test_delay_is_announced_logged_and_taken_back(staff_client, second):
    sentences = [submit(staff_client, session=second.pk, minutes=n) for n in (10, 0)]

    assert sentences == [["Second: Starts about 10 minutes late"], ["Second: On time again"]]
    assert Session.objects.get(pk=second.pk).minutes_late == 0
    assert log_entries() == [
        ("organiza", "Second", "Starts about 10 minutes late"),
        ("organiza", "Second", "On time again"),
    ]
    assert "Second: Starts about 10 minutes late organiza" in text(read(staff_client, PATH))


def test_late_session_has_a_button_that_ends_its_delay(staff_client, second):
    def buttons():
        page = read(staff_client, PATH)
        return words(page.xpath("//button[@name='minutes'][@value='0']"))

    before = buttons()
    submit(staff_client, session=second.pk, minutes=10)

    assert (before, buttons()) == ([], ["On time again"])


@pytest.mark.parametrize("minutes", ["-1", "241", "soon", ""])
def test_invalid_minutes_are_refused(staff_client, second, minutes):
    sentences = submit(staff_client, session=second.pk, minutes=minutes)

    assert len(sentences) == 1
    assert (Session.objects.get(pk=second.pk).minutes_late, log_entries()) == (0, [])


def test_session_of_another_day_is_refused(staff_client, stream):
    tomorrow = factories.session(starts_at=factories.moment("10:00", day=2))

    submit(staff_client, session=tomorrow.pk, minutes=5)

    assert (Session.objects.get(pk=tomorrow.pk).minutes_late, log_entries()) == (0, [])


def test_stream_is_switched_to_its_spare_and_back(staff_client, stream):
    factories.channel(stream=stream, is_spare=True)

    sentences = [
        submit(staff_client, stream=stream.pk, to_spare=answer) for answer in ("yes", "no")
    ]

    name = "Auditorium, 18-11-2026"
    assert sentences == [[f"{name}: On the spare stream"], [f"{name}: On the usual stream"]]
    assert not Stream.objects.get().uses_spare
    assert [entry[2] for entry in log_entries()] == ["On the spare stream", "On the usual stream"]


def test_switch_without_spare_channels_is_refused(staff_client, stream):
    page = read(staff_client, PATH)
    sentences = submit(staff_client, stream=stream.pk, to_spare="yes")

    assert "It has no spare channel." in text(page)
    assert sentences == ["Auditorium, 18-11-2026 has no spare channel: add one first."]
    assert (Stream.objects.get().uses_spare, log_entries()) == (False, [])


def test_empty_form_changes_nothing(staff_client, stream):
    assert len(submit(staff_client)) == 1
    assert log_entries() == []


def test_page_says_that_today_has_no_session(staff_client, stream, time_machine):
    time_machine.move_to(factories.NOW, tick=False)

    assert "No session today has a room and a time." in text(read(staff_client, PATH))


def test_page_requires_the_permission_to_change_streams(
    client, sign_in, powerless_client, stream, second
):
    allowed = sign_in(factories.user(permissions=["programme.change_stream"]))
    clients = (client, powerless_client, allowed)

    got = [one.get(PATH).status_code for one in clients]
    posted = [one.post(PATH, {"session": second.pk, "minutes": 5}).status_code for one in clients]

    assert (got, posted) == ([302, 403, 200], [302, 403, 302])
    assert len(log_entries()) == 1


def test_start_page_links_to_live_control_with_the_permission(
    staff_client, powerless_client, stream
):
    def links(one):
        return read(one, "/admin/").xpath(f"//a[@href='{PATH}']")

    assert [len(links(one)) for one in (staff_client, powerless_client)] == [2, 0]


def test_live_control_queries_do_not_grow(staff_client, stream, django_assert_num_queries):
    staff_client.get(PATH)
    with django_assert_num_queries(14):
        staff_client.get(PATH)

    for _ in range(4):
        other = factories.stream()
        factories.channel(stream=other, is_spare=True)
        factories.part(session=factories.session(room=other.room))
    with django_assert_num_queries(14):
        staff_client.get(PATH)
