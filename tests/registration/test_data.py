"""One's data: corrected, taken along, erased, all by the link that works for ten minutes."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from lxml import html

from registration import actions, tokens
from registration.exports.own_data import facts_of
from registration.models import ErasureLog, Message, Registration
from tests import factories
from tests.reading import read, words
from tests.registration.helpers import confirmed, errors, events, mails, sign_up, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

DETAILS = {
    "full_name": "Rosa Quispe Mamani",
    "country": "BO",
    "institution": "",
    "occupation": "education",
    "mail_language": "es",
}


def link(name, registration):
    return reverse(f"registration:{name}", args=[tokens.fresh_token(registration)])


# Correct


def test_details_are_corrected_with_a_history(client):
    registration = confirmed()

    response = client.post(
        link("change-details", registration),
        DETAILS | {"full_name": "Rosa  Quispe", "mail_language": "pt", "institution": "Museo X"},
    )

    registration.refresh_from_db()
    assert response.status_code == 302
    assert (registration.full_name, registration.name_key) == ("Rosa Quispe", "rosa quispe")
    assert (registration.mail_language, registration.institution) == ("pt", "Museo X")
    last = registration.history.last()
    assert (last.event, last.actor, last.note) == (
        "details_changed",
        None,
        "full_name, institution, mail_language",
    )
    assert [kind for kind, _ in mails()] == ["pending", "confirmed"]


def test_details_sent_as_they_are_change_nothing(client):
    registration = confirmed()

    client.post(link("change-details", registration), DETAILS)

    assert events(registration) == ["signed_up", "confirmed"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("full_name", ""),
        ("full_name", "x" * 10_000),
        ("full_name", "<script>"),
        ("country", "XX"),
        ("institution", "www.premio.example"),
        ("occupation", "emperor"),
        ("mail_language", "xx"),
    ],
)
def test_bad_detail_gets_a_sentence_and_is_kept(client, field, typed):
    registration = confirmed()

    response = client.post(link("change-details", registration), DETAILS | {field: typed})

    assert (response.status_code, list(errors(response))) == (422, [field])
    assert response.context["form"][field].value() == typed
    assert events(registration) == ["signed_up", "confirmed"]


def test_name_of_another_person_of_the_mailbox_gets_a_sentence(client):
    registration = confirmed()
    confirmed(full_name="Juana Quispe")

    response = client.post(
        link("change-details", registration), DETAILS | {"full_name": "Juana QUISPE"}
    )

    assert response.status_code == 422
    (sentence,) = errors(response)["full_name"]
    assert sentence.startswith("You ")


@pytest.mark.parametrize("typed", ["", "rosa", "x" * 300 + "@museo.example", "a@b.cd\nBcc: e@f.gh"])
def test_address_that_is_none_gets_a_sentence_and_is_kept(client, typed):
    registration = confirmed()

    response = client.post(link("change-address", registration), {"email": typed})

    assert (response.status_code, list(errors(response))) == (422, ["email"])
    assert response.context["form"]["email"].value() == typed


# A form that is open for long


def opened_in_time(client, name, registration):
    """Open a page while its link is fresh; return its address, and the stamp of its form."""
    address = link(name, registration)
    (stamp,) = read(client, address).xpath("//form//input[@name='opened']/@value")
    return address, {"opened": stamp}


SENT = [
    ("change-details", DETAILS | {"full_name": "Rosa Quispe"}, "details_changed"),
    ("change-address", {"email": "nueva@museo.example"}, "address_changed"),
    ("erase", {"sure": "on"}, "erased"),
]


@pytest.mark.parametrize(("name", "sent", "event"), SENT)
def test_form_opened_in_time_can_be_sent_for_an_hour(client, time_machine, name, sent, event):
    registration = confirmed()
    address, stamp = opened_in_time(client, name, registration)
    time_machine.shift(59 * 60)

    response = client.post(address, sent | stamp)

    assert (response.status_code, events(registration)[-1]) == (302, event)
    assert client.get(response.url).status_code == 200


@pytest.mark.parametrize(("name", "sent", "event"), SENT)
@pytest.mark.parametrize("minutes", [61, 24 * 60])
def test_form_sent_later_changes_nothing_and_shows_what_was_typed(
    client, time_machine, name, sent, event, minutes
):
    registration = confirmed()
    address, stamp = opened_in_time(client, name, registration)
    time_machine.shift(minutes * 60)

    response = client.post(address, sent | stamp)

    assert (response.status_code, events(registration)) == (410, ["signed_up", "confirmed"])
    typed = [sent[field] for field in ("full_name", "email") if field in sent]
    assert words(html.fromstring(response.text).xpath("//main//ul/li")) == typed


def test_form_that_was_not_opened_in_time_is_not_accepted(client, time_machine):
    registration, other = confirmed(n=1), confirmed(n=2)
    address = link("change-details", registration)
    _other_address, stamp_of_other = opened_in_time(client, "change-details", other)
    time_machine.shift(11 * 60)

    stamps = [{}, {"opened": "x"}, {"opened": tokens.fresh_token(registration)}, stamp_of_other]
    answers = [client.post(address, DETAILS | stamp).status_code for stamp in stamps]

    assert answers == [410] * 4
    assert client.get(address).status_code == 410


def test_faults_in_a_form_sent_late_do_not_end_its_hour(client, time_machine):
    registration = confirmed()
    address, stamp = opened_in_time(client, "change-details", registration)
    time_machine.shift(40 * 60)

    page = client.post(address, DETAILS | stamp | {"full_name": ""})

    found = html.fromstring(page.text).xpath("//input[@name='opened']/@value")
    assert (page.status_code, found) == (422, [stamp["opened"]])


# Take along


def test_download_has_everything_the_site_keeps(client):
    in_person = factories.quota(size=1)
    bus = factories.quota(service_code="bus", name_en="Bus")
    registration = confirmed(in_person, bus, needs="Wheelchair")

    response = client.post(link("download-data", registration))

    data = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "no-store" in response.headers["Cache-Control"]
    documented = {
        "reference": "",
        "state": "confirmed",
        "full_name": "Rosa Quispe Mamani",
        "email": "rosa@museo.example",
        "new_email": "",
        "country": "BO",
        "institution": "",
        "occupation": "education",
        "works_in_or_studies_museology": True,
        "attendance": "in_person",
        "access_needs": "Wheelchair",
        "language_of_mails": "es",
        "category": "attendee",
        "speaker_in_the_programme": None,
        "submitted_at": "2026-09-01T12:00:00+00:00",
        "confirmed_at": "2026-09-01T12:00:00+00:00",
        "unproven_since": None,
        "cancelled_at": None,
        "expired_at": None,
        "coming_at": None,
        "erased_at": None,
    }
    assert list((data["registration"] | {"reference": ""}).items()) == list(documented.items())
    assert [(place["code"], place["state"]) for place in data["places"]] == [
        ("in_person", "confirmed"),
        ("bus", "confirmed"),
    ]
    assert [consent["purpose"] for consent in data["consents"]] == ["privacy", "needs"]
    assert [event["event"] for event in data["history"]] == [
        "signed_up",
        "confirmed",
        "promoted",
        "promoted",
        "downloaded",
    ]
    assert [mail["kind"] for mail in data["mails"]] == ["pending", "confirmed"]


def test_download_has_the_addresses_that_were_written_to_before(client):
    registration = confirmed()
    actions.change_address(registration, "new@museo.example")
    token = tokens.new_address_token(registration, "new@museo.example")
    moved = actions.take_new_address(tokens.read_new_address(token))

    data = client.post(link("download-data", moved)).json()

    assert [(mail["kind"], mail["to"]) for mail in data["mails"]][2:] == [
        ("new_address", "new@museo.example"),
        ("confirmed", ""),
        ("address_left", "rosa@museo.example"),
    ]


# What a download leaves out, and why: it is nothing about the person, or a secret of the link.
NOT_PERSONAL = {
    "id",
    "email_key",
    "new_email_key",
    "name_key",
    "mailbox_slot",
    "network",
    "network_block",
    "browser",
    "link_version",
    "fresh_version",
    "code_tries",
}


def test_download_leaves_out_no_field_of_a_registration():
    named = {
        "is_professional": "works_in_or_studies_museology",
        "needs": "access_needs",
        "mail_language": "language_of_mails",
        "person": "speaker_in_the_programme",
    }
    fields = {field.name for field in Registration._meta.concrete_fields} - NOT_PERSONAL

    assert set(facts_of(confirmed())) == {named.get(name, name) for name in fields}


def test_download_says_that_organisers_acted_but_not_who_or_what_they_noted(client):
    registration = confirmed()
    who = factories.user(username="organiza", first_name="Ines")
    factories.history(registration=registration, event="corrected", actor=who, note="Llamó.")

    text = client.post(link("download-data", registration)).text

    assert '"by": "organisers"' in text
    assert [words in text for words in ('organiza"', "Ines", "Llamó")] == [False] * 3


def test_download_opened_by_a_reload_leads_back(client):
    registration = confirmed()

    response = client.get(link("download-data", registration))

    assert response.status_code == 302
    assert events(registration) == ["signed_up", "confirmed"]


# Erase


def test_erasure_asks_for_a_tick_first(client):
    registration = confirmed()

    response = client.post(link("erase", registration))

    assert (response.status_code, list(errors(response))) == (422, ["sure"])
    assert Registration.objects.get().full_name == "Rosa Quispe Mamani"


def test_erasure_leaves_nothing_that_tells_who_it_was(client):
    in_person = factories.quota(size=1)
    registration = confirmed(in_person, needs="Wheelchair", institution="Museo X")

    response = client.post(link("erase", registration), {"sure": "on"}, follow=True)

    registration.refresh_from_db()
    assert "have been erased" in response.text
    assert [registration.full_name, registration.email, registration.needs] == ["", "", ""]
    assert (registration.state, taken(in_person)) == ("cancelled", 0)
    assert ErasureLog.objects.get().cause == "person"
    assert mails()[-1][0] == "confirmed"


def test_pages_of_erased_data_lead_to_the_page_that_says_so(client):
    registration = actions.erase(confirmed())

    for name in ("own-data", "change-details", "change-address", "erase"):
        response = client.get(link(name, registration), follow=True)
        assert response.templates[0].name == "registration/own.html"

    with pytest.raises(actions.Refusal, match="erased"):
        actions.change_details(registration, DETAILS)
    with pytest.raises(actions.Refusal, match="erased"):
        actions.ask_for_data_link(registration)
    assert Message.objects.filter(kind="fresh_link").count() == 0


def test_cancelled_person_can_still_take_along_and_erase(client):
    registration = actions.cancel(confirmed())

    html = client.get(link("own-data", registration)).text

    assert "Download my data" in html
    assert "Erase my data" in html
    assert "/address/" not in html
    assert client.post(link("change-address", registration), {"email": "x@y.zz"}).status_code == 302
    registration.refresh_from_db()
    assert registration.email == "rosa@museo.example"


# All of them

FORMS = ["change-details", "change-address", "erase"]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("name", ["own-data", *FORMS])
def test_pages_are_there_in_each_language(client, language, name):
    registration = confirmed()
    with translation.override(language):
        page = link(name, registration)

    assert page.startswith(f"/{language}/")
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", FORMS)
def test_failed_csrf_check_keeps_what_was_typed_and_does_nothing(name):
    registration = confirmed()
    typed = DETAILS | {"full_name": "Rosa Q", "email": "new@museo.example", "sure": "on"}

    response = Client(enforce_csrf_checks=True).post(link(name, registration), typed)

    assert response.status_code == 403
    kept = {"change-details": "Rosa Q", "change-address": "new@museo.example", "erase": "checked"}
    assert kept[name] in response.text
    assert events(registration) == ["signed_up", "confirmed"]


def test_unconfirmed_registration_opens_no_data(client):
    registration = sign_up()

    assert client.get(link("own-data", registration)).status_code == 410
