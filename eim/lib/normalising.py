"""Clean what people type, and fold it to find one person in two spellings.

`cleaned_text` makes what is stored and shown; `fold` makes keys, searches and sort keys of it,
which nobody reads. In Python and not in SQL, so that every database has the same result.

| what                                            | is stored as      | folds to            |
|-------------------------------------------------|-------------------|---------------------|
| no-break, narrow and other blanks, line ends,   | one blank between | the same            |
| tabs, and letters that look like blanks         | words, none around|                     |
| soft hyphens, zero-width blanks, direction      | nothing           | the same            |
| marks, control characters                       |                   |                     |
| joiners and variation selectors: some scripts   | typed, but not    | nothing             |
| and emoji need them                             | after Latin ones  |                     |
| letter and accent as two characters             | one character     | the same            |
| full and half width letters of Asian keyboards  | usual width       | the same            |
| hyphens that forbid a line break                | a hyphen          | the same            |
| typographic apostrophes, and accents typed      | typed             | an apostrophe       |
| instead of one: O´Higgins                       |                   |                     |
| dashes, minus signs                             | typed             | a hyphen            |
| typographic quotation marks                     | typed             | a quotation mark    |
| accents, and strokes through letters: ñ, ç, ø   | typed             | the plain letter    |
| capital letters                                 | typed             | small letters       |
| ligatures, ordinals: ﬁ, Mª                      | typed             | their letters       |

Letters of two scripts that look alike (the Latin and the Cyrillic a) stay different: nobody types
one for the other by accident.
"""

import re
import unicodedata

# The widths of the columns: NFKD expands one letter of some scripts to eighteen.
NAME_LENGTH = 200
EMAIL_LENGTH = 254

# Letters by category that look like blanks: Hangul fillers, and the empty Braille cell.
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
# Neither seen nor needed by any script. A text without marks of direction still reads rightly.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff]"
)
# Zero-width joiners and variation selectors, also the Mongolian ones.
SHAPING = "\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
IDLE_SHAPING = re.compile(f"(?:^|(?<=[\x00-\u024f]))[{SHAPING}]+")
OTHER_WIDTHS = re.compile("[\uff01-\uffee]+")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
KEPT_AS = str.maketrans(dict.fromkeys(FILLERS, " ") | {"\u2010": "-", "\u2011": "-"})

LOOK_ALIKES = str.maketrans(
    dict.fromkeys("’‘‛ʼʻʹ′‵`´ˈ", "'")
    | dict.fromkeys("‐‑‒–—―−⁃﹘", "-")
    | dict.fromkeys("“”„‟«»", '"')
    | {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)
ACCENTS = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x1F000))))
FOLDED_AWAY = re.compile(f"[{SHAPING}{ACCENTS}]")


def cleaned_text(text: str) -> str:
    """Return a text of one line as it is stored."""
    return " ".join(_seen(text).split())


def cleaned_lines(text: str) -> str:
    """Return a text of several lines as it is stored: blanks inside a line stay."""
    return _seen(LINE_ENDS.sub("\n", text)).strip()


def fold(text: str) -> str:
    """Return what is compared: “José  PÉREZ” and “jose perez” are the same."""
    # Before NFKD, which would make a blank and an accent of ´.
    plain = cleaned_text(text).translate(LOOK_ALIKES)
    if plain.isascii():
        return plain.lower()
    letters = FOLDED_AWAY.sub("", _decomposed(_decomposed(plain).casefold()))
    return " ".join(letters.translate(LOOK_ALIKES).split())


def name_key(name: str) -> str:
    return fold(name)[:NAME_LENGTH]


def email_key(email: str) -> str:
    """Return an address without case, and with the name of its domain as mail servers know it.

    Accents stay: the addresses of two people may differ in one.
    """
    name, at, domain = unicodedata.normalize("NFKC", cleaned_text(email)).rpartition("@")
    labels = map(_ascii_label, domain.lower().split("."))
    return f"{name.casefold()}{at}{'.'.join(labels)}"[:EMAIL_LENGTH]


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    narrow = OTHER_WIDTHS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    seen = UNSEEN.sub("", narrow).translate(KEPT_AS)
    return unicodedata.normalize("NFC", IDLE_SHAPING.sub("", seen))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _ascii_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()
