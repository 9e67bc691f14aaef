"""Tests in this folder run the site or its worker as real processes: `make drill`."""

import pytest

from tests import factories
from tests.registration import mail_server


@pytest.fixture(autouse=True)
def frozen_clock(time_machine):
    """Let the clock run: connection pools wait by it, and would wait for ever."""
    time_machine.move_to(factories.NOW, tick=True)


@pytest.fixture
def inbox():
    with mail_server.inbox() as server:
        yield server
