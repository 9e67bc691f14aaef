"""Compare rows with the file, and save those that differ and are valid."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import FileField, Model
from django.utils.translation import gettext

from eim.lib.fields.cleaned import with_keys
from eim.lib.site_languages import SITE_CODES
from programme.loading.faults import Fault
from programme.loading.shapes import PROVENANCE, Entry
from programme.models.removals import RemovedPart, withheld_fields

# Keys of the file whose field of the row has another name.
FILE_KEYS = {"starts_at": "starts", "ends_at": "ends"}
# Of these, one alone has no meaning: if one has a fault, the others are not validated.
TOGETHER = (
    {"latitude", "longitude"},
    {"registration_opens_at", "registration_closes_at"},
    {"first_day", "last_day"},
    {"day", "starts", "ends"},
    {"provider", "video_id", "url"},
)
# A row stores some empty values as NULL and some as an empty text: they count as equal.
EMPTY = (None, "")


@dataclass
class Writer:
    """Save rows, count them by model, and collect the faults of invalid ones."""

    faults: list[Fault]
    written: Counter[str] = field(default_factory=Counter)
    # Sentences about what the file has and organisers have removed from the site.
    withheld: list[str] = field(default_factory=list)

    def put(self, row: Model, entry: Entry, values: dict[str, Any]) -> bool:
        """Assign the values and save the row; return whether it is in the database now."""
        return self.save(row, entry, assign(row, values))

    def save(self, row: Model, entry: Entry, changed: set[str]) -> bool:
        """Save a row that is new or changed; return whether it is in the database now.

        The faults of an invalid row are added to `faults`. It is saved all the same if the database
        takes it, and so is one of which the file says only a part: others are checked against it,
        and then everything is rolled back.
        """
        self.tell_withheld(row, entry)
        columns = None if row._state.adding else with_keys(type(row), changed)
        if columns is not None and not columns:
            return True
        if entry.is_sound and is_valid(row) and is_taken(row, columns):
            self.count(row)
            return True
        faults = faults_of(row, entry)
        if entry.is_sound and not faults:
            row.save(update_fields=columns)  # Raises what no validation has foreseen.
        self.faults += faults
        complete_choices(row)
        return is_taken(row)

    def tell_withheld(self, row: Model, entry: Entry) -> None:
        for part, fields in withheld_fields(row).items():
            if any(has_words(entry.get(name)) for name in fields):
                self.withhold(entry, part)

    def withhold(self, entry: Entry, part: str) -> None:
        words = gettext(
            "%(path)s: not loaded, because the organisers have removed it from the site: %(part)s."
        )
        self.withheld.append(words % {"path": entry.path, "part": RemovedPart(part).label})

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


def has_words(value: Any) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


def is_valid(row: Model) -> bool:
    """Validate a row but for the database's constraints: asking them one by one takes long."""
    try:
        row.full_clean(
            exclude=upload_fields(row), validate_unique=False, validate_constraints=False
        )
    except ValidationError:
        return False
    return True


def is_taken(row: Model, columns: Iterable[str] | None = None) -> bool:
    """Save a row, and return whether the database takes it."""
    try:
        with transaction.atomic():
            row.save(update_fields=columns)
    except (DatabaseError, ValueError):
        return False
    return True


def complete_choices(row: Model) -> None:
    """Choose something where the file has no valid choice."""
    for column in row._meta.fields:
        if column.choices and not column.null and not getattr(row, column.attname):
            setattr(row, column.attname, column.choices[0][0])


def left_out_columns(row: Model, entry: Entry) -> list[str]:
    """Return the fields whose keys have a fault in the file: they are not validated again."""
    return [field.name for field in row._meta.fields if not is_validated(field.name, entry)]


def is_validated(name: str, entry: Entry) -> bool:
    """Tell that the file gives this field a value, with those that have a meaning only together."""
    key = key_in_file(name, entry)
    if is_translated(name, entry):
        return key not in entry.faulty or name.rpartition("_")[2] in (entry.get(key) or {})
    together = {key}.union(*(keys for keys in TOGETHER if key in keys))
    return together.isdisjoint(entry.faulty)


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
    """Set the fields that differ, and return their names; fields not in `values` stay.

    So do those that organisers have removed from the site: a file does not bring them back.
    """
    changed = set()
    withheld = {name for fields in withheld_fields(row).values() for name in fields}
    for name, value in values.items():
        if name in withheld:
            continue
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


def faults_of(row: Model, entry: Entry) -> list[Fault]:
    """Return the faults of a row, constraints included, but for what the file's own hide."""
    try:
        row.full_clean(exclude=[*upload_fields(row), *left_out_columns(row, entry)])
    except ValidationError as fault:
        by_field = fault.update_error_dict({})
    else:
        return []
    return [
        Fault(path_of(name, entry), sentence)
        for name, errors in by_field.items()
        # An error of a translated text is reported for its language and for the plain name too.
        if not any(f"{name}_{language}" in by_field for language in SITE_CODES)
        and is_validated(name, entry)
        for sentence in ValidationError(errors).messages
    ]


def path_of(name: str, entry: Entry) -> str:
    """Return where in the file a field of the row comes from: `sessions[3].title.es`."""
    if name == NON_FIELD_ERRORS:
        return entry.path
    path = entry.at(key_in_file(name, entry))
    language = name.rpartition("_")[2]
    return f"{path}.{language}" if is_translated(name, entry) else path


def key_in_file(name: str, entry: Entry) -> str:
    """Return the key of a field: `starts` for `starts_at`, `title` for `title_es`."""
    return name.rpartition("_")[0] if is_translated(name, entry) else FILE_KEYS.get(name, name)


def is_translated(name: str, entry: Entry) -> bool:
    base, _, language = name.rpartition("_")
    return language in SITE_CODES and (base in entry.values or base in entry.faulty)
