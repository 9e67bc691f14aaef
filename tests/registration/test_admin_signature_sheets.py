"""Lists on paper for people to sign, by surname."""

import pytest
from django.urls import reverse

from eim.lib.surnames import split_name, surname_key
from tests import factories
from tests.registration.helpers import taken

pytestmark = pytest.mark.usefixtures("office_in_english")

# Names


@pytest.mark.parametrize(
    ("country", "given", "surnames"),
    [
        ("BO", "Rosa", "Quispe Mamani"),
        ("BO", "Ana María", "Quispe Mamani"),
        ("PE", "Ana", "Quispe"),
        ("ES", "José Luis", "Rodríguez"),
        ("MX", "Juana", "de la Cruz Rojas"),
        ("MX", "Juana", "Rojas de la Cruz"),
        ("ES", "José", "Ortega y Gasset"),
        ("CL", "Jan Piet", "van Dyck Soto"),
        ("BR", "João Paulo", "da Silva"),
        ("BR", "Maria Clara Souza", "dos Santos"),
        ("BR", "Carlos Alberto", "Souza Filho"),
        ("PT", "Rui Miguel", "Sá"),
        ("US", "John Fitzgerald", "Kennedy"),
        ("NL", "Vincent", "van Gogh"),
        ("PY", "", "Ticio"),
        ("PE", "Dra. Ana", "Quispe Mamani"),
        ("PE", "Sra. Lic. Ana", "Quispe"),
        ("BR", "Prof. Dr. João", "Sá"),
        ("PE", "María (Maruja)", "Quispe Mamani"),
        ("PE", "Ana", "Quispe Mamani (Museo de Arte)"),
        ("PE", "Ana", "Quispe Mamani, PhD"),
        ("US", "John", "Kennedy, Jr."),
        ("PE", "Ana M.", "Quispe"),
        ("ES", "María del Carmen", "Rojas"),
        ("ES", "Mª de los Ángeles", "Rojas"),
        ("ES", "Josep", "Puig i Cadafalch"),
        ("FR", "Jean Marie", "LE CLÉZIO"),
        ("PE", "Ana María", "QUISPE"),
        ("PY", "", ""),
    ],
)
def test_name_is_split_where_its_surnames_begin(country, given, surnames):
    full_name = f"{given} {surnames}".strip()

    assert split_name(full_name, country) == (given, surnames)


@pytest.mark.parametrize(
    "full_name", ["Quispe Mamani, Dra. Ana", "QUISPE MAMANI Dra. Ana", "Dra. QUISPE MAMANI Ana"]
)
def test_surnames_written_first_end_at_the_comma_or_with_the_capitals(full_name):
    given, surnames = split_name(full_name, "PE")

    assert (given, surnames.title()) == ("Dra. Ana", "Quispe Mamani")
    assert surname_key(full_name, "PE") == ("quispe mamani", "ana")


@pytest.mark.parametrize(
    ("full_name", "country", "key"),
    [
        ("Juana de la Cruz Rojas", "MX", ("cruz rojas", "juana")),
        ("Óscar Ñíguez", "ES", ("niguez", "oscar")),
        ("João da Silva", "BR", ("silva", "joao")),
        ("Van", "BR", ("van", "")),
        ("Dra. Ana (Anita) de la Cruz (Museo)", "PE", ("cruz", "ana")),
        ("de la Cruz Rojas, Dra. Ana", "PE", ("cruz rojas", "ana")),
        ("Ana Quispe, PhD", "PE", ("quispe", "ana")),
    ],
)
def test_sort_key_begins_with_the_surname_without_its_particles(full_name, country, key):
    assert surname_key(full_name, country) == key


# Sheets


@pytest.fixture
def in_person(meeting):
    return factories.quota()


def comes(full_name, *quotas, state="confirmed", country="PY", **facts):
    person = factories.registration(
        full_name=full_name, attendance="in_person", country=country, **facts
    )
    for quota in quotas:
        factories.place(quota=quota, registration=person, state=state)
    return person


def day_sheet(day="2026-11-19"):
    return reverse("admin:registration_registration_sheet", args=[day])


def quota_sheet(quota):
    return reverse("admin:registration_quota_sheet", args=[quota.pk])


def names(page):
    return [f"{s.given}|{s.surnames}" for s in page.context["signers"]]


def test_sheet_of_a_day_lists_confirmed_people_by_surname(staff_client, in_person):
    comes("Rosa Quispe Mamani", in_person)
    comes("João da Silva", in_person, country="BR")
    comes("Ana Ávila Rojas", in_person)
    comes("Luz Reservada", in_person, state="held")
    comes("Sol Espera", in_person, state="waiting")
    factories.registration(full_name="Eva En Línea")

    page = staff_client.get(day_sheet())

    assert names(page) == ["Ana|Ávila Rojas", "Rosa|Quispe Mamani", "João|da Silva"]
    html = page.content.decode()
    assert "Thursday 19 November" in html
    assert "3 people with a confirmed place, by surname" in html


def test_sheet_of_a_session_says_where_and_when(staff_client, in_person):
    room = factories.room(name="Sala Ceibo")
    session = factories.workshop(title="Archivo oral", room=room)
    workshop = factories.quota(session=session)
    comes("Rosa Quispe", in_person, workshop, institution="Museo Nacional")
    comes("Ana Ávila", in_person)

    page = staff_client.get(quota_sheet(workshop))

    html = page.content.decode()
    assert names(page) == ["Rosa|Quispe"]
    for words in ("Archivo oral", "from 10:00 to 11:00", "Sala Ceibo", "Museo Nacional, Paraguay"):
        assert words in html


def test_sheet_leaves_out_erased_people_whose_name_is_not_kept(staff_client, in_person):
    comes("", in_person, erased_at=factories.NOW)
    comes("Rosa Quispe", in_person, erased_at=factories.NOW)

    assert names(staff_client.get(day_sheet())) == ["Rosa|Quispe"]


def test_sheets_show_no_needs_and_no_address(staff_client, in_person):
    comes("Rosa Quispe", in_person, needs="silla de ruedas", email="rosa@museo.example")

    html = staff_client.get(day_sheet()).content.decode()

    assert ("silla" in html, "rosa@museo.example" in html) == (False, False)


@pytest.mark.parametrize("day", ["2026-11-17", "2026-11-31", "nada"])
def test_day_outside_the_meeting_has_no_sheet(staff_client, in_person, day):
    assert staff_client.get(day_sheet(day)).status_code == 404


@pytest.mark.parametrize("count", [1, 60])
def test_sheet_queries_do_not_grow(staff_client, in_person, count, django_assert_num_queries):
    for n in range(count):
        comes(f"Ana {n}", in_person)
    staff_client.get(day_sheet())

    with django_assert_num_queries(10):
        page = staff_client.get(day_sheet())

    assert len(names(page)) == count == taken(in_person)


def test_sheets_need_the_permission_to_see_people(sign_in, powerless_client, in_person):
    reader = sign_in(factories.user(permissions=["registration.view_registration"]))
    urls = [day_sheet(), quota_sheet(in_person)]

    assert [reader.get(url).status_code for url in urls] == [200, 200]
    assert [powerless_client.get(url).status_code for url in urls] == [403, 403]


def test_list_of_people_links_to_the_sheet_of_each_day(staff_client, in_person):
    page = staff_client.get(reverse("admin:registration_registration_changelist"))

    html = page.content.decode()
    for day in ("2026-11-18", "2026-11-19", "2026-11-20"):
        assert f'href="{day_sheet(day)}"' in html
