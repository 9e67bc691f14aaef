"""`python -m bench` measures on the database that DATABASE_URL names; `write` writes the page."""

import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

from bench import environment, report

# In the order of the page: the name, its heading, and the function that measures it.
PARTS = {
    "pages": ("Public pages and calendars", "bench.pages:pages"),
    "visit": ("A visit", "bench.visit:visit"),
    "lighthouse": ("Lighthouse, as on a phone", "bench.lighthouse:lighthouse"),
    "steps": ("One person signs up", "bench.costs:steps"),
    "pace": ("Many people sign up", "bench.costs:pace"),
    "opening": ("Registration opens", "bench.opening:opening"),
    "crowd": ("200 people for 25 seats at once", "bench.storms:crowd"),
    "mix": ("Everybody does anything", "bench.storms:mix"),
    "crashes": ("The same, while web and worker are killed", "bench.storms:crashes"),
    "network": ("One network sends without end", "bench.storms:network"),
}


def measure(part: str) -> None:
    title, address = PARTS[part]
    module, _colon, name = address.partition(":")
    from django.db import connection

    from bench import ground

    ground.clear()
    figures = []
    for figure in getattr(importlib.import_module(module), name)():
        print(f"{connection.vendor} {part}: {figure.what}: {figure.value}", flush=True)
        figures.append(figure)
    version = ".".join(map(str, connection.get_database_version()))
    report.keep(connection.vendor, part, title, version, figures)


def main() -> None:
    if sys.argv[1:] == ["write"]:
        report.write(list(PARTS))
        return
    # Whatever ends it, the processes that it started end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="eim-bench-", ignore_cleanup_errors=True) as folder:
        environment.enter(Path(folder))
        import django

        django.setup()
        from bench import ground

        ground.make_ready()
        for part in (os.environ.get("ONLY") or ",".join(PARTS)).split(","):
            measure(part)


if __name__ == "__main__":
    main()
