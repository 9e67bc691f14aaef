"""Turn a page of the site into one of the copy: its links, its scripts, and a notice."""

import json
import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from eim.editions.freezing.addresses import Addresses, file_of_page, relative
from eim.editions.freezing.markup import (
    Edit,
    Element,
    edit_elements,
    instead_of,
    with_attributes,
)
from programme.models import Meeting

# Where pages say how old they are, while the database is away: base.html.
NOTICE = "<!--outdated-->"
ADDRESSES = ("href", "src", "action", "poster")
# Other sites and search engines read these, and want whole addresses.
WHOLE_ADDRESSES = ("og:url", "og:image")
# Scripts that ask the living site.
LEFT_OUT_SCRIPTS = ("live.", "questions.", "sign-up.")
# Plain scripts, because a page that was opened from disk may not fetch its neighbours.
WORDS, PROGRAMME, MARK = "programme/words.js", "programme.js", "copied.js"


@dataclass(frozen=True)
class Transformer:
    """Know what all pages of a copy share."""

    addresses: Addresses
    meeting: Meeting
    day: date

    def page(self, body: bytes, address: str, language: str) -> str:
        """Return the page at an address of the site as the copy has it."""
        file = file_of_page(address)
        text = self.rewritten(body.decode(), file)
        return text.replace(NOTICE, self.notice(address, language), 1)

    def rewritten(self, text: str, file: str) -> str:
        """Return the HTML of a page as it is at the file of a copy."""
        edited = edit_elements(text, lambda element: self.edit(element, file))
        return self.structured_data(edited)

    def notice(self, address: str, language: str) -> str:
        context = {
            "day": self.day,
            "living": settings.SITE_URL + address,
            "site": settings.SITE_URL.partition("://")[2],
        }
        with translation.override(language), self.meeting.activated():
            return str(render_to_string("editions/_archived.html", context))

    def edit(self, element: Element, file: str) -> Edit | None:
        if is_left_out(element):
            return instead_of(element)
        if element.has_class("subscribe"):
            return instead_of(element, self.calendar_link(element, file))
        attributes = self.attributes(element, file)
        if attributes == element.attributes:
            return None
        return with_attributes(element, attributes)

    def attributes(self, element: Element, file: str) -> dict[str, str | None]:
        changed = dict(element.attributes)
        if is_whole(element):
            name = "content" if element.name == "meta" else "href"
            changed[name] = self.addresses.in_copy(changed[name] or "")
            return changed
        for name in ADDRESSES:
            if value := changed.get(name):
                changed[name] = self.addresses.link(value, file)
        if srcset := changed.get("srcset"):
            changed["srcset"] = self.source_set(srcset, file)
        return changed

    def source_set(self, value: str, file: str) -> str:
        pairs = (one.strip().partition(" ") for one in value.split(","))
        return ", ".join(
            f"{self.addresses.link(address, file)}{blank}{size}" for address, blank, size in pairs
        )

    def calendar_link(self, element: Element, file: str) -> str:
        """Offer the calendar's file: nobody can subscribe to a copy."""
        address = self.addresses.link(f"/programme.ics?lang={language_of(file)}", file)
        with translation.override(language_of(file)):
            context = {"address": address}
            return str(render_to_string("editions/_calendar_file.html", context))

    def structured_data(self, text: str) -> str:
        """Give search engines the addresses of the copy."""
        whole = re.compile(rf"{re.escape(settings.SITE_URL)}(/[^\"\\\s<]*)")

        def rewrite(script: re.Match[str]) -> str:
            return whole.sub(lambda found: self.addresses.in_copy(found[0]), script[0])

        pattern = r'<script type="application/ld\+json">.*?</script>'
        return re.sub(pattern, rewrite, text, flags=re.DOTALL)


def language_of(file: str) -> str:
    """Return the language of a page's file: its first folder."""
    return file.partition("/")[0]


def is_left_out(element: Element) -> bool:
    """Return whether a copy has no use for an element, or it would be untrue there."""
    if element.name == "link":
        return element.attributes.get("rel") == "preload"
    if element.name == "script":
        script = (element.attributes.get("src") or "").rpartition("/")[2]
        return script.startswith(LEFT_OUT_SCRIPTS)
    classes = ("call-strip", "is-rehearsal", "archived-page")
    return any(map(element.has_class, classes))


def is_whole(element: Element) -> bool:
    if element.name == "meta":
        return element.attributes.get("property") in WHOLE_ADDRESSES
    if element.name != "link":
        return False
    return element.attributes.get("rel") == "canonical" or "hreflang" in element.attributes


def with_script(text: str, script: str, page: str) -> str:
    """Add a script to a page, between that of every page and those that use what it brings."""
    address = relative(script, page)
    found = re.search(r'<script src="[^"]*/site\.[^"]*" defer[^>]*></script>', text)
    if found is None:
        raise ValueError(f"{page} has no script of every page.")
    return f'{text[: found.end()]}<script src="{address}" defer></script>{text[found.end() :]}'


def script_of(facts: dict[str, object]) -> str:
    """Write facts as a plain script, from which the scripts of the site take them."""
    # "</" ends no script here, but other programs may put the file into a page.
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
    return f"eim.copied = {text};\n"
