"""Write the schedule as JSON, by the schema of c3voc."""

from typing import Any

from django.conf import settings

from eim.lib.weave import FILLS
from programme.feeds.calendars import printable
from programme.feeds.schedule.entries import (
    Schedule,
    ScheduleDay,
    ScheduleEntry,
    ScheduleLink,
    room_guid,
)
from programme.models import Meeting, Person, Room

SCHEMA = "https://c3voc.de/schedule/schema.json"


def schedule_json(schedule: Schedule) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "generator": {"name": "EIM", "url": settings.SITE_URL},
        "schedule": {
            "version": str(schedule.meeting.version),
            "base_url": settings.SITE_URL,
            "conference": conference_json(schedule),
        },
    }


def conference_json(schedule: Schedule) -> dict[str, Any]:
    meeting = schedule.meeting
    return {
        "acronym": schedule.acronym,
        "title": schedule.title,
        "start": meeting.first_day.isoformat(),
        "end": meeting.last_day.isoformat(),
        "daysCount": len(schedule.days),
        "timeslot_duration": "00:05",
        "time_zone_name": meeting.time_zone,
        "url": schedule.url,
        "tracks": [
            {"name": name, "color": FILLS[colour]} for name, colour in schedule.tracks.items()
        ],
        "rooms": [room_json(name, row, meeting) for name, row in schedule.rooms.items()],
        "days": [day_json(day) for day in schedule.days],
    }


def room_json(name: str, row: Room | None, meeting: Meeting) -> dict[str, Any]:
    found = {"name": name, "guid": room_guid(name, meeting)}
    return {**found, "capacity": row.capacity} if row else found


def day_json(day: ScheduleDay) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts.isoformat(),
        "day_end": day.ends.isoformat(),
        "rooms": {
            name: [event_json(entry) for entry in entries] for name, entries in day.rooms.items()
        },
    }


def event_json(entry: ScheduleEntry) -> dict[str, Any]:
    """Return exactly the keys of the schema, which requires all but the last two."""
    return {
        "id": entry.session.pk,
        "guid": entry.guid,
        "slug": entry.slug,
        "url": entry.url,
        "date": entry.starts.isoformat(),
        "start": f"{entry.starts:%H:%M}",
        "duration": entry.duration,
        "room": entry.room,
        "title": entry.title,
        "subtitle": "",
        "track": entry.track or None,
        "type": entry.kind,
        "language": entry.language or None,
        "abstract": entry.abstract,
        "description": entry.description,
        "persons": [person_json(row) for row in entry.persons],
        "links": [link_json(link) for link in entry.links],
        "end": entry.ends.isoformat(),
        "do_not_stream": not entry.session.is_followed_online,
    }


def person_json(row: Person) -> dict[str, str]:
    """Return the name alone: with `id` or `public_name` it would match two kinds of person."""
    return {"name": printable(row.name), "url": settings.SITE_URL + row.get_absolute_url()}


def link_json(link: ScheduleLink) -> dict[str, str]:
    return {"url": link.url, "title": link.title, "type": link.kind}
