"""What the live page shows at one moment: each room's now and next, and which is watched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise, starmap
from typing import cast

from django.db.models import TextChoices

from programme.listing import cards
from programme.listing.cards import Card
from programme.live.player import Ways, streams_on, ways_of
from programme.models import Channel, Meeting, Room, Session, Stream

# How many of the first streamed sessions are named before the meeting.
FIRST = 4


class Moment(TextChoices):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Scene(TextChoices):
    """What stands in the middle of the page."""

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
    """From when to when something is on."""

    card: Card
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class RoomNow:
    """A room of today: what is on in it and until when, and what follows."""

    room: Room
    stream: Stream | None
    now: Card | None
    until: datetime | None
    next: Card | None
    next_online: Card | None

    @property
    def channels(self) -> list[Channel]:
        return self.stream.shown_channels if self.stream else []

    @property
    def ways(self) -> list[Ways]:
        return ways_of(self.channels)

    @property
    def is_live(self) -> bool:
        """Whether something is on that is streamed."""
        return bool(self.channels and self.now and self.now.session.is_followed_online)


@dataclass(frozen=True, kw_only=True)
class Broadcast:
    """Everything the page says; `room` is the one whose stream stands in the middle."""

    moment: Moment
    streams: list[Stream]
    rooms: list[RoomNow]
    room: RoomNow | None
    today: list[Card]
    first: list[Card]
    recordings: list[Session]

    @property
    def scene(self) -> Scene:
        if self.moment != Moment.DURING:
            return Scene(self.moment)
        if self.room and self.room.is_live:
            return Scene.LIVE
        if self.room and self.room.next_online:
            return Scene.PAUSE
        if self.is_over_for_today:
            return Scene.OVER_TODAY
        if self.rooms:
            return Scene.NO_MORE_STREAMS if self.room else Scene.NO_STREAMS
        if any(card.session.starts_at for card in self.today):
            return Scene.NO_ROOMS
        return Scene.NO_HOURS if self.today else Scene.NO_SESSIONS

    @property
    def recording(self) -> Session | None:
        """The newest, where nothing is live any more."""
        is_over = self.scene in (Scene.OVER_TODAY, Scene.NO_MORE_STREAMS, Scene.AFTER)
        return self.recordings[-1] if is_over and self.recordings else None

    @property
    def is_quiet(self) -> bool:
        """Without a list of rooms beside."""
        return not self.rooms

    @property
    def is_over_for_today(self) -> bool:
        return bool(self.today) and all(card.is_past for card in self.today)

    @property
    def later_today(self) -> list[Card]:
        """Without what the list of rooms says is on."""
        on = [room.now.session for room in self.rooms if room.now]
        ahead = [card for card in self.today if not card.is_break and not card.is_past]
        return [card for card in ahead if card.session not in on]


def broadcast(meeting: Meeting, now: datetime, asked: str) -> Broadcast:
    listed = [session for session in cards.listed_sessions() if not session.is_cancelled]
    card_of = partial(Card, meeting=meeting, now=now)
    day = meeting.day_of(now)
    today = [card_of(session=session) for session in listed if session.day == day]
    streams = streams_on(day) if today else {}
    rooms = rooms_of(today, streams, now)
    return Broadcast(
        moment=moment_of(meeting, now),
        streams=list(streams.values()),
        rooms=rooms,
        room=room_in_the_middle(rooms, asked),
        today=today,
        first=[card_of(session=session) for session in streamed(listed)][:FIRST],
        recordings=[session for session in listed if session.recording_url],
    )


def streamed(listed: Iterable[Session]) -> list[Session]:
    return [s for s in listed if s.is_followed_online and s.kind != Session.Kind.BREAK]


def moment_of(meeting: Meeting, now: datetime) -> Moment:
    day = meeting.day_of(now)
    if day < meeting.first_day:
        return Moment.BEFORE
    return Moment.AFTER if day > meeting.last_day else Moment.DURING


def rooms_of(today: Iterable[Card], streams: dict[int, Stream], now: datetime) -> list[RoomNow]:
    cards_in: dict[Room, list[Card]] = {}
    for card in today:
        if card.session.room:
            cards_in.setdefault(card.session.room, []).append(card)
    in_order = sorted(cards_in, key=lambda room: (room.order, room.pk))
    return [room_now(room, cards_in[room], streams.get(room.pk), now) for room in in_order]


def room_now(room: Room, cards: list[Card], stream: Stream | None, now: datetime) -> RoomNow:
    spans = spans_of(cards)
    on = next((span for span in spans if span.start <= now < span.end), None)
    ahead = [span.card for span in spans if span.start > now and not span.card.is_break]
    return RoomNow(
        room=room,
        stream=stream,
        now=on.card if on else None,
        until=on.end if on else None,
        next=next(iter(ahead), None),
        next_online=next((card for card in ahead if card.session.is_followed_online), None),
    )


def spans_of(cards: Iterable[Card]) -> list[Span]:
    """When each is on in one room, as things stand: one after the other."""
    spans = [
        Span(card=card, start=start, end=end)
        for card in cards
        if (start := card.session.expected_start) and (end := card.session.expected_end)
    ]
    spans.sort(key=lambda span: span.start)
    return [*starmap(cut_short, pairwise(spans)), *spans[-1:]]


def cut_short(span: Span, following: Span) -> Span:
    """What begins late ends late, but no later than the next begins.

    If the next is late and was to follow at once, this one goes on until then: it is mostly
    why the next is late, and nobody is to miss its end.
    """
    follows_at_once = following.start - following.card.session.delay <= span.end
    return replace(span, end=following.start) if follows_at_once else span


def room_in_the_middle(rooms: list[RoomNow], asked: str) -> RoomNow | None:
    """The one asked for; else the first that is live, else the one whose stream begins first."""
    streamed = [room for room in rooms if room.channels]
    chosen = [room for room in streamed if room.room.code == asked]
    lively = [room for room in streamed if room.is_live]
    waiting = sorted((room for room in streamed if room.next_online), key=_begins_next)
    return next(iter([*chosen, *lively, *waiting, *streamed]), None)


def _begins_next(room: RoomNow) -> datetime:
    return cast(datetime, cast(Card, room.next_online).session.expected_start)
