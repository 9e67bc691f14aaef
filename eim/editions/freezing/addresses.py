"""Know under which file of the copy an address of the site lies, and write links to it."""

import posixpath
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

INDEX = "index.html"


@dataclass(frozen=True)
class Source:
    """An address of the site, by which a file of the copy is read."""

    path: str
    query: str = ""


@dataclass
class Addresses:
    """The addresses of the site that are in the copy, and the files that its pages ask for.

    `pages` are copied; `closed` ones need the living site, and say so in the copy. What is neither
    a page nor a file is linked on the living site.
    """

    base: str
    first_language: str
    pages: set[str]
    closed: set[str]
    # Files by their path in the copy, as pages ask for them.
    files: dict[str, Source] = field(default_factory=dict)
    # The closed pages that others link.
    asked: set[str] = field(default_factory=set)

    def link(self, address: str, page: str) -> str:
        """Return the address as the file `page` of the copy writes it, always to a file."""
        parts = urlsplit(address.removeprefix(settings.SITE_URL))
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            return address
        target = self.file_of(parts.path, parts.query)
        if target is None:
            return settings.SITE_URL + address.removeprefix(settings.SITE_URL)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        # Lists read their filters from the address, also in the copy.
        query = f"?{parts.query}" if target.endswith(INDEX) and parts.query else ""
        return relative(target, page) + query + fragment

    def file_of(self, path: str, query: str = "") -> str | None:
        """Return the file of the copy at an address; None if it has none."""
        if path in self.closed:
            self.asked.add(path)
        if path in self.pages or path in self.closed:
            return file_of_page(path)
        if not is_file(path):
            return None
        asked = dict(pair.partition("=")[::2] for pair in query.split("&"))
        language = asked.get("lang", "")
        file = unquote(path).lstrip("/")
        if language and language != self.first_language:
            file = with_language(file, language)
        self.files.setdefault(file, Source(unquote(path), f"lang={language}" if language else ""))
        return file

    def in_copy(self, address: str) -> str:
        """Return an absolute address of the site as it is once the copy lies at its base.

        Search engines and other sites ask for absolute ones; only what is in the copy has one.
        """
        path = urlsplit(address.removeprefix(settings.SITE_URL)).path or "/"
        file = self.file_of(path)
        if file is None:
            return address
        return settings.SITE_URL + self.base + quote(file.removesuffix(INDEX))


def is_file(path: str) -> bool:
    """Return whether an address is that of a file: a feed, a picture, an upload, a style sheet."""
    return "." in posixpath.basename(path)


def file_of_page(path: str) -> str:
    return posixpath.join(unquote(path).lstrip("/"), INDEX)


def with_language(file: str, language: str) -> str:
    """Name a feed in another language: `programme.pt.ics`."""
    stem, suffix = posixpath.splitext(file)
    return f"{stem}.{language}{suffix}"


def relative(file: str, page: str) -> str:
    return quote(posixpath.relpath(file, posixpath.dirname(page) or "."))


def resolved(link: str, page: str) -> str | None:
    """Return the file of the copy to which a link of one of its pages leads; None if to none."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
