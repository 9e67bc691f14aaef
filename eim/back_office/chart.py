"""Bars of two series, a day each: in person below, online above it.

Across, everything is in percent, so that one drawing fits every width without shrinking its
words; upwards, in whole pixels.
"""

from dataclasses import dataclass

from eim.back_office.figures import Day

HEIGHT = 192
# At the left, for the numbers of the scale, and beside each bar, in percent.
MARGIN, GAP = 8, 0.14


@dataclass(frozen=True, kw_only=True)
class Bar:
    day: Day
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
class Line:
    """One of the scale."""

    number: int
    top: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    days: list[Day]
    in_person: int
    online: int

    @property
    def together(self) -> int:
        return self.in_person + self.online

    @property
    def step(self) -> int:
        """1, 2, 5, 10, 20, 50…: the first that reaches the longest bar in four."""
        longest = max(day.together for day in self.days)
        steps = (factor * 10**power for power in range(9) for factor in (1, 2, 5))
        return next(step for step in steps if step * 4 >= longest)

    @property
    def highest(self) -> int:
        longest = max(day.together for day in self.days)
        return max(-(-longest // self.step), 1) * self.step

    @property
    def lines(self) -> list[Line]:
        numbers = range(0, self.highest + 1, self.step)
        return [Line(number=number, top=HEIGHT - self.pixels(number)) for number in numbers]

    @property
    def bars(self) -> list[Bar]:
        return [self.bar(index, day) for index, day in enumerate(self.days)]

    def bar(self, index: int, day: Day) -> Bar:
        pitch = (100 - MARGIN) / len(self.days)
        left = MARGIN + pitch * index
        in_person, together = self.pixels(day.in_person), self.pixels(day.together)
        return Bar(
            day=day,
            left=f"{left + pitch * GAP:.2f}%",
            middle=f"{left + pitch / 2:.2f}%",
            width=f"{pitch * (1 - 2 * GAP):.2f}%",
            in_person_top=HEIGHT - in_person,
            in_person_height=in_person,
            online_top=HEIGHT - together,
            online_height=together - in_person,
            names_month=index == 0 or day.day.day == 1,
            is_odd=index % 2 == 1,
        )

    def pixels(self, count: int) -> int:
        return round(count * HEIGHT / self.highest)


def chart(days: list[Day]) -> Chart:
    return Chart(
        days=days,
        in_person=sum(day.in_person for day in days),
        online=sum(day.online for day in days),
    )
