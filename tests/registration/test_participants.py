"""The list of participants: who agreed, seen by everybody who is registered, for some time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programme.models import Meeting
from registration import actions, tokens
from registration.models import Consent, Registration
from tests import factories
from tests.reading import parsed, read, text, words
from tests.registration.helpers import confirmed, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]


def page_of(registration):
    return reverse("registration:participants", args=[tokens.own_token(registration)])


def listed(**facts):
    """Create somebody who agreed to stand on the list."""
    registration = factories.registration(state="confirmed", **facts)
    factories.consent(registration=registration, purpose="list")
    return registration


def rows(page):
    return words(page.xpath("//main//ul[contains(@class, 'ruled-list')]/li"))


@pytest.fixture
def reader():
    """Return somebody who is registered and does not stand on the list."""
    return confirmed()


def test_list_names_those_who_agreed_by_their_surnames(client, reader):
    listed(full_name="Ana de la Zarza", country="PE", institution="Museo Ñ", email="a@b.example")
    listed(full_name="Évora Álvarez", country="BR", institution="")
    factories.registration(state="confirmed", full_name="Nadie Nunca")

    page = read(client, page_of(reader))

    assert rows(page) == ["Évora Álvarez Brazil", "Ana de la Zarza Museo Ñ · Peru"]
    assert "@b.example" not in page.text_content()
    assert "You are not on it." in text(page)


def test_whoever_withdrew_cancelled_or_was_erased_is_not_on_the_list(client, reader):
    withdrew, cancelled, erased = listed(), listed(), listed()
    Consent.objects.filter(registration=withdrew).update(withdrawn_at=factories.NOW)
    actions.cancel(cancelled)
    actions.erase(erased)
    pending = sign_up(full_name="Pendiente Pérez")
    factories.consent(registration=pending, purpose="list")

    assert rows(read(client, page_of(reader))) == []


def test_reader_who_agreed_is_told_that_they_are_on_the_list(client):
    reader = listed(full_name="Rosa Quispe Mamani")

    assert "You are on it." in text(read(client, page_of(reader)))


@pytest.mark.parametrize(
    ("words_typed", "found"),
    [
        ("avila", ["Ana Ávila"]),
        ("MUSEO oro", ["Inés Duarte"]),
        ("brasil", []),
        ("portugal", ["Inés Duarte"]),
        ("", ["Ana Ávila", "Inés Duarte"]),
        ("x" * 10_000, []),
    ],
)
def test_search_finds_names_institutions_and_countries(client, reader, words_typed, found):
    listed(full_name="Ana Ávila", country="PE", institution="Casa")
    listed(full_name="Inés Duarte", country="PT", institution="Museo del Oro")

    response = client.get(page_of(reader), {"q": words_typed})

    names = words(parsed(response).xpath("//main//ul[contains(@class, 'is-plain')]/li/strong"))
    assert names == found


def test_search_says_in_the_title_how_many_it_found(client, reader):
    listed(full_name="Ana Ávila")
    listed(full_name="Inés Duarte")

    page = read(client, page_of(reader) + "?q=avila")

    assert page.findtext(".//title").strip().startswith("1 of 2 people | List of participants")


@pytest.mark.parametrize("count", [1, 250])
def test_queries_do_not_grow_with_the_list(client, reader, count, django_assert_num_queries):
    many = [listed(full_name=f"Persona {n}") for n in range(1)]
    first = Registration.objects.get(pk=many[0].pk)
    copies = []
    for n in range(count - 1):
        copy = Registration.objects.get(pk=first.pk)
        copy.pk, copy.reference, copy.full_name = None, f"R{n:011}", f"Persona {n}"
        copy.email, copy.email_key, copy.mailbox_slot = "", None, None
        copies.append(copy)
    Registration.objects.bulk_create(copies)
    Consent.objects.bulk_create(
        Consent(
            registration=copy,
            purpose="list",
            text_version="1",
            language="es",
            given_at=factories.NOW,
        )
        for copy in copies
    )
    client.get("/en/")

    with django_assert_num_queries(7):
        page = read(client, page_of(reader))

    assert len(rows(page)) == min(count, 100)


def test_pages_follow_each_other_and_keep_the_search(client, reader, monkeypatch):
    monkeypatch.setattr("registration.views.participants.PER_PAGE", 1)
    listed(full_name="Ana Ávila")
    listed(full_name="Ana Zarza")

    first = read(client, page_of(reader) + "?q=ana")
    (following,) = first.xpath("//a[@rel='next']/@href")
    second = read(client, page_of(reader) + following)

    assert [rows(page)[0].split()[1] for page in (first, second)] == ["Ávila", "Zarza"]
    assert "Page 2 of 2" in text(second)


def test_page_is_stored_and_indexed_nowhere(client, reader):
    response = client.get(page_of(reader))

    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_page_is_for_those_who_are_registered(client, reader):
    cancelled = actions.cancel(reader)

    redirected = client.get(page_of(cancelled))
    made_up = client.get(reverse("registration:participants", args=["x"]))

    assert redirected.url == reverse("registration:own", args=[tokens.own_token(cancelled)])
    assert made_up.status_code == 410


@pytest.mark.parametrize(("days", "status"), [(30, 200), (31, 410)])
def test_list_closes_thirty_days_after_the_meeting(client, reader, time_machine, days, status):
    listed(full_name="Ana Ávila")
    time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=days), tick=False)

    response = client.get(page_of(reader))

    assert response.status_code == status
    assert ("Ana Ávila" in response.text) == (status == 200)


def test_list_stays_open_while_the_meeting_is_postponed(client, reader, time_machine):
    Meeting.objects.update(standing="postponed")
    time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=300), tick=False)

    assert client.get(page_of(reader)).status_code == 200


def test_link_stands_on_ones_own_page_as_long_as_the_list_is_open(client, reader, time_machine):
    own = reverse("registration:own", args=[tokens.own_token(reader)])
    found = []
    for days in (-30, 20):
        time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=days), tick=False)
        found.append(read(client, own).xpath("//a[contains(., 'List of participants')]/@href"))

    assert found == [[page_of(reader)], [page_of(reader)]]


@pytest.mark.parametrize(
    ("people", "sentence"),
    [(0, ""), (1, " 1 person is on it already."), (2, " 2 people are on it already.")],
)
def test_box_says_how_many_stand_on_the_list_before_it_is_ticked(client, reader, people, sentence):
    for _n in range(people):
        listed()

    page = read(client, reverse("registration:consents", args=[tokens.own_token(reader)]))

    assert text(page, "//label[.//input[@name='list']]") == (
        "My name, my institution and my country stand on the list of participants, which everybody "
        f"who is registered can see until 20 December 2026.{sentence}"
    )


def test_nobody_is_asked_to_join_a_list_that_has_closed(client, reader, time_machine):
    time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=31), tick=False)

    page = read(client, reverse("registration:consents", args=[tokens.own_token(reader)]))

    assert page.xpath("//input[@type='checkbox']/@name") == ["image", "news", "certificate"]
