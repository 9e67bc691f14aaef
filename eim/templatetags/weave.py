"""Draw motifs, icons and bands in templates: decoration, so hidden from screen readers."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Protocol

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from eim.lib import weave

register = template.Library()


class Woven(Protocol):
    """The fields of a theme that these tags use."""

    motif: str
    colour: str


@register.simple_tag
def sprite(themes: Iterable[Woven] = ()) -> SafeString:
    """Define all icons, the motifs in use and their patterns: once a page, before their uses."""
    motifs = dict.fromkeys([*(theme.motif for theme in themes or ()), weave.PLAIN_MOTIF])
    return sprite_of(tuple(motifs))


@cache
def sprite_of(motifs: tuple[str, ...]) -> SafeString:
    return format_html(
        '<svg class="sprite" aria-hidden="true" focusable="false">{}{}{}</svg>',
        symbols("i", [(key, weave.icon_path(key)) for key in weave.ICONS]),
        symbols("m", [(key, weave.motif_path(key)) for key in motifs]),
        format_html_join("", "{}", ((patterns(key),) for key in motifs)),
    )


def symbols(prefix: str, drawings: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join(
        "",
        '<symbol id="{}-{}" viewBox="0 0 12 12"><path d="{}"/></symbol>',
        ((prefix, key, drawing) for key, drawing in drawings),
    )


def patterns(motif: str) -> SafeString:
    """Define a motif's pattern at each size, white on transparent; CSS sets the fill below."""
    return format_html_join(
        "",
        '<pattern id="p{}-{}" width="12" height="12" patternUnits="userSpaceOnUse"'
        ' patternTransform="scale({})">'
        '<use href="#m-{}" width="12" height="12" fill="#fff"/></pattern>',
        ((size, motif, size // weave.CELLS, motif) for size in weave.PATTERN_SIZES),
    )


@register.simple_tag
def icon(key: str, size: int = 24) -> SafeString:
    """Draw an icon: {% icon "pin" %}, in tags with size=12."""
    if key not in weave.ICONS:
        raise template.TemplateSyntaxError(f"There is no icon {key!r} in eim/lib/woven/icons.txt.")
    return use("i", key, size)


@register.simple_tag
def motif(key: str | None = None, size: int = 24) -> SafeString:
    """Draw a motif: {% motif theme.motif size=36 %}; the plain one without a theme."""
    return use("m", key or weave.PLAIN_MOTIF, size)


@cache
def use(prefix: str, key: str, size: int) -> SafeString:
    if size not in weave.SIZES:
        raise template.TemplateSyntaxError(f"Cells are drawn at {weave.SIZES} px, not at {size}.")
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true">'
        '<use href="#{1}-{2}"/></svg>',
        size,
        prefix,
        key,
    )


@register.simple_tag
def band(theme: Woven | None = None, size: int = 36) -> SafeString:
    """Draw a band in the theme's pattern: {% band theme size=24 %}; CSS sets place and extent."""
    if theme:
        return woven(theme.colour, theme.motif, size)
    return woven(weave.PLAIN_COLOUR, weave.PLAIN_MOTIF, size)


@cache
def woven(colour: str, motif: str, size: int) -> SafeString:
    return format_html(
        '<svg class="band theme-{}" aria-hidden="true">'
        '<rect width="100%" height="100%" fill="url(#p{}-{})"/></svg>',
        colour,
        size,
        motif,
    )


@register.simple_tag
@cache
def figure(colour: str, motif: str, state: str) -> SafeString:
    """Draw one session of the home page's cloth; CSS sets its size."""
    return format_html(
        '<svg class="theme-{} is-{}"><use href="#m-{}"/></svg>', colour, state, motif
    )


@register.simple_tag
def seat_meter(taken: int, size: int) -> SafeString:
    """Draw {% seat_meter quota.taken quota.size %}, beside a sentence that says the same."""
    return meter(weave.seat_cells(taken, size))


@register.simple_tag
def rough_meter(taken: int, size: int) -> SafeString:
    """Draw {% rough_meter quota.taken quota.size %}, for everybody, beside words."""
    return meter(weave.rough_cells(taken, size))


@register.simple_tag
def queue_meter(position: int, length: int) -> SafeString:
    """Draw a waiting list with one's own cell full: {% queue_meter 3 14 %}."""
    if length > weave.MOST_SEATS_DRAWN_SINGLY:
        return SafeString("")
    return meter([index == position for index in range(1, length + 1)])


@register.simple_tag(name="meter_of")
def meter(cells: Sequence[bool]) -> SafeString:
    """Draw cells that are full or not, beside words: {% meter_of card.seats.cells %}."""
    width = max(len(cells) * 12 - 2, 0)
    return format_html(
        '<svg class="meter" viewBox="0 0 {0} 12" width="{0}" height="12" aria-hidden="true">'
        '<path d="{1}"/></svg>',
        width,
        weave.meter_path(cells),
    )
