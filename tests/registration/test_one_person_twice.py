"""Rows from before the site folded what looks the same, of which two may be one person's."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import Value
from django.urls import reverse

from eim import clock
from eim.back_office.attention.same_people import registered_twice, written_twice
from programme.models import Meeting, Organisation
from registration import actions
from registration.actions import suppressions
from registration.models import Registration, Suppression
from tests import factories
from tests.registration.helpers import correction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

names = import_module("programme.migrations.0015_clean_names")
keys = import_module("registration.migrations.0007_fold_names_and_addresses")
HOME = "museo@museo.example"


def higgins(name, key, **facts):
    """Make a registration with the key that the former rule gave the name."""
    return factories.registration(full_name=name, name_key=key, email=HOME, **facts)


def store(row, **columns):
    """Write what the columns would clean."""
    values = {name: Value(text) for name, text in columns.items()}
    type(row).objects.filter(pk=row.pk).update(**values)


def rows():
    columns = ["full_name", "email_key", "name_key", "mailbox_slot"]
    return list(Registration.objects.order_by("pk").values_list(*columns))


def found(finder):
    items = finder(None, Meeting.objects.get(), clock.now())
    return [[link.url for link in item.links] for item in items]


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_two_live_registrations_of_one_person_stay_and_are_listed():
    pending = higgins("Ana O´Higgins", "ana o higgins", state="pending")
    confirmed = higgins("Ana O’Higgins", "ana o’higgins")
    other = higgins("Eva Luz", "eva\u2011luz")
    store(other, full_name="Eva\u2011Luz")

    keys.fold(apps, None)

    assert rows() == [
        ("Ana O´Higgins", HOME, f"ana o'higgins #{pending.pk}", None),
        ("Ana O’Higgins", HOME, "ana o'higgins", 1),
        ("Eva-Luz", HOME, "eva-luz", 2),
    ]
    assert found(registered_twice) == [[page_of(pending), page_of(confirmed)]]


def test_one_of_them_is_cancelled_and_the_other_can_be_corrected(organiser):
    first = higgins("Ana O’Higgins", "ana o’higgins")
    second = higgins("Ana O´Higgins", "ana o higgins")
    keys.fold(apps, None)

    actions.cancel(first)
    actions.change_details(second, {"full_name": "Ana O'Higgins"})

    assert found(registered_twice) == []
    assert rows()[1][:3] == ("Ana O'Higgins", HOME, "ana o'higgins")


def test_other_answers_of_both_can_be_corrected(organiser):
    higgins("Ana O’Higgins", "ana o’higgins")
    second = higgins("Ana O´Higgins", "ana o higgins")
    keys.fold(apps, None)
    second.refresh_from_db()

    actions.correct(second, correction(second, institution="Museo"), by=organiser)

    second.refresh_from_db()
    assert (second.institution, second.name_key) == ("Museo", f"ana o'higgins #{second.pk}")


def test_ended_registration_of_the_same_person_gives_way():
    higgins("Ana O´Higgins", "ana o higgins", state="cancelled")
    higgins("Ana O’Higgins", "ana o’higgins")

    keys.fold(apps, None)

    assert [(email, name) for _full, email, name, _slot in rows()] == [
        (None, "ana o'higgins"),
        (HOME, "ana o'higgins"),
    ]
    assert found(registered_twice) == []


@pytest.mark.parametrize("list_of_keys", ["SECRET_KEY_FALLBACKS", "RETIRED_SECRET_KEYS"])
def test_address_stays_suppressed_whose_suppression_has_an_older_key(settings, list_of_keys):
    address = "ana@muséo.example"
    factories.registration(full_name="Ana", email=address, email_key=address)
    actions.suppress(address, Suppression.Reason.ASKED)
    setattr(settings, list_of_keys, [settings.SECRET_KEY])
    settings.SECRET_KEY = "new-" + "n" * 50

    keys.fold(apps, None)

    assert suppressions.is_suppressed("ana@xn--muso-dpa.example")


def test_mailbox_under_two_spellings_of_its_domain_becomes_one():
    former = {"email": "ana@muséo.example", "email_key": "ana@muséo.example"}
    one = factories.registration(full_name="Ana", **former)
    other = factories.registration(full_name="Eva", email="ana@xn--muso-dpa.example")
    actions.suppress("ana@muséo.example", Suppression.Reason.ASKED)

    keys.fold(apps, None)

    assert [row[1:] for row in rows()] == [
        ("ana@xn--muso-dpa.example", "ana", 1),
        ("ana@xn--muso-dpa.example", "eva", 2),
    ]
    assert suppressions.is_suppressed("ana@xn--muso-dpa.example")
    assert {one.email, other.email} == {*Registration.objects.values_list("email", flat=True)}


def test_sixth_person_of_a_mailbox_that_becomes_one_has_no_slot():
    for number in range(5):
        factories.registration(full_name=f"Ana {number}", email="ana@xn--muso-dpa.example")
    former = {"email": "ana@muséo.example", "email_key": "ana@muséo.example"}
    factories.registration(full_name="Eva", **former)

    keys.fold(apps, None)

    assert [slot for *_keys, slot in rows()] == [1, 2, 3, 4, 5, None]


def test_keys_go_back_to_the_former_rule():
    higgins("Ana O’Higgins", "ana o’higgins")
    higgins("Ana O´Higgins", "ana o higgins")
    factories.registration(full_name="Luz", email="")
    before = rows()
    keys.fold(apps, None)

    keys.unfold(apps, None)

    assert rows() == [*before[:2], ("Luz", None, None, None)]


def test_erased_registration_stays_without_keys():
    row = factories.registration()
    actions.erase(row)

    keys.fold(apps, None)

    assert rows() == [("", None, None, None)]


def test_people_of_the_programme_get_clean_names_and_keys():
    person = factories.person(name="X", institution="Y")
    store(person, name="Íñigo\u00a0Núñez", institution="Museo\u200b", name_key="")
    paper = factories.presentation(institution="Y")
    store(paper, institution="Museo\u00a0del Barro")

    names.clean_names(apps, None)

    person.refresh_from_db()
    paper.refresh_from_db()
    assert (person.name, person.name_key) == ("Íñigo Núñez", "inigo nunez")
    assert (person.institution, paper.institution) == ("Museo", "Museo del Barro")


def test_names_of_organisations_that_look_the_same_stay_two():
    alike = ["Museo del\u00a0Barro", "Museo del Barro"]
    for name in alike:
        store(factories.organisation(), name=name)

    names.clean_names(apps, None)

    assert sorted(Organisation.objects.values_list("name", flat=True)) == sorted(alike)


@pytest.mark.parametrize(
    ("one", "other", "is_listed"),
    [
        ("Museo del Barro", "museo del  barro", True),
        ("Museo del Barro", "", True),
        ("", "", True),
        ("Museo del Barro", "Museo de Arte", False),
    ],
)
def test_two_people_of_one_name_are_listed_unless_their_institutions_differ(one, other, is_listed):
    first = factories.person(name="José Pérez", institution=one)
    second = factories.person(name="Jose\u0301  PEREZ", institution=other)
    factories.person(name="José Pérez Rojas", institution=one)

    assert found(written_twice) == ([[page_of(first), page_of(second)]] if is_listed else [])
