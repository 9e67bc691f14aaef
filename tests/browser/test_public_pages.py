import pytest

from programme.models import Session
from tests import factories

PAGES = [
    "/en/",
    "/en/programme/",
    "/en/programme/opening/",
    "/en/programme/clay/",
    "/en/my-agenda/",
    "/en/speakers/",
    "/en/speakers/ana/",
    "/en/live/",
    "/en/venue/",
    "/en/documents/",
    "/en/privacy/",
    "/en/accessibility/",
    "/en/terms/",
    "/en/travel/",
    "/en/nothing-here/",
]


@pytest.fixture
def programme(meeting, time_machine):
    """Something of everything, while a session is on."""
    time_machine.move_to(factories.moment("10:30"), tick=True)
    room = factories.room(name_en="Auditorium")
    theme = factories.theme(name_en="Affection", day=factories.FIRST_DAY)
    opening = factories.session(
        slug="opening", title_en="Opening", room=room, theme=theme, sign_languages=["pys"]
    )
    factories.part(session=opening, person=factories.person(name="Ana", slug="ana"))
    factories.presentation(session=opening, title_pt="Um museu", title_es="")
    factories.quota(session=factories.workshop(slug="clay", title_en="Clay", theme=theme))
    factories.session(title_en="Walk", state=Session.State.CANCELLED)
    factories.session(title_en="Coffee", kind=Session.Kind.BREAK)
    factories.session(title_en="Extraordinarily-long-untranslatable-compound-word", day=None)
    stream = factories.stream(room=room)
    factories.channel(stream=stream, language="es")
    factories.channel(stream=stream, language="pt", video_id="bbbbbbbbbbb")
    factories.organisation()
    factories.document()
    factories.notice()
    factories.page(slug="travel", text_en="# By bus\n\n| From | Line |\n|---|---|\n| A | 1 |")


@pytest.mark.parametrize("width", [768, pytest.param(1440, marks=pytest.mark.drill)])
def test_no_public_page_scrolls_sideways(page, programme, width):
    page.set_viewport_size({"width": width, "height": 800})
    wider = []
    for path in PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wider.append(path)

    assert wider == []


def test_public_pages_break_no_rule_of_the_content_policy(page, programme):
    said = []
    page.on("console", lambda message: said.append(message.text))
    for path in PAGES[:-1]:
        page.goto(path)

    assert said == []


def test_keyboard_leads_from_the_skip_link_to_the_first_session(page, programme):
    page.goto("/en/programme/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"

    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Opening":
            break
    page.keyboard.press("Enter")

    page.wait_for_url("**/en/programme/opening/")
