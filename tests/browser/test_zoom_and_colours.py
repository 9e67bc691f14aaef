"""Pages fit what visitors choose: larger text, spacing, own colours, less movement, a finger."""

from pathlib import Path

import pytest

from tests.browser.states import SCENES, STATES

MEASURES = Path(__file__).with_name("measures.js").read_text()
# A window of 1280 px at 100, 200 and 400 %.
ZOOMS = [1280, 640, 320]
PHONE = 360
# Of each kind of page the state that has most in it, by the scene whose rows it needs.
WALKED = {
    "registration": [
        *(
            "home",
            "programme",
            "programme-filtered",
            "session-workshop",
            "session-no-hours",
            "live-before",
        ),
        *("speakers", "speaker", "venue", "documents", "page", "accessibility", "error-404"),
        *("agenda-with-clash", "agenda-brought", "programme-elsewhere", "session-elsewhere"),
        *("form-full-workshop", "wrong-code", "own", "own-waiting", "cancel"),
    ],
    "own page": [
        *("change-with-clash", "answer", "give-back", "consents", "own-data-moved"),
        *("change-details", "erase", "lost-link"),
    ],
    "questions": ["question-with-faults", "questions-moved"],
    "session on": ["programme-on", "session-on", "session-recorded", "live-on"],
    "between": ["live-late", "session-late"],
}


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 800})


def all_faults(page):
    """{"clipped at 320 px": ["…"]}, only of what was found."""
    page.evaluate(MEASURES)
    faults = faults_of_fit(page) | faults_of_controls(page)
    return {name: found for name, found in faults.items() if found}


def faults_of_fit(page):
    faults = {}
    for width in ZOOMS:
        resize(page, width)
        plain, spaced = page.evaluate("[measures.fit(), measures.fit_when_spaced()]")
        faults |= {f"{name} at {width} px": found for name, found in plain.items()}
        faults |= {f"{name} when spaced at {width} px": found for name, found in spaced.items()}
    return faults


def faults_of_controls(page):
    resize(page, PHONE)
    faults = {"small": page.evaluate("measures.smaller_than(44)")}
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    faults |= {
        "without an edge": page.evaluate("measures.without_an_edge()"),
        "moving": page.evaluate("measures.moving()"),
        "headings": page.evaluate("measures.outline_of_headings()"),
    }
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    return faults


@pytest.mark.drill
@pytest.mark.parametrize("language", ["pt"], indirect=True)  # whose words are the longest
@pytest.mark.parametrize("scene", WALKED)
def test_pages_fit_what_a_visitor_chooses(visitor, scene):
    faults = {}
    SCENES[scene].raise_for(visitor)
    for name in WALKED[scene]:
        STATES[name](visitor)
        found = all_faults(visitor.page)
        faults |= {name: found} if found else {}

    assert faults == {}


BAD = """
<h2>After nothing</h2>
<p style="width: 700px">Wide</p>
<div style="height: 20px; overflow: hidden" class="lid"><p>One</p><p>Two</p></div>
<p>Under</p><p style="position: relative; top: -30px">Over</p>
<button style="height: 20px; border: 0">Small</button>
<input type="checkbox" style="appearance: none; width: 20px; height: 20px">
<p style="transition: color 1s">Slow</p>
"""


def test_measures_find_bad_fit_and_controls(page):
    page.set_content(BAD)

    faults = all_faults(page)

    assert faults["sideways at 320 px"] == ["708 px wide in 320"]
    assert "“Two” in lid" in faults["clipped at 640 px"]
    assert faults["overlapping at 640 px"] == ["“Under” and “Over”"]
    assert [fault.split()[0] for fault in faults["small"]] == ["button", "input"]
    assert faults["without an edge"] == ["button “Small”", "input “”"]
    assert faults["moving"] == ["p “Slow”"]
    assert faults["headings"] == ["not one h1", "h2 after h0"]
