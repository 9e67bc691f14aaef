"""Each kind of mail on a narrow phone: in light, in dark, and without its style sheet."""

import re

import pytest

from eim.demo import pictures
from tests import factories
from tests.browser import axe
from tests.registration.letters import KINDS, LANGUAGES, html_of, message_of, sent

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
def page(page, meeting):
    factories.theme(colour="cochineal")
    factories.theme(colour="ochre", motif="spiral")
    page.set_viewport_size(NARROW)
    return page


def shown(mail):
    source = html_of(mail)
    for cid, address in pictures(mail):
        source = source.replace(f"cid:{cid}", address)
    return source


def faults_of(page):
    page.evaluate(axe.SCRIPT)
    found = axe.broken_rules(page, RULES)
    if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
        found.append("scrolls sideways")
    if page.evaluate(SMALLEST_TEXT) < 16:
        found.append("has small print")
    return found


def test_faults_of_a_mail_are_found(page):
    page.set_content(
        "<div class='sheet' style='width: 400px; color: #999; font-size: 12px'>pale<img src='x:'>"
    )

    found = faults_of(page)

    assert {rule for rule, _ in found[:-2]} >= {"color-contrast", "html-has-lang", "image-alt"}
    assert found[-2:] == ["scrolls sideways", "has small print"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_mail_has_no_fault_on_a_narrow_phone(page, kind, language):
    name = "María Wolfeschlegelsteinhausenbergerdorff Quispe"
    source = shown(sent(message_of(kind, language=language, full_name=name)))
    faults = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_content(source)
        faults[scheme] = faults_of(page)
    page.emulate_media(color_scheme="light")
    page.set_content(STYLE_SHEET.sub("", source))
    faults["without its style sheet"] = faults_of(page)

    assert faults == {"light": [], "dark": [], "without its style sheet": []}
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
