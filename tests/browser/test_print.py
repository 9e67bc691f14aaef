"""On paper: what a page says, without what only a screen can do."""

import re

import pytest

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
