"""Calendars, chats and search engines take a page's data as they need them."""

from datetime import UTC
from pathlib import Path

import pytest
from icalendar import Calendar

from programme.models import Session
from tests import factories

ICAL_JS = Path(__file__).resolve().parent.parent / "data" / "ical.js" / "ical.min.js"
HOSTILE = "Ñandutí, tejido; \\n \\; 👩🏽‍🏫\r\nATTENDEE:x\x07 " * 9

READ = """async ([code, text]) => {
  const file = new Blob([code], {type: "text/javascript"});
  const ICAL = (await import(URL.createObjectURL(file))).default;
  const calendar = new ICAL.Component(ICAL.parse(text));
  const value = (part, name) => part.getFirstPropertyValue(name);
  return {
    name: value(calendar, "name"),
    source: value(calendar, "source"),
    ask_again: value(calendar, "refresh-interval").toSeconds(),
    events: calendar.getAllSubcomponents("vevent").map((part) => {
      const event = new ICAL.Event(part);
      const link = part.getFirstProperty("conference");
      return {
        uid: event.uid, summary: event.summary, description: event.description,
        location: event.location, sequence: event.sequence, status: value(part, "status"),
        starts: event.startDate.toUnixTime(), ends: event.endDate.toUnixTime(),
        stamp: value(part, "dtstamp").toUnixTime(),
        modified: value(part, "last-modified").toUnixTime(),
        color: value(part, "color"), url: value(part, "url"),
        conference: link && [link.getFirstValue(), link.getParameter("label")],
      };
    }),
  };
}"""


def seconds(moment):
    return int(moment.astimezone(UTC).timestamp())


def by_icalendar(body):
    """Return the same by the other parser."""
    calendar = Calendar.from_ical(body)
    return {
        "name": calendar["NAME"],
        "source": calendar["SOURCE"],
        "ask_again": calendar.refresh_interval.total_seconds(),
        "events": [by_icalendar_event(event) for event in calendar.walk("VEVENT")],
    }


def by_icalendar_event(event):
    texts = ["uid", "summary", "description", "location", "status", "color", "url"]
    conference = next(iter(event.conferences), None)
    return {
        **{name: str(event[name]) if name in event else None for name in texts},
        "sequence": event["SEQUENCE"],
        "starts": seconds(event.decoded("DTSTART")),
        "ends": seconds(event.decoded("DTEND")),
        "stamp": seconds(event.decoded("DTSTAMP")),
        "modified": seconds(event.decoded("LAST-MODIFIED")),
        "conference": conference and [str(conference.uri), conference.label],
    }


def test_two_parsers_read_the_same_calendar(page, client, meeting):
    theme, room = factories.theme(), factories.room(name=HOSTILE[:70])
    factories.session(title=HOSTILE[:190], abstract_es=HOSTILE, theme=theme, room=room)
    factories.session(state=Session.State.CANCELLED, revision=2, revised_at=factories.NOW)
    factories.session(format="online", starts_at=factories.moment("23:30", day=3))
    factories.workshop()
    body = client.get("/programme.ics?lang=en").content.decode()

    read = page.evaluate(READ, [ICAL_JS.read_text(), body])

    assert len(read["events"]) == 4
    assert read == by_icalendar(body)


@pytest.fixture
def subscription(page, context, meeting):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    factories.session()
    page.goto("/en/programme/")
    page.get_by_text("The programme for your calendar").click()
    return page


def test_address_of_the_calendar_is_copied(subscription):
    subscription.get_by_role("button", name="Copy the address").click()

    subscription.get_by_role("status").get_by_text("Copied.").wait_for()
    address = subscription.get_by_label("Address to subscribe to").input_value()
    assert address.endswith("/programme.ics?lang=en")
    assert subscription.evaluate("navigator.clipboard.readText()") == address
