"""A page of the registration needs as many queries for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration import tokens
from tests import factories
from tests.registration.helpers import VALID, confirmed, sign_up, started_field

FORM = "/es/inscripcion/"
MAIL = "/es/inscripcion/su-correo/"


@pytest.fixture
def in_person(meeting):
    return factories.quota()


def workshops(count):
    """Open a workshop at each hour, so that a person can choose several."""
    starts = [factories.moment(f"{8 + n % 10}:00", day=1 + n // 10) for n in range(count)]
    theme, room = factories.theme(), factories.room()
    return [
        factories.quota(session=factories.workshop(starts_at=start, theme=theme, room=room))
        for start in starts
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 12])
def test_form_queries_do_not_grow(client, in_person, count, django_assert_num_queries):
    workshops(count)
    for _n in range(count):
        factories.workshop()  # without seats yet
    factories.quota(service_code="bus")

    with django_assert_num_queries(7):
        client.get(FORM)


def writes_of(queries):
    """Leave out the statements that only begin or end a transaction."""
    only_frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
    return [q["sql"] for q in queries if not q["sql"].startswith(only_frame)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 12])
def test_signing_up_with_a_workshop_takes_fifteen_queries(client, in_person, time_machine, count):
    chosen = workshops(count)[0]
    answers = VALID | {
        "attendance": "in_person",
        "workshops": [chosen.code],
        "started": started_field(client, FORM),
    }
    time_machine.shift(20)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.post(FORM, answers)

    assert response.status_code == 302
    assert len(writes_of(captured.captured_queries)) == 15


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [0, 5])
def test_confirming_takes_the_same_queries_with_more_places(client, in_person, count):
    quotas = [in_person, *workshops(count)] if count else []
    registration = sign_up(*quotas)
    link = reverse("registration:confirm", args=[tokens.confirm_token(registration)])

    with CaptureQueriesContext(connection) as captured:
        client.post(link)

    assert len(writes_of(captured.captured_queries)) == 14


def own_address(name, registration):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration)])


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5])
def test_own_page_queries_do_not_grow(client, in_person, count, django_assert_num_queries):
    registration = confirmed(in_person, *workshops(count))
    link = own_address("own", registration)

    with django_assert_num_queries(8):
        client.get(link)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5])
def test_own_page_queries_do_not_grow_with_waiting_lists(
    client, in_person, count, django_assert_num_queries
):
    full = workshops(count)
    for quota in full:
        type(quota).objects.filter(pk=quota.pk).update(size=0)
    codes = [quota.code for quota in full]
    registration = confirmed(in_person, *full, waitlist=codes)
    link = own_address("own", registration)

    with django_assert_num_queries(8):
        client.get(link)


@pytest.mark.django_db
def test_own_page_of_an_online_person_takes_the_same_queries(
    client, in_person, django_assert_num_queries
):
    link = own_address("own", confirmed())

    with django_assert_num_queries(8):
        client.get(link)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 12])
def test_change_page_queries_do_not_grow(client, in_person, count, django_assert_num_queries):
    link = own_address("change", confirmed(in_person, *workshops(count)))

    with django_assert_num_queries(8):
        client.get(link)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 12])
def test_changing_takes_the_same_queries_with_more_places(client, in_person, count):
    had = workshops(count)
    wanted = [
        factories.quota(service_code=f"bus-{n}", name_es=f"Autobús {n}") for n in range(count)
    ]
    link = own_address("change", confirmed(in_person, *had))

    with CaptureQueriesContext(connection) as captured:
        response = client.post(link, {"services": [quota.service_code for quota in wanted]})

    assert response.status_code == 302
    assert len(writes_of(captured.captured_queries)) == 17


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 12])
def test_going_online_takes_the_same_queries_with_more_places(client, in_person, count):
    link = own_address("go-online", confirmed(in_person, *workshops(count)))

    with CaptureQueriesContext(connection) as captured:
        client.post(link)

    assert len(writes_of(captured.captured_queries)) == 13


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5])
def test_mail_page_queries_do_not_grow(
    client, in_person, time_machine, count, django_assert_num_queries
):
    codes = [quota.code for quota in workshops(count)]
    answers = {"attendance": "in_person", "workshops": codes}
    started = started_field(client, FORM)
    time_machine.shift(20)
    assert client.post(FORM, VALID | answers | {"started": started}).status_code == 302

    with django_assert_num_queries(6):
        client.get(MAIL)
