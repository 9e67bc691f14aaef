"""Run Google's Lighthouse on every public page, as on a phone, if it is installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator

from bench.costs import open_sample
from bench.harness import site, wait_for
from bench.pages import addresses
from bench.report import Figure

KINDS = ["performance", "accessibility", "best-practices", "seo"]
BEST = "100/100/100/100"
MISSING = "not measured: Lighthouse is missing (npm install --global lighthouse)"
NOT_A_PAGE = (".ics", ".xml", ".json")


def lighthouse() -> Iterator[Figure]:
    program = shutil.which("lighthouse")
    if not program:
        yield Figure(what="Lighthouse", value=MISSING)
        return
    open_sample()
    with site("web") as running_site:
        wait_for(running_site.port, "/healthz")
        for what, path in addresses().items():
            if not path.endswith(NOT_A_PAGE):
                scores = scores_of(program, f"http://localhost:{running_site.port}{path}")
                yield Figure(what=what, value=scores, target=BEST, falls_short=scores != BEST)


def scores_of(program: str, address: str) -> str:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    command = [program, address, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(KINDS)}", "--chrome-flags=--headless --no-sandbox"]
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)["categories"]
    return "/".join(str(round(100 * (found[kind]["score"] or 0))) for kind in KINDS)
