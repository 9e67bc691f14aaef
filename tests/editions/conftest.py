from datetime import date

import pytest

from tests import factories
from tests.editions import hand_on


@pytest.fixture
def data_dir(settings, tmp_path):
    """Keep frozen editions out of the folder that all tests share."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def frozen_11(db, data_dir):
    """Have a small 11th, long over and without anybody registered, and freeze it."""
    first_day = date(2024, 11, 25)
    factories.meeting(
        number=11, version=50, first_day=first_day, last_day=date(2024, 11, 27), city_es="Lima"
    )
    factories.edition(number=11, year=2024)
    opening = factories.session(code="INAUG", slug="conferencia-inaugural", day=first_day)
    factories.part(session=opening)
    return hand_on.freeze()
