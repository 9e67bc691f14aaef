"""Draw motifs, icons and bands of 12 x 12 cells, read from text files, as SVG paths and as PNG."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

from PIL import Image

CELLS = 12
SIZES = (12, 24, 36, 48, 72)
PATTERN_SIZES = (12, 24, 36)
PLAIN_MOTIF = "path"
PLAIN_COLOUR = "plain"
# White has a contrast of at least 6.8 on each; the same colours are in static/css/tokens.css.
FILLS = {
    "cochineal": "#a4123f",
    "indigo": "#0b5a70",
    "ochre": "#7d5200",
    "molle": "#35602b",
    "maiz": "#5f2c82",
    "clay": "#8f3a12",
    PLAIN_COLOUR: "#3b2243",
}
BAND_MOTIFS, BAND_SIZE = 25, 48
MOST_SEATS_DRAWN_SINGLY, SUMMARY_CELLS, ROUGH_CELLS = 30, 25, 5

Rows = tuple[str, ...]

DRAWING = re.compile(r"^(\w+).*\n((?:[.#]{12}\n){12})", re.MULTILINE)


def read_drawings(name: str) -> dict[str, Rows]:
    text = (Path(__file__).parent / "woven" / name).read_text(encoding="utf-8")
    return {key: tuple(rows.split()) for key, rows in DRAWING.findall(text)}


MOTIFS = read_drawings("motifs.txt")
ICONS = read_drawings("icons.txt")


def path(rows: Rows) -> str:
    """Return the filled cells as one SVG path of rectangles; a cell is one unit."""
    return "".join(
        f"M{left} {top}h{width}v{height}h-{width}z" for left, top, width, height in rectangles(rows)
    )


def rectangles(rows: Rows) -> list[tuple[int, int, int, int]]:
    """Return (left, top, width, height) of each run of filled cells; merge equal runs of rows."""
    growing: dict[tuple[int, int], int] = {}
    finished = []
    for y, row in enumerate((*rows, "." * CELLS)):
        runs = set(filled_runs(row))
        for run in [run for run in growing if run not in runs]:
            top = growing.pop(run)
            finished.append((run[0], top, run[1], y - top))
        for run in runs - growing.keys():
            growing[run] = y
    return sorted(finished, key=lambda rectangle: (rectangle[1], rectangle[0]))


def filled_runs(row: str) -> list[tuple[int, int]]:
    runs, x = [], 0
    for cell, group in groupby(row):
        width = len(list(group))
        if cell == "#":
            runs.append((x, width))
        x += width
    return runs


@cache
def icon_path(key: str) -> str:
    return path(ICONS[key])


@cache
def motif_path(key: str) -> str:
    return path(MOTIFS[key])


def meter_path(full: Sequence[bool], pitch: int = 12) -> str:
    """Draw a row of cells of 10 x 12 units: full ones solid, empty ones as an outline 2 px wide."""
    hole = "m2 2v8h6v-8z"
    return "".join(
        f"M{index * pitch} 0h10v12h-10z{'' if is_full else hole}"
        for index, is_full in enumerate(full)
    )


def seat_cells(taken: int, size: int) -> list[bool]:
    """Return one cell per seat up to 30 seats; above that a share, exact for none and for all."""
    if size <= MOST_SEATS_DRAWN_SINGLY:
        cells, full = size, min(taken, size)
    else:
        cells = SUMMARY_CELLS
        full = min(max(taken * cells // size, 1 if taken else 0), cells)
    return [index < full for index in range(cells)]


def rough_cells(taken: int, size: int) -> list[bool]:
    """Return five cells, which tell no exact figure; all are full only if no seat is left."""
    full = taken * ROUGH_CELLS // size if size else ROUGH_CELLS
    return [index < full for index in range(ROUGH_CELLS)]


@lru_cache(maxsize=16)
def band_png(themes: tuple[tuple[str, str], ...]) -> bytes:
    """Draw a band of 1200 x 48 px from (motif, colour) pairs, for mails, which show no SVG."""
    band = Image.new("P", (BAND_MOTIFS * BAND_SIZE, BAND_SIZE))
    band.putpalette(palette())
    pairs = themes or ((PLAIN_MOTIF, PLAIN_COLOUR),)
    for index in range(BAND_MOTIFS):
        motif, colour = pairs[index * len(pairs) // BAND_MOTIFS]
        band.paste(tile(motif, colour), (index * BAND_SIZE, 0))
    png = BytesIO()
    band.save(png, "PNG", optimize=True)
    return png.getvalue()


def palette() -> list[int]:
    """Return the RGB values of white, then of the fills in their order."""
    return [value for colour in ("#ffffff", *FILLS.values()) for value in bytes.fromhex(colour[1:])]


def tile(motif: str, colour: str) -> Image.Image:
    ground = 1 + list(FILLS).index(colour)
    cells = bytes(0 if cell == "#" else ground for row in MOTIFS[motif] for cell in row)
    image = Image.frombytes("P", (CELLS, CELLS), cells)
    return image.resize((BAND_SIZE, BAND_SIZE), Image.Resampling.NEAREST)
