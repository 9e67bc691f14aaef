"""Work out what the live page shows: each room's current and next session, and whose stream."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import cast

from django.db.models import TextChoices

from programme.listing import cards
from programme.listing.cards import Card
from programme.live.player import ChannelGroup, StreamsByPlace, channel_groups, streams_for
from programme.models import Channel, Meeting, Room, Session, Stream

# How many streamed sessions the page announces before the meeting begins.
STREAMED_SHOWN_BEFORE = 4


class MeetingPhase(TextChoices):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Stage(TextChoices):
    """The middle of the live page: a player, a countdown, or the reason why there is none."""

    BEFORE = "before"
    LIVE = "live"
    PAUSE = "pause"
    OVER_TODAY = "over_today"
    NO_MORE_STREAMS = "no_more_streams"
    NO_STREAMS = "no_streams"
    NO_ROOMS = "no_rooms"
    NO_HOURS = "no_hours"
    NO_SESSIONS = "no_sessions"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A session's card with the time in which it is on air in its room."""

    card: Card
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class RoomStatus:
    """The present and the next session of one room, and the end of the present one.

    Of several at once, one that is followed online is `now`. `has_streamed` says whether something
    was streamed from it earlier today.
    """

    room: Room
    stream: Stream | None
    now: Card | None
    until: datetime | None
    next: Card | None
    next_online: Card | None
    has_streamed: bool
    # What is on besides `now`, such as posters side by side.
    beside: list[Span]

    @property
    def channels(self) -> list[Channel]:
        return self.stream.shown_channels if self.stream else []

    @property
    def channel_groups(self) -> list[ChannelGroup]:
        return channel_groups(self.channels)

    @property
    def is_live(self) -> bool:
        return bool(self.channels and self.now and self.now.session.is_followed_online)


@dataclass(frozen=True, kw_only=True)
class Broadcast:
    """Everything that the live page shows; `room` is the one whose stream is on the stage."""

    phase: MeetingPhase
    streams: list[Stream]
    rooms: list[RoomStatus]
    room: RoomStatus | None
    today: list[Card]
    first: list[Card]
    recordings: list[Session]

    @property
    def stage(self) -> Stage:
        if self.phase != MeetingPhase.DURING:
            return Stage(self.phase)
        if self.room and self.room.is_live:
            return Stage.LIVE
        if self.room and self.room.next_online:
            return Stage.PAUSE
        if self.is_over_for_today:
            return Stage.OVER_TODAY
        if self.rooms:
            return Stage.NO_MORE_STREAMS if self.room else Stage.NO_STREAMS
        if any(card.session.starts_at for card in self.today):
            return Stage.NO_ROOMS
        return Stage.NO_HOURS if self.today else Stage.NO_SESSIONS

    @property
    def recording(self) -> Session | None:
        """Return the newest recording once nothing more is live today."""
        is_over = self.stage in (Stage.OVER_TODAY, Stage.NO_MORE_STREAMS, Stage.AFTER)
        return self.recordings[-1] if is_over and self.recordings else None

    @property
    def is_quiet(self) -> bool:
        """Return whether there is no list of rooms beside the stage."""
        return not self.rooms

    @property
    def is_over_for_today(self) -> bool:
        return bool(self.today) and all(card.is_past for card in self.today)

    @property
    def later_today(self) -> list[Card]:
        """Return the sessions to come, without those that the list of rooms shows as on now."""
        on = [room.now.session for room in self.rooms if room.now]
        on += [span.card.session for room in self.rooms for span in room.beside]
        ahead = [card for card in self.today if not card.is_break and not card.is_past]
        return [card for card in ahead if card.session not in on]


def broadcast(meeting: Meeting, now: datetime, asked: str) -> Broadcast:
    listed = [session for session in cards.listed_sessions() if not session.is_cancelled]
    card_of = partial(Card, meeting=meeting, now=now)
    day = meeting.day_of(now)
    sessions = [session for session in listed if session.is_of_today(day, now)]
    today = [card_of(session=session) for session in sessions]
    streams = streams_for(day, sessions)
    rooms = rooms_of(today, streams, day, now)
    return Broadcast(
        phase=meeting_phase(meeting, now, sessions),
        streams=list(streams.values()),
        rooms=rooms,
        room=room_on_stage(rooms, asked),
        today=today,
        first=[card_of(session=session) for session in streamed(listed)][:STREAMED_SHOWN_BEFORE],
        recordings=[session for session in listed if session.recording_url],
    )


