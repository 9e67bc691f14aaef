"""Empty the database, run the site's processes, and measure what requests take."""

import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench import machine
from eim import clock
from tests import nginx
from tests.registration import mail_server
from tests.registration.site import Site, running
from tests.registration.visitors import NO_ANSWER, ask

ROUNDS = 3
CLIENTS = 8


def make_ready() -> None:
    # The mail server logs each step, and Django each refused request.
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def clear() -> None:
    call_command("flush", interactive=False, verbosity=0)
    # The offset of the rehearsal's clock is a row, which is gone now.
    clock.offset.cache_clear()
    clock.now()


class Sink(mail_server.Inbox):
    """A mail server that stores only the Message-IDs."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[str] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # type: ignore[no-untyped-def]
        head = envelope.content[:8000].decode(errors="replace")
        found = re.search(r"^Message-ID:\s*(<[^>]+>)", head, re.MULTILINE | re.IGNORECASE)
        self.arrived.append(found.group(1) if found else "")
        return "250 taken"


@contextmanager
def mail_sink() -> Iterator[Sink]:
    with mail_server.inbox(Sink()) as sink:
        yield sink


@contextmanager
def site(*names: str, mails_to: str = "file:", **changes: str) -> Iterator[Site]:
    port = {"PORT": str(mail_server.free_port()), "MAIL_URL": mails_to}
    with running({**os.environ, **port, **changes}, settings.DATA_DIR, names) as running_site:
        yield running_site


@contextmanager
def behind_nginx(running_site: Site) -> Iterator[nginx.Proxy]:
    """Run nginx as deploy/nginx.conf says; clients name their address, as behind another proxy."""
    ours = {"#set_real_ip_from 192.0.2.0/24;": "set_real_ip_from 127.0.0.1;"}
    ours["#real_ip_header"] = "real_ip_header"
    folder = Path(tempfile.mkdtemp(dir=settings.DATA_DIR))
    with nginx.in_front_of(running_site.port, folder, **ours) as proxy:
        yield proxy


@contextmanager
def bare_view() -> Iterator[Site]:
    with site() as running_site:
        running_site.start("web", "bench.bare_view")
        wait_for(running_site.port, "/")
        yield running_site


def wait_for(port: int, path: str) -> None:
    for _attempt in range(1200):
        try:
            ask(port, "GET", path)
            return
        except NO_ANSWER:
            time.sleep(0.05)
    raise TimeoutError("The site does not answer.")


# CPU


def database_pid() -> int | None:
    """Return the process of PostgreSQL; SQLite runs inside the site's own processes."""
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    return int((Path(folder) / "postmaster.pid").read_text().split()[0])


@dataclass(frozen=True)
class Cost:
    """Milliseconds of CPU time for one request."""

    web: float
    database: float

    @property
    def all(self) -> float:
        return self.web + self.database

    def __str__(self) -> str:
        parts = f" (web {self.web:.1f} + database {self.database:.1f})" if self.database else ""
        return f"{self.all:.1f} ms{parts}"


def cost_of(running_site: Site, do: Callable[[int], object], *, times: int) -> Cost:
    """Return the median of three rounds of requests; `do` gets a new number for each."""
    numbers = iter(range(10**9))
    for _warm_up in range(max(4, times // 5)):
        do(next(numbers))
    rounds = []
    for _round in range(ROUNDS):
        before = cpu_used(running_site)
        for _time in range(times):
            do(next(numbers))
        used = [now - then for now, then in zip(cpu_used(running_site), before, strict=True)]
        rounds.append(Cost(*[1000 * seconds / times for seconds in used]))
    return sorted(rounds, key=lambda cost: cost.all)[ROUNDS // 2]


def cpu_used(running_site: Site) -> list[float]:
    server = database_pid()
    web = machine.cpu_seconds(running_site.running["web"].pid)
    return [web, machine.cpu_seconds(server) if server else 0.0]


# Requests at the same time


@dataclass(frozen=True)
class Pace:
    per_second: float
    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.per_second:.0f}/s, p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms"


def pace_of(do: Callable[[int], object], *, times: int) -> Pace:
    """Send the requests from eight clients, each with one at a time."""

    def timed(number: int) -> float:
        start = time.perf_counter()
        do(number)
        return 1000 * (time.perf_counter() - start)

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        durations = list(pool.map(timed, range(times)))
    seconds = time.perf_counter() - start
    p95 = quantiles(durations, n=20)[-1] if times > 1 else durations[0]
    return Pace(times / seconds, median(durations), p95)
