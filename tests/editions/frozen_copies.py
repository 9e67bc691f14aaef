"""Read a frozen copy by its files alone, with a parser of its own."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from lxml import html

LINKS = ("href", "src", "action", "poster")


class Crawler:
    """All links of the pages below a folder: where each leads, and which lead nowhere."""

    def __init__(self, bag, base):
        self.site = bag / "data" / "site"
        self.base = settings.SITE_URL + base
        self.pages = {
            path: html.fromstring(path.read_bytes()) for path in self.site.rglob("*.html")
        }
        self.broken = []
        self.absolute = []
        for page, tree in self.pages.items():
            for element in tree.iter("*"):
                for name in LINKS:
                    if link := element.get(name):
                        self.follow(page, tree, element, link)
            for meta in tree.xpath("//meta[@property='og:url' or @property='og:image']"):
                self.follow(page, tree, meta, meta.get("content"))

    def follow(self, page, tree, element, link):
        parts = urlsplit(link)
        if link.startswith(self.base):
            # In the head of a page; search engines ask for whole addresses.
            path = self.site / unquote(parts.path).removeprefix(urlsplit(self.base).path)
            self.expect((path / "index.html") if path.is_dir() else path, page, link)
        elif parts.scheme or parts.netloc:
            self.absolute.append((page, element.tag, link))
        elif not parts.path:
            if parts.fragment and not tree.xpath("//*[@id=$key]", key=unquote(parts.fragment)):
                self.broken.append((page, link))
        else:
            path = Path(os.path.normpath(page.parent / unquote(parts.path)))
            self.expect(path, page, link)
            if parts.fragment and path in self.pages:
                ids = self.pages[path].xpath("//@id")
                if unquote(parts.fragment) not in ids:
                    self.broken.append((page, link))

    def expect(self, path, page, link):
        if not path.is_file() or link.startswith("/"):
            self.broken.append((page, link))

    def living(self, page):
        """Return the links of a page to the living site."""
        return [
            link
            for one, tag, link in self.absolute
            if one == page and tag == "a" and link.startswith(settings.SITE_URL)
        ]


def bytes_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def judged_by_bagit(bag):
    """Ask the Library of Congress’s program, in a process of its own: it warns of its own age."""
    command = [sys.executable, "-m", "bagit", "--quiet", "--validate", str(bag)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
