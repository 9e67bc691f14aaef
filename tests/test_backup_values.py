"""Values of rows as lines of JSON, and back, for each kind of field that a table may have."""

import json
from datetime import UTC

import pytest
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st

from eim.backups.rows import from_json, line_of

FIELDS = [
    (models.TextField(), st.text(max_size=20)),
    (models.BooleanField(), st.booleans()),
    (models.BigIntegerField(), st.integers()),
    (models.FloatField(), st.floats(allow_nan=False, allow_infinity=False)),
    (models.DecimalField(max_digits=9, decimal_places=6), st.decimals(-999, 999, places=6)),
    (models.DateTimeField(), st.datetimes(timezones=st.just(UTC))),
    (models.DateField(), st.dates()),
    (models.TimeField(), st.times()),
    (models.DurationField(), st.timedeltas()),
    (models.UUIDField(), st.uuids()),
    (models.BinaryField(), st.binary(max_size=20)),
    (models.JSONField(), st.lists(st.text(max_size=3) | st.none()) | st.integers()),
]


@pytest.mark.parametrize(
    ("field", "values"), FIELDS, ids=[type(field).__name__ for field, _values in FIELDS]
)
def test_value_of_each_kind_of_field_comes_back(field, values):
    @settings(max_examples=40)
    @given(st.none() | values)
    def comes_back(value):
        line = line_of([value])
        assert line.count(b"\n") == 1
        assert from_json(field, json.loads(line)[0]) == value

    comes_back()
