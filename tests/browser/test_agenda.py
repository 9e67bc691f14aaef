"""The agenda stays in the visitor's browser, and nothing of it reaches the site."""

from datetime import UTC, datetime, timedelta

import pytest

from eim import clock
from programme.actions import bump_version
from programme.models import Session
from tests import factories
from tests.editions import hand_on

STAR = "Add “Opening” to my agenda"


@pytest.fixture
def programme(meeting):
    """Three at the same hour, of which one is cancelled, and one later."""
    factories.session(code="OPEN", slug="opening", title_en="Opening")
    factories.session(code="ROUND", title_en="Round table")
    factories.session(code="WALK", title_en="Walk", state=Session.State.CANCELLED)
    factories.session(code="CLAY", title_en="Clay", starts_at=factories.moment("15:00"))


def choose(page, *titles):
    page.goto("/en/programme/")
    for title in titles:
        page.get_by_role("button", name=f"“{title}”").click()


def is_pressed(page):
    return page.get_by_role("button", name=STAR, pressed=True).count() == 1


def test_star_is_pressed_by_keyboard_and_remembered_on_every_page(page, programme):
    page.goto("/en/programme/")
    page.get_by_role("button", name=STAR, pressed=False).press("Enter")
    on_programme = is_pressed(page)
    count = page.locator("main").get_by_role("link", name="My agenda").inner_text()

    page.goto("/en/programme/opening/")
    page.get_by_role("button", name="In my agenda: remove").click()
    page.goto("/en/programme/")

    assert (on_programme, count) == (True, "My agenda (1)")
    assert not is_pressed(page)


def test_two_tabs_show_the_same(page, programme):
    page.goto("/en/programme/")
    other = page.context.new_page()
    choose(other, "Opening")

    page.get_by_role("button", name=STAR, pressed=True).wait_for()


@pytest.mark.parametrize("kept", ["no JSON", '"text"', "[1]", '{"OPEN": 1, "<b>": "x"}', "null"])
def test_what_is_no_agenda_is_an_empty_one(page, programme, kept):
    page.goto("/en/programme/")
    page.evaluate("kept => localStorage.setItem('agenda', kept)", kept)
    page.reload()
    before = is_pressed(page)

    page.get_by_role("button", name=STAR).click()

    assert (before, is_pressed(page)) == (False, True)


def test_browser_that_keeps_nothing_has_an_agenda_as_long_as_the_page(page_of_its_own, programme):
    page_of_its_own.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )

    choose(page_of_its_own, "Opening")

    assert is_pressed(page_of_its_own)


def my_agenda(page):
    """Return of each card on the page its title, and what is said below that."""
    page.goto("/en/my-agenda/")
    page.locator("#agenda:not(.is-coming)").wait_for()
    return cards(page)


def cards(page):
    return {
        card.locator(".card-title").inner_text(): card.locator(".clash").all_inner_texts()
        for card in page.locator(".card").all()
    }


def test_agenda_names_every_clash_on_each_of_the_sessions(page, programme):
    factories.session(code="TALK", title_en="Talk", starts_at=factories.moment("10:30"))
    choose(page, "Opening", "Round table", "Walk", "Talk", "Clay")

    assert my_agenda(page) == {
        "Opening": ["At the same time as “Round table” and “Talk”"],
        "Round table": ["At the same time as “Opening” and “Talk”"],
        "Talk": ["At the same time as “Opening” and “Round table”"],
        "Walk": [],
        "Clay": [],
    }
    assert "Cancelled" in page.locator(".card", has_text="Walk").inner_text()
    file = page.get_by_role("link", name="A file for my calendar").get_attribute("href")
    assert file == "/programme.ics?lang=en&meeting=12&only=OPEN,ROUND,TALK,CLAY"


def test_agenda_says_what_is_no_longer_in_the_programme(page, programme):
    choose(page, "Opening", "Clay")
    Session.objects.filter(code="CLAY").update(state=Session.State.DRAFT)

    left = my_agenda(page)
    gone = page.get_by_role("region", name="No longer in the programme")
    said = gone.get_by_role("listitem").all_inner_texts()
    gone.get_by_role("button").click()

    assert (list(left), said) == (["Opening"], ["Clay"])
    assert not gone.is_visible()


