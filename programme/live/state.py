"""What thousands of open pages ask for every few seconds: whether there is something new."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from django.conf import settings

from eim import clock
from eim.lib.languages import columns
from programme.live.broadcast import moment_of
from programme.live.player import streams_on
from programme.models import Channel, Meeting, Session, Stream

# How often a page asks, in seconds; it adds up to a third of it by chance.
POLL_OFTEN, POLL_SELDOM = 8, 60
POLL_MARGIN = timedelta(minutes=45)
TEXTS = columns("title")


def document(meeting: Meeting, now: datetime) -> dict[str, object]:
    """Three queries, however many sessions; without the hour, so that it stays the same."""
    day = meeting.day_of(now)
    today = list(Session.objects.published().filter(day=day))
    streams = streams_on(day) if today else {}
    return {
        "state": state(meeting, now, today, streams.values()),
        "seconds": seconds(today, now),
        # Of a rehearsal, whose clock is not the one in the answer's Date.
        "ahead": round(clock.offset(settings.CLOCK).total_seconds()),
    }


def state(
    meeting: Meeting, now: datetime, today: Iterable[Session], streams: Iterable[Stream]
) -> str:
    """A short sum of what the live page shows at this moment; another one: the page is old."""
    facts = [
        [moment_of(meeting, now), meeting.day_of(now)],
        sorted(facts_of(session, now) for session in today),
        sorted([s.pk, sorted(map(facts_of_channel, s.shown_channels))] for s in streams),
    ]
    return blake2b(json.dumps(facts, default=str).encode(), digest_size=8).hexdigest()


def facts_of(session: Session, now: datetime) -> list[object]:
    start, end = session.expected_start, session.expected_end
    return [
        session.pk,
        *(getattr(session, name) or "" for name in TEXTS),
        [session.kind, session.format, session.room_id, session.minutes_late],
        session.takes_questions,
        [start and start.timestamp(), end and end.timestamp()],
        [start and start <= now, end and end <= now],
        [session.recording_url, session.recording_captions, session.transcript_url],
    ]


def facts_of_channel(channel: Channel) -> list[object]:
    return [channel.pk, channel.kind, channel.language, channel.video_id, channel.url]


def seconds(today: Iterable[Session], now: datetime) -> int:
    """Often around the hours of the day, seldom at night."""
    starts = [session.starts_at for session in today if session.starts_at]
    ends = [session.expected_end for session in today if session.expected_end]
    is_near = starts and min(starts) - POLL_MARGIN <= now <= max(ends) + POLL_MARGIN
    return POLL_OFTEN if is_near else POLL_SELDOM
