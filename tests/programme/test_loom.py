"""The programme as a loom, what is folded of it, and what it says after the meeting."""

from datetime import timedelta

import pytest

from programme.models import Meeting
from tests import factories
from tests.reading import headings, read, text, words

AFTER = factories.moment("12:00", day=10)
HEADS = "//ul[@class='room-heads']/li"


def classes(page, path):
    """Return the classes of each element, of those alone that place it on the loom."""
    found = [element.get("class", "").split() for element in page.xpath(path)]
    known = ("from", "to", "col", "lanes", "is-across")
    return [[name for name in names if name.rstrip("-0123456789") in known] for names in found]


def at(start, end=None, *, day=1, **facts):
    """Create a session with hours; `end` may be on the next day."""
    starts_at = factories.moment(start, day=day)
    if end:
        ends_at = factories.moment(end, day=day)
        facts["ends_at"] = ends_at + timedelta(days=1) * (ends_at < starts_at)
    return factories.session(starts_at=starts_at, **facts)


def lane_of(page, title):
    (item,) = page.xpath(f"//li[@data-find][.//h4[normalize-space()='{title}']]")
    return item.get("class")


# The grid


@pytest.mark.parametrize(("rooms", "is_region"), [(1, False), (4, False), (7, True), (30, True)])
def test_each_room_has_a_column_and_many_scroll_in_a_region(client, meeting, rooms, is_region):
    for number in range(1, rooms + 1):
        at("10:00", room=factories.room(name_en=f"Room {number}"))

    page = read(client, "/en/programme/")

    assert words(page.xpath(f"{HEADS}/b")) == [f"Room {number}" for number in range(1, rooms + 1)]
    assert (
        classes(page, HEADS)[-1]
        == {
            1: ["col-2", "lanes-1"],
            4: ["col-5", "lanes-1"],
            7: ["col-8", "lanes-1"],
            30: ["col-30", "col-1", "lanes-1"],
        }[rooms]
    )
    regions = page.xpath(
        "//div[starts-with(@class, 'loom')][@role='region'][@tabindex='0']/@aria-label"
    )
    assert regions == ["Rooms and hours of Wednesday 18 November"] * is_region


def test_rows_run_from_hour_to_hour_over_midnight_too(client, meeting):
    room, other = factories.room(), factories.room()
    at("9:00", "15:00", room=room)
    at("10:00", "10:05", room=other)
    at("22:30", "1:30", room=room)

    page = read(client, "/en/programme/")

    # 9:00, 10:00, 10:05, 15:00, 22:30, 1:30 begin the rows 2 to 7.
    assert classes(page, "//div[starts-with(@class, 'slot ')]") == [
        ["from-2", "to-5"],
        ["from-3", "to-4"],
        ["from-6", "to-7"],
    ]
    assert "until 1:30 (+1 day), Asunción time" in text(page)


def test_break_crosses_all_columns_unless_something_is_beside_it(client, meeting):
    room = factories.room()
    at("10:00", room=room, title_en="Talk")
    at("11:00", kind="break", title_en="Coffee")
    at("12:00", "14:00", kind="break", title_en="Lunch")
    at("13:00", room=room, title_en="Film")

    page = read(client, "/en/programme/")

    lanes = [lane_of(page, title) for title in ("Talk", "Coffee", "Lunch", "Film")]
    assert lanes == ["col-2", "is-across", "col-3", "col-2"]
    assert words(page.xpath(f"{HEADS}/b")) == [room.name_es, "Without a room"]


def test_sessions_at_once_in_one_place_stand_side_by_side_below_its_head(client, meeting):
    gallery = factories.room(name_en="Gallery")
    for title in ("One", "Two", "Three"):
        at("10:00", kind="posters", room=gallery, title_en=title)
    at("11:00", kind="posters", room=gallery, title_en="Later")
    at("10:00", kind="visit", venue_name="Taller de Ñandutí", title_en="Visit")

    page = read(client, "/en/programme/")

    lanes = [lane_of(page, title) for title in ("One", "Two", "Three", "Later", "Visit")]
    assert lanes == ["col-2", "col-3", "col-4", "col-2", "col-5"]
    assert words(page.xpath(f"{HEADS}/b")) == ["Gallery", "Outside the venue"]
    assert classes(page, HEADS) == [["col-2", "lanes-3"], ["col-5", "lanes-1"]]


def test_day_without_hours_or_with_more_than_fit_stays_a_list(client, meeting):
    room = factories.room()
    first = factories.moment("8:00", day=2)
    for number in range(100):
        start = first + timedelta(minutes=5 * number)
        end = start + timedelta(minutes=5)
        factories.session(starts_at=start, ends_at=end, room=room)
    factories.session(starts_at=None)

    page = read(client, "/en/programme/")

    assert page.xpath("//div[starts-with(@class, 'loom')]") == []
    assert len(page.xpath("//article")) == 101


