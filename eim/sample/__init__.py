"""A meeting that does not exist, for seeing the site full and for load; always the same one."""

from eim.sample.programme import FEWEST_PEOPLE, FEWEST_SESSIONS, meeting_file
from eim.sample.registrations import add_registrations
