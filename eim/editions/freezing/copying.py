"""Copy the public site into a folder: pages, what they ask for, and what scripts would fetch."""

import json
import posixpath
import re
from datetime import date
from pathlib import Path

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from eim.editions.freezing.addresses import Addresses, Source, file_of_page
from eim.editions.freezing.fetching import Site, environ_of, is_static, read_static
from eim.editions.freezing.pages import addresses_of, closed_names, closed_page, copied_names
from eim.editions.freezing.transforming import (
    MARK,
    PROGRAMME,
    WORDS,
    Transformer,
    script_of,
    with_script,
)
from eim.lib.languages import OWN_NAMES
from eim.lib.site_languages import SITE_CODES
from programme.models import Meeting
from programme.moment import Moment

FEEDS = ("programme.ics", "schedule.xml", "schedule.json", "programme/changes.atom")
CSS_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
FRONT = "index.html"
# Fonts may be passed on with their licences.
LICENCES = ("fonts/alegreya-OFL.txt", "fonts/atkinson-hyperlegible-next-OFL.txt")


class Copy:
    """A copy of the site in a folder, while it is written."""

    def __init__(
        self, folder: Path, meeting: Meeting, moment: Moment, day: date, base: str
    ) -> None:
        self.folder = folder
        self.meeting = meeting
        self.site = Site()
        self.pages = addresses_of(copied_names(meeting, moment))
        self.closed = addresses_of(list(closed_names(moment)))
        self.addresses = Addresses(base, meeting.first_language, {*self.pages}, {*self.closed})
        self.transformer = Transformer(self.addresses, meeting, day)
        self.day = day

    def write(self) -> list[str]:
        """Write all files; return the addresses of pages that are only a sentence."""
        for address, language in self.pages.items():
            self.write_page(self.site.read(address), address, language)
        closed = self.write_closed()
        self.write_front()
        self.ask_for_unlinked()
        self.write_scripts()
        self.write_files()
        return closed

    def write_page(self, body: bytes, address: str, language: str) -> None:
        text = self.transformer.page(body, address, language)
        file = file_of_page(address)
        if script := self.script_for(address, text):
            text = with_script(text, script, file)
        self.write_file(file, text.encode())

    def script_for(self, address: str, text: str) -> str | None:
        """Return the script with what others would fetch, where a page has such others."""
        with translation.override(self.pages.get(address, "")):
            if address == reverse("programme:my-agenda"):
                return posixpath.join(posixpath.dirname(file_of_page(address)), PROGRAMME)
        if 'class="find' not in text:
            return None
        return WORDS if "data-words=" in text.partition('class="find')[2][:400] else MARK

    def write_closed(self) -> list[str]:
        """Write the sentences in place of the pages that others link and that need the site."""
        written: set[str] = set()
        # Each links itself in the other languages.
        while missing := sorted(self.addresses.asked - written):
            for address in missing:
                language = self.closed[address]
                self.write_page(closed_body(address, language), address, language)
            written |= {*missing}
        return sorted(written)

    def write_front(self) -> None:
        """Write the page that leads to the three languages."""
        pages = []
        for code in SITE_CODES:
            with translation.override(code), self.meeting.activated():
                address = reverse("home")
                pages.append({"code": code, "address": address, "name": OWN_NAMES[code]})
        language = self.meeting.first_language
        with translation.override(language), self.meeting.activated():
            context = {"meeting": self.meeting, "pages": pages, "day": self.day}
            text = render_to_string("editions/front.html", context)
        self.write_file(FRONT, self.transformer.rewritten(text, FRONT).encode())

    def ask_for_unlinked(self) -> None:
        """Ask for the files that no page need link: feeds in all languages, and licences."""
        for name in LICENCES:
            self.addresses.file_of(static(name))
        for name in FEEDS:
            for code in SITE_CODES:
                self.addresses.file_of(f"/{name}", f"lang={code}")

    def write_scripts(self) -> None:
        """Write what the search and the agenda would fetch."""
        words = json.loads(self.site.read(reverse("feeds:session-words")))
        self.write_file(WORDS, script_of({"words": words}).encode())
        self.write_file(MARK, script_of({}).encode())
        for code in SITE_CODES:
            with translation.override(code):
                programme, agenda = (
                    reverse(f"programme:{name}") for name in ("session-list", "my-agenda")
                )
            page = file_of_page(agenda)
            text = self.transformer.rewritten(self.site.read(programme).decode(), page)
            script = script_of({"programme": main_of(text)})
            self.write_file(posixpath.join(posixpath.dirname(page), PROGRAMME), script.encode())

    def write_files(self) -> None:
        """Write the files that pages ask for, and those that these ask for in turn."""
        written: set[str] = set()
        while missing := sorted(self.addresses.files.keys() - written):
            for file in missing:
                self.write_file(file, self.read_file(file, self.addresses.files[file]))
            written |= {*missing}

    def read_file(self, file: str, source: Source) -> bytes:
        if not is_static(source.path):
            return self.site.read(source.path, source.query)
        body = read_static(source.path)
        if file.endswith(".css"):
            self.ask_for_parts(source.path, body.decode())
        return body

    def ask_for_parts(self, path: str, sheet: str) -> None:
        """Ask for the fonts, pictures and sheets that a sheet names beside itself."""
        for address in CSS_ADDRESS.findall(sheet):
            if not address.startswith(("data:", "#", "http:", "https:")):
                plain = re.split("[?#]", address)[0]
                self.addresses.file_of(posixpath.normpath(posixpath.join(path, "..", plain)))

    def write_file(self, file: str, body: bytes) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def closed_body(address: str, language: str) -> bytes:
    """Render the page that stands for one that only the living site can answer."""
    request: HttpRequest = WSGIRequest(environ_of(address, ""))
    vars(request)["LANGUAGE_CODE"] = language
    with translation.override(language):
        return bytes(closed_page(request).content)


def main_of(text: str) -> str:
    """Return the part of a page that is its own."""
    found = re.search(r"<main.*</main>", text, re.DOTALL)
    return found[0] if found else ""
