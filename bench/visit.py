"""Measure what a browser downloads at a first and at a second visit."""

import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

from bench.costs import open_sample
from bench.harness import site, wait_for
from bench.pages import addresses
from bench.report import Figure

MAX_KILOBYTES, MAX_REQUESTS, MAX_WITHOUT_FONTS = 90, 8, 35
FONT = "Font"
# The live page on the second day of the sample meeting, when it shows most.
VISITED = {"programme": {}, "live": {"CLOCK": "2026-11-19T10:15-05:00"}}


class Traffic:
    """Count the bytes that a page downloads, with headers, by kind of resource."""

    def __init__(self, page: Page) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self.answered)
        session.on("Network.requestServedFromCache", self.from_cache)
        session.on("Network.loadingFinished", self.finished)

    def answered(self, event: dict) -> None:
        self.kinds[event["requestId"]] = event["type"]
        if event["response"].get("fromDiskCache"):
            self.from_cache(event)

    def from_cache(self, event: dict) -> None:
        self.bytes[event["requestId"]] = 0

    def finished(self, event: dict) -> None:
        self.bytes.setdefault(event["requestId"], event["encodedDataLength"])

    def kilobytes(self, *, fonts: bool = True) -> float:
        return (
            sum(n for key, n in self.bytes.items() if fonts or self.kinds.get(key) != FONT) / 1000
        )

    @property
    def requests(self) -> int:
        return sum(n > 0 for n in self.bytes.values())


def visit() -> Iterator[Figure]:
    open_sample()
    for what, changes in VISITED.items():
        with site("web", **changes) as running_site:
            wait_for(running_site.port, "/healthz")
            path = addresses()[what]
            first, repeat = visits(f"http://localhost:{running_site.port}{path}")
        yield first_visit(what, first)
        value = f"{repeat.kilobytes():.1f} kB, {repeat.requests} requests"
        yield Figure(what=f"a second visit: {what}", value=value)


def first_visit(what: str, first: Traffic) -> Figure:
    bare, total = first.kilobytes(fonts=False), first.kilobytes()
    return Figure(
        what=f"a first visit: {what}",
        value=f"{total:.1f} kB, {first.requests} requests; {bare:.1f} kB without fonts",
        target=f"{MAX_KILOBYTES} kB, {MAX_REQUESTS} requests; {MAX_WITHOUT_FONTS} kB",
        falls_short=total > MAX_KILOBYTES
        or first.requests > MAX_REQUESTS
        or bare > MAX_WITHOUT_FONTS,
    )


def visits(address: str) -> list[Traffic]:
    """Open the page twice, in two tabs of the same browser."""
    found = []
    with sync_playwright() as playwright:
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        context = browser.new_context()
        for _visit in range(2):
            page = context.new_page()
            traffic = Traffic(page)
            page.goto(address, wait_until="networkidle")
            found.append(traffic)
            page.close()
        browser.close()
    return found
