"""What the live page shows at one moment: each room's now and next, and which is watched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import TextChoices

from programme import agenda
from programme.agenda import Card
from programme.models import Channel, Meeting, Room, Session
from programme.screens import streams_on

# How many of the first streamed sessions are named before the meeting.
FIRST = 4


class Moment(TextChoices):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True)
class RoomNow:
    """A room of today: what is on in it, and what follows."""

    room: Room
    channels: list[Channel]
    now: Card | None
    next: Card | None
    next_online: Card | None

    @property
    def is_live(self) -> bool:
        """Whether something is on that is streamed."""
        return bool(self.channels and self.now and self.now.session.is_followed_online)


@dataclass(frozen=True, kw_only=True)
class Broadcast:
    """Everything the page says; `room` is the one whose stream stands in the middle."""

    moment: Moment
    rooms: list[RoomNow]
    room: RoomNow | None
    today: list[Card]
    first: list[Card]
    recordings: list[Session]

    @property
    def has_hours(self) -> bool:
        return any(card.session.starts_at for card in self.today)

    @property
    def is_over_for_today(self) -> bool:
        return bool(self.today) and all(card.is_past for card in self.today)

    @property
    def later_today(self) -> list[Card]:
        """Without what the list of rooms says is on."""
        ahead = [card for card in self.today if not card.is_break and not card.is_past]
        return [card for card in ahead if not (card.is_on and card.session.room)]


def broadcast(meeting: Meeting, now: datetime, asked: str) -> Broadcast:
    listed = [session for session in agenda.sessions() if not session.is_cancelled]
    card_of = partial(Card, meeting=meeting, now=now)
    day = meeting.day_of(now)
    today = [card_of(session=session) for session in listed if session.day == day]
    rooms = rooms_of(today, streams_on(day) if today else {}, now)
    return Broadcast(
        moment=moment_of(meeting, now),
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


def rooms_of(
    today: Iterable[Card], channels: dict[int, list[Channel]], now: datetime
) -> list[RoomNow]:
    cards_in: dict[Room, list[Card]] = {}
    for card in today:
        if card.session.room:
            cards_in.setdefault(card.session.room, []).append(card)
    in_order = sorted(cards_in, key=lambda room: (room.order, room.pk))
    return [room_now(room, cards_in[room], channels.get(room.pk, []), now) for room in in_order]


def room_now(room: Room, cards: list[Card], channels: list[Channel], now: datetime) -> RoomNow:
    ahead = [
        card
        for card in cards
        if card.session.starts_at and card.session.starts_at > now and not card.is_break
    ]
    return RoomNow(
        room=room,
        channels=channels,
        now=next((card for card in cards if card.is_on), None),
        next=next(iter(ahead), None),
        next_online=next((card for card in ahead if card.session.is_followed_online), None),
    )


def room_in_the_middle(rooms: list[RoomNow], asked: str) -> RoomNow | None:
    """The one asked for; else the first that is live, else the first with a stream to come."""
    streamed = [room for room in rooms if room.channels]
    chosen = [room for room in streamed if room.room.code == asked]
    lively = [room for room in streamed if room.is_live]
    waiting = [room for room in streamed if room.next_online]
    return next(iter([*chosen, *lively, *waiting, *streamed]), None)
