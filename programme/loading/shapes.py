"""What an object of the file may hold: keys, each with a value, an object or a list."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from programme.loading import values
from programme.loading.faults import Fault
from programme.loading.values import Value, Wrong, text

# Where a statement comes from is kept in the file, beside it; nothing of it is loaded.
PROVENANCE: dict[str, "Part"] = {
    "source": values.text_or_texts,
    "certainty": values.one_of(["confirmed", "partial"]),
    "note": text,
}


class Keys(dict[str, object]):
    """An object as it stands in the file, with the keys that stand twice in it."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        names = [name for name, _value in pairs]
        self.twice = sorted({name for name in names if names.count(name) > 1})


@dataclass(frozen=True)
class Entry:
    """An object of the file after reading: the values of the keys that stand in it."""

    path: str
    values: dict[str, Any]
    is_sound: bool = True

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def entries(self, key: str) -> list["Entry"]:
        return self.values.get(key) or []


@dataclass(frozen=True)
class Shape:
    """An object; a key that is not required may also be null, which empties it."""

    required: "dict[str, Part]"
    optional: "dict[str, Part]" = field(default_factory=dict)

    def read(self, found: object, path: str, faults: list[Fault]) -> Entry:
        if not isinstance(found, dict):
            faults.append(Fault(path, gettext("Write an object, between curly brackets.")))
            return Entry(path, {}, is_sound=False)
        before = len(faults)
        blank = Entry(path, {})
        self._check_keys(found, blank, faults)
        read = {
            key: self._read_key(key, value, blank.at(key), faults)
            for key, value in found.items()
            if key in self.keys
        }
        return Entry(path, read, is_sound=len(faults) == before)

    @property
    def keys(self) -> "dict[str, Part]":
        return self.required | self.optional | PROVENANCE

    def _check_keys(self, found: dict[str, object], entry: Entry, faults: list[Fault]) -> None:
        for key in found:
            if key not in self.keys:
                faults.append(Fault(entry.at(key), gettext("There is no such key here.")))
        for key in self.required:
            if key not in found:
                faults.append(Fault(entry.at(key), gettext("This key is missing.")))
        for key in getattr(found, "twice", []):
            faults.append(Fault(entry.at(key), gettext("This key is here twice.")))

    def _read_key(self, key: str, value: object, path: str, faults: list[Fault]) -> Any:
        if value is None and key not in self.required:
            return None
        return read_part(self.keys[key], value, path, faults)


@dataclass(frozen=True)
class Many:
    """A list of objects; what a key of `unique` says, one of them says."""

    shape: Shape
    unique: tuple[str, ...] = ()

    def read(self, found: object, path: str, faults: list[Fault]) -> list[Entry]:
        if not isinstance(found, list):
            faults.append(Fault(path, gettext("Write a list, between square brackets.")))
            return []
        entries = [
            self.shape.read(one, f"{path}[{number}]", faults) for number, one in enumerate(found)
        ]
        for key in self.unique:
            entries = list(self._first_ones(key, entries, faults))
        return entries

    def _first_ones(self, key: str, entries: list[Entry], faults: list[Fault]) -> Iterator[Entry]:
        """All of them; one that repeats another is not sound."""
        first: dict[object, Entry] = {}
        for entry in entries:
            value = entry.get(key)
            if value is None or first.setdefault(value, entry) is entry:
                yield entry
                continue
            sentence = gettext("“%(value)s” is already in %(path)s.")
            names = {"value": value, "path": first[value].path}
            faults.append(Fault(entry.at(key), sentence % names))
            yield replace(entry, is_sound=False)


@dataclass(frozen=True)
class Words:
    """A text in the languages of the site, by their codes: `{"es": …, "pt": …, "en": …}`."""

    value: Value = text
    is_required: bool = False

    def read(self, found: object, path: str, faults: list[Fault]) -> dict[str, str | None]:
        before = len(faults)
        languages: dict[str, Part] = {code: self.value for code, _name in settings.LANGUAGES}
        shape = Shape(required={}, optional=languages)
        read = {
            key: words
            for key, words in shape.read(found, path, faults).values.items()
            if key in languages
        }
        if self.is_required and len(faults) == before and not any(read.values()):
            faults.append(Fault(path, gettext("Write it in at least one language.")))
        return read


type Part = Value | Shape | Many | Words


def read_part(part: Part, value: object, path: str, faults: list[Fault]) -> Any:
    if isinstance(part, Shape | Many | Words):
        return part.read(value, path, faults)
    try:
        return part(value)
    except Wrong as wrong:
        faults.append(Fault(path, str(wrong)))
        return None
