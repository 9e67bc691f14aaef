"""Check the disk and the folders: room, who may write, and who else may read."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from eim.backups import last_backup
from eim.monitoring.checks import disk
from eim.monitoring.doctor.findings import Finding, broken, doubtful, well

MEGABYTE = 1024 * 1024
FEWEST_FILES = 1000
# Seconds for systemd to answer.
LIMIT = 3
# Of a group and of all others: to read or list, and to go through a folder.
OTHERS_READ, OTHERS_PASS = 0o044, 0o011


def room() -> Iterator[Finding]:
    """Find a disk that is nearly full, of bytes or of files."""
    check = disk()
    free = {name: size // MEGABYTE for name, size in dict(check["free_bytes"]).items()}  # type: ignore[call-overload]
    words = ", ".join(f"{name} {size:,} MB" for name, size in free.items())
    yield (
        well(f"Free: {words}.")
        if check["ok"]
        else broken(
            f"The disk is nearly full (free: {words}): make room, else nobody can register."
        )
    )
    for folder in {settings.DATA_DIR, Path(tempfile.gettempdir())}:
        if (left := free_files(folder)) is not None and left < FEWEST_FILES:
            yield broken(f"The disk of {folder} takes {left} more files only: delete old ones.")


def free_files(folder: Path) -> int | None:
    """Return how many more files a disk takes; None if it does not count them."""
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    counts = os.statvfs(there)
    return counts.f_favail if counts.f_files else None


def folders() -> Iterator[Finding]:
    """Find folders and files of personal data that this user cannot write, or others can read."""
    if os.geteuid() == 0:
        yield doubtful(
            "This runs as root, who may do everything: run it as the site's own user, such as "
            "sudo -u eim, to see what that one may do."
        )
    faults = [finding for folder in places_to_write() for finding in faults_of(folder)]
    yield from faults or [well("The site's folders are there, and its user's alone.")]


def places_to_write() -> list[Path]:
    """Return the folders of the site; those inside another only if they are there."""
    optional = [settings.MEDIA_ROOT, settings.BACKUP_DIR]
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        optional.append(Path(database["NAME"]))
    return [settings.DATA_DIR, *(path for path in map(Path, optional) if os.path.exists(path))]


def faults_of(path: Path) -> Iterator[Finding]:
    # Not Path.exists, which raises in the folder of another user.
    if not os.path.exists(path):
        yield broken(f"{path} is not there: install -d -m 700 -o THE-SITE'S-USER {path}")
        return
    if path.stat().st_uid != os.geteuid() and os.geteuid() != 0:
        yield doubtful(f"{path} is another user's than the one who runs this: chown it.")
    if not os.access(path, os.W_OK, effective_ids=True):
        yield broken(f"{path} cannot be written by the user who runs this: chown it.")
    if not is_private(path):
        mode = path.stat().st_mode & 0o777
        right = 700 if path.is_dir() else 600
        yield doubtful(
            f"{path} has personal data, and mode {mode:o}, by which others can read it: "
            f"chmod {right} {path}"
        )


def is_private(path: Path) -> bool:
    """Return whether others are kept out, by the mode of the path or of a folder above it."""
    if not path.stat().st_mode & OTHERS_READ:
        return True
    return any(not folder.stat().st_mode & OTHERS_PASS for folder in (path, *path.parents))


def backups() -> Iterator[Finding]:
    """Find out whether there is a backup, and how old it is."""
    made_at = last_backup()
    oldest = timezone.now() - timedelta(hours=settings.BACKUP_HOURS)
    if made_at is None:
        # A new site has none yet, until BACKUP_DIR promises some.
        level = broken if settings.ARE_BACKUPS_EXPECTED else doubtful
        yield level(
            f"There is no backup in {settings.BACKUP_DIR}: manage.py backup, every night by a "
            "timer (docs/operating.md, Back up and restore)."
        )
    elif made_at < oldest:
        yield broken(
            f"The newest backup is of {made_at:%Y-%m-%d %H:%M} UTC, older than "
            f"{settings.BACKUP_HOURS} hours (BACKUP_HOURS): look at its timer."
        )
    else:
        yield well(f"The newest backup is of {made_at:%Y-%m-%d %H:%M} UTC.")


def backup_unit() -> Iterator[Finding]:
    """Find a nightly backup that failed, or was made and not copied elsewhere, by systemd."""
    if (systemctl := shutil.which("systemctl")) is None:
        return
    asked = subprocess.run(
        [systemctl, "is-failed", "--quiet", "eim-backup.service"],
        capture_output=True,
        check=False,
        timeout=LIMIT,
    )
    # Also another number where systemd does not run, or does not know the unit.
    if asked.returncode == 0:
        yield broken(
            "The last run of eim-backup failed, be it the backup or its copy elsewhere: systemctl "
            "status eim-backup says why. Once that is mended: systemctl start eim-backup"
        )
