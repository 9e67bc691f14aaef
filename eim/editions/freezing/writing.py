"""Freeze the meeting: write a bag beside its place, and give it its name when it is complete."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings

from eim import clock
from eim.backups.folders import PARTIAL, new_backup
from eim.backups.refusals import Refused
from eim.editions import bags
from eim.editions.archive import CLOSED, MEETING_NUMBER
from eim.editions.freezing import records
from eim.editions.freezing.copying import Copy
from eim.editions.freezing.exporting import programme_json
from eim.editions.freezing.refusals import CannotFreeze
from eim.editions.freezing.removing import finish_replacing
from programme.caching.snapshot import SharedRows
from programme.models import Meeting, Session

SITE = "site"


@dataclass(frozen=True)
class Frozen:
    folder: Path
    files: int
    bytes: int


def freeze(folder: Path, *, base: str = "", rights: str = "") -> Frozen:
    """Write the public site as it is now into a new bag, or raise `CannotFreeze`.

    `base` is where the copy will lie on this site: /NUMBER/, the meeting's, if it is not given.
    """
    shared = SharedRows()
    meeting = shared.meeting
    if meeting is None:
        raise CannotFreeze("There is no meeting to freeze.")
    finish_replacing(folder.resolve())
    if folder.exists():
        raise CannotFreeze(
            f"{folder} is there already. Move it away first: what was taken out of it would be "
            "public again in a new copy."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    # What one that was killed has left; it never had the name of a bag.
    shutil.rmtree(folder.parent / PARTIAL.format(folder.name), ignore_errors=True)
    try:
        with new_backup(folder.parent, folder.name) as partial:
            write_bag(partial, meeting, shared, base or f"/{meeting.number}/", rights)
            refuse_changed(meeting)
            partial.chmod(0o755)
    except Refused as refusal:
        raise CannotFreeze(str(refusal)) from refusal
    files = [path for path in folder.rglob("*") if path.is_file()]
    return Frozen(folder, len(files), sum(path.stat().st_size for path in files))


def write_bag(partial: Path, meeting: Meeting, shared: SharedRows, base: str, rights: str) -> None:
    now = clock.now()
    day = meeting.day_of(now)
    data = partial / bags.DATA
    copy = Copy(data / SITE, meeting, shared.moment_at(now), day, base)
    closed = copy.write()
    texts = {
        "programme.json": programme_json(meeting),
        records.RECORDINGS: records.recordings(Session.objects.recorded().in_order()),
        records.RIGHTS: records.rights(meeting, rights),
        records.LEFT_OUT: records.left_out(meeting, closed),
        records.READ_ME: records.read_me(meeting, day),
    }
    for name, text in texts.items():
        bags.write_text(data / name, text)
    info = info_of(meeting, day, base)
    if closed:
        info[CLOSED] = "\n".join(map(unquote, closed))
    bags.seal(partial, info)


def info_of(meeting: Meeting, day: date, base: str) -> dict[str, str]:
    name = getattr(meeting, f"name_{meeting.first_language}") or meeting.name
    return {
        "Bagging-Date": day.isoformat(),
        "External-Description": f"{name}: {settings.SITE_URL}{base}".replace("\n", " "),
        MEETING_NUMBER: str(meeting.number),
        "EIM-Meeting-Version": str(meeting.version),
        "EIM-Base": base,
    }


def refuse_changed(meeting: Meeting) -> None:
    """Refuse a copy of which one half is older than the other."""
    if Meeting.objects.values_list("version", flat=True).get() != meeting.version:
        raise CannotFreeze(
            "The meeting was changed while it was copied. Nothing was written: freeze it again."
        )
