"""The meeting, its sessions and its people as schema.org describes them, for search engines."""

from programme.jsonld.events import event, profile, session_event