def streamed(listed: Iterable[Session]) -> list[Session]:
    return [s for s in listed if s.is_followed_online and not s.is_break]


def meeting_phase(meeting: Meeting, now: datetime, today: Iterable[Session]) -> MeetingPhase:
    """Return the phase; a session of `today` that lasts past midnight keeps the last day going."""
    day = meeting.day_of(now)
    if day < meeting.first_day:
        return MeetingPhase.BEFORE
    is_going_on = day <= meeting.last_day or any(s.has_end_ahead(now) for s in today)
    return MeetingPhase.DURING if is_going_on else MeetingPhase.AFTER


def rooms_of(
    today: Iterable[Card], streams: StreamsByPlace, day: date, now: datetime
) -> list[RoomStatus]:
    cards_in: dict[Room, list[Card]] = {}
    for card in today:
        if card.session.room:
            cards_in.setdefault(card.session.room, []).append(card)
    in_order = sorted(cards_in, key=lambda room: (room.order, room.pk))
    return [room_status(room, cards_in[room], streams, day, now) for room in in_order]


def room_status(
    room: Room, cards: list[Card], streams: StreamsByPlace, day: date, now: datetime
) -> RoomStatus:
    spans = spans_of(cards)
    all_on = [span for span in spans if span.start <= now < span.end]
    all_on.sort(key=lambda span: not span.card.session.is_followed_online)
    on = next(iter(all_on), None)
    ahead = [span.card for span in spans if span.start > now and not span.card.is_break]
    next_online = next((card for card in ahead if card.session.is_followed_online), None)
    # What is followed in the room only does not hide the stream of what comes next.
    is_streamed = on and on.card.session.is_followed_online
    shown = on.card if on and (is_streamed or not next_online) else next_online
    return RoomStatus(
        room=room,
        stream=streams.get((room.pk, (shown and shown.session.day) or day)),
        now=on.card if on else None,
        until=on.end if on else None,
        next=next(iter(ahead), None),
        next_online=next_online,
        has_streamed=any(s.end <= now and s.card.session.is_followed_online for s in spans),
        beside=all_on[1:],
    )


def spans_of(cards: Iterable[Card]) -> list[Span]:
    """Return when each card of one room is on air, delays included, in order of their starts."""
    spans = [
        Span(card=card, start=start, end=end)
        for card in cards
        if (start := card.session.expected_start) and (end := card.session.expected_end)
    ]
    spans.sort(key=lambda span: span.start)
    return [cut_short(span, following_of(span, spans)) for span in spans]


def following_of(span: Span, spans: Iterable[Span]) -> Span | None:
    """Return the next span by the programme: not what was planned at the same time beside it."""
    planned_end = cast(datetime, span.card.session.ends_at)
    starts = ((cast(datetime, other.card.session.starts_at), other) for other in spans)
    return next((other for start, other in starts if start >= planned_end), None)


def cut_short(span: Span, following: Span | None) -> Span:
    """Return the span with its end at the start of the following one, if no gap was planned.

    This shortens a late session to the start of the next one, and extends a session whose
    follower is late: an overrun is mostly why the follower is late, and its end must be shown.
    """
    if following is None:
        return span
    follows_at_once = following.start - following.card.session.delay <= span.end
    return replace(span, end=following.start) if follows_at_once else span


def room_on_stage(rooms: list[RoomStatus], asked: str) -> RoomStatus | None:
    """Choose the requested room, else the first live one, else the one that goes on air first."""
    streamed = [room for room in rooms if room.channels]
    chosen = [room for room in streamed if room.room.code == asked]
    lively = [room for room in streamed if room.is_live]
    waiting = sorted((room for room in streamed if room.next_online), key=_begins_next)
    return next(iter([*chosen, *lively, *waiting, *streamed]), None)


def _begins_next(room: RoomStatus) -> datetime:
    return cast(datetime, cast(Card, room.next_online).session.expected_start)
