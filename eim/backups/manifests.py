"""The manifest of a backup: what is in it, with sums by which damage is noticed."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from eim.backups.folders import files_of, private_file
from eim.backups.refusals import NOTHING_CHANGED, Refused

FORMAT = 1
MANIFEST = "manifest.json"
# As `sha256sum --check` reads it.
SUMS = "SHA256SUMS"


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a table: their columns, number, and sum in no order; the key of the next row."""

    columns: list[str]
    rows: int
    sum: str
    next_key: int | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    format: int
    made_at: str
    version: str
    database: str
    # The names of the migrations that were applied, by app.
    migrations: dict[str, list[str]]
    tables: dict[str, Table]
    # Sizes in bytes.
    files: dict[str, int]

    @property
    def applied(self) -> frozenset[tuple[str, str]]:
        return frozenset((app, name) for app, names in self.migrations.items() for name in names)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def uploads(self) -> list[str]:
        return [name for name in self.files if name.startswith("media/")]

    @property
    def editions(self) -> list[int]:
        """Return the numbers of the meetings whose frozen editions it holds."""
        folders = (name.split("/") for name in self.files if name.startswith("editions/"))
        return sorted({int(number) for _editions, number, *_file in folders})

    @property
    def next_keys(self) -> dict[str, int]:
        return {name: table.next_key for name, table in self.tables.items() if table.next_key}


def sizes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in files_of(folder)}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    with private_file(folder / MANIFEST, "x") as file:
        json.dump(asdict(manifest), file, indent=1)
    names = [name for name in files_of(folder) if name != SUMS]
    with private_file(folder / SUMS, "x") as file:
        file.writelines(f"{sum_of(folder / name)}  {name}\n" for name in names)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup that is complete and undamaged, or raise `Refused`."""
    if not (folder / MANIFEST).is_file() or folder.name.endswith(".partial"):
        raise Refused(f"{folder} is not a complete backup: it has no {MANIFEST} to read.")
    if damaged := list(damaged_files(folder)):
        raise Refused(f"The backup is damaged: {'; '.join(damaged)}. {NOTHING_CHANGED}")
    manifest = parse_manifest((folder / MANIFEST).read_bytes())
    found = {name: size for name, size in sizes(folder).items() if name not in (MANIFEST, SUMS)}
    if other := sorted(dict(found.items() ^ manifest.files.items())):
        raise Refused(f"{MANIFEST} is of other files: {', '.join(other)}. {NOTHING_CHANGED}")
    return manifest


def parse_manifest(text: bytes) -> Manifest:
    try:
        values = json.loads(text)
        if values["format"] != FORMAT:
            raise Refused(f"The backup has format {values['format']}; this code reads {FORMAT}.")
        tables = {name: Table(**table) for name, table in values.pop("tables").items()}
        return Manifest(tables=tables, **values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"{MANIFEST} is not one of a backup. {NOTHING_CHANGED}") from error


def damaged_files(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the files of a backup, as words."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        yield f"{SUMS} cannot be read"
        return
    sums = {name: value for value, _blanks, name in (line.partition("  ") for line in lines)}
    found = set(files_of(folder)) - {SUMS}
    for name in sorted(found | sums.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in sums:
            yield f"{name} does not belong to it"
        elif sum_of(folder / name) != sums[name]:
            yield f"{name} is not as it was written"


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
