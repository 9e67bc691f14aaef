from typing import Any

from django.conf import settings

from eim.lib.weave import FILLS
from programme.feeds.calendars import plain
from programme.feeds.schedule.entries import Day, Entry, Link, Schedule, room_guid
from programme.models import Person, Room

SCHEMA = "https://c3voc.de/schedule/schema.json"


def schedule_json(schedule: Schedule) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "generator": {"name": "EIM", "url": settings.SITE_URL},
        "schedule": {
            "version": str(schedule.meeting.version),
            "base_url": settings.SITE_URL,
            "conference": conference(schedule),
        },
    }


def conference(schedule: Schedule) -> dict[str, Any]:
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
        "rooms": [room(name, row) for name, row in schedule.rooms.items()],
        "days": [day_of(day) for day in schedule.days],
    }


def room(name: str, row: Room | None) -> dict[str, Any]:
    found = {"name": name, "guid": room_guid(name)}
    return {**found, "capacity": row.capacity} if row else found


def day_of(day: Day) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts.isoformat(),
        "day_end": day.ends.isoformat(),
        "rooms": {name: [event(entry) for entry in entries] for name, entries in day.rooms.items()},
    }


def event(entry: Entry) -> dict[str, Any]:
    """The schema knows no other key, and wants each of those that it knows but the last two."""
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
        "language": entry.session.language or None,
        "abstract": entry.abstract,
        "description": entry.description,
        "persons": [person(row) for row in entry.persons],
        "links": [reference(link) for link in entry.links],
        "end": entry.ends.isoformat(),
        "do_not_stream": not entry.session.is_followed_online,
    }


def person(row: Person) -> dict[str, str]:
    """By name alone: with `id` and `public_name` too it would be two kinds of person at once."""
    return {"name": plain(row.name), "url": settings.SITE_URL + row.get_absolute_url()}


def reference(link: Link) -> dict[str, str]:
    return {"url": link.url, "title": link.title, "type": link.kind}
