"""The live page in a browser: it follows what organisers say, and leaves the player alone."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.core.cache import cache
from playwright.sync_api import expect

from programme import actions
from programme.models import Session
from tests import factories
from tests.browser import axe
from tests.browser.states import SCENES, STATES

# A page asks every eight seconds or so: here a hundred times as often.
HURRIED = """document.addEventListener("readystatechange", () => {
  const live = document.querySelector("[data-live]");
  if (live) live.dataset.pace = 0.01;
})"""
# Whatever a reader would be told, and each time the words beside the clock change.
HEARD = """() => {
  window.heard = [];
  const status = document.querySelector("[role=status]");
  new MutationObserver(() => heard.push(status.textContent)).observe(status, {childList: true});
}"""
# How far what is shown has moved by itself, as Lighthouse counts it.
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) shifted += one.value;
}).observe({type: "layout-shift", buffered: true});"""
COUNTED = """window.fetches = 0;
const original = window.fetch;
window.fetch = (...asked) => ((fetches += 1), original(...asked));"""
FRAME = "https://www.youtube-nocookie.com/embed/"


@pytest.fixture
def room(meeting, time_machine):
    """Write two sessions in one room, with half an hour between them."""
    time_machine.move_to(factories.moment("10:30"), tick=True)
    room = factories.room(code="auditorium", name_en="Auditorium", order=1)
    stream = factories.stream(room=room)
    factories.channel(stream=stream)
    factories.channel(stream=stream, kind="audio", video_id="aaaaaaaaaaa")
    factories.channel(stream=stream, video_id="sssssssssss", is_spare=True)
    factories.session(title_en="First", room=room)
    factories.session(title_en="Second", room=room, starts_at=factories.moment("11:30"))
    return room


@pytest.fixture
def live(page_of_its_own, room):
    """Return a page that polls fast, and counts the players of others that it asks for."""
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(body="<title>player</title>", content_type="text/html")

    page_of_its_own.route(re.compile(r"^https://"), answer)
    page_of_its_own.add_init_script(HURRIED)
    page_of_its_own.asked = asked
    return page_of_its_own


def watch(page, way="Picture and sound"):
    page.get_by_role("group", name=way).get_by_role("radio").first.check()
    page.get_by_role("button", name=re.compile("the stream$")).click()
    page.evaluate("document.querySelector('#player iframe').same = true")


def is_same_player(page):
    return page.evaluate("document.querySelector('#player iframe')?.same === true")


def move_on(time_machine, hour):
    time_machine.move_to(factories.moment(hour), tick=True)


@pytest.mark.parametrize("language", ["pt"], indirect=True)
def test_button_of_the_picture_is_on_the_first_screen_of_a_phone(visitor):
    SCENES["session on"].raise_for(visitor)
    visitor.page.set_viewport_size({"width": 360, "height": 560})
    STATES["live-on"](visitor)

    button = visitor.page.locator("#player button").bounding_box()

    assert button["y"] + button["height"] <= 560


def test_page_follows_the_programme_and_leaves_the_player_alone(live, time_machine):
    live.goto("/en/live/")
    live.evaluate(HEARD)
    watch(live, "Sound only")
    link = live.get_by_role("link", name="The whole programme")
    link.focus()

    move_on(time_machine, "11:10")
    expect(live.locator("h1")).to_have_text("Auditorium: no stream at this moment")
    expect(live.get_by_text("20 minutes to go.")).to_be_visible()
    move_on(time_machine, "11:30")
    expect(live.locator("h1")).to_have_text("Second")
    expect(live.get_by_text("to go.")).to_have_count(0)

    expect(link).to_be_focused()
    assert is_same_player(live)
    assert live.asked == [f"{FRAME}aaaaaaaaaaa?autoplay=1"]
    assert live.get_attribute("#player iframe", "title") == "Second"
    assert live.evaluate("heard") == [
        "Next in the stream: “Second”, at 11:30, Asunción time.",
        "“Second” has begun.",
    ]


def test_what_organisers_say_is_seen_without_loading_the_page_again(live, time_machine):
    live.goto("/en/live/")
    live.evaluate(HEARD)
    watch(live)

    actions.say_late(Session.objects.get(title_en="Second"), 10)
    cache.clear()

    expect(live.locator(".room")).to_contain_text("Starts about 10 minutes late, at 11:40")
    actions.say_late(Session.objects.get(title_en="Second"), 0)
    cache.clear()
    expect(live.locator(".room")).not_to_contain_text("late")

    assert is_same_player(live)
    assert live.evaluate("heard") == [
        "“Second” starts about 10 minutes late.",
        "“Second” starts on time again, at 11:30, Asunción time.",
    ]


