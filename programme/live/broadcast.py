"""Work out what the live page shows: each room's current and next session, and whose stream."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import cast

from django.db.models import TextChoices

from programme.listing import cards
from programme.listing.cards import Card
from programme.live.player import StreamsByPlace, streams_for
from programme.models import Channel, Room, Session, Stream
from programme.moment import Moment

# How many streamed sessions the page announces before the meeting begins.
STREAMED_SHOWN_BEFORE = 4


class Stage(TextChoices):
    """The middle of the live page: a player, a countdown, or the reason why there is none."""

    # The meeting is postponed or cancelled.
    OFF = "off"
    # Every session of the meeting is in person.
    NEVER = "never"
    # The phases of the meeting, by the values of `moment.Phase`.
    BEFORE = "before"
    JUST_AFTER = "just after"
    PAST = "past"
    LIVE = "live"
    PAUSE = "pause"
    # Only in the room that was asked for.
    ROOM_OVER = "room_over"
    OVER_TODAY = "over_today"
    IN_PERSON_ONLY = "in_person_only"
    NO_MORE_STREAMS = "no_more_streams"
    NO_STREAMS = "no_streams"
    NO_ROOMS = "no_rooms"
    NO_HOURS = "no_hours"
    NO_SESSIONS = "no_sessions"


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
    def is_live(self) -> bool:
        return bool(self.channels and self.is_followed_now)

    @property
    def is_followed_now(self) -> bool:
        return bool(self.now and self.now.session.is_followed_online)

    @property
    def is_followed(self) -> bool:
        """Return whether people online have something to expect from the room today."""
        return bool(self.is_followed_now or self.next_online)

    @property
    def beside_online(self) -> list[Span]:
        return [span for span in self.beside if span.card.session.is_followed_online]

    @property
    def on(self) -> list[Card]:
        return [*([self.now] if self.now else []), *(span.card for span in self.beside)]

    @property
    def online_now(self) -> list[Card]:
        return [card for card in self.on if card.session.is_followed_online]


@dataclass(frozen=True, kw_only=True)
class Broadcast:
    """Everything that the live page shows; `room` is the one whose stream is on the stage."""

    moment: Moment
    streams: list[Stream]
    rooms: list[RoomStatus]
    room: RoomStatus | None
    today: list[Card]
    # Streamed sessions of the days after today.
    to_come: list[Card]
    recordings: list[Session]

    @property
    def stage(self) -> Stage:
        if not self.moment.takes_place:
            return Stage.OFF
        if not (self.moment.has_stream or self.moment.is_over):
            return Stage.NEVER
        if not self.moment.is_on:
            return Stage(self.moment.phase)
        if self.room and self.room.is_live:
            return Stage.LIVE
        if self.room and self.room.next_online:
            return Stage.PAUSE
        return self.stage_without_streams

    @property
    def stage_without_streams(self) -> Stage:
        """Return why nothing is streamed now, nor later today in the room on the stage."""
        if any(room.is_followed for room in self.rooms if room.channels):
            return Stage.ROOM_OVER
        if self.is_over_for_today:
            return Stage.OVER_TODAY
        if self.today and not streamed(card.session for card in self.today):
            return Stage.IN_PERSON_ONLY
        if self.rooms:
            return Stage.NO_MORE_STREAMS if self.room else Stage.NO_STREAMS
        if any(card.session.starts_at for card in self.today):
            return Stage.NO_ROOMS
        return Stage.NO_HOURS if self.today else Stage.NO_SESSIONS

    @property
    def recording(self) -> Session | None:
        """Return the newest recording once nothing more is live today."""
        is_over = self.stage in (
            *(Stage.OVER_TODAY, Stage.IN_PERSON_ONLY, Stage.NO_MORE_STREAMS),
            *(Stage.JUST_AFTER, Stage.PAST),
        )
        return self.recordings[-1] if is_over and self.recordings else None

    @property
    def is_quiet(self) -> bool:
        """Return whether there is no list of rooms beside the stage."""
        return not self.followed_rooms

    @property
    def followed_rooms(self) -> list[RoomStatus]:
        """Return the rooms that people online can follow today, else those they could."""
        if self.stage in (Stage.OFF, Stage.NEVER) or not any(
            room.is_followed for room in self.rooms
        ):
            return []
        followed = [room for room in self.rooms if room.is_followed or room == self.room]
        return [room for room in followed if room.channels] or followed

    @property
    def has_hours(self) -> bool:
        """Return whether the page names an hour to come: readers may want it in their own zone."""
        ahead = [*self.later_today, *self.first]
        return self.stage == Stage.LIVE or any(card.session.starts_at for card in ahead)

    @property
    def is_over_for_today(self) -> bool:
        return bool(self.today) and all(card.is_over for card in self.today)

    @property
    def following(self) -> Card | None:
        """Return the first streamed session of the days to come."""
        return next(iter(self.to_come), None)

    @property
    def is_updated(self) -> bool:
        """Return whether the page changes by itself: not if nothing is streamed, or all is over."""
        return self.moment.takes_place and self.moment.has_stream and not self.moment.is_over

    @property
    def is_last_day(self) -> bool:
        meeting = self.moment.meeting
        return meeting.day_of(self.moment.now) >= meeting.last_day

    @property
    def first(self) -> list[Card]:
        return self.to_come[:STREAMED_SHOWN_BEFORE]

    @property
    def on(self) -> list[Card]:
        """Return what is on in the rooms, and in person without a room."""
        elsewhere = [c for c in self.today if c.is_on and c.session.is_in_person_only]
        in_rooms = [card for room in self.rooms for card in room.on]
        return in_rooms + [card for card in elsewhere if not card.session.room]

    @property
    def in_person_now(self) -> list[Card]:
        """Return what is on and cannot be followed online, breaks left out."""
        shown = [card for room in self.followed_rooms for card in room.online_now]
        return [card for card in self.on if not card.is_break and card not in shown]

    @property
    def ahead_today(self) -> list[Card]:
        on = self.on
        return [c for c in self.today if not (c.is_break or c.is_over or c in on)]

    @property
    def later_today(self) -> list[Card]:
        """Return the sessions to come that are followed online."""
        return [card for card in self.ahead_today if card.session.is_followed_online]

    @property
    def later_in_person(self) -> int:
        """Count the sessions to come that are in person only."""
        return len(self.ahead_today) - len(self.later_today)


def broadcast(moment: Moment, asked: str) -> Broadcast:
    meeting, now, day = moment.meeting, moment.now, moment.meeting.day_of(moment.now)
    listed = [session for session in cards.listed_sessions() if not session.is_cancelled]
    card_of = partial(Card, meeting=meeting, now=now)
    sessions = [session for session in listed if session.is_of_today(day, now)]
    today = [card_of(session=session) for session in sessions]
    streams = streams_for(day, sessions)
    rooms = rooms_of(today, streams, day, now)
    return Broadcast(
        moment=moment,
        streams=list(streams.values()),
        rooms=rooms,
        room=room_on_stage(rooms, asked),
        today=today,
        to_come=[card_of(session=s) for s in streamed(listed) if not s.day or s.day > day],
        recordings=[session for session in listed if session.recording_url],
    )


def streamed(listed: Iterable[Session]) -> list[Session]:
    return [s for s in listed if s.is_followed_online and not s.is_break]


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
