"""An invented meeting, to show the site full and to put load on it; the same at every run."""

from eim.sample.programme import FEWEST_PEOPLE, FEWEST_SESSIONS, meeting_file
from eim.sample.registrations import add_registrations