def test_page_stands_still_while_it_is_paused(live):
    live.goto("/en/live/")
    pause = live.get_by_role("button", name="Pause the updates")
    pause.click()
    actions.say_late(Session.objects.get(title_en="Second"), 10)
    asked = []
    live.on("request", lambda one: asked.append(one.url))
    live.wait_for_timeout(500)  # five times as long as it would wait
    while_paused = [url for url in asked if url.endswith("state.json")]
    pause.click()

    expect(live.locator(".room")).to_contain_text("Starts about 10 minutes late")
    assert while_paused == []


def test_star_keeps_the_focus_when_its_card_is_put_anew(live):
    live.goto("/en/live/")
    star = live.get_by_role("button", name="Add “Second” to my agenda")
    star.focus()

    actions.say_late(Session.objects.get(title_en="Second"), 10)

    expect(live.locator(".coming")).to_contain_text("Starts about 10 minutes late")
    expect(star).to_be_focused()


def test_spare_stream_waits_beside_the_player_for_a_click(live, room):
    live.goto("/en/live/")
    watch(live)

    actions.switch_stream(room.streams.get(), to_spare=True)
    cache.clear()
    expect(live.locator(".live-head")).to_contain_text("The stream continues on other channels.")
    spare = live.locator("[data-beside]")
    was_same = is_same_player(live)
    spare.get_by_role("button", name="Watch the stream").press("Enter")

    expect(live.locator("iframe")).to_have_count(1)
    expect(spare).to_be_empty()
    expect(live.locator("iframe")).to_have_attribute("src", f"{FRAME}sssssssssss?autoplay=1")
    assert was_same
    assert live.asked[0] == f"{FRAME}aqz-KE-bpKQ?autoplay=1"


def test_another_room_is_watched_on_in_the_same_way(live):
    other = factories.stream(room=factories.room(code="library", name_en="Library", order=2))
    factories.channel(stream=other, video_id="vvvvvvvvvvv")
    factories.channel(stream=other, kind="audio", video_id="lllllllllll")
    factories.session(title_en="Elsewhere", room=other.room)
    live.goto("/en/live/")
    watch(live, "Sound only")

    player = live.locator("#player iframe")
    expect(player).to_have_attribute("src", f"{FRAME}aaaaaaaaaaa?autoplay=1")
    live.get_by_role("link", name="Library").click()
    expect(live.locator("h1")).to_have_text("Elsewhere")
    expect(live.locator("[data-part=head]")).to_be_focused()
    expect(player).to_have_attribute("src", f"{FRAME}lllllllllll?autoplay=1")
    live.go_back()
    expect(live.locator("h1")).to_have_text("First")
    expect(player).to_have_attribute("src", f"{FRAME}aaaaaaaaaaa?autoplay=1")


def test_captions_run_beside_the_picture_and_go_on_in_another_room(live, room):
    factories.channel(stream=room.streams.get(), kind="captions", video_id="ccccccccccc")
    other = factories.stream(room=factories.room(code="library", name_en="Library", order=2))
    factories.channel(stream=other, video_id="vvvvvvvvvvv")
    factories.channel(stream=other, kind="captions", video_id="ttttttttttt")
    factories.session(title_en="Elsewhere", room=other.room)
    live.goto("/en/live/")
    live.get_by_role("button", name="Captions in Spanish").click()
    watch(live, "Sound only")
    running = live.locator("iframe")

    expect(running).to_have_count(2)
    titles = [frame.get_attribute("title") for frame in running.all()]
    live.get_by_role("link", name="Library").click()
    expect(live.locator("h1")).to_have_text("Elsewhere")
    expect(running).to_have_count(2)

    assert titles == ["First", "Captions in Spanish: First"]
    assert [frame.get_attribute("src") for frame in running.all()] == [
        f"{FRAME}vvvvvvvvvvv?autoplay=1",
        f"{FRAME}ttttttttttt?autoplay=1",
    ]


