"""What a first and a repeat visit take, in a browser as people have it."""

import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

from bench.costs import open_sample
from bench.ground import site, wait_for
from bench.pages import addresses
from bench.report import Figure

MOST_KILOBYTES, MOST_REQUESTS, MOST_WITHOUT_FONTS = 90, 8, 35
FONT = "Font"


class Traffic:
    """What comes over the line, of each kind, headers and all."""

    def __init__(self, page: Page) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self.answered)
        session.on("Network.requestServedFromCache", self.spared)
        session.on("Network.loadingFinished", self.finished)

    def answered(self, event: dict) -> None:
        self.kinds[event["requestId"]] = event["type"]
        if event["response"].get("fromDiskCache"):
            self.spared(event)

    def spared(self, event: dict) -> None:
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
    path = addresses()["programme"]
    with site("web") as running_site:
        wait_for(running_site.port, "/healthz")
        first, repeat = visits(f"http://localhost:{running_site.port}{path}")
    bare = first.kilobytes(fonts=False)
    total = first.kilobytes()
    yield Figure(
        what="first visit to the programme",
        value=f"{total:.1f} kB, {first.requests} requests; {bare:.1f} kB without fonts",
        target=f"{MOST_KILOBYTES} kB, {MOST_REQUESTS} requests; {MOST_WITHOUT_FONTS} kB",
        falls_short=total > MOST_KILOBYTES
        or first.requests > MOST_REQUESTS
        or bare > MOST_WITHOUT_FONTS,
    )
    yield Figure(
        what="a second visit", value=f"{repeat.kilobytes():.1f} kB, {repeat.requests} requests"
    )


def visits(address: str) -> list[Traffic]:
    """The second one by a new tab of the same browser."""
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
