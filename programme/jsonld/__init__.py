"""Describe the meeting, sessions and people in JSON-LD (schema.org), for search engines."""

from programme.jsonld.events import meeting_event, profile, session_event
