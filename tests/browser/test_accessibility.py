"""Every page in every state, language and colour scheme, by the rules of axe, at 320 px."""

import pytest
from django.urls import URLPattern, get_resolver

from tests.browser import axe
from tests.browser.axe import broken_rules
from tests.browser.states import LANGUAGES, SCENES, looks
from tests.browser.ways import At

NARROW = {"width": 320, "height": 800}
COLOURS = ["color-contrast"]
# Mails and the back office have tests of their own, each with the rules that hold there.
PAGES = {name: scene for name, scene in SCENES.items() if name not in ("mails", "back office")}
# Pages that are reached by a button, an answer to one, and a file.
WITHOUT_ADDRESS = {
    "registration:look-at-your-mail",
    "registration:enter-code",
    "registration:resend",
    "registration:own-calendar",
    "registration:go-online",
    "registration:come-in-person",
    "registration:send-again",
    "registration:own-data-again",
    "registration:download-data",
}


@pytest.fixture
def page(page):
    page.set_viewport_size(NARROW)
    return page


def faults_of(page, *, with_colours=True):
    """What is wrong with the page as it stands; in the dark, only colours can be."""
    page.evaluate(axe.SCRIPT)
    found = []
    if with_colours:
        page.emulate_media(color_scheme="dark")
        found += broken_rules(page, COLOURS)
        page.emulate_media(color_scheme="light")
    found += broken_rules(page, axe.RULES, without=[] if with_colours else COLOURS)
    if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
        found.append("scrolls sideways")
    return found


def test_faults_are_found(page):
    wide_and_pale = "<title>x</title><p style='width: 500px; color: #eee; background: #fff'>pale"
    page.set_content(wide_and_pale)

    found = faults_of(page)

    assert {"color-contrast", "html-has-lang", "region"} <= {rule for rule, _ in found[:-1]}
    assert found[-1] == "scrolls sideways"


@pytest.mark.parametrize(("scene", "language"), looks(PAGES), indirect=["language"])
def test_pages_have_no_fault(visitor, scene, language):
    faults = {}
    scene.raise_for(visitor)
    for name, reach in scene.states.items():
        reach(visitor)
        # Colours are the same in every language, and take longest.
        found = faults_of(visitor.page, with_colours=language == LANGUAGES[0])
        faults |= {name: found} if found else {}

    assert faults == {}


def named_pages(patterns, namespace=""):
    """The names of what people see; the rest is for programs, or the back office."""
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
