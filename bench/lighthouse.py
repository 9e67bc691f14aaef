"""Run Google's Lighthouse on every public page, as on a phone, if it is installed.

By the real clock: a rehearsal keeps search engines away, which Lighthouse counts as a fault.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation

from bench import harness
from bench.harness import site, wait_for
from bench.pages import addresses
from bench.report import Figure
from tests.registration import mail_server

KINDS = ["performance", "accessibility", "best-practices", "seo"]
BEST = "100/100/100/100"
MISSING = "not measured: Lighthouse is missing (npm install --global lighthouse)"
NOT_A_PAGE = (".ics", ".xml", ".json")
# Days from the meeting's first one until today.
MOMENTS = {"before the meeting": -60, "on its second day": 1, "two months after it": 60}
# Without the page of a lost link, which search engines are asked to leave out.
OTHER_PAGES = {
    "registration form": "registration:sign-up",
    "agenda": "programme:my-agenda",
    "changes": "programme:change-list",
    "editions": "programme:edition-list",
    "privacy": "programme:privacy",
    "accessibility": "programme:accessibility",
}
# The pages that differ from one moment to the next.
OF_EACH_MOMENT = ("home", "programme", "a session", "live")


def lighthouse() -> Iterator[Figure]:
    program = shutil.which("lighthouse")
    if not program:
        yield Figure(what="Lighthouse", value=MISSING)
        return
    for moment, days in MOMENTS.items():
        harness.clear()
        first_day = timezone.now().date() - timedelta(days=days)
        yield from figures_at(moment, first_day, program)


def figures_at(moment: str, first_day: date, program: str) -> Iterator[Figure]:
    """Measure every page before the meeting, and later those that differ."""
    call_command("sample_meeting", start=first_day, verbosity=0)
    port = str(mail_server.free_port())
    changes = {"PORT": port, "SITE_URL": f"http://localhost:{port}", "CLOCK": "", "REHEARSAL": ""}
    with site("web", **changes):
        wait_for(int(port), "/healthz")
        for what, path in public_pages().items():
            if what in OF_EACH_MOMENT or first_day > timezone.now().date():
                scores = scores_of(program, f"http://localhost:{port}{path}")
                falls_short = scores != BEST
                yield Figure(
                    what=f"{what}, {moment}", value=scores, target=BEST, falls_short=falls_short
                )


def public_pages() -> dict[str, str]:
    found = {what: path for what, path in addresses().items() if not path.endswith(NOT_A_PAGE)}
    with translation.override("es"):
        return found | {what: reverse(name) for what, name in OTHER_PAGES.items()}


def scores_of(program: str, address: str) -> str:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    command = [program, address, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(KINDS)}", "--chrome-flags=--headless --no-sandbox"]
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)["categories"]
    return "/".join(str(round(100 * (found[kind]["score"] or 0))) for kind in KINDS)
