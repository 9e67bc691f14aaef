"""Write what Prometheus asks for: of requests what all processes count, all else from the rows.

Each figure from rows is the same on every machine: take the highest, not the sum.
"""

import platform
from collections.abc import Iterator
from itertools import accumulate
from typing import cast

import django
from django.db import DatabaseError
from django.db.models import Count, Sum
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.registry import Collector

from eim import clock
from eim.lib.databases.breaker import connecting
from eim.monitoring.checks import Check, named_checks
from eim.monitoring.releases import code_version
from eim.serving import counters as counted
from registration.models import Message, Quota, Registration

__all__ = ["CONTENT_TYPE", "exposition"]


def exposition() -> bytes:
    """Return all metrics in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Site())
    return generate_latest(registry)


class Site(Collector):
    """Collect the metrics anew for each question."""

    def collect(self) -> Iterator[Metric]:
        yield about_this_version()
        yield from of_requests(counted.counters.totals())
        checks = named_checks()
        yield from of_checks(checks)
        yield from of_database(is_away=not checks["database"]["ok"])


def about_this_version() -> Metric:
    versions = {
        "version": code_version(),
        "python": platform.python_version(),
        "django": django.get_version(),
    }
    family = GaugeMetricFamily("eim_build_info", "The versions that run.", labels=[*versions])
    family.add_metric([*versions.values()], 1)
    return family


def of_requests(totals: dict[counted.Name, float]) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "eim_requests", "Requests that were answered.", labels=["route", "method", "status"]
    )
    pages = CounterMetricFamily(
        "eim_pages", "Pages that are the same for everybody, by their source.", labels=["source"]
    )
    for (kind, *labels), value in totals.items():
        if kind == "requests" and value:
            requests.add_metric(labels, value)
        elif kind == "pages":
            pages.add_metric(labels, value)
    yield requests
    yield durations(totals)
    yield pages
    yield CounterMetricFamily(
        "eim_requests_without_database",
        "Requests that were answered with 503 because the database was away.",
        value=totals[counted.WITHOUT_DATABASE],
    )


def durations(totals: dict[counted.Name, float]) -> Metric:
    family = HistogramMetricFamily(
        "eim_request_duration_seconds",
        "From when a request has arrived until it is answered.",
        labels=["route"],
    )
    for route in counted.ROUTES:
        counts = [totals["seconds", route, bound] for bound in counted.BOUND_NAMES]
        buckets = list(zip(counted.BOUND_NAMES, accumulate(counts), strict=True))
        if any(counts):
            family.add_metric([route], buckets, sum_value=totals["all-seconds", route])
    return family


def of_checks(checks: dict[str, Check]) -> Iterator[Metric]:
    """Tell of each check of /status whether it is well, and each number in it."""
    well = GaugeMetricFamily("eim_check_ok", "Whether a check of /status is well.", labels=["name"])
    facts = GaugeMetricFamily(
        "eim_check_fact", "A number in a check of /status.", labels=["name", "fact"]
    )
    for name, check in checks.items():
        well.add_metric([name], float(bool(check["ok"])))
        for fact, value in numbers_in(check):
            facts.add_metric([name, fact], value)
    yield well
    yield facts


def numbers_in(facts: dict[str, object], before: str = "") -> Iterator[tuple[str, float]]:
    """Yield numbers and truths with their names, `outer.inner` where one is within another."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from numbers_in(cast(dict[str, object], value), f"{before}{name}.")
        elif isinstance(value, int | float) and name != "ok":
            yield f"{before}{name}", float(value)


def of_database(*, is_away: bool) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "eim_database_breaker_open",
        "Whether the process that answers this connects to the database only once a second.",
        value=float(connecting.is_open),
    )
    if is_away:
        return
    try:
        yield from [mails(), registrations(), *places()]
    except DatabaseError:
        return


def mails() -> Metric:
    """Count the mails by state; those that are late are among those to be sent."""
    family = GaugeMetricFamily("eim_mails", "E-mails by state.", labels=["state"])
    counts = Message.objects.order_by().values_list("state").annotate(Count("pk"))
    known = dict.fromkeys(Message.State.values, 0) | dict(counts)
    known["late"] = Message.objects.late(clock.now()).count()
    for state, count in known.items():
        family.add_metric([state], count)
    return family


def registrations() -> Metric:
    family = GaugeMetricFamily("eim_registrations", "Registrations by state.", labels=["state"])
    counts = Registration.objects.order_by().values_list("state").annotate(Count("pk"))
    for state, count in (dict.fromkeys(Registration.State.values, 0) | dict(counts)).items():
        family.add_metric([state], count)
    return family


def places() -> list[Metric]:
    taken = GaugeMetricFamily("eim_places_taken", "Places that somebody has.", labels=["kind"])
    size = GaugeMetricFamily("eim_places_size", "Places that there are.", labels=["kind"])
    sums = Quota.objects.order_by().values_list("kind").annotate(Sum("taken"), Sum("size"))
    for kind, taken_now, all_there_are in sums:
        taken.add_metric([kind], taken_now)
        size.add_metric([kind], all_there_are)
    return [taken, size]
