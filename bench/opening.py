"""Registration opens: hundreds register at once, while thousands look at the programme."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

from bench import load, machine
from bench.costs import open_sample
from bench.environment import scaled
from bench.ground import site, sunk_mails, wait_for
from bench.load import Load, load_on
from bench.pages import addresses
from bench.report import Figure
from bench.storms import status_of, words
from registration.models import Quota
from tests.registration.site import Site
from tests.registration.visitors import FORM, Visitors

REGISTERING, BROWSING = 500, 2000
# Milliseconds: each of them looks at a page for up to so long.
THINK = 10_000
MEGABYTES = 250


def opening() -> Iterator[Figure]:
    if not load.is_there():
        yield Figure(what="the opening", value=load.MISSING)
        return
    seat, _other = open_sample()
    people, lookers = scaled(REGISTERING), scaled(BROWSING)
    with sunk_mails() as sink, site("web", "worker", mails_to=sink.url) as running_site:
        wait_for(running_site.port, FORM)
        yield browsing("before", look(running_site, lookers, seconds=10), lookers)
        answers, durations, seconds, meanwhile = rush(running_site, seat, people, lookers)
        yield Figure(
            what=f"{people} register at once: answers",
            value=f"{words(answers)}, all within {seconds:.0f} s",
            target="no 5xx",
            falls_short=any(not answer.startswith(("3", "4")) for answer in answers),
        )
        p95 = quantiles(durations, n=20)[-1] if people > 1 else durations[0]
        yield Figure(what="their wait", value=f"p50 {median(durations):.1f} s, p95 {p95:.1f} s")
        yield browsing("meanwhile", meanwhile, lookers)
        yield memory(running_site)


def look(running_site: Site, lookers: int, *, seconds: int) -> Load:
    paths = [path for path in addresses().values() if path.endswith("/")]
    # Whoever reads for a while comes back by a new connection.
    return load_on(
        running_site,
        paths,
        connections=max(lookers, 2),
        seconds=seconds,
        think=THINK,
        Connection="close",
    )


def rush(
    running_site: Site, seat: Quota, people: int, lookers: int
) -> tuple[Counter[str], list[float], float, Load]:
    """The answers, how long each took, how long all took, and what browsing was like."""
    visitors = Visitors(running_site.port)

    def come(number: int) -> tuple[str, float]:
        barrier.wait()
        start = time.perf_counter()
        answers = {"attendance": "in_person", "workshops": [seat.code], "waitlist": [seat.code]}
        answer = status_of(visitors, number, **answers)
        return answer, time.perf_counter() - start

    barrier = threading.Barrier(people)
    start = time.perf_counter()
    with ThreadPoolExecutor(people + 1) as pool:
        meanwhile = pool.submit(look, running_site, lookers, seconds=30)
        found = list(pool.map(come, range(people)))
        seconds = time.perf_counter() - start
    return Counter(a for a, _s in found), [s for _a, s in found], seconds, meanwhile.result()


def browsing(when: str, found: Load, lookers: int) -> Figure:
    return Figure(
        what=f"{lookers} browse, {when}",
        value=f"{found}, p50 {found.p50:.0f} ms, p95 {found.p95:.0f} ms",
        target="no 5xx",
        falls_short=found.unanswered + found.refused > 0,
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
