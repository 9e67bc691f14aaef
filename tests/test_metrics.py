"""/metrics: who may read it, and what it says of requests, checks and rows."""

import logging
import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from eim.serving.counters import NAMES, Counters, count_request
from registration.models import Message, Quota, Registration
from tests import factories

SECRET = "a-token-of-twenty-one"


@pytest.fixture
def prometheus(settings):
    settings.METRICS_TOKEN = SECRET
    return Client(headers={"Authorization": f"Bearer {SECRET}"})


def figures(client):
    """Return each value by its name and the values of its labels, in the order of their names."""
    text = client.get("/metrics").content.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [
        ("", {}, 404),
        ("", {"Authorization": "Bearer "}, 404),
        (SECRET, {}, 401),
        (SECRET, {"Authorization": f"Bearer {SECRET[:-1]}"}, 401),
        (SECRET, {"Authorization": SECRET}, 401),
        (SECRET, {"Authorization": "Bearer é"}, 401),
        (SECRET, {"Authorization": f"Bearer {SECRET}"}, 200),
    ],
)
def test_metrics_are_for_who_has_the_token_by_whatever_name(
    client, db, settings, token, sent, status
):
    settings.METRICS_TOKEN = token

    answers = [
        ask("/metrics", headers={"Host": "10.0.0.7", **sent}) for ask in (client.get, client.head)
    ]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert ["no-store" in answer["Cache-Control"] for answer in answers] == [True] * 2


def test_checks_of_status_are_metrics_by_name_with_their_numbers(prometheus, db, settings):
    settings.LEAST_FREE_DATA = 2**60
    checks = prometheus.get("/status").json()["checks"]

    said = figures(prometheus)

    names = {name for metric, *labels in said if metric == "eim_check_ok" for name in labels}
    assert names == set(checks)
    assert {name: said["eim_check_ok", name] for name in names} == {
        name: float(check["ok"]) for name, check in checks.items()
    }
    free = ("eim_check_fact", "free_bytes.data", "disk")
    assert said[free] == pytest.approx(checks["disk"]["free_bytes"]["data"], rel=0.1)
    assert said["eim_check_fact", "refusals_in_a_row", "mail"] == 0


def test_rows_are_counted_by_state_and_places_by_kind(prometheus, meeting):
    factories.registration(state=Registration.State.CONFIRMED)
    Quota.objects.create(kind=Quota.Kind.SERVICE, service_code="bus", size=40, taken=3)
    Quota.objects.create(kind=Quota.Kind.SERVICE, service_code="lunch", size=60, taken=7)
    factories.message(state=Message.State.FAILED)

    said = figures(prometheus)

    states = {
        labels[0]: said["eim_registrations", *labels]
        for name, *labels in said
        if name == "eim_registrations"
    }
    assert set(states) == set(Registration.State.values)
    assert sum(states.values()) == Registration.objects.count()
    assert states["confirmed"] == Registration.objects.filter(state="confirmed").count()
    assert said["eim_mails", "failed"] == 1
    assert (said["eim_places_taken", "service"], said["eim_places_size", "service"]) == (10, 100)


def test_requests_are_counted_by_route_method_and_status_and_by_how_long_they_took(prometheus, db):
    before = figures(prometheus)
    for seconds in (0.004, 0.02, 60):
        count_request("media", "PUT", 206, seconds, [("pages", "memory")])

    said = figures(prometheus)

    grown = {
        key: value - before.get(key, 0)
        for key, value in said.items()
        if value != before.get(key, 0) and "eim_check_fact" not in key
    }
    buckets = {"0.005": 1, "0.025": 2, "0.1": 2, "0.5": 2, "2.0": 2, "10.0": 2, "+Inf": 3}
    histogram = "eim_request_duration_seconds"
    assert grown == {
        ("eim_requests_total", "other", "media", "2xx"): 3,
        **{(f"{histogram}_bucket", le, "media"): count for le, count in buckets.items()},
        (f"{histogram}_count", "media"): 3,
        (f"{histogram}_sum", "media"): pytest.approx(60.024),
        ("eim_pages_total", "memory"): 3,
    }


def test_processes_count_in_rows_of_their_own_and_a_later_one_counts_on():
    shared = Counters(NAMES)
    for row in (0, 1, 0):
        shared.claim(row)
        shared.add([(("pages", "memory"), 1)])

    assert shared.totals()["pages", "memory"] == 3
    assert sum(shared.totals().values()) == 3


@pytest.fixture
def configuration(monkeypatch):
    """Load gunicorn.conf.py, which forgets our modules: here in a copy of the list alone."""
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    path = settings.BASE_DIR / "gunicorn.conf.py"
    spec = spec_from_file_location("configuration", path)
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_process_gets_the_lowest_row_that_no_living_process_has(configuration):
    gunicorn = SimpleNamespace(WORKERS={})

    def row_of_new(process):
        worker = SimpleNamespace()
        configuration.pre_fork(gunicorn, worker)
        gunicorn.WORKERS[process] = worker
        return worker.row

    first = [row_of_new(process) for process in (1, 2, 3)]
    del gunicorn.WORKERS[2]

    assert first == [0, 1, 2]
    # One crashes again and again, and two stay.
    for process in range(4, 100):
        assert row_of_new(process) == 1
        del gunicorn.WORKERS[process]
    assert [row_of_new(process) for process in (100, 101)] == [1, 3]


def test_counters_that_cannot_be_carried_over_are_logged_and_do_not_end_gunicorn(
    configuration, monkeypatch, caplog
):
    # A version before it that counted otherwise.
    monkeypatch.setattr(configuration, "counters_before", SimpleNamespace())
    log = logging.getLogger("gunicorn.error")
    gunicorn = SimpleNamespace(cfg=SimpleNamespace(logger_class=lambda _cfg: log), log=None)

    configuration.on_reload(gunicorn)

    assert gunicorn.log is log
    assert caplog.messages == ["The counters of the version before are lost."]
