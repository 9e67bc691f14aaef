"""Read pages as visitors do: `python -m bench.browsing PORT PEOPLE SECONDS PATH…`.

Runs in its own process beside the people who register. Each reader opens a new connection for each
page, as a proxy does, and then waits for up to ten seconds.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from bench import HOUSE

READING_TIME = 10.0  # seconds at most
TIMEOUT = 30
REQUEST = "GET {} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers by status, and the time that they took in milliseconds."""

    statuses: dict[str, int]
    p50: float
    p95: float
    longest: float

    @property
    def are_all_ok(self) -> bool:
        return set(self.statuses) <= {"200"}

    def __str__(self) -> str:
        counts = ", ".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        return (
            f"{counts}, p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms, longest {self.longest:.0f} ms"
        )


def browse(port: int, people: int, seconds: int, paths: Sequence[str]) -> Answers:
    command = [sys.executable, "-m", "bench.browsing", *map(str, (port, people, seconds)), *paths]
    done = subprocess.run(command, cwd=HOUSE, stdout=subprocess.PIPE, check=True)
    return Answers(**json.loads(done.stdout))


async def ask(port: int, path: str) -> str:
    """Return the status when the last byte has arrived."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(REQUEST.format(path).encode())
        return (await reader.read()).split(b" ", 2)[1].decode()
    finally:
        writer.close()


async def read_pages(port: int, paths: Sequence[str], until: float, found: list) -> None:
    while True:
        await asyncio.sleep(random.uniform(0, READING_TIME))
        start = time.perf_counter()
        if start > until:
            return
        try:
            status = await asyncio.wait_for(ask(port, random.choice(paths)), TIMEOUT)
        except (OSError, IndexError, TimeoutError):
            status = "none"
        found.append((status, 1000 * (time.perf_counter() - start)))


async def read_all(port: int, people: int, seconds: int, paths: Sequence[str]) -> list:
    found: list[tuple[str, float]] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*[read_pages(port, paths, until, found) for _person in range(people)])
    return found


def main(port: str, people: str, seconds: str, *paths: str) -> None:
    found = asyncio.run(read_all(int(port), int(people), int(seconds), paths))
    durations = [wait for _status, wait in found]
    waits = quantiles(durations, n=20)
    times = {"p50": waits[9], "p95": waits[18], "longest": max(durations)}
    print(json.dumps({"statuses": Counter(status for status, _wait in found), **times}))


if __name__ == "__main__":
    main(*sys.argv[1:])
