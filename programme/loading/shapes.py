"""Describe and read the objects of the file: keys with values, objects or lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext

from eim.lib.site_languages import SITE_CODES
from programme.loading import values
from programme.loading.faults import Fault
from programme.loading.values import Parser, ValueRefused, text

# Keys that every object may have: they say where its facts come from, and are not loaded.
PROVENANCE: dict[str, "AnyShape"] = {
    "source": values.text_or_texts,
    "certainty": values.one_of(["confirmed", "partial"]),
    "note": text,
}


class RawObject(dict[str, object]):
    """A JSON object that remembers which keys it repeats; a plain dict would keep the last."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        names = [name for name, _value in pairs]
        self.repeated_keys = sorted({name for name in names if names.count(name) > 1})


@dataclass(frozen=True)
class Entry:
    """An object of the file with its parsed values; it is sound if it has no fault.

    `faulty` are the keys with a fault or missing ones: `values` has at most a part of theirs.
    """

    path: str
    values: dict[str, Any]
    is_sound: bool = True
    faulty: frozenset[str] = frozenset()

    def at(self, key: str) -> str:
        """Return the path of a key of this object."""
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def entries(self, key: str) -> list["Entry"]:
        return self.values.get(key) or []


@dataclass(frozen=True)
class Shape:
    """The keys of an object; a key that is not required may be null, which empties its field."""

    required: "dict[str, AnyShape]"
    optional: "dict[str, AnyShape]" = field(default_factory=dict)

    def read(self, raw: object, path: str, faults: list[Fault]) -> Entry:
        if not isinstance(raw, dict):
            faults.append(Fault(path, gettext("Write an object, between curly brackets.")))
            return Entry(path, {}, is_sound=False)
        before = len(faults)
        entry = Entry(path, {})
        self._check_keys(raw, entry, faults)
        read, faulty = {}, {key for key in self.required if key not in raw}
        for key, value in raw.items():
            if key not in self.keys:
                continue
            found = len(faults)
            parsed = self._read_key(key, value, entry.at(key), faults)
            if len(faults) > found:
                faulty.add(key)
            if key not in faulty or parsed is not None:
                read[key] = parsed
        return Entry(path, read, is_sound=len(faults) == before, faulty=frozenset(faulty))

    @property
    def keys(self) -> "dict[str, AnyShape]":
        return self.required | self.optional | PROVENANCE

    def _check_keys(self, raw: dict[str, object], entry: Entry, faults: list[Fault]) -> None:
        for key in raw:
            if key not in self.keys:
                faults.append(Fault(entry.at(key), gettext("There is no such key here.")))
        for key in self.required:
            if key not in raw:
                faults.append(Fault(entry.at(key), gettext("This key is missing.")))
        for key in getattr(raw, "repeated_keys", []):
            faults.append(Fault(entry.at(key), gettext("This key is here twice.")))

    def _read_key(self, key: str, value: object, path: str, faults: list[Fault]) -> Any:
        if value is None and key not in self.required:
            return None
        return read_shape(self.keys[key], value, path, faults)


@dataclass(frozen=True)
class ListOf:
    """A list of objects of one shape, in which the values of the `unique` keys do not repeat."""

    shape: Shape
    unique: tuple[str, ...] = ()

    def read(self, raw: object, path: str, faults: list[Fault]) -> list[Entry]:
        if not isinstance(raw, list):
            faults.append(Fault(path, gettext("Write a list, between square brackets.")))
            return []
        entries = [
            self.shape.read(one, f"{path}[{number}]", faults) for number, one in enumerate(raw)
        ]
        for key in self.unique:
            entries = list(self._mark_repeats(key, entries, faults))
        return entries

    def _mark_repeats(self, key: str, entries: list[Entry], faults: list[Fault]) -> Iterator[Entry]:
        """Yield all entries; one that repeats the value of an earlier entry is not sound."""
        first: dict[object, Entry] = {}
        for entry in entries:
            value = entry.get(key)
            if value is None or first.setdefault(value, entry) is entry:
                yield entry
                continue
            sentence = gettext("“%(value)s” is already in %(path)s.")
            names = {"value": value, "path": first[value].path}
            faults.append(Fault(entry.at(key), sentence % names))
            others = {name: read for name, read in entry.values.items() if name != key}
            yield replace(entry, values=others, is_sound=False, faulty=entry.faulty | {key})


@dataclass(frozen=True)
class Translated:
    """A text by the codes of the site's languages: `{"es": …, "pt": …, "en": …}`."""

    parser: Parser = text
    is_required: bool = False

    def read(self, raw: object, path: str, faults: list[Fault]) -> dict[str, str | None]:
        before = len(faults)
        languages: dict[str, AnyShape] = dict.fromkeys(SITE_CODES, self.parser)
        shape = Shape(required={}, optional=languages)
        read = {
            key: words
            for key, words in shape.read(raw, path, faults).values.items()
            if key in languages
        }
        if self.is_required and len(faults) == before and not any(read.values()):
            faults.append(Fault(path, gettext("Write it in at least one language.")))
        return read


type AnyShape = Parser | Shape | ListOf | Translated


def read_shape(shape: AnyShape, value: object, path: str, faults: list[Fault]) -> Any:
    if isinstance(shape, Shape | ListOf | Translated):
        return shape.read(value, path, faults)
    try:
        return shape(value)
    except ValueRefused as refusal:
        faults.append(Fault(path, str(refusal)))
        return None
