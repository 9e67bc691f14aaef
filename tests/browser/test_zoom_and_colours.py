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
        *(
            "speakers",
            "speaker",
            "venue",
            "documents",
            "editions",
            "page",
            "accessibility",
            "not-found",
        ),
        *("agenda-with-clash", "agenda-brought", "programme-elsewhere", "session-elsewhere"),
        *("form-filled-up", "wrong-code", "own", "own-waiting", "cancel"),
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


def contrast_of(page, *names):
    """Return the least contrast of the text to the background of the page or of a card."""
    return page.evaluate(CONTRAST, names)


CONTRAST = """(names) => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(--${name})`;
    const parts = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).map((n) => n / 255);
    probe.remove();
    const [r, g, b] = parts.map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ratio = (one, other) => Math.max(one, other) / Math.min(one, other);
  return Math.min(...names.flatMap((name) =>
    ["paper", "raised", "sand"].map((ground) => ratio(light(name), light(ground)))));
}"""
TEXTS = ("ink", "soft", "error", "ok", "cochineal", "indigo", "ochre", "molle", "maiz", "clay")
EDGES = ("edge", "line", "card-edge")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_is_given_to_whoever_asks_for_it(page, meeting, scheme):
    page.goto("/en/accessibility/")
    page.emulate_media(color_scheme=scheme)
    usual = contrast_of(page, *TEXTS), contrast_of(page, "edge")
    page.emulate_media(color_scheme=scheme, contrast="more")

    assert (usual[0] >= 4.5, usual[1] >= 3) == (True, True)
    assert (contrast_of(page, *TEXTS) >= 7, contrast_of(page, *EDGES) >= 7) == (True, True)


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
