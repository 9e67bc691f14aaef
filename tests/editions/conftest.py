import pytest

from tests.editions import hand_on


@pytest.fixture
def data_dir(settings, tmp_path):
    """Keep frozen editions out of the folder that all tests share."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def frozen_11(db, data_dir, time_machine):
    """Load the 11th and freeze it, long after it is over and without anybody registered."""
    time_machine.move_to(hand_on.LATER, tick=False)
    hand_on.load_11()
    return hand_on.freeze()
