"""An oracle for hours at a venue: it watches a clock on the wall, a quarter of an hour at a time.

It shares no line with the product, and does not calculate: it looks up what the clock has shown.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

QUARTER = timedelta(minutes=15)
# Two days with a change of clocks in each zone, and zones whose clocks are never changed.
CHANGES = {
    "Europe/Lisbon": [date(2026, 3, 29), date(2026, 10, 25)],
    "Atlantic/Azores": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/Santiago": [date(2026, 9, 6), date(2026, 4, 4)],
    "America/Havana": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Asuncion": [date(2023, 10, 1), date(2024, 3, 23)],
    "Australia/Lord_Howe": [date(2026, 10, 4), date(2026, 4, 5)],
    "America/Lima": [date(2024, 11, 25)],
    "Asia/Kathmandu": [date(2026, 11, 25)],
}
SPAN = re.compile(
    r"from (?P<start>[^ ]+)(?: \((?P<start_offset>UTC[^)]*)\))?"
    r" to (?P<end>[^ ]+)(?: \((?P<end_offset>UTC[^)]*)\))?(?: \(\+(?P<days>\d+) days?\))?, "
)


class WallClock:
    """Show what a clock of a zone shows, from a day before `day` to three days after it."""

    def __init__(self, zone_name: str, day: date) -> None:
        self.zone = ZoneInfo(zone_name)
        self.day = day
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
        self.shown: dict[tuple[date, str], list[datetime]] = {}
        for number in range(4 * 24 * 5):
            moment = begin + number * QUARTER
            local = moment.astimezone(self.zone)
            self.shown.setdefault((local.date(), f"{local:%H:%M}"), []).append(moment)

    def moments(self, day: date, hour: str) -> list[datetime]:
        if hour == "24:00":
            day, hour = day + timedelta(days=1), "00:00"
        return self.shown.get((day, hour), [])

    def start(self, hour: str) -> datetime | None:
        """Return when a session of the day begins; None if the clock never shows that hour."""
        return next(iter(self.moments(self.day, hour)), None)

    def end(self, start_hour: str, hour: str) -> datetime | None:
        """Return when it ends; None if that cannot be, or if the clock never shows that hour."""
        start = self.start(start_hour)
        later = [moment for moment in self.moments(self.day, hour) if moment > start]
        if later or hour == "24:00" or start_hour == hour:
            return next(iter(later), None)
        if hour > start_hour:
            return None
        return next(iter(self.moments(self.day + timedelta(days=1), hour)), None)

    def read(self, sentence: str) -> tuple[list[datetime], list[datetime]]:
        """Return the moments that “from 22:00 to 1:30 (+1 day), …” may mean on this day."""
        told = SPAN.search(sentence).groupdict()
        end_day = self.day + timedelta(days=int(told["days"] or 0))
        starts = self.moments(self.day, told["start"].zfill(5))
        ends = self.moments(end_day, told["end"].zfill(5))
        return self.with_offset(starts, told["start_offset"]), self.with_offset(
            ends, told["end_offset"]
        )

    def with_offset(self, moments: list[datetime], offset: str | None) -> list[datetime]:
        return [m for m in moments if offset is None or self.offset(m) == offset]

    def offset(self, moment: datetime) -> str:
        sign, hours, minutes = re.match(
            r"([+-])(\d\d)(\d\d)", f"{moment.astimezone(self.zone):%z}"
        ).groups()
        rest = "" if minutes == "00" else f":{minutes}"
        return f"UTC{'−' if sign == '-' else '+'}{int(hours)}{rest}"


HOURS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]
# Small hours, when clocks are changed, and late ones are as likely as all others together.
hours = st.one_of(st.sampled_from(HOURS[:16]), st.sampled_from(HOURS[-16:]), st.sampled_from(HOURS))


@st.composite
def evenings(draw) -> tuple[WallClock, str, str]:
    """Draw a clock around a change, and the hours of a session of that day or of one beside it."""
    zone_name = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone_name])) + timedelta(days=draw(st.integers(-1, 1)))
    start, end = draw(hours), draw(st.one_of(hours, st.just("24:00")))
    return WallClock(zone_name, day), start, end
