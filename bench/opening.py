"""Let hundreds register at the same time while thousands read pages, as when it opens."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import median, quantiles

from bench import harness, machine
from bench.browsing import Answers, browse
from bench.concurrency import status_of, words
from bench.costs import open_sample
from bench.environment import scaled
from bench.harness import behind_nginx, mail_sink, site, wait_for
from bench.pages import addresses
from bench.report import Figure
from registration.models import Quota
from tests import nginx
from tests.registration.site import Site
from tests.registration.visitors import FORM, LOST_LINK, Visitors

REGISTERING, READERS = 500, 2000
BROWSING_TIME = 30  # seconds
BEFORE_THE_RUSH = 10
MAX_MEGABYTES = 250
# Behind nginx, as documented; without it the figures are told.
MAX_P95, MAX_SECONDS = 100, 10


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the site is reached, and whether anything is cached before the rush."""

    name: str
    has_nginx: bool
    is_warm: bool


WAYS = [
    Way(name="gunicorn alone", has_nginx=False, is_warm=True),
    Way(name="behind nginx", has_nginx=True, is_warm=True),
    Way(name="behind nginx, nothing cached yet", has_nginx=True, is_warm=False),
]


def opening() -> Iterator[Figure]:
    for way in WAYS:
        if way.has_nginx and not nginx.NGINX:
            yield Figure(what=way.name, value=f"not measured: {nginx.MISSING}")
            continue
        harness.clear()
        yield from opening_of(way, open_sample()[0])


def opening_of(way: Way, seat: Quota) -> Iterator[Figure]:
    people, readers = scaled(REGISTERING), scaled(READERS)
    # Who reads opens the form too.
    paths = [FORM, *(path for path in addresses().values() if path.endswith("/"))]
    with mail_sink() as sink, site("web", "worker", mails_to=sink.url) as running_site:
        # A page that nothing caches.
        wait_for(running_site.port, LOST_LINK)
        with behind_nginx(running_site) if way.has_nginx else nullcontext(running_site) as front:

            def read_pages() -> Answers:
                return browse(front.port, readers, BROWSING_TIME, paths)

            if way.is_warm:
                yield browsing(way, f"{readers} people browse, before", read_pages())
            before = cpu_by_process(running_site)
            answers, waits, seconds, meanwhile = rush(way, front.port, seat, people, read_pages)
            yield registering(way, people, answers, seconds)
            yield cpu(way, before, cpu_by_process(running_site))
            p95 = quantiles(waits, n=20)[-1]
            value = f"p50 {median(waits):.1f} s, p95 {p95:.1f} s"
            yield Figure(what=f"{way.name}: time until the answer", value=value)
            yield browsing(way, f"{readers} people browse, meanwhile", meanwhile)
            pids = {name: process.pid for name, process in running_site.running.items()}
            if isinstance(front, nginx.Proxy):
                pids["nginx"] = front.pid
            yield memory(way, pids)


def rush(
    way: Way, port: int, seat: Quota, people: int, read_pages: Callable[[], Answers]
) -> tuple[Counter[str], list[float], float, Answers]:
    """Return the answers, the time of each, the time of all, and the readers' answers meanwhile."""
    visitors = Visitors(port)
    barrier = threading.Barrier(people)

    def come(number: int) -> tuple[str, float]:
        barrier.wait()
        start = time.perf_counter()
        answers = {"attendance": "in_person", "workshops": [seat.code], "waitlist": [seat.code]}
        answer = status_of(visitors, number, **answers)
        return answer, time.perf_counter() - start

    with ThreadPoolExecutor(people + 1) as pool:
        meanwhile = pool.submit(read_pages)
        time.sleep(BEFORE_THE_RUSH if way.is_warm else 1)
        start = time.perf_counter()
        found = list(pool.map(come, range(people)))
        seconds = time.perf_counter() - start
    waits = [wait for _answer, wait in found]
    return Counter(answer for answer, _wait in found), waits, seconds, meanwhile.result()


def registering(way: Way, people: int, answers: Counter[str], seconds: float) -> Figure:
    has_faults = not set(answers) <= {"302", "422"}
    return Figure(
        what=f"{way.name}: {people} people register at once",
        value=f"{words(answers)}, all within {seconds:.1f} s",
        target=f"no 5xx, {MAX_SECONDS} s" if way.has_nginx else "no 5xx",
        falls_short=has_faults or (way.has_nginx and seconds > MAX_SECONDS),
    )


def cpu_by_process(running_site: Site) -> dict[str, float]:
    pids = {name: process.pid for name, process in running_site.running.items()}
    if server := harness.database_pid():
        pids["database"] = server
    return {name: machine.cpu_seconds(pid) for name, pid in pids.items()}


def cpu(way: Way, before: dict[str, float], after: dict[str, float]) -> Figure:
    """Tell the CPU time of registering and browsing, which a busy machine does not change much."""
    parts = [f"{name} {after[name] - before[name]:.1f} s" for name in before]
    return Figure(what=f"{way.name}: CPU meanwhile", value=", ".join(parts))


def browsing(way: Way, what: str, found: Answers) -> Figure:
    return Figure(
        what=f"{way.name}: {what}",
        value=str(found),
        target=f"no 5xx, p95 {MAX_P95} ms" if way.has_nginx else "no 5xx",
        falls_short=not found.are_all_ok or (way.has_nginx and found.p95 > MAX_P95),
    )


def memory(way: Way, pids: dict[str, int]) -> Figure:
    own = {name: machine.memory(pid)[1] for name, pid in pids.items()}
    parts = " + ".join(f"{name} {megabytes:.0f}" for name, megabytes in own.items())
    return Figure(
        what=f"{way.name}: memory afterwards (PSS)",
        value=f"{sum(own.values()):.0f} MB ({parts})",
        target=f"{MAX_MEGABYTES} MB",
        falls_short=sum(own.values()) > MAX_MEGABYTES,
    )
