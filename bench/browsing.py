"""People who read: `python -m bench.browsing PORT PEOPLE SECONDS PATH…` prints how it was for them.

A process of its own beside those who register. Each person comes by a new connection, as a proxy
hands them on, asks for a page, and reads it for up to ten seconds.
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

READS = 10.0  # seconds at most
PATIENCE = 30
REQUEST = "GET {} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Experience:
    """Of all of them: the answers by their status, and how long half and most waited (ms)."""

    answers: dict[str, int]
    p50: float
    p95: float

    @property
    def is_without_fault(self) -> bool:
        return set(self.answers) <= {"200"}

    def __str__(self) -> str:
        counts = ", ".join(f"{status}: {n}" for status, n in sorted(self.answers.items()))
        return f"{counts}, p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms"


def browsed(port: int, people: int, seconds: int, paths: Sequence[str]) -> Experience:
    command = [sys.executable, "-m", "bench.browsing", *map(str, (port, people, seconds)), *paths]
    done = subprocess.run(command, cwd=HOUSE, stdout=subprocess.PIPE, check=True)
    return Experience(**json.loads(done.stdout))


async def ask(port: int, path: str) -> str:
    """The status, when the last byte has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(REQUEST.format(path).encode())
        return (await reader.read()).split(b" ", 2)[1].decode()
    finally:
        writer.close()


async def read_on(port: int, paths: Sequence[str], until: float, found: list) -> None:
    while True:
        await asyncio.sleep(random.uniform(0, READS))
        start = time.perf_counter()
        if start > until:
            return
        try:
            status = await asyncio.wait_for(ask(port, random.choice(paths)), PATIENCE)
        except (OSError, IndexError, TimeoutError):
            status = "none"
        found.append((status, 1000 * (time.perf_counter() - start)))


async def read_all(port: int, people: int, seconds: int, paths: Sequence[str]) -> list:
    found: list[tuple[str, float]] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*[read_on(port, paths, until, found) for _person in range(people)])
    return found


def main(port: str, people: str, seconds: str, *paths: str) -> None:
    found = asyncio.run(read_all(int(port), int(people), int(seconds), paths))
    waits = quantiles([wait for _status, wait in found], n=20)
    answers = Counter(status for status, _wait in found)
    print(json.dumps({"answers": answers, "p50": waits[9], "p95": waits[18]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
