"""The Tab key reaches every control, in the order on the screen, with a visible focus."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.states import SCENES, STATES

MEASURES = Path(__file__).with_name("measures.js").read_text()
DESK, PHONE = 1280, 360
# A line's height: controls of one row need not be aligned to the pixel.
SAME_ROW = 30
# One state of every kind of page.
WALKED = {
    "programme": ["home", "programme", "programme-filtered", "session-workshop"],
    "on this device": ["agenda-with-clash", "programme-elsewhere"],
    "texts": ["speakers", "speaker", "venue", "documents", "page", "accessibility"],
    "registration": ["form-filled-up", "look-at-your-mail", "confirm", "own", "cancel"],
    "own page": ["change", "answer", "consents", "own-data", "change-details", "lost-link"],
    "questions": ["question-ask", "questions"],
    "session on": ["live-on", "session-on"],
}


def stops(page):
    """Return the controls at which Tab stops, from the top until it leaves the page."""
    page.evaluate("measures.start_at_the_top()")
    found = []
    while len(found) < 200:
        page.keyboard.press("Tab")
        stop = page.evaluate("measures.focused()")
        # Out of the page, or round it: browsers without a window have no other place to go.
        if stop is None or stop in found[:1]:
            break
        found.append(stop)
    return found


def wait_for_first_focus(page):
    """Chromium gives it a moment after the page has come: not in the middle of a walk."""
    if page.locator("[autofocus]").count():
        expect(page.locator("[autofocus]")).to_be_focused()


def is_after(one, other):
    """Below it, or to its right."""
    return one["top"] >= other["top"] - SAME_ROW or one["left"] >= other["right"] - 1


def faults_of(page):
    page.evaluate(MEASURES)
    found = stops(page)
    faults = [f"no ring: {stop['words']}" for stop in found if not stop["is_ringed"]]
    faults += [f"covered: {stop['words']}" for stop in found if not stop["is_uncovered"]]
    faults += [
        f"{stop['words']} after {before['words']}"
        for before, stop in zip(found, found[1:], strict=False)
        if not is_after(stop, before)
    ]
    missed = page.evaluate("measures.stops()") - len(found)
    return faults + [f"{missed} cannot be reached"] * bool(missed)


@pytest.mark.drill
@pytest.mark.parametrize("language", ["es"], indirect=True)
@pytest.mark.parametrize("scene", WALKED)
def test_tab_goes_everywhere_in_the_order_that_is_seen(visitor, scene):
    faults = {}
    SCENES[scene].raise_for(visitor)
    for name in WALKED[scene]:
        STATES[name](visitor)
        wait_for_first_focus(visitor.page)
        for width in (DESK, PHONE):
            visitor.page.set_viewport_size({"width": width, "height": 800})
            found = faults_of(visitor.page)
            faults |= {f"{name} at {width} px": found} if found else {}

    assert faults == {}


BAD = """
<style>:focus { outline: 3px solid }</style>
<p><a href="#">One</a></p>
<p style="position: absolute; top: 100px"><a href="#" style="outline: 0">Two</a></p>
<p style="position: absolute; top: 150px"><a href="#">Three</a></p>
<p style="position: absolute; top: 50px"><a href="#">Four</a></p>
<p style="position: absolute; top: 400px"><a href="#" tabindex="1">Five</a></p>
<div style="position: fixed; top: 90px; left: 0; width: 300px; height: 200px"></div>
"""


def test_walk_with_tab_finds_faults(page):
    page.set_content(BAD)

    assert faults_of(page) == [
        "no ring: a “Two”",
        "covered: a “Two”",
        "covered: a “Three”",
        "a “Four” after a “Three”",
        "1 cannot be reached",
    ]
