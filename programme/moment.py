"""Tell what is true now: how far the meeting is, what is on, and whether one can register.

Pages and mails choose their words, their order and what they offer by it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from programme.models import Meeting, Session
from programme.models.meeting import RegistrationState
from programme.models.phases import is_held, is_just_over


class Phase(StrEnum):
    BEFORE = "before"
    # From the first day at midnight, at the venue, to the end of the last day or session.
    ON = "on"
    # While people's own pages are open.
    JUST_AFTER = "just after"
    PAST = "past"


class Today(StrEnum):
    """Name how far a day of the meeting is."""

    # No hours of it are known.
    UNTIMED = "untimed"
    WAITING = "waiting"
    LIVE = "live"
    BETWEEN = "between"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The meeting at one instant; `timed` are its visible sessions with hours.

    `untimed_days` are the days with published sessions whose hours are not known. `has_stream`
    says whether any session, of any day, is followed online, or whether that is not known yet.
    """

    meeting: Meeting
    now: datetime
    timed: Sequence[Session]
    untimed_days: Collection[date] = ()
    has_stream: bool = True

    @cached_property
    def phase(self) -> Phase:
        day = self.meeting.day_of(self.now)
        if day < self.meeting.first_day:
            return Phase.BEFORE
        if day <= self.meeting.last_day or any(s.has_end_ahead(self.now) for s in self.published):
            return Phase.ON
        return Phase.JUST_AFTER if is_just_over(self.meeting, self.now) else Phase.PAST

    @property
    def day(self) -> date:
        """Return the calendar day at the venue."""
        return self.meeting.day_of(self.now)

    @property
    def is_before(self) -> bool:
        return self.phase == Phase.BEFORE

    @property
    def is_on(self) -> bool:
        return self.phase == Phase.ON and self.takes_place

    @property
    def is_over(self) -> bool:
        """Return whether the meeting was held and is over, just now or for good."""
        return self.takes_place and self.phase in (Phase.JUST_AFTER, Phase.PAST)

    @property
    def is_past(self) -> bool:
        """Return whether people's own pages are closed: of what was held, or is cancelled."""
        return self.phase == Phase.PAST

    @property
    def published(self) -> list[Session]:
        return [session for session in self.timed if not session.is_cancelled]

    def is_behind(self, session: Session) -> bool:
        """Return whether a session is over: by its hours, its day, or else the meeting’s.

        None is that was not held, because the meeting was postponed or cancelled before.
        """
        if not (self.takes_place or is_held(session, self.meeting)):
            return False
        if session.ends_at:
            return session.is_over(self.now)
        is_on_earlier_day = session.day is not None and session.day < self.meeting.day_of(self.now)
        return is_on_earlier_day or self.is_over

    def is_ahead(self, session: Session) -> bool:
        """Return whether one can still plan for a session, or is in it: pages then offer it."""
        return self.takes_place and not session.is_cancelled and not self.is_behind(session)

    @cached_property
    def of_today(self) -> list[Session]:
        """Return today's sessions with hours, and those that last past midnight until now."""
        day = self.meeting.day_of(self.now)
        return [session for session in self.published if session.is_of_today(day, self.now)]

    @cached_property
    def live_now(self) -> list[Session]:
        """Return the sessions that are on, breaks left out."""
        return [s for s in self.of_today if s.is_on(self.now) and not s.is_break]

    @cached_property
    def streamed_now(self) -> list[Session]:
        return [session for session in self.live_now if session.is_followed_online]

    @property
    def is_streaming(self) -> bool:
        return self.is_on and bool(self.streamed_now)

    @cached_property
    def today(self) -> Today:
        sessions = [session for session in self.of_today if not session.is_break]
        if not sessions:
            return Today.UNTIMED
        if self.live_now:
            return Today.LIVE
        if all(session.is_over(self.now) for session in sessions):
            return Today.OVER
        has_begun = any(session.is_over(self.now) for session in sessions)
        return Today.BETWEEN if has_begun else Today.WAITING

    @property
    def has_ended(self) -> bool:
        """Return whether its last session is over; from then on pages show what remains.

        Without the hours of all sessions of the last day, only the end of the day tells.
        """
        last = self.meeting.last_day
        is_last_day = self.meeting.day_of(self.now) >= last
        is_evening = self.is_on and is_last_day and self.today == Today.OVER
        return self.is_over or (is_evening and last not in self.untimed_days)

    @property
    def days_until(self) -> int:
        """Return how many days remain until the first; none from then on."""
        remaining: timedelta = self.meeting.first_day - self.meeting.day_of(self.now)
        return max(remaining.days, 0)

    @property
    def registration(self) -> RegistrationState:
        return self.meeting.registration_state(self.now)

    @property
    def may_register(self) -> bool:
        """Return whether pages offer to register: it is open, and for something to come."""
        is_open = self.registration == RegistrationState.OPEN
        return is_open and self.takes_place and not self.has_ended

    @property
    def takes_place(self) -> bool:
        """Return whether it is neither postponed nor cancelled."""
        return self.meeting.takes_place
