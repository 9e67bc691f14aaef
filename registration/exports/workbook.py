"""Write rows as an Excel workbook."""

from collections.abc import Iterable
from typing import IO

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def write_workbook(rows: Iterable[list[str]], file: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("attendees"))
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([as_text(sheet, cell) for cell in row])
    book.save(file)


def as_text(sheet: object, text: str) -> WriteOnlyCell:
    """Return a cell that stays text even if somebody edits it."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
