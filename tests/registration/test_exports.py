import csv
import re
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from registration.exports import attendees as exports
from registration.models import Registration
from tests import factories

pytestmark = pytest.mark.usefixtures("office_in_english")

EXPORT = reverse("admin:registration_registration_export")
LIST = reverse("admin:registration_registration_changelist")
MAY_SEE = "registration.view_registration"
MAY_EXPORT = "registration.export_registration"
MAY_SEE_NEEDS = "registration.view_needs"

HEADINGS = [
    "reference",
    "state",
    "full name",
    "e-mail",
    "institution",
    "country",
    "occupation",
    "category",
    "attendance",
    "places",
    "waiting for",
    "language of the e-mails",
    "registered",
    "confirmed",
]


@pytest.fixture
def exporter(sign_in, meeting):
    return sign_in(factories.user(username="marta", permissions=[MAY_SEE, MAY_EXPORT]))


def sent(client, kind="csv", query=""):
    return client.post(EXPORT + query, {"format": kind}).getvalue()


def rows_of_csv(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def rows_of_xlsx(content):
    sheet = load_workbook(BytesIO(content)).active
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def somebody(**facts):
    rosa = factories.registration(
        **{"full_name": "Rosa Quispe Ñahui", "email": "rosa@museo.example", "country": "BO"} | facts
    )
    factories.place(registration=rosa)
    places = factories.quota(session=factories.workshop(title_en="Oral archive"))
    line = factories.quota(session=factories.workshop(title_en="Clear labels"))
    factories.place(registration=rosa, quota=places)
    factories.place(registration=rosa, quota=line, state="waiting")
    return rosa


def expected(rosa):
    return [
        rosa.reference,
        "confirmed",
        "Rosa Quispe Ñahui",
        "rosa@museo.example",
        "Museo del Barro",
        "Bolivia",
        "Education or mediation",
        "attendee",
        "online",
        "Places in person; Oral archive",
        "Clear labels",
        "Spanish",
        "2026-09-01 09:00",
        "2026-09-01 09:00",
    ]


@pytest.mark.parametrize(("kind", "rows_of"), [("csv", rows_of_csv), ("xlsx", rows_of_xlsx)])
def test_export_has_a_row_for_each_person(exporter, kind, rows_of):
    rosa = somebody()

    rows = rows_of(sent(exporter, kind))

    assert rows == [HEADINGS, expected(rosa)]


def test_csv_is_what_excel_reads(exporter):
    somebody()

    content = sent(exporter)

    assert content.startswith(b'\xef\xbb\xbf"reference","state",')
    assert content.count(b"\r\n") == content.count(b"\n") == 2


def test_headings_are_in_the_organisers_language(exporter, monkeypatch):
    monkeypatch.setattr(
        exports, "COLUMNS", [exports.Column(heading="país", text=lambda r: r.country.name)]
    )
    factories.registration(country="DE")

    response = exporter.post(EXPORT, {"format": "csv"}, headers={"accept-language": "es"})

    assert rows_of_csv(response.getvalue()) == [["país"], ["Alemania"]]


def test_export_keeps_filters_and_search(exporter):
    factories.registration(full_name="Rosa", state="pending")
    factories.registration(full_name="Berta", state="pending")
    factories.registration(full_name="Rosalía")

    rows = rows_of_csv(sent(exporter, query="?state__exact=pending&q=rosa"))

    assert [row[2] for row in rows[1:]] == ["Rosa"]


def test_export_leaves_out_erased_people_whose_name_is_not_kept(exporter):
    factories.registration(full_name="", email="", erased_at=factories.NOW)
    factories.registration(full_name="Rosa", email="", erased_at=factories.NOW)

    rows = rows_of_csv(sent(exporter))

    assert [row[2] for row in rows[1:]] == ["Rosa"]
    assert LogEntry.objects.get().object_repr == "Exported 1 registration as CSV."


@pytest.mark.drill
def test_export_goes_beyond_the_first_page(exporter, django_assert_num_queries):
    template = factories.registration(email="")
    Registration.objects.bulk_create(
        Registration(
            full_name=f"Persona {n}",
            country="PE",
            occupation="other",
            attendance="online",
            mail_language="es",
            state="confirmed",
            submitted_at=template.submitted_at,
            confirmed_at=template.submitted_at,
        )
        for n in range(2200)
    )
    exporter.get(LIST)

    with django_assert_num_queries(21):
        rows = rows_of_csv(sent(exporter))

    assert len(rows) == 1 + 2201


def test_list_offers_the_export_of_what_it_shows(exporter):
    factories.registration()

    page = exporter.get(LIST, {"state__exact": "confirmed"}).content.decode()

    assert f'action="{EXPORT}?state__exact=confirmed"' in page


# Who may, and what is written down


def test_export_needs_its_own_permission(sign_in, meeting, client):
    reader = sign_in(factories.user(permissions=[MAY_SEE, MAY_SEE_NEEDS]))
    factories.registration()

    statuses = [c.post(EXPORT, {"format": "csv"}).status_code for c in (client, reader)]

    assert statuses == [302, 403]
    assert EXPORT not in reader.get(LIST).content.decode()
    assert not LogEntry.objects.exists()


def test_export_needs_the_permission_to_see(sign_in, meeting):
    blind = sign_in(factories.user(permissions=[MAY_EXPORT]))

    assert blind.post(EXPORT, {"format": "csv"}).status_code == 403


def test_needs_are_left_out_without_their_permission(exporter):
    factories.registration(needs="silla de ruedas")

    content = sent(exporter)

    assert rows_of_csv(content)[0] == HEADINGS
    assert "silla" not in content.decode()


def test_needs_have_a_column_of_their_own(sign_in, meeting):
    client = sign_in(factories.user(permissions=[MAY_SEE, MAY_EXPORT, MAY_SEE_NEEDS]))
    factories.registration(needs="silla de ruedas\nintérprete")

    rows = rows_of_csv(sent(client))

    assert rows[0] == [*HEADINGS, "access needs"]
    assert rows[1][-1] == "silla de ruedas · intérprete"
    assert "with access needs" in LogEntry.objects.get().change_message


def test_export_is_logged(exporter):
    factories.registration()
    factories.registration()

    sent(exporter, "xlsx")

    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.change_message) == (
        "marta",
        "Exported 2 registrations as XLSX.",
    )


