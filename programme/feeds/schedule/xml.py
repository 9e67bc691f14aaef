"""Write the schedule as XML, by the schema of c3voc."""

from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings

from eim.lib.weave import FILLS
from programme.feeds.calendars import printable, site_host
from programme.feeds.schedule.entries import Schedule, ScheduleDay, ScheduleEntry, room_guid
from programme.models import Meeting


def schedule_xml(schedule: Schedule) -> bytes:
    root = Element("schedule")
    SubElement(root, "generator", name="EIM", system=site_host())
    add(root, "url", schedule.url)
    add(root, "version", str(schedule.meeting.version))
    add_conference(root, schedule)
    for day in schedule.days:
        add_day(root, day, schedule.meeting)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def add_conference(root: Element, schedule: Schedule) -> None:
    conference, meeting = SubElement(root, "conference"), schedule.meeting
    add(conference, "acronym", schedule.acronym)
    add(conference, "title", schedule.title)
    add(conference, "start", meeting.first_day.isoformat())
    add(conference, "end", meeting.last_day.isoformat())
    add(conference, "days", str(len(schedule.days)))
    add(conference, "timeslot_duration", "00:05")
    add(conference, "time_zone_name", meeting.time_zone)
    add(conference, "base_url", settings.SITE_URL)
    add(conference, "url", schedule.url)
    for name, colour in schedule.tracks.items():
        SubElement(conference, "track", name=name, color=FILLS[colour])


def add_day(root: Element, day: ScheduleDay, meeting: Meeting) -> None:
    found = SubElement(
        root,
        "day",
        index=str(day.index),
        date=day.date.isoformat(),
        start=day.starts.isoformat(),
        end=day.ends.isoformat(),
    )
    for name, entries in day.rooms.items():
        room = SubElement(found, "room", name=name, guid=room_guid(name, meeting))
        for entry in entries:
            add_event(room, entry)


def add_event(room: Element, entry: ScheduleEntry) -> None:
    """Add the elements of the schema alone; leave out those that must not be empty."""
    event = SubElement(room, "event", id=str(entry.session.pk), guid=entry.guid)
    add(event, "room", entry.room)
    add(event, "title", entry.title)
    add(event, "subtitle", "")
    add(event, "type", entry.kind)
    add(event, "date", entry.starts.isoformat())
    add(event, "start", f"{entry.starts:%H:%M}")
    add(event, "duration", entry.duration)
    add(event, "abstract", entry.abstract)
    add(event, "slug", entry.slug)
    add(event, "track", entry.track)
    add(event, "language", entry.language)
    add(event, "description", entry.description)
    add(event, "url", entry.url)
    persons = SubElement(event, "persons")
    for person in entry.persons:
        add(persons, "person", printable(person.name), id=str(person.pk))
    links = SubElement(event, "links")
    for link in entry.links:
        add(links, "link", link.title, href=link.url, type=link.kind)
