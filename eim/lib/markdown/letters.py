"""Render Markdown with placeholders as the HTML and the plain text of an e-mail.

A value takes the place of its placeholder in the parsed text, where nothing reads it as Markdown or
HTML, nor looks for placeholders in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from eim.lib.markdown import SCHEMES, renumber

TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote"),
    *("code", "pre"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
# As the parser writes one into the address of a link.
IN_ADDRESS = re.compile(r"(?:\{|%7B)(\w+)(?:\}|%7D)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"{}]*[^\s<>\"{}.,;:!?)\]]")

MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, kw_only=True)
class Bodies:
    html: SafeString
    text: str


def placeholders_in(text: str) -> list[str]:
    """Return what stands in braces, each once, in order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text of one line, such as a subject, with the values in it."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def bodies(text: str, values: Mapping[str, str], *, site: str) -> Bodies:
    """Return the text with its values; a value that is an address becomes a link.

    `site` completes addresses that begin with a slash.
    """
    tokens = MARKDOWN.parse(text)
    renumber(tokens, 2)
    for token in tokens:
        if token.children:
            token.children = list(with_values(token.children, values, site))
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener"
    )
    safe = format_html("{}", mark_safe(clean))  # noqa: S308 -- cleaned by nh3
    return Bodies(html=safe, text=plain(SyntaxTreeNode(tokens)).strip())


def with_values(tokens: list[Token], values: Mapping[str, str], site: str) -> Iterator[Token]:
    is_in_link = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            is_in_link = token.type == "link_open"
            complete_address(token, values, site)
        if token.type == "image":
            # Mail programs show none without asking, and fetching one tells who reads.
            yield text_token(filled(token.content, values))
        elif token.type == "code_inline":
            token.content = filled(token.content, values)
            yield token
        elif token.type == "text" and is_in_link:
            yield text_token(filled(token.content, values))
        elif token.type == "text":
            yield from linked(token.content, values)
        else:
            yield token


def complete_address(token: Token, values: Mapping[str, str], site: str) -> None:
    """Write the values into the address of a link."""
    if token.type == "link_open":
        address = str(token.attrs.get("href", ""))
        address = IN_ADDRESS.sub(lambda found: values.get(found[1], ""), address)
        token.attrs["href"] = f"{site}{address}" if address.startswith("/") else address


def linked(text: str, values: Mapping[str, str]) -> Iterator[Token]:
    """Yield the text with its values, and with links where addresses stand in it."""
    parts = PLACEHOLDER.split(text)
    for position, part in enumerate(parts):
        if position % 2 == 0:
            yield from with_links(part)
            continue
        value = values.get(part, "")
        yield from link(value) if ADDRESS.fullmatch(value) else [text_token(value)]


def with_links(text: str) -> Iterator[Token]:
    """Yield the text with links where the organisers wrote addresses without any signs."""
    end = 0
    for found in ADDRESS.finditer(text):
        yield text_token(text[end : found.start()])
        yield from link(found[0])
        end = found.end()
    yield text_token(text[end:])


def link(address: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": address})
    return [opening, text_token(address), Token("link_close", "a", -1)]


def text_token(content: str) -> Token:
    return Token("text", "", 0, content=content)


def plain(node: SyntaxTreeNode) -> str:
    """Return the plain text of a part of the document, block by block."""
    match node.type:
        case "root" | "list_item":
            return "\n\n".join(filter(None, map(plain, node.children)))
        case "paragraph" | "heading":
            return with_addresses(node)
        case "bullet_list" | "ordered_list":
            return "\n".join(items_of(node))
        case "blockquote":
            return marked("> ", "> ", "\n\n".join(map(plain, node.children)))
        case "hr":
            return "----"
    return node.content.rstrip("\n")


def items_of(node: SyntaxTreeNode) -> Iterator[str]:
    first = int(str(node.attrs.get("start", 1)))
    for number, item in enumerate(node.children, first):
        mark = "* " if node.type == "bullet_list" else f"{number}. "
        yield marked(mark, "  ", plain(item))


def marked(first: str, others: str, text: str) -> str:
    """Return the lines with a mark before the first, and another before the others."""
    head, *rest = text.split("\n")
    return "\n".join([f"{first}{head}", *(f"{others}{line}".rstrip() for line in rest)])


def with_addresses(node: SyntaxTreeNode) -> str:
    """Return the words of a paragraph, then its links, each on a line of its own."""
    links = [child for child in node.walk() if child.type == "link"]
    addresses = [str(link.attrs["href"]) for link in links]
    named = [
        address
        for address, link in zip(addresses, links, strict=True)
        if words_of(link) != address and address
    ]
    return "\n".join([words_of(node), *dict.fromkeys(named)])


def words_of(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
    return "".join(map(words_of, node.children))
