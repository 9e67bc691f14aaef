"""Tell open live pages whether they are stale: thousands of them poll /live/state.json.

A page carries the hash it was rendered with (`data-state`). When the polled hash differs, the
script static/js/live.js loads the page again and takes over the parts that changed.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from django.conf import settings

from eim import clock
from eim.lib.site_languages import translated_columns
from programme.live.player import streams_for
from programme.models import Channel, Meeting, Session, Stream
from programme.moment import Moment

# Seconds between two polls; a page adds up to a third at random. The page gets its first interval
# from the template (`data-seconds`), and each next one from the document.
POLL_OFTEN, POLL_SELDOM = 8, 60
# Pages poll often from this long before the day's first session until this long after its last.
POLL_MARGIN = timedelta(minutes=45)
TITLES = translated_columns("title")
REASONS = translated_columns("standing_reason")


def state_document(meeting: Meeting, now: datetime) -> dict[str, object]:
    """Build the polled document with four queries, however many sessions there are.

    It does not contain the time, so that its ETag stays the same between two changes.
    """
    day = meeting.day_of(now)
    today = list(Session.objects.published().of_today(meeting, now))
    streams = streams_for(day, today)
    timed = [session for session in today if session.starts_at]
    moment = Moment(meeting=meeting, now=now, timed=timed)
    return {
        "state": state_hash(moment, today, streams.values()),
        "seconds": poll_seconds(today, now),
        # In a rehearsal the site's clock is ahead of the response's Date by so many seconds.
        "ahead": round(clock.offset(settings.CLOCK).total_seconds()),
    }


def state_hash(moment: Moment, today: Iterable[Session], streams: Iterable[Stream]) -> str:
    """Hash what the live page shows; a page with another hash is stale."""
    meeting, now = moment.meeting, moment.now
    facts = [
        # Of other days the page says only whether anything is streamed at all.
        [moment.phase, meeting.day_of(now), vars(meeting)["has_stream"]],
        [meeting.standing, *(getattr(meeting, name) or "" for name in REASONS)],
        sorted(hashed_session(session, now) for session in today),
        sorted([s.pk, sorted(map(hashed_channel, s.shown_channels))] for s in streams),
    ]
    return blake2b(json.dumps(facts, default=str).encode(), digest_size=8).hexdigest()


def hashed_session(session: Session, now: datetime) -> list[object]:
    start, end = session.expected_start, session.expected_end
    return [
        session.pk,
        *(getattr(session, name) or "" for name in TITLES),
        [session.kind, session.format, session.room_id, session.venue_name, session.minutes_late],
        session.takes_questions,
        [start and start.timestamp(), end and end.timestamp()],
        [start and start <= now, end and end <= now],
        [session.languages, session.interpretation_languages],
        [session.sign_languages, session.caption_languages],
        [session.recording_url, session.recording_captions, session.transcript_url],
    ]


def hashed_channel(channel: Channel) -> list[object]:
    return [channel.pk, channel.kind, channel.language, channel.video_id, channel.url]


def poll_seconds(today: Iterable[Session], now: datetime) -> int:
    """Return how long a page waits before it polls again: short during the day, long at night."""
    starts = [session.starts_at for session in today if session.starts_at]
    ends = [session.expected_end for session in today if session.expected_end]
    is_near = starts and min(starts) - POLL_MARGIN <= now <= max(ends) + POLL_MARGIN
    return POLL_OFTEN if is_near else POLL_SELDOM
