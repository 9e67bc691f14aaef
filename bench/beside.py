"""Compare a page with the bare view by several runs of each, in turns.

A single run is a toss: wrk opens its connections once, and at times one of gunicorn's two workers
accepts all of them and the other stands idle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench import machine
from bench.environment import SCALE
from bench.load import Load, load_on
from tests.registration.site import Site

RUNS = 5 if SCALE >= 0.1 else 1
RUN_SECONDS = max(1, round(3 * SCALE))
# A worker is idle that used less than this share of the CPU time of the busiest.
IDLE_BELOW = 0.1


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A run against the page, and one against the bare view just before."""

    page: Load
    bare: Load
    had_idle_worker: bool

    @property
    def share(self) -> float:
        return self.page.per_second / self.bare.per_second


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The pairs of runs of one page; figures are medians of those without an idle worker."""

    pairs: Sequence[Pair]

    @property
    def lopsided(self) -> int:
        return sum(pair.had_idle_worker for pair in self.pairs)

    @property
    def counted(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.had_idle_worker] or list(self.pairs)

    @property
    def share(self) -> float:
        return median(pair.share for pair in self.counted)

    @property
    def cpu(self) -> float:
        return median(pair.page.cpu for pair in self.counted)

    @property
    def has_faults(self) -> bool:
        return any(pair.page.unanswered + pair.page.refused for pair in self.pairs)

    def __str__(self) -> str:
        rate = median(pair.page.per_second for pair in self.counted)
        bare_cpu = median(pair.bare.cpu for pair in self.counted)
        words = f"{rate:.0f}/s, {self.cpu:.2f} ms CPU; {self.share:.2f} of the bare view"
        words += f", {self.cpu / bare_cpu:.2f} × its CPU" if bare_cpu else ""
        words += f"; {len(self.counted)} runs"
        return words + (f", {self.lopsided} more with an idle worker" if self.lopsided else "")


def compare(running_site: Site, path: str, bare: Site, size: int, **headers: str) -> Comparison:
    """Measure until there are enough pairs of runs without an idle worker, or twice as many."""
    # Not counted: in it, each worker renders the page and compresses it.
    load_on(running_site, path, seconds=1, **headers)
    pairs: list[Pair] = []
    while len(pairs) < 2 * RUNS and sum(not pair.had_idle_worker for pair in pairs) < RUNS:
        bare_load, bare_idles = run(bare, f"/{size}/")
        page_load, page_idles = run(running_site, path, **headers)
        idle = bare_idles or page_idles
        pairs.append(Pair(page=page_load, bare=bare_load, had_idle_worker=idle))
    return Comparison(pairs=pairs)


def run(running_site: Site, path: str, **headers: str) -> tuple[Load, bool]:
    """Return a run, and whether a worker was idle in it."""
    pid = running_site.running["web"].pid
    before = machine.cpu_seconds_by_child(pid)
    found = load_on(running_site, path, seconds=RUN_SECONDS, **headers)
    after = machine.cpu_seconds_by_child(pid)
    used = [after[worker] - before.get(worker, 0) for worker in after]
    return found, min(used) < IDLE_BELOW * max(used)
