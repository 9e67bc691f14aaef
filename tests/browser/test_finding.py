"""Filters and search at once: what the browser finds is what the server finds."""

import pytest
from playwright.sync_api import expect

from programme.listing.finding import folded_words
from tests import factories

SEEN = "[data-find]:not([hidden])"
# Letters of Europe and the Americas, with and without marks; signs, figures.
LETTERS = "".join(map(chr, [*range(0x20, 0x590), *range(0x1E00, 0x2190), *range(0xFE00, 0xFFF0)]))


@pytest.fixture
def programme(meeting):
    """Sessions that differ in whatever can be asked for."""
    rooms = [factories.room(code=code) for code in ("norte", "sur")]
    memory = factories.theme(code="memoria", name_es="Memoria", name_en="Memory")
    care = factories.theme(code="cuidado", name_es="Cuidado", name_en="Care")
    archive = factories.session(
        **{"title_en": "Archive", "title_pt": "Arquivo", "theme": memory, "room": rooms[0]},
        interpretation_languages=["pt", "en"],
        sign_languages=["pys"],
        caption_languages=["es"],
        abstract_es="Señas de la región",
    )
    shown = factories.presentation(session=archive, institution="Casa Ñandú", country="BR")
    factories.part(presentation=shown, person=factories.person(name="Inês Gonçalves"))
    factories.workshop(title_en="Clay", theme=care, room=rooms[1], language="gn")
    later = factories.moment("15:00", day=2)
    factories.session(title_en="Circle", kind="circle", language="pt", starts_at=later)
    factories.session(title_en="Walk", kind="visit", state="cancelled", starts_at=later)
    factories.session(title_en="Stream", format="online", sign_languages=["bzs"], day=None)
    factories.session(title_en="Coffee", kind="break", starts_at=factories.moment("11:00"))


def state(page):
    """Return all that filters change, as it is seen."""
    return page.evaluate(
        """() => {
          const seen = (selector) => [...document.querySelectorAll(selector)]
            .filter((element) => element.checkVisibility())
            .map((element) => element.innerText.replace(/\\s+/g, " ").trim());
          const values = [...document.querySelector("form.find").elements]
            .filter((field) => field.name)
            .map((field) => field.type === "checkbox" ? field.checked : field.value);
          return {
            sessions: seen("h4, .speaker h3"), hours: seen(".slot h3"), headings: seen("main h2"),
            links: seen(".day-nav a, .letters a"), empty: seen(".nothing-found p"),
            status: seen("[role=status]"), chips: seen(".chips a"), summary: seen(".find summary"),
            addresses: [...document.querySelectorAll(".chips a")].map((link) => link.search),
            languages: [...document.querySelectorAll(".languages a")].map((a) => a.search),
            query: location.search, values, title: document.title,
          };
        }"""
    )


def settle(page):
    """Wait until the search has run: it waits for the end of typing, and for its words."""
    page.wait_for_timeout(300)
    page.wait_for_load_state("networkidle")


def unfold(page):
    page.locator(".find summary").click()


@pytest.mark.drill
def test_each_filter_finds_in_the_browser_what_the_server_finds(page, programme):
    page.goto("/en/programme/")
    unfold(page)
    at_once, by_server = {}, {}
    for select in page.locator("form.find select").all():
        for option in select.locator("option").all():
            select.select_option(option.get_attribute("value"))
            at_once[page.url] = state(page)
        select.select_option("")
    page.locator("[name=online]").check()
    at_once[page.url] = state(page)
    for url in at_once:
        page.goto(url)
        by_server[url] = state(page)

    assert len(at_once) == 28
    assert at_once == by_server


@pytest.mark.parametrize(
    "sought", ["SENAS region", "arquivo", "goncalves ñandu", "brasil", "visit", "nowhere", "¿?"]
)
def test_each_search_finds_in_the_browser_what_the_server_finds(page, programme, sought):
    page.goto("/en/programme/")
    page.locator("[name=online]").check()
    page.locator("[name=q]").fill(sought)
    settle(page)
    at_once = state(page)

    page.goto(page.url)
    by_server = state(page)
    if sought == "¿?":  # stays where it was typed, and asks for nothing
        assert at_once["values"][0], not by_server["values"][0]
        at_once["values"][0] = ""

    assert at_once == by_server


