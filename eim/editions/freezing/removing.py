"""Take a page, a person or a file out of a frozen copy, without the database.

A copy is made beside the bag and changed, then takes its place: a bag is always whole.
"""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial as with_arguments
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from eim.backups.folders import PARTIAL, sync_tree
from eim.editions import bags
from eim.editions.archive import CLOSED
from eim.editions.freezing import records
from eim.editions.freezing.addresses import INDEX, resolved
from eim.editions.freezing.markup import Element, elements
from eim.editions.freezing.redacting import Redaction
from eim.editions.freezing.refusals import CannotFreeze
from eim.lib.site_languages import SITE_CODES

SITE = "site"
REMOVED = "EIM-Removed"
# Uploads as pages name them: percent-encoded, so that the name ends where such signs do.
# Overlapping: the address before a name may have such a folder, too.
UPLOAD = re.compile(r"(?=(media/[\w.~%/-]+))", re.ASCII)
PICTURE = re.compile(r"share/\w+/(session|speaker)/([^/]+)\.png")
# The lists whose pages are those of sessions or people; their pictures; their key in the data.
SESSION, PERSON = "session", "person"
KINDS = {
    SESSION: ("programme:session-list", "session", "sessions"),
    PERSON: ("programme:speaker-list", "speaker", "people"),
}

type Rewrite = Callable[[str], str]


