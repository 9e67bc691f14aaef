"""Take what was removed out of the files that stay: links, entries of lists, names, events."""

import json
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from icalendar.parser import Contentline

from eim.editions.freezing.addresses import resolved
from eim.editions.freezing.markup import Edit, Element, edited, elements, instead_of, start_tag
from eim.editions.freezing.transforming import script_of
from programme.listing.finding import folded_words

# In place of a name: the same in every language.
GAP = "[…]"
EVENT = re.compile(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
XML_EVENT = re.compile(r"<event .*?</event>", re.DOTALL)
ENTRY = re.compile(r"<entry>.*?</entry>", re.DOTALL)
STRUCTURED = re.compile(r'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)
SAFE_IN_HTML = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}
KEY = re.compile(r'id="session-(\d+)"')


@dataclass
class Redaction:
    """The files that are taken out of a copy, by their paths, and the name of a person."""

    kind: str
    files: set[str]
    name: str = ""
    slug: str = ""
    # Keys of the sessions whose entries were taken out of lists.
    keys: set[str] = field(default_factory=set)

    @property
    def addresses(self) -> list[str]:
        """Return the addresses of the pages that are taken out, without the base of the copy.

        Those below another page come before it.
        """
        pages = (file for file in self.files if file.endswith("/index.html"))
        return sorted((file.removesuffix("index.html") for file in pages), reverse=True)

    def html(self, text: str, page: str) -> str:
        """Return a page without the entries of what is removed, and without links to it."""
        found = elements(text)
        edits = [edit for element in found for edit in self.edits_of(element, page)]
        if edits:
            self.keys |= {key for start, end, _ in edits for key in KEY.findall(text[start:end])}
        return self.plain(STRUCTURED.sub(self.structured, edited(text, edits)))

    def structured(self, found: re.Match[str]) -> str:
        """Return the facts for search engines without pictures that are removed."""
        facts = json.loads(found[2])
        kept = self.without_pictures(facts)
        if kept == facts:
            return found[0]
        text = json.dumps(kept, ensure_ascii=False).translate(SAFE_IN_HTML)
        return f"{found[1]}{text}{found[3]}"

    def without_pictures(self, facts: Any) -> Any:
        match facts:
            case dict():
                kept = {key: self.without_pictures(value) for key, value in facts.items()}
                return {key: value for key, value in kept.items() if value is not None}
            case list():
                values = [self.without_pictures(value) for value in facts]
                return [value for value in values if value is not None]
            case str() if any(facts.endswith(f"/{file}") for file in self.files):
                return None
        return facts

    def edits_of(self, element: Element, page: str) -> list[Edit]:
        if self.is_picture_of(element, page):
            return [instead_of(element)]
        link = element.attributes.get("href") or element.attributes.get("src")
        if not link or resolved(link, page) not in self.files:
            return []
        if element.name != "a":
            return [instead_of(element)]
        if (entry := entry_of(element)) and self.kind != "file":
            return [instead_of(entry)]
        others = {key: value for key, value in element.attributes.items() if key != "href"}
        return [(element.start, element.inner, start_tag("a", others))]

    def is_picture_of(self, element: Element, page: str) -> bool:
        """Return whether a page names a picture for other sites that is removed, in its head."""
        if element.name != "meta":
            return False
        content = element.attributes.get("content") or ""
        return element.attributes.get("property") == "og:image" and any(
            content.endswith(f"/{file}") for file in self.files
        )

    def plain(self, text: str) -> str:
        """Return a text without the name, and with addresses of the list instead of the page."""
        for address in self.addresses:
            parent = f"{PurePosixPath(address).parent}/"
            text = text.replace(f"/{address}", f"/{parent}")
        for name in self.spellings:
            text = text.replace(name, GAP)
        return text

    @property
    def spellings(self) -> set[str]:
        """Return the name as HTML, JSON, scripts in HTML, calendars, CSV and addresses write it."""
        name = self.name
        in_json = json.dumps(name, ensure_ascii=False)[1:-1]
        as_html = {escape(name), escape(name, quote=False), in_json.translate(SAFE_IN_HTML)}
        in_calendar = name.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
        in_csv = name.replace('"', '""')
        return {name, *as_html, in_json, in_calendar, in_csv, quote(name)} - {""}

    def calendar(self, text: str) -> str:
        """Return a calendar without the sessions that are removed; its lines are folded anew."""
        lines = text.replace("\r\n ", "")
        kept = EVENT.sub(self.without_page, lines)
        changed = self.plain(kept)
        if changed == lines:
            return text
        return "".join(
            f"{Contentline(line).to_ical().decode()}\r\n" for line in changed.split("\r\n") if line
        )

    def xml(self, text: str) -> str:
        for pattern in (XML_EVENT, ENTRY):
            text = pattern.sub(self.without_page, text)
        return self.plain(text)

    def without_page(self, found: re.Match[str]) -> str:
        return "" if self.names_page(found[0]) else found[0]

    def names_page(self, text: str) -> bool:
        """Return whether an entry is that of a session that is removed."""
        return self.kind == "session" and any(f"/{one}" in text for one in self.addresses)

    def schedule(self, text: str) -> str:
        facts = json.loads(text)
        for day in facts["schedule"]["conference"]["days"]:
            for room, events in day["rooms"].items():
                day["rooms"][room] = [
                    self.without_person(one) for one in events if not self.names_page(one["url"])
                ]
        return self.plain(json.dumps(facts, ensure_ascii=False))

    def without_person(self, event: dict[str, Any]) -> dict[str, Any]:
        persons = [one for one in event["persons"] if one["name"] != self.name]
        return event | {"persons": persons}

    def programme(self, text: str) -> str:
        """Return the meeting's file without the session, or the person and their parts."""
        facts = json.loads(text)
        if self.kind == "session":
            facts["sessions"] = [one for one in facts["sessions"] if one["slug"] != self.slug]
            return written(facts)
        if self.kind == "person":
            facts["people"] = [one for one in facts["people"] if one["slug"] != self.slug]
            for session in facts["sessions"]:
                for owner in [session, *session["presentations"]]:
                    owner["parts"] = [one for one in owner["parts"] if one["person"] != self.slug]
        elif self.kind == "page":
            facts["pages"] = [one for one in facts["pages"] if one["slug"] != self.slug]
        return self.plain(written(facts))

    def words(self, text: str) -> str:
        """Return the words of the search without the session's, or without the name's."""
        facts = facts_of(text)
        name = set(folded_words(self.name))
        words = {
            key: without_words(value, name)
            for key, value in facts.get("words", {}).items()
            if key not in self.keys
        }
        return script_of(facts | {"words": words})

    def agenda(self, text: str, page: str) -> str:
        facts = facts_of(text)
        return script_of({"programme": self.html(str(facts["programme"]), page)})

    def left_out(self, text: str) -> str:
        """Return the list of what the copy does not have, without pages that were a sentence."""
        gone = {f"- /{address}" for address in self.addresses}
        return "".join(row for row in text.splitlines(keepends=True) if row.strip() not in gone)

    def recordings(self, text: str, code: str) -> str:
        rows = text.splitlines(keepends=True)
        return self.plain(
            "".join(row for row in rows if not code or not row.startswith(f"{code},"))
        )


def entry_of(element: Element) -> Element | None:
    """Return the entry of a list in which a link stands; None if it stands in none."""
    return next((one for one in reversed(element.parents) if one.name == "li"), None)


def without_words(text: str, name: set[str]) -> str:
    """Take the words of a name out of the words of a session, if it has all of them."""
    words = text.split()
    if not name or not name <= {*words}:
        return text
    return "".join(f" {word}" for word in words if word not in name)


def facts_of(script: str) -> dict[str, Any]:
    """Return the facts that `script_of` has written."""
    found: dict[str, Any] = json.loads(script.partition("=")[2].rstrip().rstrip(";"))
    return found


def written(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
