"""The figures: kept as they come, part by part, and written to docs/bench.md."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import HOUSE, machine
from bench.environment import SCALE

KEPT = HOUSE / "var" / "bench"
PAGE = HOUSE / "docs" / "bench.md"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

HEAD = """# What it costs, and what it withstands

Written by `make bench`, which runs real processes on this machine: gunicorn with two workers as in
`gunicorn.conf.py`, the worker, a database and a mail server of their own; the clients share the
machine with them. `make bench QUICK=1` runs a fiftieth of it, `ONLY=steps` one part,
`SCALE=0.1` a tenth of each number. CPU is that of the site's processes and of the database's,
as the kernel counts it; seconds and rates are those of the clock, and worse on a busy machine:
the load beside them says how busy it was. The bare view is Django with `MIDDLEWARE=[]` answering
30 kB of constant bytes under the same gunicorn, measured in the same run. Requests a second are
asked for by wrk (Debian: `apt-get install wrk`) over 16 connections; “kept” is a page from memory,
“304” one that the client has already, “rendered anew” one with all that stands around it and
nothing kept.
"""


@dataclass(frozen=True, kw_only=True)
class Figure:
    what: str
    value: str
    target: str = ""
    falls_short: bool = False


def keep(vendor: str, part: str, title: str, version: str, figures: list[Figure]) -> None:
    """Beside those of the other parts, which may be of another day."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{vendor}.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept[part] = {
        "title": title,
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load": round(os.getloadavg()[1], 1),
        "scale": SCALE,
        "version": version,
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False))


def write(parts: list[str]) -> None:
    kept = {
        vendor: json.loads((KEPT / f"{vendor}.json").read_text())
        for vendor in DATABASES
        if (KEPT / f"{vendor}.json").exists()
    }
    sections = [_section(part, kept) for part in parts if any(part in k for k in kept.values())]
    machine_line = f"Machine: {machine.processor()}, Python {platform.python_version()}."
    PAGE.write_text("\n".join([HEAD, machine_line, "", shortfalls(parts, kept), "", *sections]))


def shortfalls(parts: list[str], kept: dict) -> str:
    """A line for each, as the figures below say."""
    found = [
        f"- {DATABASES[vendor]}, {figure['what']}: {figure['value']} (budget: {figure['target']})"
        for part in parts
        for vendor, run in ((vendor, runs[part]) for vendor, runs in kept.items() if part in runs)
        for figure in run["figures"]
        if figure.get("falls_short")
    ]
    if not found:
        return "Nothing falls short of its budget."
    return "\n".join(["**What falls short of its budget:**", "", *found])


def _section(part: str, kept: dict) -> str:
    runs = {DATABASES[vendor]: k[part] for vendor, k in kept.items() if part in k}
    title = next(iter(runs.values()))["title"]
    values = {
        name: {figure["what"]: figure for figure in run["figures"]} for name, run in runs.items()
    }
    rows = {what: figure for figures in values.values() for what, figure in figures.items()}
    lines = [f"| | {' | '.join(runs)} | budget |", "|---" * (len(runs) + 2) + "|"]
    for what, figure in rows.items():
        cells = [values[name].get(what, {"value": ""})["value"] for name in runs]
        lines.append(f"| {what} | {' | '.join(cells)} | {figure['target']} |")
    notes = [
        f"{name} {run['version']}: {run['when']}, load {run['load']}, scale {run['scale']:g}."
        for name, run in runs.items()
    ]
    return "\n".join([f"## {title}", "", *lines, "", *notes, ""])