def test_words_are_folded_alike(page, programme, settings):
    page.goto("/en/programme/")
    source = (settings.BASE_DIR / "static" / "js" / "find.js").read_text()
    fold = source[source.index("const folded = ") + len("const folded = ") :].split(";\n")[0]

    alike = page.evaluate(f"(letters) => [...letters].map({fold})", LETTERS)

    differ = [
        letter
        for letter, words in zip(LETTERS, alike, strict=True)
        if folded_words(letter) != words
    ]
    assert differ == []


def test_words_are_fetched_once_and_only_by_who_searches(page, programme):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto("/en/programme/")
    page.locator("[name=online]").check()
    before = [name for name in asked if name.startswith("words")]

    page.locator("[name=q]").press_sequentially("archive")
    settle(page)
    page.locator("[name=q]").fill("clay")
    settle(page)

    assert before == []
    assert [name for name in asked if "words" in name] == ["words.json?v=1"]


def test_keyboard_alone_filters_and_takes_away(page, programme):
    page.goto("/en/programme/")
    page.locator("[name=q]").focus()
    page.keyboard.type("archive")
    settle(page)
    page.keyboard.press("Enter")
    settle(page)
    assert page.evaluate("document.activeElement.name") == "q"

    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "day"
    assert page.locator(".find summary").evaluate("(s) => s.parentElement.open")

    page.locator(".chip").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    assert page.evaluate("document.activeElement.dataset.name") == "online"

    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)
    assert page.evaluate("document.activeElement.name") == "q"
    assert state(page)["status"] == ["4 sessions · 1 cancelled"]
    assert page.url.endswith("/en/programme/")


def test_clear_all_shows_the_whole_again_where_nothing_was_found(page, programme):
    page.goto("/en/programme/?q=nowhere&online=1")

    page.locator(".nothing-found").get_by_role("link", name="Clear all").click()
    expect(page.locator(".chip")).to_have_count(0)

    assert page.locator(SEEN).count() == 6
    assert page.evaluate("document.activeElement.name") == "q"


def test_coming_back_finds_the_filters_as_they_were(page, programme):
    page.goto("/en/programme/")
    unfold(page)
    page.locator("[name=kind]").select_option("workshop")
    before = state(page) | {"summary": ["More filters (1)"]}
    page.get_by_role("link", name="Clay").click()
    page.wait_for_url("**/en/programme/*/")

    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)

    assert state(page) == before


def test_search_asks_the_server_where_the_words_do_not_come(page, programme):
    page.route("**/words.json*", lambda route: route.abort())
    page.goto("/en/programme/")
    page.locator("[name=q]").fill("archive")
    settle(page)
    assert page.locator(SEEN).count() == 6

    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/?q=archive*")

    assert state(page)["sessions"] == ["Archive"]


def test_filters_work_without_javascript(browser, base_url, programme):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto("/en/programme/")

    page.locator(".find summary").click()
    page.locator("[name=kind]").select_option("workshop")
    page.get_by_role("button", name="Apply").click()

    assert page.locator(SEEN).all_inner_texts() != []
    assert page.locator("h4:visible").all_inner_texts() == ["Clay"]
    page.get_by_role("link", name="Clear all").click()
    assert page.locator(SEEN).count() == 6
    context.close()


@pytest.mark.parametrize("asked", [{"q": "nunez"}, {"q": "brasil museo"}, {"country": "BR"}])
def test_speakers_are_found_in_the_browser_as_by_the_server(page, meeting, asked):
    people = [("Ana Núñez", "PY"), ("Beto", "BR"), ("Carla", "BR"), ("Dora", "BR")]
    for name, country in people:
        factories.part(person=factories.person(name=name, country=country))
    page.goto("/en/speakers/")
    if "q" in asked:
        page.locator("[name=q]").fill(asked["q"])
    else:
        page.locator("[name=country]").select_option(asked["country"])
    settle(page)
    at_once = state(page)

    page.goto(page.url)

    assert at_once["status"] != ["4 people"]
    assert at_once == state(page)
