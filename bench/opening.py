"""Let hundreds register at the same time while thousands read pages, as when it opens."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

from bench import machine
from bench.browsing import Answers, browse
from bench.concurrency import status_of, words
from bench.costs import open_sample
from bench.environment import scaled
from bench.harness import mail_sink, site, wait_for
from bench.pages import addresses
from bench.report import Figure
from registration.models import Quota
from tests.registration.site import Site
from tests.registration.visitors import FORM, Visitors

REGISTERING, READERS = 500, 2000
BROWSING_TIME = 30  # seconds
MAX_MEGABYTES = 250


def opening() -> Iterator[Figure]:
    seat, _other = open_sample()
    people, readers = scaled(REGISTERING), scaled(READERS)
    paths = [path for path in addresses().values() if path.endswith("/")]
    with mail_sink() as sink, site("web", "worker", mails_to=sink.url) as running_site:
        wait_for(running_site.port, FORM)

        def read_pages() -> Answers:
            return browse(running_site.port, readers, BROWSING_TIME, paths)

        yield browsing(f"{readers} people browse, before", read_pages())
        answers, waits, seconds, meanwhile = rush(running_site, seat, people, read_pages)
        yield Figure(
            what=f"{people} people register at once",
            value=f"{words(answers)}, all within {seconds:.0f} s",
            target="no 5xx",
            falls_short=not set(answers) <= {"302", "422"},
        )
        p95 = quantiles(waits, n=20)[-1]
        yield Figure(
            what="time until the answer", value=f"p50 {median(waits):.1f} s, p95 {p95:.1f} s"
        )
        yield browsing(f"{readers} people browse, meanwhile", meanwhile)
        yield memory(running_site)


def rush(
    running_site: Site, seat: Quota, people: int, read_pages: Callable[[], Answers]
) -> tuple[Counter[str], list[float], float, Answers]:
    """Return the answers, the time of each, the time of all, and the readers' answers meanwhile."""
    visitors = Visitors(running_site.port)
    barrier = threading.Barrier(people)

    def come(number: int) -> tuple[str, float]:
        barrier.wait()
        start = time.perf_counter()
        answers = {"attendance": "in_person", "workshops": [seat.code], "waitlist": [seat.code]}
        answer = status_of(visitors, number, **answers)
        return answer, time.perf_counter() - start

    with ThreadPoolExecutor(people + 1) as pool:
        meanwhile = pool.submit(read_pages)
        time.sleep(BROWSING_TIME / 3)
        start = time.perf_counter()
        found = list(pool.map(come, range(people)))
        seconds = time.perf_counter() - start
    waits = [wait for _answer, wait in found]
    return Counter(answer for answer, _wait in found), waits, seconds, meanwhile.result()


def browsing(what: str, found: Answers) -> Figure:
    return Figure(
        what=what,
        value=str(found),
        target="no 5xx",
        falls_short=not found.are_all_ok,
    )


def memory(running_site: Site) -> Figure:
    names = ("web", "worker")
    own = {name: machine.memory(running_site.running[name].pid)[1] for name in names}
    parts = " + ".join(f"{name} {own[name]:.0f}" for name in names)
    return Figure(
        what="memory afterwards (PSS)",
        value=f"{sum(own.values()):.0f} MB ({parts})",
        target=f"{MAX_MEGABYTES} MB",
        falls_short=sum(own.values()) > MAX_MEGABYTES,
    )
