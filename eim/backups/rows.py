"""Rows as lines of JSON, the same ones from either database, a thousand at a time.

Not Django's serializers: they cut microseconds, know only the models of the present code, and carry
no next key. See docs/decisions/backups.md.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.duration import duration_string

type Model = type[models.Model]

AT_ONCE = 1000
# What JSON has no type for, and `to_python` of the field reads.
AS_TEXT = {
    "BinaryField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DurationField",
    "TimeField",
    "UUIDField",
}


def stored_fields(model: Model) -> list[Any]:
    """Return the fields that are columns of the model's table, but for those that it computes."""
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def columns(model: Model) -> list[str]:
    return [field.column for field in stored_fields(model)]


def lines(model: Model) -> Iterator[bytes]:
    """Read all rows in the order of their keys, a page at a time, as lines of JSON.

    Not with iterator(): behind a pooler it would read a whole table into memory.
    """
    names = [field.attname for field in stored_fields(model)]
    rows: models.QuerySet[Any, Any] = (
        models.QuerySet(model).order_by("pk").values_list("pk", *names)
    )
    page = list(rows[:AT_ONCE])
    while page:
        yield from (line_of(values) for _key, *values in page)
        page = list(rows.filter(pk__gt=page[-1][0])[:AT_ONCE])


def line_of(values: list[Any]) -> bytes:
    text = json.dumps(
        values, default=as_json, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode() + b"\n"


def as_json(value: object) -> str:
    """Write a value as the text that `to_python` of its field reads."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case timedelta():
            return duration_string(value)
        case bytes() | memoryview():
            return b64encode(value).decode()
    raise TypeError(f"A backup cannot hold a {type(value).__name__}.")


def insert(model: Model, lines: Iterable[bytes]) -> None:
    """Insert rows by their columns, past `save` and all defaults: they are as they were read."""
    fields = stored_fields(model)
    quote = connection.ops.quote_name
    statement = "INSERT INTO {} ({}) VALUES ({})".format(
        quote(model._meta.db_table),
        ", ".join(quote(field.column) for field in fields),
        ", ".join(["%s"] * len(fields)),
    )
    with connection.cursor() as cursor:
        for batch in batched(lines, AT_ONCE):
            cursor.executemany(statement, [parameters(fields, line) for line in batch])


def parameters(fields: list[Any], line: bytes) -> list[Any]:
    values = zip(fields, json.loads(line), strict=True)
    return [field.get_db_prep_save(from_json(field, value), connection) for field, value in values]


def from_json(field: Any, value: Any) -> Any:
    while field.remote_field:
        field = field.target_field
    return field.to_python(value) if field.get_internal_type() in AS_TEXT else value


class RowSum:
    """Count rows and add up their hashes: the same for the same rows in whatever order."""

    def __init__(self) -> None:
        self.rows = 0
        self.total = 0

    def add(self, line: bytes) -> bytes:
        self.rows += 1
        self.total += int.from_bytes(hashlib.sha256(line).digest())
        return line

    def __str__(self) -> str:
        return f"{self.total % 2**256:064x}"


def sum_rows(model: Model) -> RowSum:
    total = RowSum()
    for line in lines(model):
        total.add(line)
    return total