def test_room_that_is_chosen_comes_though_the_state_changes_meanwhile(live):
    other = factories.stream(room=factories.room(code="library", name_en="Library", order=2))
    factories.channel(stream=other, video_id="vvvvvvvvvvv")
    factories.session(title_en="Elsewhere", room=other.room)
    held = []
    live.route("**/live/?room=library", lambda route: held.append(route))
    live.goto("/en/live/")
    watch(live)

    live.get_by_role("link", name="Library").click()
    actions.say_late(Session.objects.get(title_en="Second"), 10)
    for _ in range(3):
        live.wait_for_event("response", lambda one: one.url.endswith("state.json"))
    held[0].continue_()

    expect(live.locator("h1")).to_have_text("Elsewhere")
    expect(live.locator(".room")).to_contain_text(["10 minutes late", "Library"])


def test_nothing_moves_by_itself_on_a_phone(live):
    device = live.context.new_cdp_session(live)
    device.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Madrid"})
    live.add_init_script(SHIFTS)
    live.set_viewport_size({"width": 360, "height": 740})
    live.goto("/en/live/")
    expect(live.locator(".live-hours")).to_contain_text("in Madrid")
    filled = live.evaluate("shifted")
    watch(live, "Sound only")
    top = "document.querySelector('#player iframe').getBoundingClientRect().top"
    live.evaluate("scrollTo(0, 200)")
    before = live.evaluate(top)

    Session.objects.filter(title_en="First").update(title_en="First of all, " * 8)
    actions.bump_version()
    cache.clear()
    expect(live.locator("h1")).to_contain_text("First of all")

    assert filled <= 0.01
    assert abs(live.evaluate(top) - before) < 1


def test_countdown_goes_by_the_clock_of_the_site(live, time_machine):
    """Set the device a day ahead: its clock does not matter."""
    live.clock.set_system_time(factories.moment("11:10") + timedelta(days=1))
    move_on(time_machine, "11:10")

    live.goto("/en/live/")

    expect(live.locator("[data-countdown]")).to_have_text("20 minutes to go.")
    assert live.locator("[data-countdown]").get_attribute("aria-live") is None
    assert live.locator("[role=status]").text_content() == ""


@pytest.mark.parametrize("unanswered", [r"/live/state\.json$", r"/live/\?state="])
def test_request_without_an_answer_is_given_up_and_sent_again(live, unanswered):
    live.clock.install()
    live.route(re.compile(unanswered), lambda route: None)
    with live.expect_request(re.compile(unanswered)):
        live.goto("/en/live/")
        actions.say_late(Session.objects.get(title_en="Second"), 10)

    with live.expect_request(re.compile(unanswered), timeout=2000):
        live.clock.fast_forward("00:15")


def look(page, *, away):
    page.evaluate(
        """(away) => {
          Object.defineProperty(document, "hidden", {value: away, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


def test_page_asks_only_while_it_is_looked_at(live):
    # Counted where it is asked: the browser may report a request after the page was hidden.
    live.add_init_script(COUNTED)
    live.clock.install()
    live.goto("/en/live/")

    look(live, away=True)
    before = live.evaluate("fetches")
    live.clock.run_for("10:00")
    after = live.evaluate("fetches")
    with live.expect_response("**/live/state.json"):
        look(live, away=False)

    assert after == before


@pytest.fixture
def office(page_with_axe, room, staff_client, live_server):
    page = page_with_axe
    name = site_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": staff_client.cookies[name].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.set_extra_http_headers({"Accept-Language": "en"})
    return page


def test_live_control_works_by_keyboard(office):
    office.goto("/admin/programme/stream/live/")

    second = office.get_by_role("group", name=re.compile("Starts late by.*Second"))
    second.get_by_role("button", name="10 min").focus()
    office.keyboard.press("Enter")
    expect(office.locator(".messagelist")).to_contain_text("Starts about 10 minutes late")
    # The outcome takes the focus; the next key must not be pressed before that.
    expect(office.locator(".messagelist")).to_be_focused()
    office.get_by_role("button", name="Switch to the spare stream").focus()
    office.keyboard.press("Enter")
    expect(office.get_by_role("button", name="Back to the usual stream")).to_be_visible()

    assert Session.objects.get(title_en="Second").minutes_late == 10


@pytest.mark.parametrize("width", [320, 1440])
def test_live_control_has_no_fault(office, width):
    actions.say_late(Session.objects.get(title_en="Second"), 10)
    office.set_viewport_size({"width": width, "height": 800})
    office.emulate_media(reduced_motion="reduce")
    office.goto("/admin/programme/stream/live/")

    found = axe.broken_rules(office, axe.RULES)
    office.emulate_media(color_scheme="dark")
    found += axe.broken_rules(office, ["color-contrast"])

    assert found == []
    assert office.evaluate("document.documentElement.scrollWidth") == width
