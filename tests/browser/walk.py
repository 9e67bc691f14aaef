"""Walk through the back office as somebody who looks at each page that they come to."""

import re
from urllib.parse import parse_qsl, urlsplit

from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import axe

# Words of the sources' language that neither Spanish nor Portuguese has.
ENGLISH = re.compile(
    r"\b(the|and|of|with|you|your|this|that|is|are|was|been|it|not|from|by|or|any|all|none"
    r"|add|change|save|delete|view|show|hide|search|select|choose|send|back|close|open|remove"
    r"|today|yesterday|now|yes|name|date|day|time|week|month|year|who|which|when|where"
    r"|user|users|group|password|sign|please|below|another|more|only|unknown)\b",
    re.IGNORECASE,
)
# An option of a command.
OPTION = re.compile(r"--\w+")
# What people read or hear of a page, without what is told to be in another language, without codes,
# which are made of chance, and without the names of time zones, which have none of their own.
WORDS = """() => {
  const own = document.documentElement.lang;
  const skipped = `[lang]:not([lang="${own}"]), code, [name=time_zone]`;
  const foreign = [...document.querySelectorAll(skipped)];
  const lines = [document.title, document.body.innerText];
  const named = "[aria-label], [title], [placeholder], [alt], input[type=submit]";
  for (const element of document.querySelectorAll(named)) {
    if (foreign.some((other) => other.contains(element))) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      lines.push(element.getAttribute(name) || "");
    if (element.type === "submit") lines.push(element.value || "");
  }
  return foreign.map((other) => other.innerText).filter(Boolean)
    .reduce((text, other) => text.replace(other, " "), lines.join("\\n"));
}"""
LINKS = "links => links.map(link => link.href)"


class Walk:
    """A person at a page of the back office, and the faults of what they have seen so far."""

    def __init__(self, page, language, origin, *, asks):
        self.page = page
        self.language = language
        self.origin = origin
        # Whether to ask for each link: the answers do not depend on the language.
        self.asks = asks
        self.asked = set()
        self.faults = []

    def go(self, name, *args):
        self.page.goto(reverse(f"admin:{name}", args=args))
        self.look()

    def follow(self, name, *args):
        """Press the link of this page that leads to an address."""
        self.page.locator(
            f'#content a[href^="{reverse(f"admin:{name}", args=args)}"]'
        ).first.click()
        self.look()

    def press(self, button="#content-main input[type=submit].default"):
        """Press a button that does what it says, and look at the page that it leads to."""
        self.page.locator(button).last.click()
        expect(self.page.locator(".messagelist li").first).to_be_visible()
        self.expect_success()
        self.look()

    def expect_success(self):
        expect(self.page.locator(".messagelist li.error, .errornote")).to_have_count(0)

    def look(self):
        """Note what is wrong with this page, as it is now."""
        at = self.page.url.removeprefix(self.origin)
        self.note(at, axe.broken_rules(self.page, axe.RULES))
        width = self.page.evaluate("document.documentElement.scrollWidth")
        if width > self.page.viewport_size["width"]:
            self.note(at, [f"{width} pixels wide"])
        if (lang := self.page.locator("html").get_attribute("lang")) != self.language:
            self.note(at, [f"is in {lang}"])
        self.note(at, self.english_lines())
        if self.asks:
            self.note(at, self.dead_links())

    def note(self, at, found):
        self.faults += [(at, fault) for fault in found if (at, fault) not in self.faults]

    def english_lines(self):
        lines = map(str.strip, self.page.evaluate(WORDS).splitlines())
        return [line for line in dict.fromkeys(lines) if ENGLISH.search(OPTION.sub("", line))]

    def dead_links(self):
        """Ask for what this page offers; return what does not answer, each address once."""
        found = []
        for link in self.page.eval_on_selector_all("#content a[href]", LINKS):
            if link.startswith(self.origin) and (key := key_of(link)) not in self.asked:
                self.asked.add(key)
                response = self.page.context.request.get(link)
                if response.status != 200:
                    found.append(f"offers {link.removeprefix(self.origin)}: {response.status}")
        return found


def key_of(link):
    """Return what is asked once: a filter of a list is asked with one value."""
    parts = urlsplit(link)
    return parts.path, frozenset(name for name, _value in parse_qsl(parts.query))
