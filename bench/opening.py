"""Registration opens: hundreds register at once, while thousands look at the programme."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

from bench import machine
from bench.browsing import Experience, browsed
from bench.costs import open_sample
from bench.environment import scaled
from bench.ground import site, sunk_mails, wait_for
from bench.pages import addresses
from bench.report import Figure
from bench.storms import status_of, words
from registration.models import Quota
from tests.registration.site import Site
from tests.registration.visitors import FORM, Visitors

REGISTERING, BROWSING = 500, 2000
LOOKS = 30  # seconds
MEGABYTES = 250


def opening() -> Iterator[Figure]:
    seat, _other = open_sample()
    people, lookers = scaled(REGISTERING), scaled(BROWSING)
    paths = [path for path in addresses().values() if path.endswith("/")]
    with sunk_mails() as sink, site("web", "worker", mails_to=sink.url) as running_site:
        wait_for(running_site.port, FORM)

        def look() -> Experience:
            return browsed(running_site.port, lookers, LOOKS, paths)

        yield browsing(f"{lookers} browse, before", look())
        answers, waits, seconds, meanwhile = rush(running_site, seat, people, look)
        yield Figure(
            what=f"{people} register at once",
            value=f"{words(answers)}, all within {seconds:.0f} s",
            target="no 5xx",
            falls_short=not set(answers) <= {"302", "422"},
        )
        p95 = quantiles(waits, n=20)[-1]
        yield Figure(what="their wait", value=f"p50 {median(waits):.1f} s, p95 {p95:.1f} s")
        yield browsing(f"{lookers} browse, meanwhile", meanwhile)
        yield memory(running_site)


def rush(
    running_site: Site, seat: Quota, people: int, look: Callable[[], Experience]
) -> tuple[Counter[str], list[float], float, Experience]:
    """The answers, how long each took, how long all took, and how others looked at pages."""
    visitors = Visitors(running_site.port)
    barrier = threading.Barrier(people)

    def come(number: int) -> tuple[str, float]:
        barrier.wait()
        start = time.perf_counter()
        answers = {"attendance": "in_person", "workshops": [seat.code], "waitlist": [seat.code]}
        answer = status_of(visitors, number, **answers)
        return answer, time.perf_counter() - start

    with ThreadPoolExecutor(people + 1) as pool:
        meanwhile = pool.submit(look)
        time.sleep(LOOKS / 3)
        start = time.perf_counter()
        found = list(pool.map(come, range(people)))
        seconds = time.perf_counter() - start
    waits = [wait for _answer, wait in found]
    return Counter(answer for answer, _wait in found), waits, seconds, meanwhile.result()


def browsing(what: str, found: Experience) -> Figure:
    return Figure(
        what=what,
        value=str(found),
        target="no 5xx",
        falls_short=not found.is_without_fault,
    )


def memory(running_site: Site) -> Figure:
    names = ("web", "worker")
    own = {name: machine.memory(running_site.running[name].pid)[1] for name in names}
    parts = " + ".join(f"{name} {own[name]:.0f}" for name in names)
    return Figure(
        what="memory afterwards, what is shared counted once",
        value=f"{sum(own.values()):.0f} MB ({parts})",
        target=f"{MEGABYTES} MB",
        falls_short=sum(own.values()) > MEGABYTES,
    )
