"""Check the environment and .env, also where they let nothing else start."""

import os
import re
import secrets
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

# Nothing here needs the settings: it is imported before them.
STAND_INS = {
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "localhost",
    "SITE_URL": "http://localhost",
    "MAIL_URL": "smtp://localhost",
    "DEFAULT_FROM_EMAIL": "eim@localhost",
}
# As django-environ reads it: without blanks.
ASSIGNMENT = re.compile(r"(?:export )?([A-Za-z_0-9]+)=")
# “SITE_URL is …”, “A key of SECRET_KEY_FALLBACKS has …”.
VARIABLE = re.compile(r"\b[A-Z][A-Z_]{3,}\b")
EXPLAINED = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
# What gunicorn, Python and the C library read before anybody has read .env.
OF_UNITS = {"GUNICORN_CMD_ARGS", "MALLOC_ARENA_MAX", "TZ", "LANG"}
OTHERS_MAY_READ = 0o004

# The sentences of the settings about variables that they refuse, by variable.
refused: dict[str, str] = {}


def start_anyway() -> None:
    """Load the settings, with a stand-in for each variable that they refuse."""
    while fault := fault_of_settings():
        name, sentence = fault
        if name in refused:
            raise SystemExit(sentence)
        refused[name] = sentence
        os.environ[name] = STAND_INS.get(name, "")


def fault_of_settings() -> tuple[str, str] | None:
    """Return the variable that the settings refuse, and their sentence, which names it first."""
    sys.modules.pop("eim.environment", None)
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except SystemExit as refusal:
        named = VARIABLE.search(str(refusal))
        if named is None:
            raise
        return named[0], str(refusal)
    return None


def unreadable_file(folder: Path) -> Iterator[str]:
    """Yield that the .env in a folder is there in vain: all else would only follow from that."""
    file = folder / ".env"
    if os.path.exists(file) and not os.access(file, os.R_OK, effective_ids=True):
        yield (
            f"{file} cannot be read by the user who runs this, so the site knows nothing in it. If "
            f"that is the site's user: chown root:eim {file} && chmod 640 {file}; write no new "
            "SECRET_KEY. Then run this again: all else depends on it."
        )


def faults_of_file(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the .env in a folder, without the values in it."""
    file = folder / ".env"
    if not file.exists():
        return
    if file.stat().st_mode & OTHERS_MAY_READ:
        yield f"{file} can be read by every user of this machine: chmod o= {file}"
    lines = file.read_text().splitlines()
    yield from strange_lines(file, lines)
    yield from unknown_names(file, lines, folder / ".env.example")


def strange_lines(file: Path, lines: list[str]) -> Iterator[str]:
    for number, text in enumerate(lines, start=1):
        if text.strip() and not text.lstrip().startswith("#") and not ASSIGNMENT.match(text):
            yield f"{file}, line {number}, is not NAME=value, and is passed over."


def unknown_names(file: Path, lines: list[str], example: Path) -> Iterator[str]:
    """Yield the names that nothing reads: mostly a slip of the pen."""
    if not example.exists():
        return
    known = {*EXPLAINED.findall(example.read_text())}
    for found in filter(None, map(ASSIGNMENT.match, lines)):
        if found[1] in OF_UNITS:
            unit = "it belongs into the unit (systemctl edit eim-web)."
            yield f"{file} sets {found[1]} in vain: {unit}"
        elif found[1] not in known:
            yield f"{file} sets {found[1]}, which the site does not read: .env.example lists all."
