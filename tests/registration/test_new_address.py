"""A new address is used once it is proven: a mistyped one locks nobody out."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registration import actions, outbox, tokens
from registration.mails import is_still_true, render
from registration.models import Message, Registration
from tests import factories
from tests.registration.helpers import confirmed, correction, events, mails, network, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

NEW = "new@museo.example"


def fresh(registration):
    registration.refresh_from_db()  # each link acts once
    return reverse("registration:change-address", args=[tokens.fresh_token(registration)])


def proof(registration, address=NEW):
    token = tokens.new_address_token(registration, address)
    return reverse("registration:new-address", args=[token])


def own(registration):
    return reverse("registration:own", args=[tokens.own_token(registration)])


def sentence(response):
    return response.context["sentence"]


def test_old_address_stays_in_use_until_the_new_one_is_proven(client):
    registration = confirmed()

    response = client.post(fresh(registration), {"email": NEW}, follow=True)

    registration.refresh_from_db()
    assert (registration.email, registration.new_email, registration.link_version) == (
        "rosa@museo.example",
        NEW,
        1,
    )
    assert response.redirect_chain == [(own(registration), 302)]
    assert f"Your new address {NEW} is not confirmed yet" in response.text
    data = reverse("registration:own-data", args=[tokens.fresh_token(registration)])
    assert f"We are writing to {NEW}." in client.get(data).text
    assert [(m.kind, m.address) for m in Message.objects.order_by("pk")][2:] == [
        ("new_address", NEW)
    ]
    assert registration.history.last().event == "address_changed"


def test_mistyped_new_address_is_corrected_and_its_link_stops_working(client):
    registration = confirmed()
    client.post(fresh(registration), {"email": "slip@musoe.example"})

    client.post(fresh(registration), {"email": NEW})

    slip, right = Message.objects.filter(kind="new_address").order_by("pk")
    assert (is_still_true(slip), is_still_true(right)) == (False, True)
    assert client.post(proof(registration, "slip@musoe.example")).status_code == 410
    registration.refresh_from_db()
    assert (registration.email, registration.new_email) == ("rosa@museo.example", NEW)


def test_button_in_the_new_mailbox_moves_everything_there(client):
    registration = confirmed()
    before = own(registration)
    client.post(fresh(registration), {"email": NEW})
    assert client.get(proof(registration)).status_code == 200
    registration.refresh_from_db()
    assert registration.email == "rosa@museo.example"

    response = client.post(proof(registration))

    registration.refresh_from_db()
    assert response.url == own(registration)
    assert (registration.email, registration.email_key, registration.mailbox_slot) == (NEW, NEW, 1)
    assert (registration.new_email, registration.new_email_key) == ("", None)
    assert (registration.link_version, registration.unproven_since) == (2, None)
    assert client.get(before).status_code == 410
    assert events(registration)[-2:] == ["address_changed", "moved"]
    assert [(m.kind, m.address) for m in Message.objects.order_by("pk")][2:] == [
        ("new_address", NEW),
        ("confirmed", NEW),
        ("address_left", "rosa@museo.example"),
    ]


def test_new_address_proven_twice_moves_once(client):
    registration = confirmed()
    client.post(fresh(registration), {"email": NEW})

    urls = [client.post(proof(registration)).url for _n in range(2)]

    registration.refresh_from_db()
    assert urls == [own(registration)] * 2
    assert client.get(proof(registration)).url == own(registration)
    assert (registration.link_version, len(mails())) == (2, 5)


def test_mail_to_the_new_address_says_who_wrote_it_and_nothing_typed():
    registration = actions.change_address(confirmed(mail_language="en"), NEW)

    mail = render(Message.objects.get(kind="new_address"))

    html = str(mail.alternatives[0].content)
    assert mail.to == [NEW]
    assert ["Somebody put this address" in words for words in (mail.body, html)] == [True] * 2
    assert ["Rosa" in words for words in (mail.body, html)] == [False] * 2
    stop = tokens.stop_token(registration, NEW)
    assert [stop in words for words in (mail.body, html)] == [True] * 2


def test_mail_to_the_old_address_names_neither_the_person_nor_the_new_one(client):
    registration = confirmed(mail_language="en")
    client.post(fresh(registration), {"email": NEW})
    client.post(proof(registration))

    mail = render(Message.objects.get(kind="address_left"))

    html = str(mail.alternatives[0].content)
    assert mail.to == ["rosa@museo.example"]
    words = ["Rosa", "new@", "token", tokens.own_token(registration)]
    assert [word in text for word in words for text in (mail.body, html)] == [False] * 8


def test_new_mailbox_can_stop_the_mails_and_only_its_own(client):
    registration = actions.change_address(confirmed(), NEW)
    token = tokens.stop_token(registration, NEW)

    client.post(reverse("registration:stop", args=[token]))

    assert (actions.is_suppressed(NEW), actions.is_suppressed("rosa@museo.example")) == (
        True,
        False,
    )
    assert outbox.send(Message.objects.get(kind="new_address")).state == "skipped"


def test_typing_the_present_address_again_drops_the_new_one(client):
    registration = actions.change_address(confirmed(), NEW)

    response = client.post(fresh(registration), {"email": "Rosa@museo.example"}, follow=True)

    registration.refresh_from_db()
    assert (registration.email_key, registration.new_email) == ("rosa@museo.example", "")
    assert [str(m) for m in response.context["messages"]] == ["Your address stays as it is."]
    assert client.post(proof(registration)).status_code == 410


def test_known_and_unknown_addresses_get_the_same_answer_by_the_same_work(
    client, django_assert_num_queries
):
    confirmed(full_name="Rosa Quispe Mamani", email="same@museo.example")
    for n in range(5):
        confirmed(full_name=f"Persona {chr(65 + n)}", email="full@museo.example")
    registration = confirmed()
    client.post(fresh(registration), {"email": "first@museo.example"})

    answers = []
    for email in ("same@museo.example", "full@museo.example", NEW):
        url = fresh(registration)
        with django_assert_num_queries(21):
            response = client.post(url, {"email": email})
        answers.append((response.status_code, response.url.split("/")[3]))

    assert answers == [(302, "mine")] * 3


def test_conflict_with_a_registration_of_the_new_address_is_told_only_in_that_mailbox(client):
    confirmed(full_name="Rosa Quispe Mamani", email=NEW)
    registration = confirmed()
    client.post(fresh(registration), {"email": NEW})

    response = client.post(proof(registration))

    assert response.status_code == 410
    assert sentence(response) == "You already have another registration with this address."
    registration.refresh_from_db()
    assert (registration.email, registration.link_version) == ("rosa@museo.example", 1)


@pytest.mark.parametrize("end", ["cancelled", "never confirmed"])
def test_ended_registration_of_the_new_address_gives_way(client, time_machine, end):
    before = sign_up(email=NEW)
    if end == "cancelled":
        actions.cancel(before)
    else:
        time_machine.move_to(factories.NOW + timedelta(hours=49))
        actions.sweep()
    registration = actions.change_address(confirmed(), NEW)

    client.post(proof(registration))

    assert list(Registration.objects.for_mailbox(NEW)) == [registration]
    before.refresh_from_db()
    assert (before.state in Registration.LIVE, before.email_key, before.name_key) == (
        False,
        None,
        "rosa quispe mamani",
    )


def test_sixth_of_a_mailbox_is_told_only_in_that_mailbox(client):
    registration = actions.change_address(confirmed(), NEW)
    for n in range(5):
        confirmed(full_name=f"Persona {chr(65 + n)}", email=NEW)

    response = client.post(proof(registration))

    assert sentence(response) == "5 people are already registered with this address."
    registration.refresh_from_db()
    assert registration.email == "rosa@museo.example"


@pytest.mark.parametrize("end", [actions.cancel, actions.erase], ids=["cancelled", "erased"])
def test_ending_the_registration_drops_the_new_address(client, end):
    registration = actions.change_address(confirmed(), NEW)

    end(registration)

    registration.refresh_from_db()
    assert (registration.new_email, registration.new_email_key) == ("", None)
    assert client.post(proof(registration)).status_code == 410


def test_erasure_removes_the_addresses_of_sent_mails(client):
    registration = actions.change_address(confirmed(), NEW)
    client.post(proof(registration))

    actions.erase(Registration.objects.get())

    assert set(Message.objects.values_list("to", flat=True)) == {""}
    assert [is_still_true(m) for m in Message.objects.filter(kind="address_left")] == [False]


def test_correction_by_an_organiser_drops_the_new_address(client, organiser):
    registration = actions.change_address(confirmed(), NEW)
    other = correction(registration, email="otra@museo.example")

    actions.correct(registration, other, by=organiser)

    registration.refresh_from_db()
    assert (registration.email, registration.new_email) == ("otra@museo.example", "")
    assert registration.unproven_since == factories.NOW
    assert client.post(proof(registration)).status_code == 410


def test_link_proves_the_same_address_written_meanwhile_by_an_organiser(client, organiser):
    registration = actions.change_address(confirmed(), NEW)
    actions.correct(registration, correction(registration, email=NEW), by=organiser)
    assert client.get(proof(registration)).status_code == 200

    client.post(proof(registration))

    registration.refresh_from_db()
    assert (registration.email, registration.unproven_since) == (NEW, None)


def test_old_mailbox_gets_reminders_and_links_until_the_new_one_is_proven(time_machine):
    registration = actions.change_address(confirmed(), NEW)

    actions.ask_for_links("rosa@museo.example", network("home"))
    actions.ask_for_links(NEW, network("home"))
    time_machine.move_to(factories.moment("10:00") - timedelta(days=7))
    actions.remind()

    assert [(m.kind, m.address) for m in Message.objects.order_by("pk")][3:] == [
        ("mailbox", "rosa@museo.example"),
        ("week_before", "rosa@museo.example"),
    ]
    assert registration.new_email == NEW


def test_address_is_changed_only_a_few_times_a_day(client):
    registration = confirmed()
    for n in range(5):
        client.post(fresh(registration), {"email": f"new{n}@museo.example"})

    response = client.post(fresh(registration), {"email": NEW})

    assert response.context["form"].errors == {
        "email": ["The address has been changed many times today: please try again tomorrow."]
    }
    registration.refresh_from_db()
    assert registration.new_email == "new4@museo.example"


def test_refused_changes_of_the_address_count_too(client, settings):
    settings.MAILS_PER_ADDRESS = 1
    registration = confirmed()
    for _n in range(5):
        client.post(fresh(registration), {"email": NEW})

    response = client.post(fresh(registration), {"email": "other@museo.example"})

    assert response.status_code == 422
    registration.refresh_from_db()
    assert registration.new_email == NEW


def test_link_to_the_data_is_not_sent_to_an_unproven_address(organiser):
    registration = actions.confirm_by_hand(sign_up(), by=organiser)

    with pytest.raises(actions.Refusal, match="not confirmed yet"):
        actions.ask_for_data_link(registration)


@pytest.mark.parametrize("token", ["x", "W10:x", "x" * 2000])
def test_forged_link_leads_to_help(client, token):
    assert client.get(reverse("registration:new-address", args=[token])).status_code == 410
