"""Break a text into lines, at the largest size at which it fits into a box."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from eim.lib.woven.typefaces import Typeface, drawable

ELLIPSIS = "…"
# Parts of the size: from the top of a line to its baseline, and below it.
ASCENT, DESCENT = 0.8, 0.28


@dataclass(frozen=True, kw_only=True)
class Lettering:
    """Lines of text in a face and a size, ready to be drawn."""

    lines: tuple[str, ...]
    face: Typeface
    size: int
    leading: float

    @property
    def line_height(self) -> int:
        return round(self.size * self.leading)

    @property
    def height(self) -> int:
        if not self.lines:
            return 0
        return round((len(self.lines) - 1) * self.line_height + (ASCENT + DESCENT) * self.size)

    @property
    def width(self) -> float:
        return max((self.face.width(line, self.size) for line in self.lines), default=0.0)


def fitted(
    text: str, face: Typeface, *, width: int, height: int, sizes: Iterable[int], leading: float
) -> Lettering:
    """Set a text at the first of the sizes, from the largest, at which it fits.

    What does not fit even at the last is cut, with an ellipsis.
    """
    words, face = drawable(text, face)
    set_at = Setting(face, width, height, leading)
    lettering = set_at(words, 1)
    for size in sizes:
        lettering = set_at(words, size)
        if lettering.height <= height and set_at.holds_words(words, size):
            return set_at.balanced(words, lettering)
    return set_at.cut(lettering)


@dataclass(frozen=True)
class Setting:
    """A box, and the face in which texts are set into it."""

    face: Typeface
    width: int
    height: int
    leading: float

    def __call__(self, text: str, size: int, width: int = 0) -> Lettering:
        lines = wrapped(text, width or self.width, lambda line: self.face.width(line, size))
        return Lettering(lines=tuple(lines), face=self.face, size=size, leading=self.leading)

    def holds_words(self, text: str, size: int) -> bool:
        return all(self.face.width(word, size) <= self.width for word in text.split())

    def balanced(self, text: str, lettering: Lettering) -> Lettering:
        """Narrow the box as far as the number of lines allows, so that they are of one length."""
        low, high, best = self.width // 2, self.width, lettering
        while high - low > 8:
            middle = (low + high) // 2
            tried = self(text, lettering.size, middle)
            fits = len(tried.lines) == len(lettering.lines) and tried.width <= middle
            low, high, best = (low, middle, tried) if fits else (middle, high, best)
        return best

    def cut(self, lettering: Lettering) -> Lettering:
        """Keep the lines that fit into the height, the last one with an ellipsis."""
        room = self.height - (ASCENT + DESCENT) * lettering.size
        most = max(int(room // lettering.line_height) + 1, 1)
        kept = list(lettering.lines[:most])
        if len(lettering.lines) > most:
            kept[-1] = self.shortened(kept[-1], lettering.size)
        return Lettering(
            lines=tuple(kept), face=self.face, size=lettering.size, leading=self.leading
        )

    def shortened(self, line: str, size: int) -> str:
        while line and self.face.width(line + ELLIPSIS, size) > self.width:
            line = line[:-1].rstrip(" ,;:.")
        return line + ELLIPSIS


def wrapped(text: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """Fill lines with words, and break only words that are longer than a line."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure(joined) <= width:
            lines[-1] = joined
        else:
            lines += pieces(word, width, measure)
    return lines


def pieces(word: str, width: int, measure: Callable[[str], float]) -> list[str]:
    """Break a word into pieces that fit into a line."""
    if measure(word) <= width:
        return [word]
    starts = [0]
    for end in range(1, len(word) + 1):
        if end - starts[-1] > 1 and measure(word[starts[-1] : end]) > width:
            starts.append(end - 1)
    return [word[start:end] for start, end in pairwise([*starts, len(word)])]
