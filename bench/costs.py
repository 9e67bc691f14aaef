"""Measure the CPU time of each step of a registration, and how many steps fit in a second."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.environment import scaled
from bench.harness import bare_view, cost_of, pace_of, site
from bench.report import Figure
from eim import clock
from eim.lib.form_age import started_now
from registration import actions, tokens
from registration.models import Quota, Registration
from tests import factories
from tests.registration.helpers import VALID
from tests.registration.visitors import FORM, MINUTE, Visitors, address_of, ask

PLENTY = 100_000
MAX_MS, MAX_QUERIES = 12, 15
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def open_sample() -> list[Quota]:
    """Load the meeting that the budgets are for; return two seat quotas that do not overlap."""
    call_command("sample_meeting", start=factories.FIRST_DAY, registrations=300, verbosity=0)
    for quota in Quota.objects.all():
        actions.set_size(quota, PLENTY)
    seats = list(Quota.objects.seats().with_sessions())
    one = seats[0]
    other = next(q for q in seats if not q.session.overlaps(one.session) and q != one)
    return [one, other]


@dataclass(frozen=True)
class Step:
    """One request of a person: a POST if it has fields, otherwise a GET."""

    name: str
    path: Callable[[int], str]
    fields: Callable[[int], dict[str, object]] | None = None
    target: str = ""
    expects: int = 200


def person(number: int) -> Registration:
    return Registration.objects.get(email=address_of(number))


def answers(number: int, seat: Quota) -> dict[str, object]:
    return VALID | {
        "email": address_of(number),
        "attendance": "in_person",
        "workshops": [seat.code],
        "started": started_now(clock.now() - MINUTE),
    }


def steps_of(seat: Quota, other: Quota) -> list[Step]:
    def link(name: str, number: int) -> str:
        return reverse(f"registration:{name}", args=[tokens.own_token(person(number))])

    def button(number: int) -> str:
        return reverse("registration:confirm", args=[tokens.confirm_token(person(number))])

    return [
        Step("opening the form", lambda n: FORM),
        Step(
            "submitting the form: in person, with one workshop",
            lambda n: FORM,
            lambda n: answers(n, seat),
            f"{MAX_MS} ms, {MAX_QUERIES} queries",
            302,
        ),
        # A code that no session has: each address is another page.
        Step("opening the form, rendered anew", lambda n: f"{FORM}?workshop=NONE-{n}"),
        Step("confirming by the button of the mail", button, lambda n: {}, "", 302),
        Step("the attendee's page", lambda n: link("own", n)),
        Step("the attendee's page of places", lambda n: link("change", n)),
        Step(
            "changing to another workshop",
            lambda n: link("change", n),
            lambda n: {"workshops": [other.code]},
            "",
            302,
        ),
    ]


def steps() -> Iterator[Figure]:
    seat, other = open_sample()
    # The kernel counts CPU time in hundredths of a second: fewer requests would show nothing.
    times = max(40, scaled(200))
    with bare_view() as bare:
        baseline = cost_of(bare, lambda n: ask(bare.port, "GET", "/"), times=5 * times)
    yield Figure(what="bare view", value=str(baseline))
    with site("web") as running_site:
        visitors = Visitors(running_site.port)
        for step in steps_of(seat, other):
            cost = cost_of(running_site, partial(take, visitors, step), times=times)
            queries = queries_of(step)
            value = f"{cost}, {queries} queries; {cost.all / baseline.all:.0f} × bare view"
            falls_short = bool(step.target) and (cost.all > MAX_MS or queries > MAX_QUERIES)
            yield Figure(what=step.name, value=value, target=step.target, falls_short=falls_short)


def take(visitors: Visitors, step: Step, number: int) -> None:
    if step.fields is None:
        status, _headers, text = visitors.get(number, step.path(number))
    else:
        path, fields = step.path(number), step.fields(number)
        status, _headers, text = visitors.post(number, path, **fields)
    if status != step.expects:
        raise RuntimeError(f"{step.name}: {status}\n{text[:3000]}")


def send(client: Client, path: str, fields: dict[str, object]) -> Any:
    """Post fields as browsers do: forms refuse the multipart of Django's client."""
    kind = "application/x-www-form-urlencoded"
    return client.post(path, urlencode(fields, doseq=True), content_type=kind)


def queries_of(step: Step) -> int:
    """Count the queries of a new visitor, without those that begin or end a transaction."""
    number = PLENTY
    client = Client(SERVER_NAME="localhost", headers={"X-Forwarded-For": "192.0.2.1"})
    path = step.path(number)
    with CaptureQueriesContext(connection) as captured:
        fields = step.fields and step.fields(number)
        response = client.get(path) if fields is None else send(client, path, fields)
    if response.status_code != step.expects:
        raise RuntimeError(f"{step.name}: {response.status_code}")
    return len([q for q in captured.captured_queries if not q["sql"].startswith(TRANSACTION)])


def pace() -> Iterator[Figure]:
    seat, _other = open_sample()
    times = scaled(2000)
    with bare_view() as bare:
        baseline = pace_of(lambda n: ask(bare.port, "GET", "/"), times=times)
    yield Figure(what="bare view, 8 clients", value=str(baseline))
    with site("web") as running_site:
        visitors = Visitors(running_site.port)
        (form, sending, *_rest) = steps_of(seat, seat)
        for step in (form, sending):
            found = pace_of(partial(take, visitors, step), times=times)
            ratio = found.per_second / baseline.per_second
            value = f"{found}; {ratio:.3f} of the bare view"
            yield Figure(what=f"{step.name}, 8 clients", value=value)
