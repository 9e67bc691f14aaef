"""Edit the HTML of pages in place: what is not edited keeps its bytes.

The pages come from our own templates, so their elements are nested as they should be; a parser
that writes the whole document anew would change more than was asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

# Elements without an end.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
type Attributes = dict[str, str | None]
# From start to end, and what stands there instead.
type Edit = tuple[int, int, str]


@dataclass
class Element:
    """An element of a page: its name, attributes, and where it stands in the text."""

    name: str
    attributes: Attributes
    start: int
    # Where its start tag ends, and where the element does.
    inner: int
    end: int
    parents: "list[Element]"

    def has_class(self, name: str) -> bool:
        return name in (self.attributes.get("class") or "").split()


class Finder(HTMLParser):
    """Collect the elements of a page with their places in its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = text
        self.lines = line_starts(text)
        self.found: list[Element] = []
        self.open: list[Element] = []
        self.feed(text)
        self.close()

    @property
    def place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.add(tag, attrs)
        if tag not in VOID:
            self.open.append(self.found[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.add(tag, attrs)

    def add(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self.place
        inner = start + len(self.get_starttag_text() or "")
        self.found.append(Element(tag, dict(attrs), start, inner, inner, list(self.open)))

    def handle_endtag(self, tag: str) -> None:
        end = self.text.index(">", self.place) + 1
        names = [element.name for element in self.open]
        if tag not in names:
            return
        while self.open:
            element = self.open.pop()
            element.end = end
            if element.name == tag:
                return


def line_starts(text: str) -> list[int]:
    starts = [0]
    while (found := text.find("\n", starts[-1])) >= 0:
        starts.append(found + 1)
    return starts


def elements(text: str) -> list[Element]:
    return Finder(text).found


def start_tag(name: str, attributes: Attributes) -> str:
    """Write a start tag; an attribute without a value has none."""
    words = (
        key if value is None else f'{key}="{escape(value, quote=True)}"'
        for key, value in attributes.items()
    )
    return f"<{' '.join([name, *words])}>"


def with_attributes(element: Element, attributes: Attributes) -> Edit:
    """Return the edit that gives an element other attributes."""
    return element.start, element.inner, start_tag(element.name, attributes)


def instead_of(element: Element, words: str = "") -> Edit:
    """Return the edit that takes an element out with all that is in it."""
    return element.start, element.end, words


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with its edits; those inside one that reaches further are dropped."""
    parts, place = [], 0
    for start, end, words in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start < place:
            continue
        parts += [text[place:start], words]
        place = end
    return "".join([*parts, text[place:]])


def edit_elements(text: str, edit: Callable[[Element], Edit | None]) -> str:
    """Return a page with what `edit` says about each of its elements."""
    return edited(text, filter(None, map(edit, elements(text))))