def test_export_is_asked_for_by_post_and_in_a_known_format(exporter):
    assert exporter.get(EXPORT).status_code == 405
    assert exporter.post(EXPORT, {"format": "exe"}).status_code == 404
    assert exporter.post(f"{EXPORT}?nada=1", {"format": "csv"}).status_code == 400


def test_export_of_nobody_has_headings(exporter):
    assert rows_of_csv(sent(exporter)) == [HEADINGS]
    assert rows_of_xlsx(sent(exporter, "xlsx")) == [HEADINGS]


# What a person typed stays text


SIGNS = ["=", "+", "-", "@", "\0", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("before", ["", " ", "  ", '"', "'", ' "'])
@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_formula_gets_an_apostrophe(sign, before):
    text = f"{before}{sign}1+1"

    assert exports.without_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ana", "1=1", "O'Higgins", "", "Ñ-1", "«=»", " José", "a@b.pe"])
def test_plain_text_stays_as_it_is(text):
    assert exports.without_formula(text) == text


def test_cell_is_one_line_without_tabs():
    text = "Rampa\r\n\r\n=1+2\n;@SUM(1)\tfin\t=3"

    assert exports.without_formula(text) == "Rampa · =1+2 · ;'@SUM(1) fin =3"


def test_formulas_in_a_name_stay_text(exporter):
    factories.registration(full_name='=HYPERLINK("https://x.example")', institution="+51 1 234")

    row = rows_of_csv(sent(exporter))[1]

    assert row[2:5:2] == ['\'=HYPERLINK("https://x.example")', "'+51 1 234"]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_file_split_at_any_separator_has_no_formula(language, separator):
    signs = ["=1", "+1", "-1", "@S(1)", "＝1"]
    joints = ["", ";", ",", "\t", "; ", ';"', ";'", "\r\n", "\n;", '";"', '","', "|", ";\u00a0"]
    rows = [[f"Museo{joint}{sign}", f"{sign}{joint}{sign}"] for joint in joints for sign in signs]
    file = BytesIO()

    with translation.override(language):
        exports.write_csv(rows, file)

    text = StringIO(file.getvalue().decode("utf-8-sig"), newline="")
    cells = [cell for row in csv.reader(text, delimiter=separator) for cell in row]
    runs = [cell for cell in cells if re.match('[\\s"]*[=+@＝-]', cell)]
    assert runs == []


@pytest.mark.parametrize(("language", "separator"), [("es", ";"), ("pt", ";"), ("en", ",")])
def test_file_is_split_where_the_language_lists_things(language, separator):
    file = BytesIO()

    with translation.override(language):
        exports.write_csv([["Ana", "Lima, Perú"]], file)

    assert file.getvalue().decode("utf-8-sig") == f'"Ana"{separator}"Lima, Perú"\r\n'


def test_formulas_in_a_workbook_stay_text(exporter):
    factories.registration(full_name="=1+1", institution="-2\x0b")

    content = sent(exporter, "xlsx")

    sheet = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    styles = ZipFile(BytesIO(content)).read("xl/styles.xml").decode()
    assert rows_of_xlsx(content)[1][2:5:2] == ["=1+1", "-2"]
    assert ("<f>" in sheet, "<v>" in sheet) == (False, False)
    assert 'quotePrefix="1"' in styles
