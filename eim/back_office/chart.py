"""Lay out a bar chart of registrations per day: in person below, online stacked on top.

Horizontal positions are percentages, so that one drawing fits every width without shrinking its
labels; vertical ones are whole pixels.
"""

from dataclasses import dataclass

from eim.back_office.figures import DayCount

HEIGHT = 192
# Room for the numbers of the scale (percent of the width), and on each side of a bar (share of it).
MARGIN, GAP = 8, 0.14


@dataclass(frozen=True, kw_only=True)
class Bar:
    day: DayCount
    left: str
    middle: str
    width: str
    in_person_top: int
    in_person_height: int
    online_top: int
    online_height: int
    names_month: bool
    is_odd: bool


@dataclass(frozen=True, kw_only=True)
class GridLine:
    number: int
    top: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    days: list[DayCount]
    in_person: int
    online: int

    @property
    def total(self) -> int:
        return self.in_person + self.online

    @property
    def step(self) -> int:
        """Return the first of 1, 2, 5, 10, 20, 50… with which four steps reach the longest bar."""
        longest = max(day.total for day in self.days)
        steps = (factor * 10**power for power in range(9) for factor in (1, 2, 5))
        return next(step for step in steps if step * 4 >= longest)

    @property
    def highest(self) -> int:
        longest = max(day.total for day in self.days)
        return max(-(-longest // self.step), 1) * self.step

    @property
    def lines(self) -> list[GridLine]:
        numbers = range(0, self.highest + 1, self.step)
        return [GridLine(number=number, top=HEIGHT - self.pixels(number)) for number in numbers]

    @property
    def bars(self) -> list[Bar]:
        return [self.bar(index, day) for index, day in enumerate(self.days)]

    def bar(self, index: int, day: DayCount) -> Bar:
        pitch = (100 - MARGIN) / len(self.days)
        left = MARGIN + pitch * index
        in_person, total = self.pixels(day.in_person), self.pixels(day.total)
        return Bar(
            day=day,
            left=f"{left + pitch * GAP:.2f}%",
            middle=f"{left + pitch / 2:.2f}%",
            width=f"{pitch * (1 - 2 * GAP):.2f}%",
            in_person_top=HEIGHT - in_person,
            in_person_height=in_person,
            online_top=HEIGHT - total,
            online_height=total - in_person,
            names_month=index == 0 or day.day.day == 1,
            is_odd=index % 2 == 1,
        )

    def pixels(self, count: int) -> int:
        return round(count * HEIGHT / self.highest)


def chart(days: list[DayCount]) -> Chart:
    return Chart(
        days=days,
        in_person=sum(day.in_person for day in days),
        online=sum(day.online for day in days),
    )
