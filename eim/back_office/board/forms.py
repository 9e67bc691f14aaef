"""The forms of the board: where a session goes, and that the plan is to be published."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.back_office.board.grid import minutes_of
from eim.back_office.board.plans import seen_of
from eim.lib.fields.hours import HourField
from programme.clocks.wall_clock import SkippedHour, moment_at, shown_at
from programme.models import Meeting, Room, Session, StagedMove
from programme.wording.dates import day_words, skipped_words

LONGEST = 24 * 60


class MoveForm(forms.Form):
    """Say when and where a session is to be; the drop of a card posts the same."""

    day = forms.TypedChoiceField(label=capfirst(_("day")), required=False, empty_value=None)
    starts = HourField(
        label=capfirst(_("starts")),
        required=False,
        help_text=_("By the clocks of the venue, such as 9:30. If empty, the time is unknown."),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "vTimeField", "size": 8}),
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"), required=False, min_value=1, max_value=LONGEST
    )
    room: Any = forms.ModelChoiceField(
        Room.objects.all(), label=capfirst(_("room")), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        session: Session,
        move: StagedMove | None,
        meeting: Meeting,
    ) -> None:
        planned = move.placed(session) if move else session
        start = planned.starts_at and shown_at(planned.starts_at, meeting.zone).time()
        initial = {
            "day": planned.day and planned.day.isoformat(),
            "starts": start,
            "minutes": minutes_of(planned, session),
            "room": planned.room_id,
            "seen": seen_of(session, move),
        }
        super().__init__(data, initial=initial)
        self.session, self.meeting = session, meeting
        days = [(day.isoformat(), capfirst(day_words(day))) for day in meeting.days]
        unknown = ("", gettext("day to be confirmed"))
        set_choices(self.fields["day"], [unknown, *days])
        room: Any = self.fields["room"]
        room.empty_label = gettext("room to be confirmed")
        if session.venue_name:
            del self.fields["room"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("starts") and not cleaned.get("day") and "day" not in self.errors:
            self.add_error("day", gettext("Times need a day."))
        if cleaned.get("starts") and not cleaned.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", gettext("Say how many minutes it lasts."))
        if not self.errors:
            self.instance = self.move_of(cleaned)
        return cleaned

    def move_of(self, cleaned: dict[str, Any]) -> StagedMove:
        starts_at = self.start_of(cleaned)
        length = timedelta(minutes=cleaned.get("minutes") or 0)
        return StagedMove(
            session=self.session,
            day=datetime.fromisoformat(cleaned["day"]).date() if cleaned["day"] else None,
            starts_at=starts_at,
            ends_at=starts_at + length if starts_at else None,
            room=cleaned.get("room"),
        )

    def start_of(self, cleaned: dict[str, Any]) -> datetime | None:
        if cleaned["starts"] is None or not cleaned["day"]:
            return None
        day = datetime.fromisoformat(cleaned["day"]).date()
        try:
            return moment_at(datetime.combine(day, cleaned["starts"]), self.meeting.zone)
        except SkippedHour as refusal:
            self.add_error("starts", skipped_words(refusal))
            return None

    def refuse(self, refusal: ValidationError) -> None:
        """Show each fault of the move at its field; the rest above the form."""
        names = {"day": "day", "starts_at": "starts", "ends_at": "minutes", "room": "room"}
        for name, errors in refusal.update_error_dict({}).items():
            shown = names.get(name, "")
            self.add_error(shown if shown in self.fields else None, errors)

    def show_present(self, session: Session, move: StagedMove | None) -> None:
        """Carry what is now: sending the page again is meant."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = seen_of(session, move)  # type: ignore[index]


def set_choices(field: Any, choices: list[tuple[str, str]]) -> None:
    field.choices = choices


class PublishForm(forms.Form):
    """Confirm what was read; the hidden fields say what the page showed."""

    is_known = forms.BooleanField(
        label=_("I have read what follows from the plan, and publish it all the same"),
        error_messages={"required": _("Tick that you have read what follows from the plan.")},
    )
    writes = forms.BooleanField(required=False, initial=True)
    seal = forms.CharField(widget=forms.HiddenInput)
    known = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, seal: str, known: str, warnings: int, people: int) -> None:
        super().__init__(data, initial={"seal": seal, "known": known})
        if not warnings:
            del self.fields["is_known"]
        words = gettext(
            "Write to the people with a seat in what moves (%(count)s): one e-mail each"
        )
        self.fields["writes"].label = words % {"count": people}
        if not people:
            del self.fields["writes"]

    def show_present(self, seal: str, known: str) -> None:
        """Carry what is now, and ask again whether it was read."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data |= {"seal": seal, "known": known}  # type: ignore[operator]
        self.data.pop("is_known", None)  # type: ignore[attr-defined]
