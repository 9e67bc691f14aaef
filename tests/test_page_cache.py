"""Public pages and feeds are rendered once, and again as soon as they would be different."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eim import clock
from eim.lib import page_store
from programme.actions import bump_version, say_late
from programme.caching.snapshot import snapshot_cache
from programme.models import Meeting, Session
from registration import tokens
from registration.models import Quota
from tests import factories
from tests.reading import read, text, words
from tests.test_smoke import ADDRESSES, filled, small_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("cached_pages")

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


# When a page is rendered again


def test_change_shows_within_two_seconds(client, session, time_machine):
    assert titles(client) == ["Antes"]
    rename(session, "Después")

    time_machine.shift(SECOND)

    assert titles(client) == ["Después"]


def test_snapshot_is_checked_once_a_second(client, session, time_machine):
    client.get(PROGRAMME)
    client.get("/es/sede/")

    counts = [queries_of(client, PROGRAMME)]
    time_machine.shift(SECOND)
    counts += [queries_of(client, PROGRAMME), queries_of(client, "/es/sede/")]

    assert counts == [0, 1, 0]


def test_published_draft_is_shown(client, staff_client, time_machine):
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
    """Cache no page with rows from before a change under the version after it."""

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


def test_search_texts_from_before_a_change_are_not_cached_as_of_its_version(
    client, session, time_machine
):
    """Ask with the new version of another process, a second before this process knows it."""
    client.get(PROGRAMME)
    rename(session, "Después")
    address = f"/programme/words.json?v={Meeting.objects.get().version}"

    before = client.get(address)
    time_machine.shift(SECOND)
    after = client.get(address)

    found = [(" despues" in str(r.json()), r.headers["Cache-Control"]) for r in (before, after)]
    assert found == [(False, "public, max-age=0"), (True, "public, max-age=604800, s-maxage=15")]


def test_session_is_live_from_its_start_to_its_end(client, session, time_machine):
    time_machine.move_to(session.starts_at - SECOND, tick=False)
    assert read(client, PROGRAMME).xpath("//*[contains(@class, 'is-live')]") == []

    time_machine.move_to(session.starts_at, tick=False)
    assert read(client, PROGRAMME).xpath("//article[contains(@class, 'is-live')]") != []

    time_machine.move_to(session.ends_at, tick=False)
    assert read(client, PROGRAMME).xpath("//*[contains(@class, 'is-live')]") == []


def test_live_pages_poll_often_from_45_minutes_before_a_late_session_too(
    client, session, time_machine
):
    say_late(session, 30)
    found = []
    for minutes in (46, 45, 1):
        time_machine.move_to(session.starts_at - timedelta(minutes=minutes), tick=False)
        found.append(client.get("/live/state.json").json()["seconds"])

    assert found == [60, 8, 8]


def test_notice_appears_and_disappears_on_time(client, time_machine):
    begins, ends = factories.NOW + timedelta(minutes=5), factories.NOW + timedelta(minutes=9)
    factories.notice(text="Llueve.", shown_from=begins, shown_until=ends)

    shown = []
    for moment in (factories.NOW, begins - SECOND, begins, ends - SECOND, ends):
        time_machine.move_to(moment, tick=False)
        shown.append("Llueve." in client.get("/es/sede/").content.decode())

    assert shown == [False, False, True, True, False]


def test_registration_opens_and_closes_on_time(client, meeting, time_machine):
    opens, closes = meeting.registration_opens_at, meeting.registration_closes_at

    offered = []
    for moment in (opens - SECOND, opens, closes - SECOND, closes):
        time_machine.move_to(moment, tick=False)
        offered.append(len(read(client, "/es/").xpath("//header//a[@class='button']")))

    assert offered == [0, 1, 1, 0]


def test_meeting_is_over_at_midnight_of_the_venue(client, time_machine):
    over = "The meeting took place in"
    midnight = factories.moment("00:00", day=4)

    said = []
    for moment in (midnight - SECOND, midnight):
        time_machine.move_to(moment, tick=False)
        said.append(over in text(read(client, "/en/")))

    assert said == [False, True]


def test_rehearsal_banner_changes_each_minute(client, settings, time_machine):
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


def test_words_about_seats_change_without_a_new_version(client, meeting, time_machine):
    quota = factories.quota(session=factories.workshop(), size=20)
    said = []
    for taken in (0, 1, 17, 18, 20):
        Quota.objects.filter(pk=quota.pk).update(taken=taken)
        time_machine.shift(SECOND)
        said += words(read(client, "/en/programme/").xpath("//p[@class='seats-line']"))

    assert said == ["Places left", "Places left", "Last places", "Last places", "Full"]
    assert Meeting.objects.get().version == meeting.version


def test_cells_of_seats_fill_without_a_new_version(client, meeting, time_machine):
    quota = factories.quota(session=factories.workshop(), size=100)
    drawn = set()
    for taken in (0, 19, 20, 40, 80):
        Quota.objects.filter(pk=quota.pk).update(taken=taken)
        time_machine.shift(SECOND)
        drawn |= {*read(client, "/en/programme/").xpath("//p[@class='seats-line']//path/@d")}

    assert len(drawn) == 4
    assert Meeting.objects.get().version == meeting.version


def test_page_is_rendered_again_when_a_cell_of_the_seats_becomes_full(client, time_machine):
    quota = factories.quota(session=factories.workshop(), size=100)
    client.get(PROGRAMME)
    is_rendered = {}
    for taken in (1, 19, 20, 39):
        Quota.objects.filter(pk=quota.pk).update(taken=taken)
        time_machine.shift(SECOND)
        is_rendered[taken] = queries_of(client, PROGRAMME) > 1

    assert is_rendered == {1: False, 19: False, 20: True, 39: False}


def test_home_says_at_once_that_places_in_person_are_full(client, time_machine):
    quota = factories.quota(size=100)
    said = []
    for taken in (0, 95, 100):
        Quota.objects.filter(pk=quota.pk).update(taken=taken)
        time_machine.shift(SECOND)
        said += words(read(client, "/en/").xpath("//ul[@class='moment-facts']/li[2]/strong"))

    assert said == ["Places left", "Last places", "Full"]


# What is never cached


@pytest.mark.parametrize(
    "path",
    [
        *("/es/programa/nada/", "/es/inscripcion/buscar/", "/es/inscripcion/corregir/"),
        *("/nada/", "/admin/", "/healthz", "/"),
    ],
)
def test_errors_forms_and_personal_pages_are_not_cached(client, path):
    client.get(path)

    assert path not in getattr(snapshot_cache.snapshot, "pages", page_store.PageStore()).query_names


def test_own_page_of_an_attendee_is_not_cached(client, meeting):
    path = reverse("registration:own", args=[tokens.own_token(factories.registration())])

    response = client.get(path)

    assert (response.status_code, path in snapshot_cache.snapshot.pages.query_names) == (200, False)
    assert "no-store" in response.headers["Cache-Control"]


def test_response_with_cookie_vary_private_or_error_is_not_cacheable():
    answers = {name: HttpResponse("Hola") for name in ("plain", "cookie", "vary", "stored", "404")}
    answers["cookie"].set_cookie("visitor", "1")
    answers["vary"].headers["Vary"] = "Accept-Encoding, Cookie"
    answers["stored"].headers["Cache-Control"] = "private"
    answers["404"].status_code = 404

    assert [name for name, answer in answers.items() if page_store.is_cacheable(answer)] == [
        "plain"
    ]


def test_page_without_a_meeting_is_not_cached(client, meeting, time_machine):
    meeting.delete()
    client.get(PROGRAMME)
    factories.meeting()
    time_machine.shift(SECOND)

    assert read(client, PROGRAMME).xpath("string(//html/@lang)") == "es"


def test_meeting_created_a_moment_ago_has_its_programme(client, meeting):
    meeting.delete()
    client.get(PROGRAMME)
    factories.meeting()

    codes = [client.get(path).status_code for path in (PROGRAMME, "/programme/words.json")]

    assert codes == [200, 200]


# Query strings


def cached_counts():
    pages = snapshot_cache.snapshot.pages
    return len(pages.without_query.pages), len(pages.with_query.pages)


def test_unknown_query_parameters_share_the_cached_page(client, session):
    page = client.get(PROGRAMME)

    others = [client.get(f"{PROGRAMME}?utm={n}&channel={n}") for n in range(20)]

    assert {other.content for other in others} == {page.content}
    assert {other.headers["ETag"] for other in others} == {page.headers["ETag"]}
    assert cached_counts() == (1, 0)


def test_same_query_in_another_order_is_one_cached_page(client, session):
    for query in ("room=a&channel=1", "channel=1&room=a", "x=1&channel=1&empty=&room=a"):
        client.get(f"/es/en-vivo/?{query}")

    assert cached_counts() == (0, 1)


def test_flood_of_query_strings_evicts_no_page_without_one(client, session, monkeypatch):
    monkeypatch.setattr(page_store, "BYTES_WITH_QUERY", 100_000)
    client.get(PROGRAMME)

    for n in range(60):
        client.get(f"/es/en-vivo/?room={n}")
    client.get(f"/es/en-vivo/?room={'x' * 300}")

    cache = snapshot_cache.snapshot.pages.with_query
    assert cache.used == sum(page.size for page in cache.pages.values()) <= 100_000
    assert 1 < len(cache.pages) < 60
    assert queries_of(client, PROGRAMME) == 0


def test_lru_cache_evicts_the_least_recently_used_page():
    cache = page_store.LRUCache(limit=3 * (page_store.OVERHEAD + 100))
    pages = {name: page_of(name * 100) for name in "abcd"}
    for name in "abc":
        cache.put((name, ""), pages[name])
    cache.find(("a", ""))

    cache.put(("d", ""), pages["d"])

    assert [path for path, _query in cache.pages] == ["c", "a", "d"]
    assert cache.used == sum(page.size for page in cache.pages.values())


def page_of(words):
    response = HttpResponse(words)
    vars(response)["query_names"] = frozenset()
    return page_store.CachedPage(response)
