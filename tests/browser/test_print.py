"""On paper: what a page says, without what only a screen can do."""

import re
from itertools import pairwise

import pytest

from tests import factories
from tests.browser.states import SCENES, STATES

ON_SCREEN_ALONE = "nav, button, .button, input, select, iframe, .skip-link"
PRINTED = ["programme", "session-workshop", "own", "agenda-with-clash"]
SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def visitor(visitor):
    SCENES["registration"].raise_for(visitor)
    return visitor


@pytest.mark.parametrize("language", ["es"], indirect=True)
def test_paper_has_no_controls(visitor):
    visitor.page.emulate_media(media="print")
    shown = {}
    for name in PRINTED:
        STATES[name](visitor)
        controls = visitor.page.locator(ON_SCREEN_ALONE).filter(visible=True)
        shown[name] = [control.inner_text() for control in controls.all()]

    assert shown == {name: [] for name in PRINTED}


@pytest.mark.parametrize("language", ["pt"], indirect=True)  # whose words are the longest
@pytest.mark.parametrize("name", ["own", "own-waiting"])
def test_ones_own_page_is_one_sheet(visitor, name):
    STATES[name](visitor)

    paper = visitor.page.pdf(format="A4")

    assert len(SHEET.findall(paper)) == 1


@pytest.mark.parametrize("language", ["pt"], indirect=True)
def test_home_page_is_two_sheets(visitor):
    STATES["home"](visitor)

    paper = visitor.page.pdf(format="A4")

    assert len(SHEET.findall(paper)) == 2


def test_page_of_a_session_has_one_edge_and_nothing_over_its_name(page, meeting):
    session = factories.session(title_en="One", abstract_en="Two", state="cancelled")
    page.set_viewport_size({"width": 690, "height": 1000})  # A4 without its margins
    page.emulate_media(media="print")
    page.goto(f"/en/programme/{session.slug}/")

    parts = ("h1", ".hatch", ".session-facts", ".session-main")
    boxes = [page.locator(part).bounding_box() for part in parts]

    assert [box["x"] for box in boxes] == [boxes[0]["x"]] * len(parts)
    assert all(above["y"] + above["height"] <= below["y"] for above, below in pairwise(boxes))


# The programme as a booklet


@pytest.fixture
def programme(meeting):
    """Write a session a day, and one without a day."""
    for day in (1, 2, 3):
        kind = "workshop" if day > 1 else "lecture"
        at = factories.moment("10:00", day=day)
        factories.session(title_en=f"Session {day}", kind=kind, starts_at=at)
    factories.session(title_en="One day", day=None)


def printed(page, selector):
    page.emulate_media(media="print")
    return page.locator(selector).filter(visible=True).all_inner_texts()


@pytest.mark.parametrize(("paper", "sheets"), [("A4", 1), ("Letter", 2)])
def test_days_of_the_booklet_share_sheets(page, programme, paper, sheets):
    page.goto("/en/programme/")

    assert len(SHEET.findall(page.pdf(format=paper))) == sheets


def test_booklet_says_of_which_meeting_it_is_and_where_changes_are(page, programme, base_url):
    page.goto("/en/programme/")

    assert printed(page, ".cover p, .page-head p") == [
        "12th Ibero-American Meeting of Museums",
        "Museums that care",
        "18 to 20 November 2026\nMuseo del Barro, Grabadores del Cabichuí 2716, Asunción",
        f"The programme as of 1 September 2026; its present version is at {base_url}/en/programme/",
        "4 sessions, 2 of them workshops. All times are Asunción time.",
    ]


def test_booklet_of_what_was_chosen_says_so_and_saves_paper(page, programme):
    page.goto("/en/programme/?kind=workshop")

    assert len(SHEET.findall(page.pdf(format="A4"))) == 1
    assert printed(page, "h4") == ["Session 2", "Session 3"]
    assert printed(page, ".chips p") == ["Only a part is printed here, chosen by:"]
    assert [" ".join(chip.split()) for chip in printed(page, ".chip")] == ["Kind: Workshop"]


def test_booklet_of_the_whole_says_nothing_of_filters(page, programme):
    page.goto("/en/programme/")

    assert printed(page, ".filters > .wrap > *") == []


# The agenda


def test_agenda_says_of_which_meeting_it_is_and_nothing_of_a_rehearsal(
    page, programme, base_url, settings
):
    settings.CLOCK = factories.NOW.isoformat()
    page.goto("/en/my-agenda/")

    assert printed(page, ".cover p, .page-head p, .banner p") == [
        "12th Ibero-American Meeting of Museums",
        "Museums that care",
        "18 to 20 November 2026\nMuseo del Barro, Grabadores del Cabichuí 2716, Asunción",
        f"The programme as of 1 September 2026; its present version is at {base_url}/en/programme/",
    ]
