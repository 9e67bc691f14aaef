"""Render the organisers' Markdown as HTML, limited to an allow-list of tags and attributes."""

import re
from collections.abc import Sequence

import nh3
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote"),
    *("code", "pre", "table", "thead", "tbody", "tr", "th", "td", "s", "div", "span"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "ol": {"start"},
    "span": {"class"},
    "th": {"scope"},
}
LOWEST_HEADING = 4
NUMBERED = re.compile(r"\b[A-Z]{2,8}/\d{1,4}\b")
SCHEMES = {"https", "http", "mailto", "tel"}


def table_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, *args: object) -> str:
    """Open a table in a scrolling group that the keyboard reaches and screen readers name."""
    return format_html(
        '<div class="table-scroll" role="group" aria-label="{}" tabindex="0"><table>',
        gettext("Table"),
    )


def table_close(renderer: RendererHTML, tokens: Sequence[Token], index: int, *args: object) -> str:
    return "</table></div>"


def cell_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, *args: object) -> str:
    return '<th scope="col">'


def text(renderer: RendererHTML, tokens: Sequence[Token], index: int, *args: object) -> str:
    """Keep names such as “EIM/99” in one line."""
    return NUMBERED.sub(r'<span class="unbroken">\g<0></span>', escape(tokens[index].content))


def parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.add_render_rule("table_open", table_open)
    markdown.add_render_rule("table_close", table_close)
    markdown.add_render_rule("th_open", cell_open)
    markdown.add_render_rule("text", text)
    return markdown


MARKDOWN = parser()


def renumber(tokens: Sequence[Token], top: int) -> None:
    """Shift headings to start at level `top`, and skip no level on the way down."""
    level = top - 1
    for token in tokens:
        if token.type == "heading_open":
            wanted = max(int(token.tag[1]), 2) + top - 2
            level = min(wanted, level + 1, LOWEST_HEADING)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def to_html(text: str, *, top: int = 2) -> SafeString:
    tokens = MARKDOWN.parse(text)
    renumber(tokens, top)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener"
    )
    return format_html("{}", mark_safe(clean))  # noqa: S308 -- cleaned by nh3
