"""Every page in every state by the rules of axe, at 320 px.

All rules but that of colours in one language, in the other languages what depends on the words. The
drill measures the contrast of every text, in the light and in the dark: most of the time of axe.
`states.drilled` says which scenes `make test` looks at.
"""

import pytest
from django.urls import URLPattern, get_resolver

from tests.browser.axe import RULES, RULES_OF_WORDS, broken_rules
from tests.browser.states import LANGUAGES, SCENES, looks
from tests.browser.ways import At

NARROW = {"width": 320, "height": 800}
COLOURS = ["color-contrast"]
# Mails and the back office have tests of their own, each with the rules that hold there.
PAGES = {name: scene for name, scene in SCENES.items() if name not in ("mails", "back office")}
# Pages that are reached by a button, an answer to one, and a file.
WITHOUT_ADDRESS = {
    "registration:look-at-your-mail",
    "registration:correct",
    "registration:enter-code",
    "registration:new-address",
    "registration:take",
    "registration:resend",
    "registration:own-calendar",
    "registration:come-in-person",
    "registration:send-again",
    "registration:own-data-again",
    "registration:download-data",
}


@pytest.fixture
def page(page_with_axe):
    page_with_axe.set_viewport_size(NARROW)
    return page_with_axe


def faults_of(page):
    """Return what breaks any rule but that of colours, or does not fit."""
    return broken_rules(page, RULES, without=COLOURS) + faults_of_width(page)


def faults_of_colours(page):
    found = broken_rules(page, COLOURS)
    page.emulate_media(color_scheme="dark")
    found += broken_rules(page, COLOURS)
    page.emulate_media(color_scheme="light")
    return found


def faults_of_words(page):
    """Return what may be wrong in one language alone."""
    return broken_rules(page, RULES_OF_WORDS) + faults_of_width(page)


def faults_of_width(page):
    is_wide = page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]
    return ["scrolls sideways"] * is_wide


def test_axe_and_width_find_faults(page):
    page.set_content("<title>x</title><p style='width: 500px'>wide")

    found = faults_of(page)

    assert {"html-has-lang", "region"} <= {rule for rule, _ in found[:-1]}
    assert found[-1] == "scrolls sideways"


def test_pale_words_are_found_in_the_light_and_in_the_dark(page):
    pale = (
        "<style>p { color: #eee } @media (prefers-color-scheme: dark) { p { color: #ddd } }</style>"
    )
    page.set_content(f"{pale}<body style='background: #fff'><p>pale")

    assert faults_of_colours(page) == [("color-contrast", ["p"])] * 2


def test_faults_of_words_are_found(page):
    page.set_content("<button></button><img src='x:'><p style='width: 500px'>wide")

    found = faults_of_words(page)

    assert {rule for rule, _ in found[:-1]} >= {"button-name", "html-has-lang", "image-alt"}
    assert found[-1] == "scrolls sideways"


def test_rules_of_words_are_rules_of_axe(page):
    known = page.evaluate("tags => axe.getRules(tags).map(rule => rule.ruleId)", RULES)

    assert set(RULES_OF_WORDS) <= set(known)


def faults_in(scene, visitor, look):
    """Return what `look` finds in each state of a scene that has a fault."""
    scene.raise_for(visitor)
    found = {}
    for name, reach in scene.states.items():
        reach(visitor)
        found[name] = look(visitor.page)
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize(("scene", "language"), looks(PAGES), indirect=["language"])
def test_pages_have_no_fault(visitor, scene, language):
    look = faults_of if language == LANGUAGES[0] else faults_of_words

    assert faults_in(scene, visitor, look) == {}


@pytest.mark.drill
@pytest.mark.parametrize(("scene", "language"), looks(PAGES, LANGUAGES[:1]), indirect=["language"])
def test_words_of_every_page_stand_out_in_light_and_dark(visitor, scene, language):
    assert faults_in(scene, visitor, faults_of_colours) == {}


def named_pages(patterns, namespace=""):
    """Yield the names of pages that people see: not those for programs, nor of the back office."""
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from named_pages(pattern.url_patterns, inner)
        elif getattr(pattern.callback, "policy", "") in ("public", "personal"):
            yield f"{namespace}{pattern.name}"


def test_every_page_is_among_the_states():
    reached = {
        state.name
        for scene in SCENES.values()
        for state in scene.states.values()
        if isinstance(state, At)
    }

    pages = set(named_pages(get_resolver("tests.browser.urls").url_patterns))

    assert pages - reached == WITHOUT_ADDRESS
