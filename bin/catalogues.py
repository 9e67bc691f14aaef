#!/usr/bin/env python
"""Manage the translations in locale/: `gather` strings, `compile` catalogues, `check` both."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
# English is the language of the sources: it has no catalogue.
LANGUAGES = sorted(path.name for path in (ROOT / "locale").iterdir() if path.is_dir())
IGNORED = shutil.ignore_patterns(".*", "var", "tests", "bench", "node_modules", "staticfiles")
APPS = ("eim", "programme", "registration")
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PGETTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def catalogue(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


# Gathering


def gathered(language: str, root: Path) -> str:
    """Return the gathered catalogue without its date, which changes at each run."""
    text = catalogue(language, root).read_text()
    return re.sub(r'^"POT-Creation-Date: .*\\n"\n', "", text, flags=re.MULTILINE)


def gather_in_copy(root: Path) -> None:
    """Gather in a copy: Django's `makemessages` writes files beside the templates that it reads."""
    shutil.copytree(ROOT, root, ignore=IGNORED)
    (root / "locale").mkdir(exist_ok=True)
    languages = [f"--locale={language}" for language in LANGUAGES]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", *languages]
        + ["--add-location=file", "--no-wrap", "--no-obsolete", "--verbosity=0"],
        cwd=root,
        env=os.environ | {"DEBUG": "1"},
        check=True,
    )


def gather() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "copy"
        gather_in_copy(root)
        for language in LANGUAGES:
            catalogue(language).parent.mkdir(parents=True, exist_ok=True)
            catalogue(language).write_text(gathered(language, root))


def compile_all() -> None:
    for language in LANGUAGES:
        path = catalogue(language)
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


# Checking


def faults() -> Iterator[str]:
    for language in LANGUAGES:
        path = catalogue(language)
        if path.exists():
            entries = polib.pofile(str(path))
            yield from (f"{language}: {fault}" for fault in entry_faults(entries))
            yield from (f"{language}: {fault}" for fault in compiled_faults(path, entries))
            yield from (f"{language}: {fault}" for fault in lost_faults(entries))
        else:
            yield f"{language}: there is no catalogue."
    if shutil.which("xgettext"):
        yield from stale_faults()


def entry_faults(entries: polib.POFile) -> Iterator[str]:
    yield from (f"“{entry.msgid}” is not translated." for entry in entries.untranslated_entries())
    yield from (f"“{entry.msgid}” is fuzzy." for entry in entries.fuzzy_entries())
    # Numbers without a form of their own would be told in English.
    forms = int(entries.metadata["Plural-Forms"].split("nplurals=")[1].split(";")[0])
    for entry in entries:
        if entry.msgid_plural and len(entry.msgstr_plural) != forms:
            yield f"“{entry.msgid}” has not {forms} forms."
    for entry in entries.translated_entries():
        if entry.msgid_plural:
            translations = list(entry.msgstr_plural.values())
            wanted = placeholders(entry.msgid_plural)
        else:
            translations, wanted = [entry.msgstr], placeholders(entry.msgid)
        if any(not placeholders(text) <= wanted for text in translations):
            yield f"“{entry.msgid}” has other placeholders in its translation."
        if not entry.msgid_plural and placeholders(entry.msgstr) != wanted:
            yield f"“{entry.msgid}” lacks a placeholder in its translation."


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def compiled_faults(path: Path, entries: polib.POFile) -> Iterator[str]:
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        yield "the catalogue is not compiled: make compilemessages."
    elif texts(polib.mofile(str(compiled))) != texts(entries.translated_entries()):
        yield "the compiled catalogue is not that of the texts: make compilemessages."


def texts(entries: list[polib.POEntry]) -> dict[tuple[str | None, str], object]:
    return {(e.msgctxt, e.msgid): dict(e.msgstr_plural) or e.msgstr for e in entries}


def lost_faults(entries: polib.POFile) -> Iterator[str]:
    """Find strings that gettext's own tool overlooks, such as one in parentheses of its own."""
    known = {entry.msgid for entry in entries}
    for path in (path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            text = translated_text(node)
            if text and text not in known:
                yield f"{path.relative_to(ROOT)}: “{text}” is not in the catalogue."


def translated_text(node: ast.AST) -> str:
    """Return the string of a call of a gettext function, or an empty one."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
        return ""
    if node.func.id not in GETTEXT | PGETTEXT:
        return ""
    text = node.args[node.func.id in PGETTEXT :][0]
    return text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else ""


def stale_faults() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "copy"
        gather_in_copy(root)
        for language in LANGUAGES:
            path = catalogue(language)
            if path.exists() and gathered(language, root) != path.read_text():
                yield f"{language}: the catalogue is not that of the sources: make messages."


def check() -> None:
    found = list(faults())
    for fault in found:
        print(fault)  # noqa: T201
    sys.exit(bool(found))


if __name__ == "__main__":
    {"gather": gather, "compile": compile_all, "check": check}[sys.argv[1]]()
