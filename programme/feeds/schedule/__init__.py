"""Write the programme for conference apps, as frab's schedule.xml and schedule.json.

Their schemas are in tests/data/c3voc. The format has no session state, so cancelled sessions are
left out, and so are breaks and sessions without hours.
"""

from programme.feeds.schedule.entries import schedule_of
from programme.feeds.schedule.json import schedule_json
from programme.feeds.schedule.xml import schedule_xml
