"""Read and check the file, without the database."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext

from programme.loading.faults import Fault, FileRefused
from programme.loading.format import FILE
from programme.loading.shapes import Entry, RawObject


@dataclass(frozen=True)
class Contents:
    """A parsed file, with the faults that can be found without the database."""

    root: Entry
    faults: list[Fault]


def read(path: Path) -> Contents:
    """Read a file; raises FileRefused if it is not JSON; other faults come with the contents."""
    return contents_of(_json(_text(path)))


def contents_of(raw: object) -> Contents:
    faults: list[Fault] = []
    return Contents(FILE.read(raw, "", faults), faults)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        sentence = gettext("This file cannot be read: %(reason)s.") % {"reason": fault.strerror}
        raise FileRefused([Fault(str(path), sentence)]) from fault
    except UnicodeDecodeError as fault:
        sentence = gettext("The file is not UTF-8: see its byte %(number)s.")
        raise FileRefused([Fault("", sentence % {"number": fault.start + 1})]) from fault


def _json(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=RawObject, parse_float=Decimal)
    except json.JSONDecodeError as fault:
        sentence = gettext("The file is not JSON: see line %(line)s, column %(column)s.")
        places = {"line": fault.lineno, "column": fault.colno}
        raise FileRefused([Fault("", sentence % places)]) from fault
    except (ValueError, RecursionError) as fault:
        sentence = gettext("The file has a number that is too large, or too many levels.")
        raise FileRefused([Fault("", sentence)]) from fault
