"""Send as many requests as the site answers, with wrk, a load generator faster than the site."""

import http.client
import shutil
import subprocess
from dataclasses import dataclass

from bench import HOUSE, machine
from bench.environment import SCALE
from bench.harness import database_pid
from tests.registration.site import Site

THREADS, CONNECTIONS = 2, 16
SECONDS = max(1, round(5 * SCALE))
BROTLI = {"Accept-Encoding": "br", "Host": "localhost"}
MISSING = "not measured: wrk is missing (Debian: apt-get install wrk)"


def is_installed() -> bool:
    return shutil.which("wrk") is not None


@dataclass(frozen=True, kw_only=True)
class Load:
    """A run of wrk, with the milliseconds of CPU time for each request."""

    requests: int
    seconds: float
    unanswered: int
    refused: int
    cpu: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def __str__(self) -> str:
        faults = f", {self.unanswered} unanswered" if self.unanswered else ""
        faults += f", {self.refused} answered 4xx or 5xx" if self.refused else ""
        return f"{self.per_second:.0f}/s, {self.cpu:.2f} ms CPU{faults}"


def load_on(running_site: Site, path: str, *, seconds: int = SECONDS, **headers: str) -> Load:
    command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout=30s"]
    command += ["--script", str(HOUSE / "bench" / "wrk.lua")]
    for name, value in (BROTLI | headers).items():
        command += ["--header", f"{name.replace('_', '-')}: {value}"]
    command.append(f"http://127.0.0.1:{running_site.port}{path}")
    before = cpu_of(running_site)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    used = cpu_of(running_site) - before
    line = next(one for one in done.stdout.splitlines() if one.startswith("figures "))
    requests, micros, unanswered, refused = map(int, line.split()[1:])
    return Load(
        requests=requests,
        seconds=micros / 1e6,
        unanswered=unanswered,
        refused=refused,
        cpu=1000 * used / max(requests, 1),
    )


def cpu_of(running_site: Site) -> float:
    server = database_pid()
    web = machine.cpu_seconds(running_site.running["web"].pid)
    return web + (machine.cpu_seconds(server) if server else 0)


def fetch(port: int, path: str) -> tuple[http.client.HTTPMessage, bytes]:
    """Return headers and body as they are sent: compressed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=BROTLI)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return response.headers, body
