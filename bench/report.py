"""Store the figures of each part as they are measured, and write docs/bench.md."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import HOUSE, machine
from bench.environment import SCALE

STORED = HOUSE / "var" / "bench"
PAGE = HOUSE / "docs" / "bench.md"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

HEAD = """# Performance and load

Written by `make bench`, which runs real processes on this machine: gunicorn with two workers as in
`gunicorn.conf.py`, the worker, a database and a mail server of their own; the clients share the
machine with them. `make bench QUICK=1` runs a fiftieth of it, `ONLY=steps` one part,
`SCALE=0.1` a tenth of each number. CPU is the CPU time of the site's and the database's processes,
as the kernel counts it; seconds and rates are wall-clock time, and worse on a busy machine: the
load average under each table says how busy it was. What is over its budget is in bold.

The bare view is Django with `MIDDLEWARE=[]` answering constant bytes under the same gunicorn, in
the same run: 30 kB, or beside a cached page as many bytes as that page has compressed. Requests per
second are measured by wrk (Debian: `apt-get install wrk`) over 16 connections: “cached” is a page
from memory, “304” one that the client has already, “not cached” one whose rows are read and whose
HTML is rendered at every request, by a process that has rendered such pages before. A single run is
a toss, because at times one of the two workers accepts every connection: a figure beside the bare
view is the median of five pairs of runs, the bare view's just before the page's, in which no worker
was idle (less than a tenth of the other's CPU time); how many other runs there were is said. Memory
is RSS (resident) or PSS (which counts shared memory once).
"""


@dataclass(frozen=True, kw_only=True)
class Figure:
    what: str
    value: str
    target: str = ""
    falls_short: bool = False


def store(vendor: str, part: str, title: str, version: str, figures: list[Figure]) -> None:
    """Add the part to those stored, which may be from another day."""
    STORED.mkdir(parents=True, exist_ok=True)
    path = STORED / f"{vendor}.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    stored[part] = {
        "title": title,
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load": round(os.getloadavg()[1], 1),
        "scale": SCALE,
        "version": version,
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(stored, indent=1, ensure_ascii=False))


def write(parts: list[str]) -> None:
    stored = {
        vendor: json.loads((STORED / f"{vendor}.json").read_text())
        for vendor in DATABASES
        if (STORED / f"{vendor}.json").exists()
    }
    sections = [section(part, stored) for part in parts if any(part in k for k in stored.values())]
    machine_line = f"Machine: {machine.processor()}, Python {platform.python_version()}."
    PAGE.write_text("\n".join([HEAD, machine_line, "", over_budget(parts, stored), "", *sections]))


def over_budget(parts: list[str], stored: dict) -> str:
    """Return a line for each figure that is over its budget."""
    found = [
        f"- {DATABASES[vendor]}, {figure['what']}: {figure['value']} (budget: {figure['target']})"
        for part in parts
        for vendor, run in ((vendor, runs[part]) for vendor, runs in stored.items() if part in runs)
        for figure in run["figures"]
        if figure.get("falls_short")
    ]
    if not found:
        return "Every figure is within its budget."
    return "\n".join(["**Over budget:**", "", *found])


def cell(figure: dict | None) -> str:
    """Write a value, in bold if it is over its budget."""
    if figure is None:
        return ""
    return f"**{figure['value']}**" if figure.get("falls_short") else figure["value"]


def section(part: str, stored: dict) -> str:
    runs = {DATABASES[vendor]: k[part] for vendor, k in stored.items() if part in k}
    title = next(iter(runs.values()))["title"]
    values = {
        name: {figure["what"]: figure for figure in run["figures"]} for name, run in runs.items()
    }
    rows = {what: figure for figures in values.values() for what, figure in figures.items()}
    lines = [f"| | {' | '.join(runs)} | budget |", "|---" * (len(runs) + 2) + "|"]
    for what, figure in rows.items():
        cells = [cell(values[name].get(what)) for name in runs]
        lines.append(f"| {what} | {' | '.join(cells)} | {figure['target']} |")
    notes = [
        f"{name} {run['version']}: {run['when']}, load {run['load']}, scale {run['scale']:g}."
        for name, run in runs.items()
    ]
    return "\n".join([f"## {title}", "", *lines, "", *notes, ""])
