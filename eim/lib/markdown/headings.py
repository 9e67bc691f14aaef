"""Give the headings of a text anchors, and list them."""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import strip_tags
from django.utils.text import slugify

HEADING = re.compile(r"<h([23])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
ID = re.compile(r'\sid="([^"]*)"')
LANG = re.compile(r'\slang="([^"]*)"')
TAG = re.compile(r"<(/?)(\w+)([^>]*)>")
WITHOUT_END = {"br", "hr", "img", "input", "rect", "use"}


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of level 2 or 3; `language` only if it is not that of the page."""

    level: int
    anchor: str
    text: str
    language: str


def with_anchors(html: str) -> tuple[str, list[Heading]]:
    """Return the text with an `id` at each heading that has none, and the headings."""
    found: list[Heading] = []
    # Those further down too: what a link names must not move.
    taken = set(ID.findall(html))

    def anchored(match: re.Match[str]) -> str:
        level, attributes, content = match.groups()
        text = " ".join(unescape(strip_tags(content)).split())
        own = ID.search(attributes)
        anchor = own[1] if own else free_anchor(text, taken)
        taken.add(anchor)
        language = language_at(html[: match.start()] + f"<h{level}{attributes}>{content}")
        found.append(Heading(level=int(level), anchor=anchor, text=text, language=language))
        named = attributes if own else f'{attributes} id="{anchor}"'
        return f"<h{level}{named}>{content}</h{level}>"

    return HEADING.sub(anchored, html), found


def free_anchor(text: str, taken: set[str]) -> str:
    """Return the words of a heading, with a number if it is taken."""
    words = slugify(text)[:60] or "section"
    numbers = range(1, len(taken) + 2)
    candidates = [f"{words}-{number}" if number > 1 else words for number in numbers]
    return next(anchor for anchor in candidates if anchor not in taken)


def language_at(html: str) -> str:
    """Return the language of the element that is open at the end, if one says it."""
    open_tags: list[str] = []
    for end, name, attributes in TAG.findall(html):
        if end:
            open_tags.pop()
        elif name not in WITHOUT_END and not attributes.endswith("/"):
            own = LANG.search(attributes)
            open_tags.append(own[1] if own else (open_tags[-1] if open_tags else ""))
    return open_tags[-1] if open_tags else ""
