"""Invent a meeting, the same at every run, to show the site full and to load-test it."""

from eim.sample.programme import FEWEST_PEOPLE, FEWEST_SESSIONS, meeting_file
from eim.sample.registrations import add_registrations
