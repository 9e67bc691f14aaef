"""An 11th that is over, purged and frozen, and the file of a 13th, as an operator has them."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from eim.editions.bags import seal
from eim.editions.loading import load
from programme.loading import read
from programme.models import Meeting

FILE_11 = settings.BASE_DIR / "data" / "eim-11.json"
FILE_13 = Path(__file__).parent / "eim-13.json"
# While the 11th goes on, and when its personal data are erased.
IN_LIMA = datetime(2024, 11, 26, 15, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 12, tzinfo=UTC)

SITE = {
    "es/index.html": "<title>11.º Encuentro</title>",
    "es/programa/index.html": "<title>Programa del 11.º</title>" + "<p>Lima</p>" * 100,
    "es/programa/conferencia-inaugural/index.html": "<title>Lima abre</title>",
    "es/programa/talleres/index.html": "<title>Talleres de Lima</title>",
    "pt/index.html": "<title>11º Encontro</title>",
    "programme.ics": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "static/site.css": "p { color: navy }",
    "static/face.woff2": "a face",
    "media/pictures/ana.webp": "a picture",
    "media/documents/acta.pdf": "%PDF-1.7",
    "media/documents/page.html": "<script>alert(1)</script>",
    "odd.bin": "?",
}


def load_11():
    load(read(FILE_11))


def freeze(*, number=11, version=None, site=None, folder=None, **facts):
    """Write a bag of a few pages below DATA_DIR/editions; returns its folder."""
    folder = folder or Path(settings.DATA_DIR) / "editions" / str(number)
    for name, text in (site or SITE).items():
        path = folder / "data" / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    present = Meeting.objects.get().version if version is None else version
    info = {
        "Bagging-Date": "2026-08-31",
        "EIM-Meeting-Number": str(number),
        "EIM-Meeting-Version": str(present),
        "EIM-Base": f"/{number}/",
    }
    seal(folder, info | facts)
    return folder


def turn_over(*arguments, file=FILE_13):
    output = StringIO()
    call_command("turn_over", str(file), *arguments, stdout=output)
    return output.getvalue()
