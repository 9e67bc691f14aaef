"""Changes of the programme: which are recorded, and where visitors read them."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import translation
from lxml import etree, html

from eim import clock
from programme.actions import writing_sessions
from programme.models import Change, Meeting, Session
from programme.wording.news import sentence
from tests import factories
from tests.back_office import address, form_of
from tests.programme.loading_files import load, small
from tests.reading import headings, read, text, words

__all__ = ["load", "small"]

LATER = timedelta(days=2)
MINUTE = timedelta(minutes=1)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def write(db):
    """Return a function that changes a session and records that, as the back office does."""

    def written(session, **facts):
        with writing_sessions():
            Session.objects.filter(pk=session.pk).update(**facts)
        session.refresh_from_db()

    return written


@pytest.fixture
def wait(time_machine):
    def waited(delta):
        time_machine.move_to(clock.now() + delta, tick=False)

    return waited


def told(client, path="/en/programme/changes/"):
    """Return each listed change as the title of its session and its sentences."""
    page = read(client, path)
    return [
        (words(item.xpath(".//h3"))[0], words(item.xpath(".//p"))[0])
        for item in page.xpath("//main//ul[contains(@class, 'ruled-list')]/li")
    ]


def hours(start, *, day=1, length=timedelta(hours=1)):
    starts_at = factories.moment(start, day=day)
    return {"day": starts_at.date(), "starts_at": starts_at, "ends_at": starts_at + length}


# Sentences


NO_HOURS = {"day": None, "starts_at": None, "ends_at": None}
SENTENCES = [
    (
        hours("10:00", day=2),
        "It has moved from Wednesday 18 November, 10:00, to Thursday 19 November, 10:00, "
        "Asunción time.",
    ),
    (
        hours("10:00", length=timedelta(hours=2)),
        "It now ends at 12:00, not at 11:00 (Asunción time).",
    ),
    (
        {"starts_at": None, "ends_at": None},
        "It no longer has a fixed time: it was due to begin on Wednesday 18 November, 10:00, "
        "Asunción time.",
    ),
    ({"state": "cancelled"}, "It has been cancelled."),
]


@pytest.mark.parametrize(("facts", "words"), SENTENCES, ids=[case[1] for case in SENTENCES])
def test_change_of_a_session_with_hours_is_described(meeting, write, in_english, facts, words):
    session = factories.session()

    write(session, **facts)

    assert sentence(Change.objects.get(), meeting) == words


HOURLESS = [
    (
        hours("9:30"),
        "It now has a time: Wednesday 18 November, from 9:30 to 10:30, Asunción time.",
    ),
    ({"day": factories.LAST_DAY}, "It is now on Friday 20 November."),
    ({"day": None}, "It was left without a day."),
]


@pytest.mark.parametrize(("facts", "words"), HOURLESS, ids=[case[1] for case in HOURLESS])
def test_change_of_a_session_without_hours_is_described(meeting, write, in_english, facts, words):
    session = factories.session(starts_at=None)

    write(session, **facts)

    assert sentence(Change.objects.get(), meeting) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("A", "B", "It is now in Room B, no longer in Room A."),
        (None, "B", "Its room is Room B."),
        ("A", None, "It was left without a room."),
    ],
)
def test_change_of_the_room_is_described(meeting, write, in_english, before, after, words):
    rooms = {None: None} | {name: factories.room(name_en=f"Room {name}") for name in "AB"}
    session = factories.session(room=rooms[before])

    write(session, room=rooms[after])

    assert sentence(Change.objects.get(), meeting) == words


def test_hour_and_room_changed_at_once_are_one_entry(meeting, write, in_english):
    session = factories.session()

    write(session, **hours("12:00"), room=factories.room(name_en="Chapel"))

    assert sentence(Change.objects.get(), meeting) == (
        "It has moved from 10:00 to 12:00, Asunción time, on Wednesday 18 November. Its room "
        "is Chapel."
    )


def test_revived_session_is_listed_with_its_hours(meeting, write, in_english):
    session = factories.session(state=Session.State.CANCELLED)

    write(session, state=Session.State.PUBLISHED, **hours("12:00"))

    assert sentence(Change.objects.get(), meeting) == (
        "It is back in the programme: Wednesday 18 November, from 12:00 to 13:00, Asunción time."
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "es",
            "Pasó del miércoles 18 de noviembre, 10:00, al jueves 19 de noviembre, 10:00, "
            "hora de Asunción.",
        ),
        (
            "pt",
            "Passou de quarta-feira, 18 de novembro, 10h00, para quinta-feira, 19 de novembro, "
            "10h00, hora de Asunción.",
        ),
    ],
)
def test_change_is_described_in_the_language_of_the_page(meeting, write, language, words):
    write(factories.session(), **hours("10:00", day=2))

    with translation.override(language):
        assert sentence(Change.objects.get(), meeting) == words


# What is recorded


def test_change_of_a_title_is_not_recorded(meeting, write):
    write(factories.session(), title_es="Otro", format=Session.Format.ONLINE)

    assert not Change.objects.exists()


def test_move_of_a_draft_is_not_recorded(meeting, write):
    session = factories.session(state=Session.State.DRAFT)

    write(session, **hours("12:00"))

    assert (session.changes.count(), Session.objects.get().revision) == (0, 1)


def test_several_changes_within_ten_minutes_are_recorded_as_one(meeting, write, wait, in_english):
    session = factories.session()
    for hour in ("11:00", "12:00", "13:00"):
        write(session, **hours(hour))
        wait(9 * MINUTE)

    change = Change.objects.get()
    assert sentence(change, meeting) == (
        "It has moved from 10:00 to 13:00, Asunción time, on Wednesday 18 November."
    )
    assert change.changed_at == factories.NOW + 18 * MINUTE
    assert Session.objects.get().revision == 3


def test_move_and_back_within_ten_minutes_is_no_change(meeting, write, wait):
    session = factories.session()
    write(session, **hours("11:00"))
    wait(MINUTE)

    write(session, **hours("10:00"))

    assert (Change.objects.count(), Session.objects.get().revision) == (0, 2)


def test_changes_more_than_ten_minutes_apart_are_two(meeting, write, wait):
    session = factories.session()
    write(session, **hours("11:00"))
    wait(10 * MINUTE)

    write(session, **hours("10:00"))

    assert Change.objects.count() == 2


def test_changes_of_two_sessions_are_two(meeting, write):
    write(factories.session(), **hours("11:00"))
    write(factories.session(), **hours("11:00"))

    assert Change.objects.count() == 2


def test_move_in_the_back_office_is_recorded(staff_client, meeting):
    session = factories.session()
    room = factories.room()
    data = form_of(staff_client, address(session)) | {"room": room.pk}

    staff_client.post(address(session), data)

    change = Change.objects.get()
    assert (change.session, change.was_room, change.room) == (session, None, room)


def test_session_added_in_the_back_office_is_new_and_has_no_revision(staff_client, meeting):
    url = "/admin/programme/session/add/"
    data = form_of(staff_client, url) | {
        "code": "N-1",
        "slug": "nueva",
        "title_es": "Nueva",
        "kind": "lecture",
        "format": "hybrid",
        "state": "published",
    }

    assert staff_client.post(url, data).status_code == 302

    change = Change.objects.get()
    assert (change.session.slug, change.is_publication) == ("nueva", True)
    assert change.session.revision == 0


def test_first_load_of_a_programme_records_no_change(client, db, load, small):
    load(small)

    assert Change.objects.publications().count() == 2
    assert told(client) == []


def test_load_records_a_moved_hour_and_a_new_session(client, db, load, small, wait):
    load(small)
    wait(LATER)
    small["sessions"][0]["ends"] = "10:45"
    added = {"code": "N", "slug": "nueva", "title": {"es": "Nueva"}, "kind": "closing"}
    small["sessions"].append(added | {"format": "hybrid", "state": "published"})

    load(small)

    assert told(client) == [
        ("Nueva", "It is new in the programme."),
        ("El barro", "It now ends at 10:45, not at 11:00 (Asunción time)."),
    ]


# The list


def test_list_shows_the_newest_first_grouped_by_day(client, meeting, write, wait):
    first, second = factories.session(title_en="First"), factories.session(title_en="Second")
    write(first, **hours("11:00"))
    wait(LATER)
    write(second, state=Session.State.CANCELLED, cancellation_reason_en="It rains.")

    page = read(client, "/en/programme/changes/")

    assert headings(page, 2) == ["Thursday 3 September", "Tuesday 1 September"]
    assert told(client) == [
        ("Second", "It has been cancelled. It rains."),
        (
            "First",
            "It has moved from 10:00 to 11:00, Asunción time, on Wednesday 18 November.",
        ),
    ]


def test_empty_list_says_so(client, meeting):
    factories.session()

    page = read(client, "/en/programme/changes/")

    assert "Nothing has changed since the programme was published." in text(page)


def test_first_publication_of_the_programme_is_not_listed(client, meeting, write, wait):
    drafts = [factories.session(state=Session.State.DRAFT) for _n in range(3)]
    for draft in drafts:
        write(draft, state=Session.State.PUBLISHED)
        wait(20 * MINUTE)

    assert told(client) == []


def test_session_cancelled_before_publication_is_not_listed(client, meeting, write):
    session = factories.session(state=Session.State.DRAFT)

    write(session, state=Session.State.CANCELLED)

    assert told(client) == []


def test_session_published_later_is_listed_as_new(client, meeting, write, wait):
    write(factories.session(state=Session.State.DRAFT), state=Session.State.PUBLISHED)
    wait(61 * MINUTE)

    write(
        factories.session(title_en="Late", state=Session.State.DRAFT), state=Session.State.PUBLISHED
    )

    when = "Wednesday 18 November, from 10:00 to 11:00, Asunción time"
    assert told(client) == [("Late", f"It is new in the programme: {when}.")]


def test_move_on_the_day_of_publication_is_listed(client, meeting, write, wait):
    session = factories.session(title_en="Opening", state=Session.State.DRAFT)
    write(session, state=Session.State.PUBLISHED)
    wait(MINUTE)

    write(session, **hours("12:00"))

    assert [title for title, _sentence in told(client)] == ["Opening"]


def test_list_omits_a_session_taken_back_to_draft(client, meeting, write, wait):
    session = factories.session(title_en="Secret")
    write(session, **hours("11:00"))
    wait(LATER)
    write(session, state=Session.State.DRAFT, title_en="Even more secret")

    assert told(client) == []
    assert b"ecret" not in client.get("/programme/changes.atom?lang=en").content


def test_list_omits_the_reason_of_a_revived_session(client, meeting, write, wait):
    session = factories.session(cancellation_reason_en="It rains.")
    write(session, state=Session.State.CANCELLED)
    wait(LATER)
    write(session, state=Session.State.PUBLISHED)

    assert [said for _title, said in told(client)] == [
        "It is back in the programme: Wednesday 18 November, from 10:00 to 11:00, Asunción time.",
        "It has been cancelled.",
    ]


def test_programme_links_to_the_list_and_its_feed(client, meeting):
    factories.session()
    Meeting.objects.update(changed_at=factories.NOW)

    page = read(client, "/en/programme/")

    assert page.xpath("//main//a[@href='/en/programme/changes/']")
    assert page.xpath("//link[@type='application/atom+xml']/@href") == [
        "/programme/changes.atom?lang=en"
    ]


@pytest.mark.parametrize(
    "path", ["/es/programa/cambios/", "/pt/programa/alteracoes/", "/en/programme/changes/"]
)
def test_list_has_an_address_in_each_language(client, meeting, path):
    factories.change()

    assert len(told(client, path)) == 1


@pytest.mark.parametrize("count", [10, 200])
def test_list_queries_do_not_grow(client, meeting, django_assert_num_queries, count):
    for _n in range(count):
        factories.change(room=factories.room(), was_room=factories.room())

    with django_assert_num_queries(7):
        assert len(told(client)) == count


def test_list_ends_after_200_changes(client, meeting):
    session = factories.session()
    for _n in range(201):
        factories.change(session=session)

    assert len(told(client)) == 200


# The session's own page


def changed(client, path="/en/programme/apertura/"):
    return words(read(client, path).xpath("//dl/div[@class='changed']/*"))


def test_session_page_shows_the_last_change(client, meeting, write, wait):
    session = factories.session(slug="apertura")
    write(session, **hours("11:00"))
    wait(LATER)
    write(session, room=factories.room(name_en="Chapel"))

    assert changed(client) == ["Changed on Thursday 3 September", "Its room is Chapel."]


def test_page_of_a_session_never_moved_shows_no_change(client, meeting, write, wait):
    session = factories.session(slug="apertura", state=Session.State.DRAFT)
    write(session, state=Session.State.PUBLISHED)

    assert changed(client) == []


def test_page_of_a_cancelled_session_says_so_once(client, meeting, write):
    session = factories.session(slug="apertura")
    write(session, state=Session.State.CANCELLED)

    assert changed(client) == []


# The feed


def test_feed_has_an_entry_for_each_change(client, meeting, write, settings):
    settings.SITE_URL = "https://museos.example"
    session = factories.session(title_en="Opening", slug="apertura")
    write(session, state=Session.State.CANCELLED, cancellation_reason_en="It rains.")

    feed = etree.fromstring(client.get("/programme/changes.atom?lang=en").content)

    (entry,) = feed.findall("a:entry", ATOM)
    url = "https://museos.example/en/programme/apertura/"
    assert {name: entry.findtext(f"a:{name}", namespaces=ATOM) for name in ("title", "id")} == {
        "title": "Opening",
        "id": f"{url}#12-change-{Change.objects.get().pk}",
    }
    assert entry.findtext("a:summary", namespaces=ATOM) == "It has been cancelled. It rains."
    assert entry.findtext("a:updated", namespaces=ATOM) == "2026-09-01T12:00:00+00:00"
    assert [(link.get("rel"), link.get("href")) for link in feed.findall("a:link", ATOM)] == [
        ("alternate", "https://museos.example/en/programme/changes/"),
        ("self", "https://museos.example/programme/changes.atom?lang=en"),
    ]


def test_feed_and_its_entries_are_different_for_the_next_meeting(client, meeting):
    factories.change()

    def identities():
        feed = etree.fromstring(client.get("/programme/changes.atom").content)
        return {one.text for one in feed.iterfind(".//a:id", ATOM)}

    before = identities()
    Meeting.objects.update(number=F("number") + 1)
    after = identities()

    assert (len(before), len(after), before & after) == (2, 2, set())


def test_feed_is_identical_while_nothing_changes(client, meeting, wait):
    first = client.get("/programme/changes.atom").content
    wait(LATER)

    assert client.get("/programme/changes.atom").content == first


def test_feed_is_valid_xml_whatever_organisers_write(client, meeting):
    text = "\x07]]><b>&amp; 👩🏽‍🏫\x85"
    session = factories.session(title=text, state="cancelled", cancellation_reason_es=text)
    factories.change(session=session, state="cancelled")

    feed = etree.fromstring(client.get("/programme/changes.atom").content)

    summary = feed.find("a:entry/a:summary", ATOM)
    assert (summary.get("type"), html.fromstring(summary.text).text_content()) == (
        "html",
        "Se canceló. ]]><b>&amp; 👩🏽‍🏫",
    )
    assert feed.findtext("a:entry/a:title", namespaces=ATOM) == "]]><b>&amp; 👩🏽‍🏫"


# The back office


def test_back_office_shows_and_deletes_changes_but_edits_none(staff_client, meeting):
    change = factories.change()
    url = address(change)

    assert staff_client.get(url).status_code == 200
    assert staff_client.post(url, {"state": "draft"}).status_code == 403
    assert staff_client.get("/admin/programme/change/add/").status_code == 403
    assert staff_client.post(address(change, "delete"), {"post": "yes"}).status_code == 302
    assert not Change.objects.exists()


@pytest.mark.parametrize("row", ["session", "room"])
def test_row_that_a_change_names_can_be_deleted(staff_client, meeting, row):
    change = factories.change(was_room=factories.room())
    named = {"session": change.session, "room": change.was_room}[row]

    staff_client.post(address(named, "delete"), {"post": "yes"})

    assert not type(named).objects.filter(pk=named.pk).exists()