def test_what_all_sessions_of_a_room_share_is_said_in_its_head(client, meeting):
    room = factories.room(is_step_free=True)
    usual = {"room": room, "language": "es", "interpretation_languages": ["pt"]}
    for hour in ("9:00", "10:00", "11:00"):
        at(hour, **usual, sign_languages=["pys"])
    at("12:00", **usual | {"language": "pt", "interpretation_languages": ["es"]})

    page = read(client, "/en/programme/")

    assert words(page.xpath(f"{HEADS}/span")) == [
        "In person and online",
        "Spanish; interpreted into Portuguese",
        "step-free access",
    ]
    line = "//article//p[@class='follow']/span[not(@class)]"
    assert words(page.xpath(line)) == [
        *["Paraguayan Sign Language"] * 3,
        "Portuguese; interpreted into Spanish",
    ]


# What is now, and what is folded


def three_days(count):
    """Create that many sessions a day, one an hour from nine."""
    room = factories.room()
    for day in (1, 2, 3):
        for hour in range(9, 9 + count):
            at(f"{hour}:00", day=day, room=room, title_en=f"{day}, {hour}:00")


def folded(page):
    kinds = ("is-folded", "is-folded-on-phones")
    names = [
        day.get("class").split() for day in page.xpath("//section[starts-with(@class, 'day')]")
    ]
    return [next((kind for kind in kinds if kind in found), "") for found in names]


def test_days_before_the_present_one_are_folded_and_on_phones_all_others(
    client, meeting, time_machine
):
    three_days(8)
    before = folded(read(client, "/en/programme/"))
    time_machine.move_to(factories.moment("10:17", day=2), tick=False)
    on = folded(read(client, "/en/programme/"))
    time_machine.move_to(AFTER, tick=False)
    after = folded(read(client, "/en/programme/"))

    assert before == after == ["", "is-folded-on-phones", "is-folded-on-phones"]
    assert on == ["is-folded", "", "is-folded-on-phones"]


def test_short_programme_folds_only_what_is_over(client, meeting, time_machine):
    three_days(2)
    before = folded(read(client, "/en/programme/"))
    time_machine.move_to(factories.moment("9:30", day=2), tick=False)

    assert before == ["", "", ""]
    assert folded(read(client, "/en/programme/")) == ["is-folded", "", ""]


@pytest.mark.parametrize(
    ("hour", "link", "first", "over"),
    [
        ("8:30", ["What comes next"], "9:00", []),
        ("9:00", ["Now"], "9:00", []),
        ("11:30", ["Now"], "11:00", ["2 sessions of today are over"]),
        ("12:30", [], None, []),
    ],
)
def test_link_leads_to_what_is_on_else_to_what_is_next(
    client, meeting, time_machine, hour, link, first, over
):
    room = factories.room()
    for start in ("9:00", "10:00", "11:00"):
        at(start, day=3, room=room)
    time_machine.move_to(factories.moment(hour, day=3), tick=False)

    page = read(client, "/en/programme/")

    assert words(page.xpath("//nav[@aria-label='Days']/a[@href='#now']")) == link
    assert words(page.xpath("//*[@id='now']/h3")) == ([first] if first else [])
    assert words(page.xpath("//p[@class='earlier']")) == over
    assert words(page.xpath("//nav[@aria-label='Days']/a[@aria-current='date']")) == ["Fri 20"]


def test_link_leads_past_what_is_cancelled(client, meeting, time_machine):
    room = factories.room()
    at("9:00", day=3, room=room, state="cancelled")
    at("10:00", day=3, room=room)
    time_machine.move_to(factories.moment("8:30", day=3), tick=False)

    assert words(read(client, "/en/programme/").xpath("//*[@id='now']/h3")) == ["10:00"]


def test_past_session_is_marked_while_the_meeting_is_on_and_not_afterwards(
    client, meeting, time_machine
):
    at("9:00")
    marked = []
    for moment in (factories.moment("12:00"), AFTER):
        time_machine.move_to(moment, tick=False)
        page = read(client, "/en/programme/")
        marked.append(len(page.xpath("//article[contains(@class, 'is-past')]")))

    assert marked == [1, 0]


# As a record


def test_after_the_meeting_nothing_is_to_be_confirmed_offered_or_announced(
    client, meeting, time_machine
):
    factories.quota(session=factories.workshop(starts_at=None))
    factories.session(day=None)
    Meeting.objects.update(registration_closes_at=None)
    time_machine.move_to(AFTER, tick=False)

    page = read(client, "/en/programme/")

    told = text(page)
    assert [word for word in ("confirmed", "announced", "laces", "pen yet") if word in told] == []
    assert headings(page, 3) == [
        "The time was not recorded",
        "Neither day nor time was recorded",
    ]
