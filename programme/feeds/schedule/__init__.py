"""The programme as conference apps read it: frab's schedule.xml and schedule.json.

What they accept is in tests/data/c3voc. They know no state: what is cancelled is left out, and so
are breaks and whatever has no hours yet.
"""

from programme.feeds.schedule.entries import schedule_of
from programme.feeds.schedule.json import schedule_json
from programme.feeds.schedule.xml import schedule_xml