def test_focus_stays_in_the_agenda_when_a_card_leaves_it(page, programme):
    choose(page, "Opening", "Clay")
    my_agenda(page)
    focused = "document.activeElement.textContent.trim()"

    page.get_by_role("button", name=STAR).press("Enter")
    after_the_first = page.evaluate(focused)
    page.keyboard.press("Enter")

    assert after_the_first == "Add “Clay” to my agenda"
    assert page.evaluate(focused) == "My agenda"
    assert page.get_by_text("There is nothing in your agenda yet.").is_visible()


def test_link_takes_the_agenda_to_another_device_and_tells_the_site_nothing(
    page, browser, base_url, programme
):
    choose(page, "Opening", "Clay")
    my_agenda(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Take my agenda to another device").click()
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_text("The link is copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")

    context = browser.new_context(base_url=base_url)
    other, asked = context.new_page(), []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(link)
    other.get_by_role("button", name="Add these to my agenda").click()

    assert list(cards(other)) == ["Opening", "Clay"]
    assert link.endswith("/en/my-agenda/#meeting=12&codes=OPEN,CLAY")
    assert [url for url in asked if "OPEN" in url.partition("#")[0]] == []
    context.close()


@pytest.fixture
def eleventh(meeting, settings, tmp_path):
    """Have a frozen copy of the 11th, with its page of the agenda."""
    settings.DATA_DIR = tmp_path
    factories.edition(number=11, year=2024)
    hand_on.freeze(site={"en/my-agenda/index.html": "<h1>Agenda of the 11th</h1>"}, version=1)


@pytest.mark.parametrize("link", ["meeting=11&codes=OPEN", "codes=OPEN"])
def test_link_with_the_agenda_of_an_earlier_meeting_adds_nothing_and_leads_to_its_copy(
    page_of_its_own, eleventh, programme, link
):
    page = page_of_its_own
    page.goto(f"/en/my-agenda/#{link}")
    other = page.get_by_role("region", name="This link brings the agenda of another meeting")
    other.wait_for()

    assert page.get_by_role("button", name="Add these to my agenda").count() == 0
    copy = other.get_by_role("link", name="See it in the archived copy of that meeting")
    # A link without a number may be of any meeting before this one.
    assert copy.count() == ("meeting" in link)
    if copy.count():
        copy.click()
        assert page.get_by_role("heading").inner_text() == "Agenda of the 11th"
        assert page.url.endswith(f"/11/en/my-agenda/#{link}")


def test_agenda_says_when_the_programme_does_not_come(page, programme):
    page.route("**/en/programme/", lambda route: route.abort())

    page.goto("/en/my-agenda/")

    page.get_by_text("The programme could not be loaded.").wait_for()


def test_without_javascript_nothing_can_be_chosen_and_the_agenda_says_what_to_do(
    browser, base_url, programme
):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()

    page.goto("/en/programme/opening/")
    stars = page.locator("[data-star]").filter(visible=True).count()
    page.goto("/en/my-agenda/")

    assert stars == 0
    assert page.locator("noscript").inner_text().startswith("Your own agenda needs Java")
    context.close()


def marked(page):
    page.goto("/en/programme/")
    return page.locator(".card", has_text="Changed").locator(".card-title").all_inner_texts()


def test_what_changed_since_the_last_visit_is_marked_for_this_one(
    page_of_its_own, programme, time_machine
):
    """Tell visits apart by the device's clock, which is two years behind the site's."""
    device = datetime(2024, 1, 1, 12, tzinfo=UTC)
    page_of_its_own.clock.set_fixed_time(device)
    first_visit = marked(page_of_its_own)

    time_machine.shift(3600)
    Session.objects.filter(code="CLAY").update(revised_at=clock.now())
    bump_version()
    page_of_its_own.clock.set_fixed_time(device + timedelta(hours=1))
    second_visit = [marked(page_of_its_own), marked(page_of_its_own)]
    page_of_its_own.clock.set_fixed_time(device + timedelta(hours=2))
    third_visit = marked(page_of_its_own)

    assert (first_visit, second_visit, third_visit) == ([], [["Clay"], ["Clay"]], [])
