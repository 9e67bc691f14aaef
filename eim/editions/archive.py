"""Know the frozen editions below DATA_DIR/editions, and which pages and files each of them has.

The numbers, and the manifests with the names of all files, are read once a process, and again when
a bag has changed: asking whether it has takes the time of looking at three files.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from eim.editions.bags import DECLARATION, INFO, SUMS, NotABag, bag_info, read_sums

MEETING_NUMBER = "EIM-Meeting-Number"
CLOSED = "EIM-Closed"
# Where the public site lies in a bag.
SITE = "data/site/"
INDEX = "index.html"
NUMBER = re.compile(r"[1-9][0-9]{0,4}")

# Of the files of a bag that a change of it also changes: when and how long they are.
type Marks = tuple[tuple[int, int], ...]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ArchivedEdition:
    """A frozen edition: its bag, and the sums of the files of its site by their paths."""

    number: int
    folder: Path
    sums: Mapping[str, str]
    # Addresses of the living site where the copy has a sentence alone: a form, the live page.
    closed: frozenset[str]

    def name_of(self, path: str) -> str | None:
        """Return the name of the file that answers for a path without its first slash."""
        name = f"{path}{INDEX}" if path.endswith("/") or not path else path
        return name if name in self.sums else None

    def address_of(self, path: str) -> str | None:
        """Return where this edition has what was at a path of the living site, if it has."""
        if path in self.closed or self.name_of(path.removeprefix("/")) is None:
            return None
        return f"/{self.number}{path}"

    def file(self, name: str) -> Path:
        """Return where a file lies, or raise FileNotFoundError if a link leads out of the site."""
        path = (self.folder / SITE / name).resolve()
        if not path.is_relative_to(self.folder.resolve() / SITE):
            raise FileNotFoundError(name)
        return path


class Archive:
    """The frozen editions that this process knows."""

    def __init__(self) -> None:
        self.known: dict[Path, tuple[Marks, ArchivedEdition | None]] = {}

    def editions(self) -> list[ArchivedEdition]:
        """Return all frozen editions, the newest first."""
        found = (self.edition_in(folder) for folder in numbered_folders())
        return sorted((e for e in found if e), key=lambda edition: -edition.number)

    def numbers(self) -> frozenset[int]:
        return frozenset(edition.number for edition in self.editions())

    def edition(self, number: int) -> ArchivedEdition | None:
        folder = folder_of(number)
        return self.edition_in(folder) if folder.is_dir() else None

    def edition_in(self, folder: Path) -> ArchivedEdition | None:
        """Return the edition of a folder, read again if it has changed; None if it is no bag."""
        marks = marks_of(folder)
        if folder not in self.known or self.known[folder][0] != marks:
            self.known[folder] = marks, read_edition(folder)
        return self.known[folder][1]

    def others_with(self, path: str, present: int | None) -> ArchivedEdition | None:
        """Return the newest edition, but for the present one, that has a path."""
        others = (e for e in self.editions() if e.number != present)
        return next((edition for edition in others if edition.address_of(path)), None)


archive = Archive()


def editions_folder() -> Path:
    return Path(settings.DATA_DIR) / "editions"


def folder_of(number: int) -> Path:
    return editions_folder() / str(number)


def numbered_folders() -> list[Path]:
    try:
        return [path for path in editions_folder().iterdir() if NUMBER.fullmatch(path.name)]
    except OSError:
        return []


def marks_of(folder: Path) -> Marks:
    marks = []
    for name in (DECLARATION, INFO, SUMS):
        try:
            stat = (folder / name).stat()
        except OSError:
            marks.append((0, 0))
        else:
            marks.append((stat.st_mtime_ns, stat.st_size))
    return tuple(marks)


def read_edition(folder: Path) -> ArchivedEdition | None:
    """Read which files a bag has; log why a folder is none."""
    try:
        info = bag_info(folder)
        number = info.get(MEETING_NUMBER)
        if number != folder.name:
            raise NotABag(f"{folder / INFO} is of the meeting {number}, not of {folder.name}.")
        sums = read_sums(folder, SUMS)
    except NotABag as fault:
        logger.warning("A frozen edition is not shown: %s", fault)
        return None
    site = {name.removeprefix(SITE): sum_ for name, sum_ in sums.items() if name.startswith(SITE)}
    closed = frozenset(info.get(CLOSED, "").splitlines())
    return ArchivedEdition(number=int(folder.name), folder=folder, sums=site, closed=closed)
