"""Load the typefaces of pictures, place their letters, and tell which words they can draw."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import category, combining, normalize

from PIL import ImageFont

FOLDER = Path(__file__).parent
UNITS = 1000
# No face has it: its drawing is the box of a missing letter.
NO_LETTER = "\U0010ffff"


@dataclass(frozen=True)
class Typeface:
    """One weight of a face, by the name of its file."""

    name: str

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return font(self.name, size)

    def draws(self, text: str) -> bool:
        """Return whether it has every letter of a text."""
        return all(has_letter(self.name, letter) for letter in text)

    def placed(self, text: str, size: int) -> tuple[list[tuple[float, str]], float]:
        """Return each letter with its distance from the start, and the width of them all."""
        letters, x, middle, pairs = [], 0.0, 0.0, kerning(self.name)
        for letter, following in zip(text, [*text[1:], ""], strict=True):
            if combining(letter):
                letters.append((middle - middle_of(self.name, size, letter), letter))
                continue
            letters.append((x, letter))
            width = advance(self.name, size, letter)
            middle = x + width / 2
            x += width + pairs.get(letter + following, 0) * size / UNITS
        return letters, x

    def width(self, text: str, size: int) -> float:
        return self.placed(text, size)[1]


HEADING = Typeface("alegreya-extra-bold")
TEXT = Typeface("atkinson-hyperlegible-next")
BOLD = Typeface("atkinson-hyperlegible-next-bold")


@lru_cache(maxsize=64)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    basic = ImageFont.Layout.BASIC
    return ImageFont.truetype(FOLDER / f"{name}.ttf", size, layout_engine=basic)


@lru_cache(maxsize=8192)
def advance(name: str, size: int, letter: str) -> float:
    return font(name, size).getlength(letter)


@lru_cache(maxsize=256)
def middle_of(name: str, size: int, mark: str) -> float:
    """Return how far the middle of an accent is from where it is drawn."""
    left, _top, right, _bottom = font(name, size).getbbox(mark, anchor="ls")
    return (left + right) / 2


@cache
def kerning(name: str) -> dict[str, float]:
    """Read how many thousandths of the size two letters stand closer or wider."""
    pairs = {}
    for line in (FOLDER / f"{name}-kerning.txt").read_text(encoding="utf-8").splitlines():
        first, units, following = line.split(" ")
        pairs.update({first + letter: float(units) for letter in following})
    return pairs


@lru_cache(maxsize=4096)
def has_letter(name: str, letter: str) -> bool:
    drawn = font(name, 24)
    return letter == " " or bytes(drawn.getmask(letter)) != bytes(drawn.getmask(NO_LETTER))


def drawable(text: str, face: Typeface) -> tuple[str, Typeface]:
    """Return the words of a text that can be drawn, and the face that draws them.

    That is `face`, or the heading's, which has more letters, if only that one can draw all of them.
    A word with a letter that neither has is left out: no letter is shown as a box or guessed.
    """
    words = plain_words(text)
    if not face.draws("".join(words)) and HEADING.draws("".join(words)):
        face = HEADING
    return " ".join(word for word in words if face.draws(word)), face


def plain_words(text: str) -> list[str]:
    """Return the words without characters that control how others are written."""
    whole = normalize("NFC", text)
    return "".join(c for c in whole if c.isspace() or category(c)[0] != "C").split()
