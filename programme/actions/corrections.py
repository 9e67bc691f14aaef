"""Correct what everything else hangs on: a session's code, and the meeting's time zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext

from programme.actions.sessions import bump_version
from programme.clocks.wall_clock import SkippedHour, moment_at, shown_at
from programme.models import Change, Meeting, Notice, Session, StagedMove
from programme.wording.dates import skipped_words

# The hours that are entered by the venue's clock. All others are moments at which something was.
HOURS: dict[type[Model], tuple[str, ...]] = {
    Session: ("starts_at", "ends_at"),
    Change: ("starts_at", "ends_at", "was_starts_at", "was_ends_at"),
    Notice: ("shown_from", "shown_until"),
    StagedMove: ("starts_at", "ends_at"),
}
HOURS_OF_MEETING = ("registration_opens_at", "registration_closes_at")


@transaction.atomic
def correct_code(session: Session, code: str) -> None:
    """Give the session another code; calendars go on knowing it by its first one."""
    # From the database: a form has already set the new code on this object.
    known_by = Session.objects.get(pk=session.pk).calendar_code
    first = "" if code == known_by else known_by
    Session.objects.filter(pk=session.pk).update(code=code, first_code=first)
    bump_version()


def move_to_zone(meeting: Meeting, name: str) -> None:
    """Move all hours to another time zone: clocks at the venue show the same as before.

    Call it inside `writing_sessions`, where the revisions of the sessions rise with it. Raises
    ValidationError if a session would end before it starts.
    """
    # Again under the lock: somebody else may have moved them since the page was opened.
    meeting = Meeting.objects.get(pk=meeting.pk)
    new = ZoneInfo(name)
    move_hours(meeting.zone, new)
    moved = same_clock(meeting, HOURS_OF_MEETING, meeting.zone, new)
    Meeting.objects.update(time_zone=name, **moved)


def move_hours(old: ZoneInfo, new: ZoneInfo) -> None:
    """Move the hours of everything but the meeting itself."""
    for model, columns in HOURS.items():
        rows = list(model._base_manager.all())
        for row in rows:
            vars(row).update(same_clock(row, columns, old, new))
            refuse_turned(row)
        model._base_manager.bulk_update(rows, columns, batch_size=200)
    # Pages that show the moves of before are out of date.
    StagedMove.objects.update(version=F("version") + 1)


def same_clock(
    row: Any, columns: tuple[str, ...], old: ZoneInfo, new: ZoneInfo
) -> dict[str, datetime]:
    """Return the moments at which clocks of the new zone show what those of the old one showed."""
    moments = {column: getattr(row, column) for column in columns}
    return {
        column: moment_in_zone(row, shown_at(moment, old), new)
        for column, moment in moments.items()
        if moment
    }


def moment_in_zone(row: Any, wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when clocks of the zone show `wall`; if they skip it, what they show instead.

    Raises ValidationError if they skip the hour of a session: its organisers must choose another.
    """
    try:
        return moment_at(wall, zone)
    except SkippedHour as refusal:
        if isinstance(row, Session):
            raise ValidationError(f"{row}: {skipped_words(refusal)}") from refusal
        return moment_at(refusal.later, zone)


def refuse_turned(row: Any) -> None:
    """Refuse what lies across a change of the clocks and would end before it starts."""
    if not isinstance(row, Session | StagedMove) or not (row.starts_at and row.ends_at):
        return
    if row.ends_at <= row.starts_at:
        sentence = gettext("In that time zone “%(title)s” would end before it starts.")
        title = row.title if isinstance(row, Session) else row
        raise ValidationError(sentence % {"title": title})
