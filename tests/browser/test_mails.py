"""Each kind of mail on a narrow phone: in light, in dark, and without its style sheet."""

import re

import pytest

from registration.mails.html_parts import pictures
from tests.browser import axe
from tests.registration.letters import KINDS, html_of, letter

# Those that hold for a mail: its landmarks are those of the program around it.
RULES = [
    "color-contrast",
    "document-title",
    "empty-heading",
    "heading-order",
    "html-has-lang",
    "html-lang-valid",
    "image-alt",
    "link-in-text-block",
    "link-name",
    "meta-viewport",
    "page-has-heading-one",
    "target-size",
    "valid-lang",
]
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
RULES_OF_STYLE = [*RULES_OF_COLOURS, "target-size"]
RULES_OF_WORDS = [rule for rule in RULES if rule not in RULES_OF_COLOURS]
NARROW = {"width": 320, "height": 800}
STYLE_SHEET = re.compile("<style>.*?</style>", re.DOTALL)
SMALLEST_TEXT = """() => {
  const texts = document.createTreeWalker(document.querySelector(".sheet"), NodeFilter.SHOW_TEXT);
  const sizes = [];
  while (texts.nextNode()) {
    if (texts.currentNode.data.trim()) {
      sizes.push(parseFloat(getComputedStyle(texts.currentNode.parentElement).fontSize));
    }
  }
  return Math.min(...sizes);
}"""


@pytest.fixture
def page(page_with_axe):
    page_with_axe.set_viewport_size(NARROW)
    return page_with_axe


def shown(mail):
    source = html_of(mail)
    for cid, address in pictures(mail):
        source = source.replace(f"cid:{cid}", address)
    return source


def faults_of(page, rules=RULES):
    found = axe.broken_rules(page, rules)
    if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
        found.append("scrolls sideways")
    if page.evaluate(SMALLEST_TEXT) < 16:
        found.append("has small print")
    if not page.evaluate("[...document.images].every(image => image.naturalWidth > 0)"):
        found.append("lacks a picture")
    return found


def test_faults_of_a_mail_are_found(page):
    page.set_content(
        "<div class='sheet' style='width: 400px; color: #999; font-size: 12px'>pale<img src='x:'>"
    )

    found = faults_of(page)

    assert {rule for rule, _ in found[:-3]} >= {"color-contrast", "html-has-lang", "image-alt"}
    assert found[-3:] == ["scrolls sideways", "has small print", "lacks a picture"]


def faults_of_mail(page, source):
    """Return what is wrong in light by all rules, in dark and as plain HTML by those of style."""
    looks = {
        "light": ("light", source, RULES),
        "dark": ("dark", source, RULES_OF_COLOURS),
        "without its style sheet": ("light", STYLE_SHEET.sub("", source), RULES_OF_STYLE),
    }
    faults = {}
    for name, (scheme, shown_source, rules_of_look) in looks.items():
        page.emulate_media(color_scheme=scheme)
        page.set_content(shown_source)
        faults[name] = faults_of(page, rules_of_look)
    return {name: found for name, found in faults.items() if found}


@pytest.mark.drill
def test_mails_have_no_fault_on_a_narrow_phone(page):
    faults = {kind: faults_of_mail(page, shown(letter(kind, "es")[1])) for kind in KINDS}

    assert {kind: found for kind, found in faults.items() if found} == {}


@pytest.mark.drill
@pytest.mark.parametrize("language", ["pt", "en"])
def test_words_of_mails_have_no_fault_in_the_other_languages(page, language):
    faults = {}
    for kind in KINDS:
        source = shown(letter(kind, language)[1])
        for name, look in {"styled": source, "plain": STYLE_SHEET.sub("", source)}.items():
            page.set_content(look)
            found = faults_of(page, RULES_OF_WORDS)
            faults |= {f"{kind}, {name}": found} if found else {}

    assert faults == {}
