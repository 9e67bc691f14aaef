"""Draw the picture that other sites and messages show beside a link: a head, a title, a band."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO

from eim.lib import weave
from eim.lib.uploads import SHARE_SIZE
from eim.lib.woven.canvas import (
    NIGHT_EDGE,
    NIGHT_SOFT,
    ON_SIGNAL,
    SEAL,
    SIGNAL,
    WHITE,
    Canvas,
)
from eim.lib.woven.lettering import Lettering, fitted
from eim.lib.woven.typefaces import BOLD, HEADING, TEXT, Typeface, drawable

WIDTH, HEIGHT = SHARE_SIZE
MARGIN, GAP = 48, 16
SEAL_SIDE = 72
# A cell of the band is 10 px: ten whole motifs stand side by side.
CELL = 10
MOTIF = weave.CELLS * CELL
PORTRAIT_CELL = 22
PORTRAIT = weave.CELLS * PORTRAIT_CELL
TOP = MARGIN + SEAL_SIDE + 30
# What a title keeps, however much stands below it.
LEAST_TITLE = 96
UNWOVEN = weave.FILLS[weave.PLAIN_COLOUR]

type Woven = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Poster:
    """The texts, motifs and colours of a picture; empty lines take no room."""

    seal: str
    name: str
    place: str
    # On the ground of the signal: it has been cancelled.
    tag: str = ""
    is_struck: bool = False
    kind: str = ""
    title: str = ""
    # Below the title: first the one in bold.
    when: str = ""
    people: str = ""
    # Motifs and colours, in turn.
    weave: tuple[Woven, ...] = ()
    rows: int = 1
    # A photograph, or a motif and a colour in its place.
    portrait: IO[bytes] | Woven | None = None


def drawn(poster: Poster) -> bytes:
    """Return the picture as PNG."""
    poster = titled(poster)
    canvas = Canvas(WIDTH, HEIGHT)
    band_top = HEIGHT - CELL - poster.rows * MOTIF
    draw_head(canvas, poster)
    draw_texts(canvas, poster, band_top - 30)
    draw_portrait(canvas, poster)
    draw_band(canvas, poster, band_top)
    return canvas.png()


def titled(poster: Poster) -> Poster:
    """Put the kind in place of a title of which no word can be drawn."""
    if drawable(poster.title, HEADING)[0]:
        return poster
    return replace(poster, title=poster.kind, kind="")


def draw_head(canvas: Canvas, poster: Poster) -> None:
    left = MARGIN
    number = line(poster.seal, HEADING, SEAL_SIDE * 2, sizes=(48,))
    if number.lines:
        side = max(SEAL_SIDE, round(number.width) + 24)
        canvas.fill((MARGIN, MARGIN, side, SEAL_SIDE), SEAL)
        across = MARGIN + (side - round(number.width)) // 2
        canvas.letter(number, across, MARGIN + 12, WHITE, SEAL)
        left += side + 20
    width = WIDTH - MARGIN - left
    name = line(poster.name, BOLD, width, sizes=range(32, 25, -2))
    place = line(poster.place, TEXT, width, sizes=range(28, 23, -2))
    canvas.letter(name, left, MARGIN + (4 if place.lines else 20), WHITE)
    canvas.letter(place, left, MARGIN + 42, NIGHT_SOFT)


def draw_texts(canvas: Canvas, poster: Poster, bottom: int) -> None:
    """Draw the lines below the title upwards from `bottom`, the kind, and the title between."""
    width = WIDTH - 2 * MARGIN - (PORTRAIT + 36 if poster.portrait else 0)
    top = TOP + draw_kind(canvas, poster, width)
    room = bottom - top - LEAST_TITLE
    people = below(poster.people, TEXT, width, min(room // 2, 74), range(30, 25, -2))
    when = below(poster.when, BOLD, width, min(room - people.height - GAP, 84), range(34, 27, -2))
    for lettering, colour in ((people, NIGHT_SOFT), (when, WHITE)):
        if lettering.lines:
            canvas.letter(lettering, MARGIN, bottom - lettering.height, colour)
            bottom -= lettering.height + GAP
    title = fitted(
        poster.title,
        HEADING,
        width=width,
        height=bottom - top,
        sizes=range(112, 31, -4),
        leading=1.04,
    )
    canvas.letter(title, MARGIN, top, WHITE)
    if poster.is_struck:
        canvas.strike(title, MARGIN, top, SIGNAL)


def draw_kind(canvas: Canvas, poster: Poster, width: int) -> int:
    """Draw the tag and the kind in one line; return its height."""
    left = MARGIN
    tag = line(poster.tag, BOLD, width // 2, sizes=(28,))
    if tag.lines:
        across = round(tag.width) + 28
        canvas.fill((left, TOP - 8, across, 46), SIGNAL)
        canvas.letter(tag, left + 14, TOP + 1, ON_SIGNAL, SIGNAL)
        left += across + 20
    kind = line(poster.kind, BOLD, width - left + MARGIN, sizes=(30, 28))
    canvas.letter(kind, left, TOP, SIGNAL)
    return 52 if tag.lines or kind.lines else 0


def draw_portrait(canvas: Canvas, poster: Poster) -> None:
    left, top = WIDTH - MARGIN - PORTRAIT, TOP
    if isinstance(poster.portrait, tuple):
        motif, colour = poster.portrait
        canvas.tile(motif, (left, top), PORTRAIT_CELL, weave.FILLS[colour], WHITE)
    elif poster.portrait:
        canvas.photo(poster.portrait, left, top, PORTRAIT)


def draw_band(canvas: Canvas, poster: Poster, top: int) -> None:
    """Draw rows of whole motifs; each row begins one further, as in a fabric."""
    pairs = poster.weave or ((weave.PLAIN_MOTIF, weave.PLAIN_COLOUR),)
    for row in range(poster.rows):
        for column in range(WIDTH // MOTIF):
            motif, colour = pairs[(row + column) % len(pairs)]
            place = (column * MOTIF, top + row * MOTIF)
            ground, thread = weave.FILLS[colour], WHITE
            if poster.is_struck:
                ground, thread = UNWOVEN, NIGHT_EDGE
            canvas.tile(motif, place, CELL, ground, thread)


def line(text: str, face: Typeface, width: int, *, sizes: Sequence[int]) -> Lettering:
    """Set one line, cut where it is too long."""
    height = round(1.1 * sizes[0])
    return fitted(text, face, width=width, height=height, sizes=sizes, leading=1)


def below(text: str, face: Typeface, width: int, height: int, sizes: Sequence[int]) -> Lettering:
    return fitted(text, face, width=width, height=height, sizes=sizes, leading=1.2)
