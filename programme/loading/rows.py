"""Compare rows with the file, and save those that differ and are valid."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import FileField, Model
from django.utils.translation import gettext

from eim.lib.fields.cleaned import with_keys
from eim.lib.site_languages import SITE_CODES
from programme.loading.faults import Fault
from programme.loading.shapes import PROVENANCE, Entry

# Keys of the file whose field of the row has another name.
FILE_KEYS = {"starts_at": "starts", "ends_at": "ends"}
# A row stores some empty values as NULL and some as an empty text: they count as equal.
EMPTY = (None, "")


@dataclass
class Writer:
    """Save rows, count them by model, and collect the faults of invalid ones."""

    faults: list[Fault]
    written: Counter[str] = field(default_factory=Counter)

    def put(self, row: Model, entry: Entry, values: dict[str, Any]) -> bool:
        """Assign the values and save the row; return whether it is in the database now."""
        return self.save(row, entry, assign(row, values))

    def save(self, row: Model, entry: Entry, changed: set[str]) -> bool:
        """Save a row that is new or changed; return whether it is in the database now.

        An invalid row is not saved: its faults are added to `faults`.
        """
        is_new = row._state.adding
        if not (is_new or changed):
            return True
        try:
            row.full_clean(exclude=upload_fields(row))
        except ValidationError as fault:
            self.faults += faults_of(fault, entry)
            return False
        row.save(update_fields=None if is_new else with_keys(type(row), changed))
        self.count(row)
        return True

    def delete(self, rows: Iterable[Model]) -> None:
        for row in rows:
            row.delete()
            self.count(row)

    def count(self, row: Model) -> None:
        self.written[str(row._meta.verbose_name_plural)] += 1

    def add_fault(self, path: str, sentence: str) -> None:
        self.faults.append(Fault(path, sentence))

    def key_of(self, entry: Entry, key: str, rows: dict[str, Any]) -> int | None:
        """Return the primary key of the row that a code names.

        None if there is no code, if no row has it (a fault), or if that row itself has a fault.
        """
        code = entry.get(key)
        if code is not None and code not in rows:
            sentence = gettext("“%(code)s” is neither in this file nor in the database.")
            self.add_fault(entry.at(key), sentence % {"code": code})
        row = rows.get(code)
        return row.pk if row else None


def upload_fields(row: Model) -> list[str]:
    """Return the file fields, which are not validated: uploads are made in the admin alone.

    A backup restored without its uploads would otherwise make every load fail.
    """
    return [field.name for field in row._meta.fields if isinstance(field, FileField)]


def values_of(entry: Entry, *, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """Return the entry's values that a row stores under the same names, without the provenance."""
    left_out = {*PROVENANCE, *leave_out}
    return {key: value for key, value in entry.values.items() if key not in left_out}


def assign(row: Model, values: dict[str, Any]) -> set[str]:
    """Set the fields that differ, and return their names; fields not in `values` stay."""
    changed = set()
    for name, value in values.items():
        for column, wanted in column_values(row, name, value).items():
            field = row._meta.get_field(column)
            if wanted is None and not field.null:
                wanted = field.get_default()  # type: ignore[union-attr]
            current = getattr(row, column)
            if current != wanted and not (current in EMPTY and wanted in EMPTY):
                setattr(row, column, wanted)
                changed.add(column)
    return changed


def column_values(row: Model, name: str, value: Any) -> dict[str, Any]:
    """Return the columns of one value: a translated text has one for each language.

    The column without a language is never written: it stands for the active language.
    """
    if isinstance(value, dict):
        return {f"{name}_{language}": words for language, words in value.items()}
    if value is None and hasattr(type(row), f"{name}_{SITE_CODES[0]}"):
        return {f"{name}_{language}": None for language in SITE_CODES}
    return {name: value}


def faults_of(fault: ValidationError, entry: Entry) -> list[Fault]:
    by_field = fault.update_error_dict({})
    return [
        Fault(path_of(name, entry), sentence)
        for name, errors in by_field.items()
        # An error of a translated text is reported for its language and for the plain name too.
        if not any(f"{name}_{language}" in by_field for language in SITE_CODES)
        for sentence in ValidationError(errors).messages
    ]


def path_of(name: str, entry: Entry) -> str:
    """Return where in the file a field of the row comes from: `sessions[3].title.es`."""
    if name == NON_FIELD_ERRORS:
        return entry.path
    base, _, language = name.rpartition("_")
    if language in SITE_CODES and base in entry.values:
        return f"{entry.at(base)}.{language}"
    return entry.at(FILE_KEYS.get(name, name))
