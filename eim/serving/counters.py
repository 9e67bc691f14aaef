"""Count requests in memory that all processes of one gunicorn share.

The memory is mapped before gunicorn starts its processes, with a row for each of them, so that
none waits for another. gunicorn itself says which row a process takes (gunicorn.conf.py): one that
no living process has. A process that ends leaves its row to a later one, which counts on, and a
reload carries the sums over: no counter goes back before gunicorn itself is started anew.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import product
from mmap import mmap
from threading import Lock

type Name = tuple[str, ...]

# More than live at once, also while a reload starts new processes beside the old ones.
ROWS = 64
BYTES = 8

# By whom a request is answered: few, and none is made of what a visitor sends.
ROUTES = (
    *("pages", "registration", "live", "feeds", "pictures", "static", "media"),
    *("back-office", "monitoring", "personal", "other"),
)
METHODS = ("GET", "HEAD", "POST", "other")
CLASSES = ("2xx", "3xx", "4xx", "5xx")
# Upper bounds in seconds of the histogram.
BOUNDS = (0.005, 0.025, 0.1, 0.5, 2.0, 10.0, float("inf"))
BOUND_NAMES = ("0.005", "0.025", "0.1", "0.5", "2.0", "10.0", "+Inf")
# Where a page came from that is the same for everybody; "outdated" while the database is away.
SOURCES = ("memory", "rendered", "outdated")
# What could not be answered because the database was away.
WITHOUT_DATABASE: Name = ("without-database",)

NAMES: tuple[Name, ...] = (
    *product(("requests",), ROUTES, METHODS, CLASSES),
    *product(("seconds",), ROUTES, BOUND_NAMES),
    *product(("all-seconds",), ROUTES),
    *product(("pages",), SOURCES),
    WITHOUT_DATABASE,
)


class Counters:
    """Numbers by name that only grow, in the row of this process."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.places = {name: place for place, name in enumerate(names)}
        self.cells = memoryview(mmap(-1, ROWS * len(self.places) * BYTES)).cast("d")
        self.lock = Lock()
        self.claim(0)

    def claim(self, number: int) -> None:
        """Take the row of this number, which gunicorn has given to this process alone."""
        self.start = number % ROWS * len(self.places)

    def add(self, amounts: Iterable[tuple[Name, float]]) -> None:
        cells, places, start = self.cells, self.places, self.start
        with self.lock:
            for name, amount in amounts:
                cells[start + places[name]] += amount

    def carry_over(self, totals: Mapping[Name, float]) -> None:
        """Count on from the sums of a version before; what this one does not count is left out."""
        self.add((name, value) for name, value in totals.items() if name in self.places)

    def totals(self) -> dict[Name, float]:
        """Return the sums over all processes."""
        width = len(self.places)
        return {name: sum(self.cells[place::width].tolist()) for name, place in self.places.items()}


counters = Counters(NAMES)


def count_request(
    route: str, method: str, status: int, seconds: float, others: Iterable[Name] = ()
) -> None:
    """Count an answer, and add one to each of the other counters that are named."""
    label = method if method in METHODS else "other"
    kind = CLASSES[min(max(status // 100, 2), 5) - 2]
    bound = BOUND_NAMES[bisect_left(BOUNDS, seconds)]
    counters.add(
        [
            (("requests", route, label, kind), 1),
            (("seconds", route, bound), 1),
            (("all-seconds", route), seconds),
            *((name, 1) for name in others),
        ]
    )
