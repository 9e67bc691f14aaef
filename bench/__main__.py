"""`python -m bench` measures on the database of DATABASE_URL; `... write` writes docs/bench.md."""

import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

from bench import environment, report

# In the order of docs/bench.md: name, heading, and the function that measures.
PARTS = {
    "pages": ("Public pages and calendars", "bench.pages:pages"),
    "visit": ("A visit", "bench.visit:visit"),
    "lighthouse": ("Lighthouse, as on a phone", "bench.lighthouse:lighthouse"),
    "steps": ("One registration, step by step", "bench.costs:steps"),
    "pace": ("Many registrations at the same time", "bench.costs:pace"),
    "opening": ("Registration opens", "bench.opening:opening"),
    "crowd": ("200 people for 25 seats at once", "bench.concurrency:crowd"),
    "mix": ("Random operations in eight processes", "bench.concurrency:mix"),
    "crashes": ("The same, while web and worker are killed", "bench.concurrency:crashes"),
    "network": ("One network floods the form", "bench.concurrency:network"),
    "thousands": ("What thousands are made of", "bench.thousands:thousands"),
}


def measure(part: str) -> None:
    title, address = PARTS[part]
    module, _colon, name = address.partition(":")
    from django.db import connection

    from bench import harness

    harness.clear()
    figures = []
    for figure in getattr(importlib.import_module(module), name)():
        print(f"{connection.vendor} {part}: {figure.what}: {figure.value}", flush=True)
        figures.append(figure)
    version = ".".join(map(str, connection.get_database_version()))
    report.store(connection.vendor, part, title, version, figures)


def main() -> None:
    if sys.argv[1:] == ["write"]:
        report.write(list(PARTS))
        return
    # SIGTERM must run the `finally` blocks that end the processes of the site.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="eim-bench-", ignore_cleanup_errors=True) as folder:
        environment.enter(Path(folder))
        import django

        django.setup()
        from bench import harness

        harness.make_ready()
        for part in (os.environ.get("ONLY") or ",".join(PARTS)).split(","):
            measure(part)


if __name__ == "__main__":
    main()