def remove(folder: Path, path: str) -> list[str]:
    """Take a page in all its languages, or a file, out of a bag; return the files that are gone.

    Raise `bags.NotABag` for a bag that is damaged, `CannotFreeze` for what is not in it.
    """
    folder = folder.resolve()  # a link to the bag stays one
    finish_replacing(folder)
    bags.check(folder)
    partial = folder.parent / PARTIAL.format(folder.name)
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(folder, partial)
    try:
        gone = Bag(partial).remove(path)
        bags.check(partial)
        sync_tree(partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    replace_folder(folder, partial)
    return gone


def replace_folder(folder: Path, other: Path) -> None:
    """Put another folder in the place of one, and delete that."""
    old = old_folder(folder)
    folder.rename(old)
    other.rename(folder)
    shutil.rmtree(old)


def finish_replacing(folder: Path) -> None:
    """Bring back the bag that a removal, killed between its two renames, has set aside.

    One that was killed after them has left it to be deleted: it holds what was taken out.
    """
    old, new = old_folder(folder), folder.parent / PARTIAL.format(folder.name)
    if not old.exists():
        return
    # Between the renames the new bag has not got its name yet.
    if not folder.exists() and new.exists():
        old.rename(folder)
        shutil.rmtree(new, ignore_errors=True)
    elif not folder.exists() or is_whole(folder):
        shutil.rmtree(old, ignore_errors=True)


def is_whole(folder: Path) -> bool:
    try:
        bags.check(folder)
    except bags.NotABag:
        return False
    return True


def old_folder(folder: Path) -> Path:
    return folder.parent / PARTIAL.format(f"{folder.name}.old")


class Bag:
    """A bag that is changed in its place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / bags.DATA
        self.site = self.data / SITE
        self.info = bags.bag_info(folder)
        self.programme = json.loads((self.data / "programme.json").read_text("utf-8"))

    def remove(self, path: str) -> list[str]:
        file = self.file_of(path)
        removal = self.removal_of(file)
        code = self.code_of(removal)
        for gone in removal.files:
            self.delete(gone)
        self.rewrite(removal, code)
        files = {*removal.files, *self.remove_unused(removal)}
        self.note(removal)
        return sorted(files)

    def file_of(self, path: str) -> str:
        """Return the file that an organiser means by an address, or refuse what is not there."""
        plain = path.partition("://")[2].partition("/")[2] if "://" in path else path.lstrip("/")
        plain = plain.removeprefix(self.info.get("EIM-Base", "/").lstrip("/"))
        plain = plain.removeprefix(f"{bags.DATA}/{SITE}/").removesuffix(INDEX)
        found = self.site / plain
        file = found / INDEX if found.is_dir() else found
        if ".." in plain.split("/") or not file.is_file():
            raise CannotFreeze(f"{path} is not in this copy. Nothing was changed.")
        if file.parent in (self.site, *(self.site / code for code in SITE_CODES)) or (
            self.site / "static" in file.parents
        ):
            raise CannotFreeze(f"{path} belongs to the frame of the copy, which needs it.")
        return file.relative_to(self.site).as_posix()

    def removal_of(self, file: str) -> Redaction:
        if not file.endswith(INDEX):
            return Redaction("file", {file, *self.pictures_with(file)})
        pages = {file, *self.in_other_languages(file)}
        kind, slug = self.kind_of(file), Path(file).parent.name
        if kind not in KINDS:
            return Redaction(kind, pages, slug=slug)
        files = pages | {*self.named(f"share/*/{KINDS[kind][1]}/{slug}.png")}
        if kind == SESSION:
            files |= self.feeds_of(slug) | self.pages_below(pages)
            return Redaction(kind, files, slug=slug)
        files |= {picture for page in pages for picture in self.pictures_linked(page)}
        return Redaction(kind, files, self.heading_of(file), slug)

    def feeds_of(self, slug: str) -> set[str]:
        """Return the calendars of a session."""
        suffixes = ("", *map(".{}".format, SITE_CODES))
        feeds = {f"programme/{slug}{suffix}.ics" for suffix in suffixes}
        return {one for one in feeds if (self.site / one).is_file()}

    def pages_below(self, pages: set[str]) -> set[str]:
        """Return the pages below these: the one that stands for the form for questions."""
        folders = (str(Path(page).parent) for page in pages)
        return {page for folder in folders for page in self.named(f"{folder}/*/{INDEX}")}

    def kind_of(self, file: str) -> str:
        """Return whether a page is that of a session or a person, or else "page"."""
        page = Path(file).parent
        for kind, (name, _picture, key) in KINDS.items():
            with translation.override(page.parts[0]):
                is_below = page.parent == Path(reverse(name).strip("/"))
            if is_below and page.name in {one["slug"] for one in self.programme[key]}:
                return kind
        return "page"

    def code_of(self, removal: Redaction) -> str:
        """Return the code of a session that is removed, by which lists know it."""
        codes = {session["slug"]: session["code"] for session in self.programme["sessions"]}
        return codes.get(removal.slug, "") if removal.kind == SESSION else ""

    def named(self, pattern: str) -> list[str]:
        return [path.relative_to(self.site).as_posix() for path in self.site.glob(pattern)]

    def in_other_languages(self, file: str) -> list[str]:
        """Return the files of a page in all languages, by the links of its head."""
        base = self.info["EIM-Base"]
        links = [one.attributes for one in self.elements_of(file) if one.name == "link"]
        paths = [
            (one.get("href") or "").partition("://")[2].partition(base)[2] + INDEX
            for one in links
            if "hreflang" in one
        ]
        return [path for path in paths if (self.site / path).is_file()]

    def elements_of(self, file: str) -> list[Element]:
        return elements((self.site / file).read_text("utf-8"))

    def pictures_linked(self, file: str) -> set[str]:
        """Return the pictures to share of the sessions that a page links: a name is on them."""
        links = (resolved(one.attributes.get("href") or "", file) for one in self.elements_of(file))
        pages = {link for link in links if link and link.endswith(f"/{INDEX}")}
        found = set()
        for page in pages:
            if (self.site / page).is_file():
                text = (self.site / page).read_text("utf-8")
                found |= {one[0] for one in PICTURE.finditer(text) if one[1] == "session"}
        return {picture for picture in found if (self.site / picture).is_file()}

    def pictures_with(self, file: str) -> set[str]:
        """Return the pictures to share of the people whose photograph is removed."""
        found = set()
        for page in self.named("**/index.html"):
            text = (self.site / page).read_text("utf-8")
            if any(
                resolved(one.attributes.get("src") or "", page) == file for one in elements(text)
            ):
                found |= {one[0] for one in PICTURE.finditer(text)}
        return {picture for picture in found if (self.site / picture).is_file()}

    def heading_of(self, file: str) -> str:
        text = (self.site / file).read_text("utf-8")
        heading = next(one for one in elements(text) if one.name == "h1")
        words = re.sub(r"<[^>]*>", "", text[heading.inner : heading.end])
        return unescape(words).strip()

    def rewrite(self, removal: Redaction, code: str) -> None:
        """Take what is removed out of all files that stay: pages first, which know the keys."""
        for page in sorted(self.named("**/*.html")):
            self.change(self.site / page, with_arguments(removal.html, page=page))
        for script in self.named("*/*/programme.js"):
            page = str(Path(script).parent / INDEX)
            self.change(self.site / script, with_arguments(removal.agenda, page=page))
        self.change(self.site / "programme/words.js", removal.words)
        for pattern, rewrite in {
            "**/*.ics": removal.calendar,
            "schedule*.json": removal.schedule,
            "schedule*.xml": removal.xml,
            "**/*.atom": removal.xml,
        }.items():
            for file in self.named(pattern):
                self.change(self.site / file, rewrite)
        self.change(self.data / "programme.json", removal.programme)
        self.change(self.data / records.LEFT_OUT, removal.left_out)
        recordings = self.data / records.RECORDINGS
        self.change(recordings, with_arguments(removal.recordings, code=code))

    def change(self, path: Path, rewrite: Rewrite) -> None:
        text = path.read_bytes().decode()
        path.write_bytes(rewrite(text).encode())

    def remove_unused(self, removal: Redaction) -> list[str]:
        """Delete uploads that only removed pages have shown."""
        if removal.kind == "file":
            return []
        unused = {file for file in self.named("media/**/*") if (self.site / file).is_file()}
        # Links, and also what the heads of pages name for other sites and search engines.
        for page in self.site.rglob("*.html"):
            unused -= {unquote(name) for name in UPLOAD.findall(page.read_text("utf-8"))}
        for file in unused:
            self.delete(file)
        return sorted(unused)

    def delete(self, file: str) -> None:
        """Delete a file, and the folders that it leaves empty: their names tell what it was."""
        path = self.site / file
        path.unlink()
        for folder in path.parents:
            if folder == self.site or any(folder.iterdir()):
                return
            folder.rmdir()

    def note(self, removal: Redaction) -> None:
        """Say in the bag that something was removed, and nothing of what it was."""
        day = datetime.now(UTC).date()
        shown = "page" if removal.kind == SESSION else removal.kind
        lines = [self.sentence(code, shown, day) for code in SITE_CODES]
        with (self.data / records.LEFT_OUT).open("a", encoding="utf-8") as file:
            file.write("\n----\n\n" + "".join(f"- {line}\n" for line in lines))
        info = {name: value for name, value in self.info.items() if name != "Payload-Oxum"}
        closed = {f"/{address}" for address in removal.addresses}
        rest = [one for one in info.pop(CLOSED, "").splitlines() if one not in closed]
        info |= {CLOSED: "\n".join(rest)} if rest else {}
        before = [info[REMOVED]] if REMOVED in info else []
        bags.seal(self.folder, info | {REMOVED: "\n".join([*before, f"{day}: {shown}"])})

    def sentence(self, code: str, kind: str, day: object) -> str:
        with translation.override(code):
            context = {"day": day, "kind": kind}
            return str(render_to_string("editions/removed.txt", context)).strip()
