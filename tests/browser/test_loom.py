"""The programme measured: a loom on wide screens, rows on phones, and the present within reach."""

import pytest

from tests import factories

PHONE = {"width": 360, "height": 740}
TITLE = "A museum that listens to its neighbourhood, and what it answers"
ROOMS, SLOTS = 4, ("9:00", "10:15", "11:45", "14:30", "16:00")


@pytest.fixture
def programme(meeting):
    """Write sixty sessions of three days, and the shortest and longest there are."""
    rooms = [factories.room(name_en=f"Room {n}") for n in range(1, ROOMS + 1)]
    theme = factories.theme(name_en="Affection")
    for day in (1, 2, 3):
        for start in SLOTS:
            for room in rooms:
                at = factories.moment(start, day=day)
                factories.session(title_en=TITLE, starts_at=at, room=room, theme=theme)
    attic = factories.room(name_en="Attic")
    hours = {"starts_at": factories.moment("9:00", day=2)}
    hours["ends_at"] = factories.moment("15:00", day=2)
    factories.session(title_en=TITLE, room=attic, **hours)
    hours = {"starts_at": factories.moment("15:00", day=2)}
    hours["ends_at"] = factories.moment("15:05", day=2)
    factories.session(title_en=TITLE, room=attic, **hours)


@pytest.fixture
def second_day(time_machine):
    time_machine.move_to(factories.moment("10:30", day=2), tick=True)


CUT = """() => [...document.querySelectorAll("#day-2026-11-19 .card")]
  .filter((card) => card.scrollHeight > card.clientHeight + 1 || !card.clientHeight).length"""
OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll("#day-2026-11-19 .cards > li")]
    .map((item) => item.getBoundingClientRect());
  return boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) =>
    one.left < other.right - 1 && other.left < one.right - 1 &&
    one.top < other.bottom - 1 && other.top < one.bottom - 1)).length;
}"""
COLUMNS = """() => [".room-heads > li", ".cards > li"].map((items) =>
  [...new Set([...document.querySelectorAll(`#day-2026-11-19 ${items}`)]
    .map((item) => Math.round(item.getBoundingClientRect().left)))].sort((a, b) => a - b))"""


def test_loom_cuts_no_title_and_overlaps_no_cards(page, programme, second_day):
    page.goto("/en/programme/")

    heads, cards = page.evaluate(COLUMNS)
    assert (len(heads), heads) == (ROOMS + 1, cards)
    assert (page.evaluate(CUT), page.evaluate(OVERLAPPING)) == (0, 0)


def test_loom_scrolls_by_keyboard_where_rooms_are_many(page, programme, second_day):
    page.set_viewport_size({"width": 1040, "height": 740})
    page.goto("/en/programme/")
    region = page.get_by_role("region", name="Rooms and hours of Thursday 19 November")

    region.focus()
    page.keyboard.press("ArrowRight")

    for _attempt in range(100):
        if page.evaluate("document.activeElement.scrollLeft > 0"):
            break
        page.wait_for_timeout(20)
    assert page.evaluate("document.activeElement.scrollLeft > 0")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_loom_is_for_wide_screens_and_the_whole_programme_alone(page, programme):
    page.goto("/en/programme/")
    loom = page.locator(".loom").first
    shown = {}
    for name, width in {"wide": 1280, "narrow": 1000, "400 %": 320}.items():
        page.set_viewport_size({"width": width, "height": 740})
        shown[name] = loom.evaluate("(loom) => getComputedStyle(loom).display")
    page.set_viewport_size({"width": 1280, "height": 740})
    page.emulate_media(media="print")
    shown["print"] = loom.evaluate("(loom) => getComputedStyle(loom).display")
    page.emulate_media(media="screen")
    page.locator("[name=online]").check()
    shown["filtered"] = loom.evaluate("(loom) => getComputedStyle(loom).display")

    assert shown == {
        **{"wide": "grid", "narrow": "block", "400 %": "block"},
        **{"print": "block", "filtered": "block"},
    }


def test_sixty_sessions_are_nine_screens_of_a_phone_and_now_is_one_tap_away(
    page, programme, second_day
):
    page.set_viewport_size(PHONE)
    page.goto("/en/programme/")
    height = page.evaluate("document.documentElement.scrollHeight")
    search = page.get_by_role("searchbox").bounding_box()["y"]

    page.get_by_role("link", name="Now", exact=True).click()

    on_air = page.locator(".day:not(.is-folded) .card.is-live h4").first.bounding_box()
    assert height <= 9 * PHONE["height"]
    assert search <= 454
    assert 0 <= on_air["y"] <= PHONE["height"] - on_air["height"]


def test_folded_days_and_finished_sessions_open_without_scripts(
    without_scripts, programme, second_day
):
    page = without_scripts
    page.set_viewport_size(PHONE)
    page.goto("/en/programme/")
    hours = page.locator(".slot h3").filter(visible=True)
    first = hours.all_inner_texts()

    page.get_by_role("link", name="4 sessions of today are over").click()
    second = hours.all_inner_texts()
    page.get_by_role("navigation", name="Days").get_by_role("link", name="Wed 18").click()

    assert first == ["9:00", "10:15", "11:45", "14:30", "15:00", "16:00"]
    assert second == ["9:00", *first]
    assert len(hours.all_inner_texts()) == len(first) + len(SLOTS)
