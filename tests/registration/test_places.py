"""Promotion: who gets a place that becomes free."""

import pytest

from registration.models import Place
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_position_counts_only_the_waiting_list_of_the_same_quota():
    workshop = factories.quota(session=factories.workshop())
    other = factories.quota(session=factories.workshop())
    states = ["confirmed", "waiting", "released", "waiting", "waiting"]
    line = [factories.place(quota=workshop, state=state) for state in states]
    elsewhere = factories.place(quota=other, state="waiting")

    positions = dict(Place.objects.waiting().with_positions().values_list("pk", "position"))

    assert positions == {line[1].pk: 1, line[3].pk: 2, line[4].pk: 3, elsewhere.pk: 1}
