"""The oracle of places, in more runs than `make test` has time for."""

import pytest

from tests import factories
from tests.registration.test_model import MOST_OF_BLOCK, MOST_OF_NETWORK, Places, compare


@pytest.fixture(autouse=True)
def frozen_clock(time_machine):
    """Leave the clock to the runs: each moves it."""
    time_machine.move_to(factories.NOW, tick=False)


@pytest.mark.django_db
def test_rows_match_the_oracle_in_many_runs(settings, time_machine, organiser):
    settings.MAILS_PER_ADDRESS = 10**6
    settings.HOLDS_PER_NETWORK = MOST_OF_NETWORK
    settings.NETWORKS_OF_A_BLOCK = MOST_OF_BLOCK // MOST_OF_NETWORK
    compare(Places, time_machine, organiser, runs=100)
