"""Take texts, files and questions off the site, and bring them back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import FileField, Model

from eim import clock
from eim.lib.fields import CodesField
from eim.lib.uploads.storage import upload_storage
from programme.actions.sessions import bump_version
from programme.models import Question, Removal
from programme.models.removals import fields_by_part, removed_path, stored_columns

type Move = Callable[[str, str], None]
type Record = Callable[[list[Removal]], None]


class Replaced(Exception):
    """Something else is now where a removed text or file was."""


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """Why something is removed: its reason, in words for the record, and for whoever sent it."""

    reason: str
    words: str
    words_for_sender: str = ""


def removable_parts(row: Model) -> list[str]:
    """Return the parts of a row that have something to remove."""
    if isinstance(row, Question):
        return [] if row.state == Question.State.REMOVED else list(fields_by_part(row))
    # Also what was entered again in the place of a removed part.
    return [part for part in fields_by_part(row) if is_filled(row, part)]


def is_filled(row: Model, part: str) -> bool:
    return any(
        getattr(row, column) for column in stored_columns(type(row), fields_by_part(row)[part])
    )


def remove_from_site(
    row: Model,
    parts: Iterable[str],
    grounds: Grounds,
    *,
    by: User | None,
    record: Record = lambda removals: None,
) -> list[Removal]:
    """Take parts of a row off the site; return the removals, without what was removed already.

    What is removed moves into the removals, files under names that no address serves. `record`
    writes what belongs to the same transaction. Raises OSError, with nothing changed, if a file
    cannot be moved.
    """
    with moving_files() as move:
        present = locked_again(row)
        chosen = [part for part in removable_parts(present) if part in [*parts]]
        removals = [taken_from(present, part, grounds, by) for part in chosen]
        if removals:
            record(removals)
            bump_version()
        # Last: what the database refuses moves no file.
        for removal in removals:
            move_away(removal, move)
    return removals


def locked_again(row: Model) -> Any:
    return type(row)._base_manager.select_for_update(no_key=True).get(pk=row.pk)


def taken_from(row: Any, part: str, grounds: Grounds, by: User | None) -> Removal:
    """Move a part of a row into a removal, and leave its columns empty."""
    columns = stored_columns(type(row), fields_by_part(row)[part])
    removal = Removal(
        **{str(row._meta.model_name): row, **vars(grounds)},
        part=part,
        removed_at=clock.now(),
        removed_by=by,
        kept={column: value_to_keep(getattr(row, column)) for column in columns},
    )
    write_part(row, part, {column: empty_value(row, column) for column in columns}, is_removed=True)
    removal.save(force_insert=True)
    return removal


def write_part(row: Any, part: str, values: dict[str, Any], *, is_removed: bool) -> None:
    """Write the columns of a part, and into the row that it is removed, or no longer is."""
    # The columns without a language too: they repeat a text.
    columns = {*values, *fields_by_part(row)[part]}
    for column, value in values.items():
        setattr(row, column, value)
    if not isinstance(row, Question):
        others = [one for one in row.removed_parts.split() if one != part]
        row.removed_parts = " ".join([*others, part] if is_removed else others)
        columns.add("removed_parts")
    row.save(update_fields=columns)


def value_to_keep(value: Any) -> Any:
    """Return a value as JSON has it; that of a file is its name."""
    return value if value is None or isinstance(value, list) else str(value)


def empty_value(row: Model, column: str) -> Any:
    field = row._meta.get_field(column)
    if isinstance(row, Question):
        return Question.State.REMOVED
    if isinstance(field, CodesField):
        return []
    return None if field.null else ""


def move_away(removal: Removal, move: Move) -> None:
    """Move the file of a removed part to where no address leads."""
    if name := former_file(removal):
        hidden = removed_path(removal, name)
        # One that is missing, as after a restore without uploads, has nothing to move.
        with suppress(FileNotFoundError):
            move(name, hidden)
            removal.file.name = hidden
            removal.save(update_fields=["file"])


def former_file(removal: Removal) -> str:
    """Return the former name of the file of a removal, which is its address; else nothing."""
    model = type(removal.target)
    files = (f.name for f in model._meta.local_fields if isinstance(f, FileField))
    return next((removal.kept[name] for name in files if removal.kept.get(name)), "")


@contextmanager
def moving_files() -> Iterator[Move]:
    """Open a transaction, in which files move too; they move back if it fails."""
    moved: list[tuple[str, str]] = []

    def move(name: str, target: str) -> None:
        upload_storage().find(name)
        upload_storage().move(name, target)
        moved.append((name, target))

    try:
        with transaction.atomic():
            yield move
    except BaseException:
        for name, target in reversed(moved):
            with suppress(OSError):
                upload_storage().move(target, name)
        raise


# The way back


def bring_back(removal: Removal, *, by: User | None, replaces: bool = False) -> bool:
    """Undo a removal; return whether it was open. Harmless twice.

    Raises `Replaced` if something has been entered in its place, unless that is to go, and OSError
    if a file cannot be moved.
    """
    with moving_files() as move:
        row = locked_again(removal.target)
        present: Removal = locked_again(removal)
        if not present.is_open:
            return False
        if not replaces and replacement_of(present, row):
            raise Replaced
        others = Removal.objects.open().of(row).filter(part=present.part).exclude(pk=present.pk)
        write_part(row, present.part, present.kept, is_removed=others.exists())
        hidden, name = present.file.name, former_file(present)
        present.brought_back_at, present.brought_back_by = clock.now(), by
        # A text that is on the site again is changed or erased there alone.
        present.kept, present.file = {}, ""
        present.save()
        bump_version()
        if hidden:
            with suppress(FileNotFoundError):
                move(hidden, name)
    return True


def replacement_of(removal: Removal, row: Any) -> list[str]:
    """Return what stands now in the columns that a removal has emptied."""
    if isinstance(row, Question):
        return []
    return [str(value) for column in removal.kept if (value := getattr(row, column))]
