"""Measure public pages and feeds: from the cache, rendered, and as 304 Not Modified."""

from collections.abc import Callable, Iterator

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from bench import harness, load
from bench.beside import compare, run
from bench.environment import scaled
from bench.harness import Cost, bare_view, cost_of, site, wait_for
from bench.load import BROTLI, fetch, load_on
from bench.report import Figure
from programme.caching.snapshot import snapshot_cache
from programme.models import Person, Session
from tests import factories
from tests.registration.site import Site

SIZES = [(60, 90), (600, 900)]
# Budgets
CALENDARS = ["programme.ics", "a session's .ics", "schedule.xml", "schedule.json"]
QUERIES = {"programme": 6, "a session": 5} | dict.fromkeys(CALENDARS, 6)
MILLISECONDS = {
    ("programme", 60): 20,
    ("programme", 600): 200,
    ("speakers", 60): 25,
    ("speakers", 600): 200,
}
MIN_SHARE = 0.75


def addresses() -> dict[str, str]:
    session = Session.objects.filter(quota__isnull=False)[0]
    names = {
        "home": ("home", []),
        "programme": ("programme:session-list", []),
        "a session": ("programme:session-detail", [session.slug]),
        "speakers": ("programme:speaker-list", []),
        "a speaker": ("programme:speaker-detail", [Person.objects.in_programme()[0].slug]),
        "live": ("programme:live", []),
        "venue": ("programme:venue", []),
        "programme.ics": ("feeds:calendar", []),
        "a session's .ics": ("feeds:session-calendar", [session.slug]),
        "schedule.xml": ("feeds:schedule-xml", []),
        "schedule.json": ("feeds:schedule-json", []),
        "live's state": ("feeds:live-state", []),
    }
    with translation.override("es"):
        return {what: reverse(name, args=blanks) for what, (name, blanks) in names.items()}


def pages() -> Iterator[Figure]:
    if not load.is_installed():
        yield Figure(what="requests per second", value=load.MISSING)
        return
    with bare_view() as bare:
        yield Figure(what="bare view", value=str(load_on(bare, "/")))
        for sessions, people in SIZES:
            harness.clear()
            start = factories.FIRST_DAY
            call_command("sample_meeting", sessions=sessions, people=people, start=start)
            yield from pages_of(sessions, bare)


def pages_of(sessions: int, bare: Site) -> Iterator[Figure]:
    found = addresses()
    times = max(40, scaled(200)) * SIZES[0][0] // sessions
    with site("web", DJANGO_SETTINGS_MODULE="bench.settings_uncached") as uncached_site:
        wait_for(uncached_site.port, "/healthz")
        for what, path in found.items():
            cost = cost_of(uncached_site, asking(uncached_site.port, path), times=times)
            yield rendered(what, sessions, cost, queries_of(path))
    with site("web") as running_site:
        wait_for(running_site.port, "/healthz")
        for what, path in found.items():
            yield from cached(running_site, f"{what}, {sessions} sessions", path, bare)


def asking(port: int, path: str) -> Callable[[int], object]:
    return lambda _number: fetch(port, path)


def rendered(what: str, sessions: int, cost: Cost, queries: int) -> Figure:
    """Show the page's own queries, not those of its frame: a server caches the frame's rows."""
    most = QUERIES.get(what)
    limit = MILLISECONDS.get((what, sessions))
    targets = [f"{limit} ms" if limit else "", f"{most} queries" if most else ""]
    return Figure(
        what=f"{what}, {sessions} sessions: not cached",
        value=f"{cost}, {queries} own queries",
        target=", ".join(filter(None, targets)),
        falls_short=bool((limit and cost.all > limit) or (most and queries > most)),
    )


def cached(running_site: Site, name: str, path: str, bare: Site) -> Iterator[Figure]:
    """Compare with a bare view of as many bytes, measured in turns with the page."""
    headers, body = fetch(running_site.port, path)
    found = compare(running_site, path, bare, len(body))
    yield Figure(
        what=f"{name}: cached",
        value=f"{found}; {len(body) / 1000:.1f} kB",
        target=f"{MIN_SHARE:g} of the bare view",
        falls_short=found.share < MIN_SHARE or found.has_faults,
    )
    again, _has_idle_worker = run(running_site, path, If_None_Match=headers["ETag"])
    yield Figure(what=f"{name}: 304", value=str(again))


def queries_of(path: str) -> int:
    """Count the queries of a process that is warm, but has not rendered this page."""
    snapshot_cache.clear()
    client = Client(SERVER_NAME="localhost", headers=BROTLI)
    with translation.override("es"):
        client.get(reverse("programme:privacy"))
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)
