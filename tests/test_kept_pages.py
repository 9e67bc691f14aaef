"""Public pages and feeds are rendered once, and again as soon as they would say something else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eim import clock
from programme import kept
from programme.actions import bump_version, say_late
from programme.edition import reader
from programme.models import Meeting, Session
from registration import tokens
from registration.models import Quota
from tests import factories
from tests.reading import read, text, words
from tests.test_smoke import ADDRESSES, filled, small_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("kept_pages")

PROGRAMME = "/es/programa/"
SECOND = timedelta(seconds=1)


@pytest.fixture
def session():
    return factories.session(title="Antes", slug="apertura")


def titles(client, path=PROGRAMME):
    return [title.text_content() for title in read(client, path).xpath("//article//h4")]


def rename(session, title):
    Session.objects.filter(pk=session.pk).update(title_es=title)
    bump_version()


def queries_of(client, path, **headers):
    with CaptureQueriesContext(connection) as queries:
        client.get(path, headers=headers)
    return len(queries)


# When it is rendered anew


def test_change_shows_within_two_seconds(client, session, time_machine):
    assert titles(client) == ["Antes"]
    rename(session, "Después")

    time_machine.shift(SECOND)

    assert titles(client) == ["Después"]


def test_what_is_read_is_asked_once_a_second(client, session, time_machine):
    client.get(PROGRAMME)
    client.get("/es/sede/")

    counts = [queries_of(client, PROGRAMME)]
    time_machine.shift(SECOND)
    counts += [queries_of(client, PROGRAMME), queries_of(client, "/es/sede/")]

    assert counts == [0, 1, 0]


def test_published_draft_is_shown_and_was_not_before(client, staff_client, time_machine):
    draft = factories.session(title="Secreto", state="draft")
    assert titles(client) == []
    assert client.get(draft.get_absolute_url()).status_code == 404

    draft.state = "published"
    draft.save()
    bump_version()
    time_machine.shift(SECOND)

    assert titles(client) == ["Secreto"]
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_change_while_a_page_is_rendered_is_not_missed(client, session, time_machine):
    """The page was read before the change: it is not kept as one of after it."""

    def change_first(execute, sql, *arguments):
        if "programme_organisation" in sql and not changed:
            changed.append(True)
            rename(session, "Después")
        return execute(sql, *arguments)

    changed = []
    with connection.execute_wrapper(change_first):
        titles(client)
    time_machine.shift(SECOND)

    assert (changed, titles(client)) == ([True], ["Después"])


def test_words_of_before_a_change_are_not_those_of_its_version(client, session, time_machine):
    """Another process has told of the new version; this one knows it only a second later."""
    client.get(PROGRAMME)
    rename(session, "Después")
    address = f"/programme/words.json?v={Meeting.objects.get().version}"

    before = client.get(address)
    time_machine.shift(SECOND)
    after = client.get(address)

    found = [(" despues" in str(r.json()), r.headers["Cache-Control"]) for r in (before, after)]
    assert found == [(False, "public, max-age=0"), (True, "public, max-age=604800")]


def test_session_that_begins_is_live_at_that_moment(client, session, time_machine):
    time_machine.move_to(session.starts_at - SECOND, tick=False)
    assert read(client, PROGRAMME).xpath("//*[contains(@class, 'is-live')]") == []

    time_machine.move_to(session.starts_at, tick=False)
    assert read(client, PROGRAMME).xpath("//article[contains(@class, 'is-live')]") != []

    time_machine.move_to(session.ends_at, tick=False)
    assert read(client, PROGRAMME).xpath("//*[contains(@class, 'is-live')]") == []


def test_live_pages_ask_often_before_a_late_session_as_before_any(client, session, time_machine):
    say_late(session, 30)
    found = []
    for minutes in (46, 45, 1):
        time_machine.move_to(session.starts_at - timedelta(minutes=minutes), tick=False)
        found.append(client.get("/live/state.json").json()["seconds"])

    assert found == [60, 8, 8]


def test_notice_begins_and_ends_at_its_moments(client, time_machine):
    begins, ends = factories.NOW + timedelta(minutes=5), factories.NOW + timedelta(minutes=9)
    factories.notice(text="Llueve.", shown_from=begins, shown_until=ends)

    shown = []
    for moment in (factories.NOW, begins - SECOND, begins, ends - SECOND, ends):
        time_machine.move_to(moment, tick=False)
        shown.append("Llueve." in client.get("/es/sede/").content.decode())

    assert shown == [False, False, True, True, False]


def test_registration_opens_and_closes_at_its_moments(client, meeting, time_machine):
    opens, closes = meeting.registration_opens_at, meeting.registration_closes_at

    offered = []
    for moment in (opens - SECOND, opens, closes - SECOND, closes):
        time_machine.move_to(moment, tick=False)
        offered.append(len(read(client, "/es/").xpath("//header//a[@class='button']")))

    assert offered == [0, 1, 1, 0]


def test_meeting_is_over_at_midnight_of_the_venue(client, time_machine):
    over = "The meeting is over. Its programme stays here"
    midnight = factories.moment("00:00", day=4)

    said = []
    for moment in (midnight - SECOND, midnight):
        time_machine.move_to(moment, tick=False)
        said.append(over in text(read(client, "/en/")))

    assert said == [False, True]


def test_rehearsal_says_each_minute(client, settings, time_machine):
    settings.CLOCK = "2026-11-18T10:15-03:00"
    clock.offset.cache_clear()
    said = []
    for seconds in (0, 59, 1):
        time_machine.shift(seconds)
        said += words(read(client, "/en/venue/").xpath("//*[@class='banner is-rehearsal']//p"))
    clock.offset.cache_clear()

    assert said == [
        f"Rehearsal: this site's clock says Wednesday 18 November, {hour}, Asunción time"
        for hour in ("10:15", "10:15", "10:16")
    ]


def test_last_place_taken_is_said_though_no_version_rose(client, meeting, time_machine):
    quota = factories.quota(session=factories.workshop(), size=20)
    said = []
    for taken in (0, 1, 17, 18, 20):
        Quota.objects.filter(pk=quota.pk).update(taken=taken)
        time_machine.shift(SECOND)
        said += words(
            read(client, "/en/programme/").xpath("//span[@class='tag' or @class='tag is-full']")
        )

    assert said == ["Places left", "Places left", "Last places", "Last places", "Full"]
    assert Meeting.objects.get().version == meeting.version


def test_figures_alone_render_nothing_anew(client, time_machine):
    quota = factories.quota(session=factories.workshop(), size=100)
    client.get(PROGRAMME)
    Quota.objects.filter(pk=quota.pk).update(taken=40)
    time_machine.shift(SECOND)

    assert queries_of(client, PROGRAMME) == 1


# What is never kept


@pytest.mark.parametrize(
    "path", ["/es/programa/nada/", "/es/inscripcion/", "/nada/", "/admin/", "/healthz", "/"]
)
def test_errors_forms_and_what_is_of_one_person_are_not_kept(client, path):
    client.get(path)

    assert path not in getattr(reader.edition, "pages", kept.Pages()).knows


def test_own_page_of_an_attendee_is_not_kept(client, meeting):
    path = reverse("registration:own", args=[tokens.own_token(factories.registration())])

    response = client.get(path)

    assert (response.status_code, reader.edition) == (200, None)
    assert "no-store" in response.headers["Cache-Control"]


def test_nothing_is_kept_that_sets_a_cookie_or_differs_between_people():
    answers = {name: HttpResponse("Hola") for name in ("plain", "cookie", "vary", "stored", "404")}
    answers["cookie"].set_cookie("visitor", "1")
    answers["vary"].headers["Vary"] = "Accept-Encoding, Cookie"
    answers["stored"].headers["Cache-Control"] = "private"
    answers["404"].status_code = 404

    assert [name for name, answer in answers.items() if kept.may_be_kept(answer)] == ["plain"]


def test_page_without_a_meeting_is_not_kept(client, meeting, time_machine):
    meeting.delete()
    client.get(PROGRAMME)
    factories.meeting()
    time_machine.shift(SECOND)

    assert read(client, PROGRAMME).xpath("string(//html/@lang)") == "es"


def test_meeting_of_a_moment_ago_has_its_programme(client, meeting):
    meeting.delete()
    client.get(PROGRAMME)
    factories.meeting()

    codes = [client.get(path).status_code for path in (PROGRAMME, "/programme/words.json")]

    assert codes == [200, 200]


# Questions


def kept_count():
    pages = reader.edition.pages
    return len(pages.plain.pages), len(pages.asked.pages)


def test_unknown_questions_change_nothing_and_keep_nothing(client, session):
    page = client.get(PROGRAMME)

    others = [client.get(f"{PROGRAMME}?utm={n}&channel={n}") for n in range(20)]

    assert {other.content for other in others} == {page.content}
    assert {other.headers["ETag"] for other in others} == {page.headers["ETag"]}
    assert kept_count() == (1, 0)


def test_same_question_written_otherwise_is_one_page(client, session):
    for query in ("room=a&channel=1", "channel=1&room=a", "x=1&channel=1&empty=&room=a"):
        client.get(f"/es/en-vivo/?{query}")

    assert kept_count() == (0, 1)


def test_flood_of_questions_drives_out_no_page(client, session, monkeypatch):
    monkeypatch.setattr(kept, "ROOM_FOR_QUESTIONS", 100_000)
    client.get(PROGRAMME)

    for n in range(60):
        client.get(f"/es/en-vivo/?room={n}")
    client.get(f"/es/en-vivo/?room={'x' * 300}")

    asked = reader.edition.pages.asked
    assert asked.used == sum(page.size for page in asked.pages.values()) <= 100_000
    assert 1 < len(asked.pages) < 60
    assert queries_of(client, PROGRAMME) == 0


def test_page_store_drops_the_page_that_was_asked_for_longest_ago():
    shelf = kept.Shelf(room=3 * (kept.OVERHEAD + 100))
    pages = {name: page_of(name * 100) for name in "abcd"}
    for name in "abc":
        shelf.put((name, ""), pages[name])
    shelf.find(("a", ""))

    shelf.put(("d", ""), pages["d"])

    assert [path for path, _asked in shelf.pages] == ["c", "a", "d"]
    assert shelf.used == sum(page.size for page in shelf.pages.values())


def page_of(words):
    response = HttpResponse(words)
    vars(response)["knows"] = frozenset()
    return kept.Page(response)
