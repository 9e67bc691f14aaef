"""Draw a picture in the site's colours, as a small PNG with a palette."""

from io import BytesIO
from typing import IO

from PIL import Image, ImageDraw, ImageOps

from eim.lib import weave
from eim.lib.woven.lettering import ASCENT, DESCENT, Lettering

NIGHT, NIGHT_SOFT, NIGHT_EDGE = "#2a1430", "#d9cbdc", "#9d86a6"
SIGNAL, ON_SIGNAL, WHITE = "#ffbf47", "#211a24", "#ffffff"
SEAL = weave.FILLS["cochineal"]
# Ground and text: each pair is a ramp of colours, for the soft edges of letters.
STEPS = 16
RAMPS = ((NIGHT, WHITE), (NIGHT, NIGHT_SOFT), (NIGHT, SIGNAL), (SEAL, WHITE), (SIGNAL, ON_SIGNAL))
FLAT = (*weave.FILLS.values(), WHITE, NIGHT_EDGE)
PHOTO_START = len(RAMPS) * STEPS + len(FLAT)
PHOTO_COLOURS = 128


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def ramp(ground: str, text: str) -> list[int]:
    """Return the RGB values from the ground to the text, both included."""
    pairs = [*zip(rgb(ground), rgb(text), strict=True)]
    shares = [step / (STEPS - 1) for step in range(STEPS)]
    return [round(low + (high - low) * share) for share in shares for low, high in pairs]


PALETTE = [value for pair in RAMPS for value in ramp(*pair)]
PALETTE += [value for colour in FLAT for value in rgb(colour)]


class Canvas:
    """A picture of palette colours, first all ground."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("P", (width, height), 0)
        self.palette = list(PALETTE)

    def fill(self, box: tuple[int, int, int, int], colour: str) -> None:
        """Fill (left, top, width, height) with a flat colour, or with the ground of a ramp."""
        left, top, width, height = box
        self.image.paste(index_of(colour), (left, top, left + width, top + height))

    def letter(
        self, lettering: Lettering, left: int, top: int, text: str, ground: str = NIGHT
    ) -> None:
        """Draw lines of text from a corner, in the colour `text` on the ground that is there."""
        mask = mask_of(lettering)
        start = RAMPS.index((ground, text)) * STEPS
        levels = [start + level * (STEPS - 1) // 255 for level in range(256)]
        self.image.paste(mask.point(levels), (left, top), mask.point([0] + [255] * 255))

    def strike(self, lettering: Lettering, left: int, top: int, colour: str) -> None:
        """Draw a line through each line of a text."""
        thickness = max(lettering.size // 20, 2)
        for number, line in enumerate(lettering.lines):
            middle = top + number * lettering.line_height + round(0.56 * lettering.size)
            width = round(lettering.face.width(line, lettering.size))
            self.fill((left, middle, width, thickness), colour)

    def tile(self, motif: str, place: tuple[int, int], cell: int, ground: str, thread: str) -> None:
        """Draw a motif in whole cells of `cell` px."""
        left, top = place
        side = weave.CELLS * cell
        self.fill((left, top, side, side), ground)
        for x, y, width, height in weave.rectangles(weave.MOTIFS[motif]):
            box = (left + x * cell, top + y * cell, width * cell, height * cell)
            self.fill(box, thread)

    def photo(self, file: IO[bytes], left: int, top: int, side: int) -> None:
        """Draw a photograph, cut to a square, in colours of its own."""
        with Image.open(file) as opened:
            cut = ImageOps.fit(opened.convert("RGB"), (side, side))
        few = cut.quantize(PHOTO_COLOURS, dither=Image.Dither.NONE)
        self.palette += few.getpalette() or []
        moved = few.point([min(PHOTO_START + index, 255) for index in range(256)])
        self.image.paste(moved, (left, top))

    def png(self) -> bytes:
        self.image.putpalette(self.palette[: 3 * 256])
        file = BytesIO()
        self.image.save(file, "PNG", compress_level=6)
        return file.getvalue()


def index_of(colour: str) -> int:
    if colour in FLAT:
        return len(RAMPS) * STEPS + FLAT.index(colour)
    return next(n for n, (ground, _text) in enumerate(RAMPS) if ground == colour) * STEPS


def mask_of(lettering: Lettering) -> Image.Image:
    """Draw the lines white on black."""
    size = lettering.size
    # Room for accents above the first line, and for what hangs over at the right.
    mask = Image.new("L", (round(lettering.width) + size, lettering.height + size))
    pen, drawn = ImageDraw.Draw(mask), lettering.face.at(size)
    for number, line in enumerate(lettering.lines):
        baseline = number * lettering.line_height + round(ASCENT * size)
        for x, letter in lettering.face.placed(line, size)[0]:
            pen.text((x, baseline), letter, fill=255, font=drawn, anchor="ls")
    return mask.crop((0, 0, round(lettering.width) + round(DESCENT * size), lettering.height))
