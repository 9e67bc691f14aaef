"""Access needs, changed on a person's own page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from registration import actions, tokens
from registration.admin.history import history_of
from registration.models import Consent, History
from tests import factories
from tests.registration.helpers import confirmed, events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]


def link(name, registration):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration)])


def consents(registration):
    rows = registration.consents.filter(purpose="needs").order_by("pk")
    return [(c.given_at, c.withdrawn_at) for c in rows]


def typed(words="Intérprete de lengua de señas", **facts):
    return {"needs": words, "needs_consent": "on"} | facts


def test_needs_are_written_with_a_consent_of_their_own(client):
    registration = confirmed()

    response = client.post(link("needs", registration), typed())

    registration.refresh_from_db()
    assert response.url == link("own", registration)
    assert registration.needs == "Intérprete de lengua de señas"
    consent = Consent.objects.get(purpose="needs")
    assert (consent.text_version, consent.language, consent.withdrawn_at) == ("1", "en", None)
    assert "Intérprete de lengua de señas" in client.get(response.url).text


def test_changed_needs_write_another_consent_and_stay_out_of_the_history(client, time_machine):
    registration = confirmed(needs="Wheelchair")
    later = factories.NOW + timedelta(days=1)
    time_machine.move_to(later)

    client.post(link("needs", registration), typed("Large print"))

    assert consents(registration) == [(factories.NOW, later), (later, None)]
    last = registration.history.last()
    assert (last.event, last.actor, last.note) == ("needs_changed", None, "")
    assert "You changed your access needs." in client.get(link("own", registration)).text


def test_unchanged_needs_write_nothing(client):
    registration = confirmed(needs="Wheelchair")

    client.post(link("needs", registration), typed("Wheelchair"))

    assert consents(registration) == [(factories.NOW, None)]
    assert events(registration) == ["signed_up", "confirmed"]


def test_empty_needs_are_erased_and_their_consent_is_withdrawn(client):
    registration = confirmed(needs="Wheelchair")

    client.post(link("needs", registration), {"needs": ""})

    registration.refresh_from_db()
    assert (registration.needs, consents(registration)) == ("", [(factories.NOW, factories.NOW)])


@pytest.mark.parametrize(
    ("words", "consent", "field"),
    [("Wheelchair", "", "needs_consent"), ("x" * 1001, "on", "needs"), ("a\uf04ab", "on", "needs")],
)
def test_refused_needs_get_a_sentence_and_stay_in_the_form(client, words, consent, field):
    registration = confirmed(needs="Large print")

    response = client.post(link("needs", registration), typed(words, needs_consent=consent))

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert response.context["form"]["needs"].value() == words
    registration.refresh_from_db()
    assert registration.needs == "Large print"


def test_page_shows_what_was_written_and_until_when_it_is_kept(client):
    page = client.get(link("needs", confirmed(needs="Wheelchair"))).text

    assert ">\nWheelchair</textarea>" in page
    assert "We erase it on" in page


def test_needs_cannot_be_changed_after_the_meeting(client, time_machine):
    registration = confirmed(needs="Wheelchair")
    time_machine.move_to(factories.moment("10:00", day=4))
    page = link("needs", registration)

    assert client.post(page, typed()).url == link("own", registration)
    assert page not in client.get(link("own", registration)).text
    with pytest.raises(actions.Refusal, match="The meeting is over"):
        actions.set_needs(registration, "Large print", text_version="1", language="en")
    registration.refresh_from_db()
    assert registration.needs == "Wheelchair"


def test_needs_of_a_cancelled_registration_cannot_be_changed(client):
    registration = actions.cancel(confirmed())

    assert client.get(link("needs", registration)).status_code == 302
    with pytest.raises(actions.Refusal, match="has been cancelled"):
        actions.set_needs(registration, "Large print", text_version="1", language="en")


def test_change_of_needs_is_shown_only_with_the_permission_to_see_needs():
    registration = confirmed()
    actions.set_needs(registration, "Large print", text_version="1", language="en")
    told = str(History.Event.NEEDS_CHANGED.label)

    assert [
        told in [h.what for h in history_of(registration, with_needs=b)] for b in (True, False)
    ] == [
        True,
        False,
    ]


def test_failed_csrf_check_keeps_what_was_typed_and_does_nothing():
    registration = confirmed()

    response = Client(enforce_csrf_checks=True).post(link("needs", registration), typed())

    assert response.status_code == 403
    assert "Intérprete de lengua de señas" in response.text
    assert events(registration) == ["signed_up", "confirmed"]
