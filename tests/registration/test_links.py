"""A leaked link is ended by a new one, and the link to one's data acts once."""

import pytest
from django.urls import reverse

from registration import actions, tokens
from registration.models import Message, Registration
from tests import factories
from tests.registration.helpers import confirmed, events, mails, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

DETAILS = {
    "full_name": "Rosa Quispe",
    "country": "BO",
    "institution": "",
    "occupation": "education",
    "mail_language": "es",
}


def own(name, registration):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration)])


def fresh(name, registration):
    return reverse(f"registration:{name}", args=[tokens.fresh_token(registration)])


# A new link


def test_new_link_goes_to_the_mailbox_alone_and_ends_the_old_ones(client):
    registration = confirmed()
    old = own("own", registration)
    page = own("new-link", registration)
    assert page in client.get(old).text

    assert client.get(page).status_code == 200
    assert client.get(old).status_code == 200
    response = client.post(page)

    registration.refresh_from_db()
    assert "the new one is on its way to your e-mail address" in response.text
    assert tokens.own_token(registration) not in response.text
    assert [client.get(path).status_code for path in (old, page)] == [410, 410]
    assert client.get(own("own", registration)).status_code == 200
    assert events(registration)[-1] == "link_renewed"
    assert mails()[-1] == ("confirmed", "Rosa Quispe Mamani")


@pytest.mark.parametrize("by_organiser", [False, True])
def test_new_link_ends_a_change_of_the_address_that_is_not_confirmed(
    client, organiser, by_organiser
):
    registration = actions.change_address(confirmed(), "thief@museo.example")
    token = tokens.new_address_token(registration, "thief@museo.example")

    actions.renew_link(registration, by=organiser if by_organiser else None)
    response = client.post(reverse("registration:new-address", args=[token]))

    registration.refresh_from_db()
    assert response.status_code == 410
    assert (registration.email, registration.new_email) == ("rosa@museo.example", "")


def test_old_links_end_also_when_no_mail_may_be_written_any_more(client, settings):
    settings.MAILS_PER_ADDRESS = 1
    registration = confirmed()
    actions.send_again(registration)

    response = client.post(own("new-link", registration))

    registration.refresh_from_db()
    assert registration.link_version == 2
    assert reverse("registration:lost-link") in response.text
    assert "ask for the new link here" in response.text


def test_cancelled_person_is_told_that_there_is_no_link_to_renew(client):
    registration = actions.cancel(confirmed())

    response = client.post(own("new-link", registration), follow=True)

    assert "There is no link: the registration is not confirmed." in response.text
    registration.refresh_from_db()
    assert registration.link_version == 1


@pytest.mark.usefixtures("office_in_english")
def test_organiser_makes_new_links_for_confirmed_people(staff_client):
    rosa, pending = confirmed(), sign_up(n=1)
    action = {"action": "make_new_link", "_selected_action": [rosa.pk, pending.pk]}

    response = staff_client.post(
        reverse("admin:registration_registration_changelist"), action, follow=True
    )

    assert "1 e-mail is on its way." in response.text
    versions = Registration.objects.order_by("pk").values_list("link_version", flat=True)
    assert list(versions) == [2, 1]
    assert rosa.history.last().actor is not None


@pytest.mark.usefixtures("office_in_english")
def test_organiser_makes_a_new_link_from_the_page_of_a_person(staff_client):
    rosa = confirmed()
    page = reverse("admin:registration_registration_change", args=[rosa.pk])

    action = {"CHANGE_FORM-action": "make_new_link", "_selected_action": [rosa.pk]}
    staff_client.post(page, action)

    rosa.refresh_from_db()
    assert rosa.link_version == 2


# The link to one's data


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("change-details", DETAILS),
        ("change-address", {"email": "new@museo.example"}),
        ("download-data", {}),
        ("erase", {"sure": "on"}),
    ],
)
def test_link_to_ones_data_acts_once(client, name, typed):
    registration = confirmed()
    pages = [fresh(page, registration) for page in ("change-details", "download-data", "erase")]

    response = client.post(fresh(name, registration), typed)
    before = events(registration)
    again = [client.post(page, DETAILS | {"sure": "on"}).status_code for page in pages]

    assert response.status_code in (200, 302)
    assert again in ([410, 410, 410], [302, 302, 302])
    assert events(registration) == before
    assert Registration.objects.get().fresh_version == 1


@pytest.mark.parametrize(
    ("name", "sent"),
    [("change-details", DETAILS), ("change-address", {"email": "new@museo.example"})],
)
def test_second_press_is_told_that_the_link_was_used_and_where_to_look(client, name, sent):
    registration = confirmed()
    page = fresh(name, registration)
    client.post(page, sent)

    again = client.post(page, sent)

    assert "This link has been used" in again.text
    assert "nothing was changed" not in again.text
    assert own("own", registration) in again.text
    assert again.context["typed"] == [sent.get("full_name") or sent["email"]]


def test_erasing_twice_leads_to_the_same_page(client):
    page = fresh("erase", confirmed())

    answers = [client.post(page, {"sure": "on"}) for _n in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url


def test_new_link_asked_for_twice_is_one(client):
    registration = confirmed()
    page = own("new-link", registration)

    texts = [client.post(page).text for _n in range(2)]
    actions.renew_link(registration)  # by another request that had found the old link

    assert ["the new one is on its way" in text for text in texts] == [True, True]
    registration.refresh_from_db()
    assert (registration.link_version, events(registration)[-2:]) == (
        2,
        ["confirmed", "link_renewed"],
    )


def test_mistake_in_the_form_does_not_use_the_link_up(client):
    registration = confirmed()
    page = fresh("change-details", registration)

    refused = client.post(page, DETAILS | {"full_name": ""})
    accepted = client.post(page, DETAILS, follow=True)

    assert refused.status_code == 422
    assert "Your details have been corrected." in accepted.text
    assert Registration.objects.get().full_name == "Rosa Quispe"


def test_refused_act_does_not_use_the_link_up(client):
    factories.registration(full_name="Rosa Quispe", email="rosa@museo.example")
    registration = confirmed()

    response = client.post(fresh("change-details", registration), DETAILS)

    assert response.status_code == 422
    registration.refresh_from_db()
    assert registration.fresh_version == 0


def test_second_of_two_acts_at_once_is_refused():
    registration = confirmed()
    also_found = Registration.objects.get()
    with actions.acting_once(registration):
        actions.note_download(registration)

    with pytest.raises(actions.LinkUsed), actions.acting_once(also_found):
        actions.note_download(also_found)

    assert events(registration).count("downloaded") == 1


def test_used_link_offers_a_new_one_which_acts_again(client):
    registration = confirmed()
    page = fresh("download-data", registration)
    client.post(page)

    used = client.post(page)
    client.post(fresh("own-data-again", registration))

    assert (used.status_code, used.templates[0].name) == (410, "registration/expired_link.html")
    assert Message.objects.last().kind == "fresh_link" or mails()[-1][0] == "fresh_link"
    registration.refresh_from_db()
    assert client.post(fresh("download-data", registration)).status_code == 200
