"""The lost link, the link that works for ten minutes, and “do not write to me again”."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from registration import actions, outbox, tokens
from registration.actions import suppressions
from registration.mails import render
from registration.mails.facts import UnconfirmedEntry, mailbox_facts
from registration.models import Message, Registration, Suppression
from tests import factories
from tests.registration.helpers import confirmed, errors, events, mails, network, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

LOST = "/en/registration/lost-link/"


def path(name, token):
    return reverse(f"registration:{name}", args=[token])


# Lost


def test_known_address_gets_one_mail_and_unknown_one_the_same_answer(client):
    registration = confirmed()

    known = client.post(LOST, {"email": "ROSA@museo.example"}, follow=True)
    unknown = client.post(LOST, {"email": "nobody@museo.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain == [(f"{LOST}?sent", 302)]
    assert bare(known.text) == bare(unknown.text)
    assert "an e-mail with the links is on its way" in known.text
    assert events(registration)[-1] == "link_lost"
    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "mailbox"]


def bare(html):
    return "\n".join(line for line in html.splitlines() if "csrfmiddlewaretoken" not in line)


def test_mail_with_lost_links_belongs_to_a_confirmed_registration_if_there_is_one():
    pending = sign_up(full_name="Ana Pending", mail_language="pt")
    registration = confirmed(full_name="Zoe Confirmed", mail_language="en")

    actions.ask_for_links("rosa@museo.example", network("home"))

    assert Message.objects.get(kind="mailbox").registration == registration
    assert events(pending) == ["signed_up"]


def test_mail_lists_every_registration_with_its_link_and_no_typed_word_of_pending_ones(
    meeting, settings
):
    pending = sign_up(full_name="Ana Pending")
    registration = confirmed(full_name="Zoe Confirmed")
    cancelled = actions.cancel(confirmed(full_name="Eva Cancelled"))
    actions.ask_for_links("rosa@museo.example", network("home"))
    message = Message.objects.get(kind="mailbox")

    facts = mailbox_facts(message, meeting)

    def address(name, token):
        return settings.SITE_URL + path(name, token)

    assert facts["people"] == [(registration, address("own", tokens.own_token(registration)))]
    assert facts["ended"] == [(cancelled, address("own", tokens.own_token(cancelled)))]
    assert facts["to_confirm"] == [
        UnconfirmedEntry(
            pending.submitted_at,
            address("confirm", tokens.confirm_token(pending)),
            address("withdraw", tokens.withdraw_token(pending)),
        )
    ]
    assert facts["was_asked_for"] is True


def test_mail_lists_the_newest_few_of_those_to_confirm_with_their_moments(meeting, time_machine):
    for n in range(9):
        sign_up(full_name=f"Zoe {chr(65 + n)}", mail_language="en")
        time_machine.shift(timedelta(minutes=1))
    newest = Registration.objects.order_by("-submitted_at")[:5]
    actions.ask_for_links("rosa@museo.example", network("home"))

    mail = render(Message.objects.get(kind="mailbox"))

    entries = [line for line in mail.body.splitlines() if line.startswith("* A registration of ")]
    assert len(set(entries)) == len(entries) == 5
    for text in (mail.body, str(mail.alternatives[0].content)):
        assert [text.count(tokens.confirm_token(one)) for one in newest] == [1] * 5
        assert text.count(tokens.withdraw_token(newest[0])) == 1
        assert text.count("/confirm/") == 5


def test_lapsed_and_erased_registrations_get_no_mail(time_machine):
    actions.erase(confirmed(n=1))
    sign_up(n=2)
    time_machine.shift(timedelta(hours=48))

    for n in (1, 2):
        actions.ask_for_links(f"person{n}@museo.example", network("home"))

    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "pending"]


def test_mailbox_gets_only_so_many_mails_a_day(client, settings):
    settings.MAILS_PER_ADDRESS = 3
    confirmed()

    answers = [client.post(LOST, {"email": "rosa@museo.example"}).url for _n in range(5)]

    assert answers == [f"{LOST}?sent"] * 5
    assert [kind for kind, _ in mails()].count("mailbox") == 3


def test_network_may_ask_only_so_often_and_keeps_what_was_typed(client, settings):
    settings.SIGNUPS_PER_NETWORK = 1
    client.post(LOST, {"email": "one@museo.example"})

    response = client.post(LOST, {"email": "two@museo.example"})

    assert response.status_code == 429
    assert 'value="two@museo.example"' in response.text


@pytest.mark.parametrize("typed", ["", "rosa", "rosa@museo", "x" * 10_000, "a@b.c\nBcc: d@e.fg"])
def test_invalid_address_gets_a_sentence_and_is_kept(client, typed):
    response = client.post(LOST, {"email": typed})

    assert (response.status_code, list(errors(response))) == (422, ["email"])
    assert response.context["form"]["email"].value() == typed


def test_failed_csrf_check_keeps_the_address_and_writes_nothing():
    confirmed()

    response = Client(enforce_csrf_checks=True).post(LOST, {"email": "rosa@museo.example"})

    assert response.status_code == 403
    assert 'value="rosa@museo.example"' in response.text
    assert [kind for kind, _ in mails()] == ["pending", "confirmed"]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_pages_lead_to_the_lost_link_in_each_language(client, language):
    with translation.override(language):
        lost = reverse("registration:lost-link")
        pages = [reverse("registration:sign-up"), path("own", "forged")]

    assert [lost in client.get(page).text for page in pages] == [True, True]
    assert client.get(lost).status_code == 200


# Ten minutes


def test_link_to_ones_data_is_sent_to_the_mailbox_and_shown_to_nobody(client):
    registration = confirmed()
    page = path("ask-for-data", tokens.own_token(registration))

    shown = client.get(page)
    assert "/registration/data/" not in shown.text
    response = client.post(page, follow=True)

    assert "It works for ten minutes." in response.text
    assert events(registration)[-1] == "link_asked"
    assert mails()[-1] == ("fresh_link", "Rosa Quispe Mamani")


def test_own_page_that_is_closed_still_leads_to_ones_data(client, time_machine):
    registration = confirmed()
    own = path("own", tokens.own_token(registration))
    ask = path("ask-for-data", tokens.own_token(registration))
    time_machine.move_to(factories.moment("12:00", day=60))

    closed = client.get(own)
    assert (closed.status_code, closed.templates[0].name) == (
        410,
        "registration/own_page_closed.html",
    )
    assert ask in closed.text
    assert client.post(ask).status_code == 200

    data = client.get(path("own-data", tokens.fresh_token(registration)))
    assert "Download my data" in data.text


def test_link_to_ones_data_is_sent_only_so_often_a_day(client, settings):
    settings.MAILS_PER_ADDRESS = 1
    page = path("ask-for-data", tokens.own_token(confirmed()))

    responses = [client.post(page, follow=True) for _n in range(2)]

    assert "please try again tomorrow" in responses[-1].text
    assert [kind for kind, _ in mails()].count("fresh_link") == 1


def test_fresh_link_is_valid_for_ten_minutes(client, time_machine):
    page = path("own-data", tokens.fresh_token(confirmed()))

    time_machine.shift(9 * 60)
    assert client.get(page).status_code == 200
    time_machine.shift(2 * 60)
    response = client.get(page)

    assert (response.status_code, response.templates[0].name) == (
        410,
        "registration/expired_link.html",
    )


def test_expired_link_is_renewed_by_a_button_to_the_same_mailbox(client, time_machine):
    registration = confirmed()
    token = tokens.fresh_token(registration)
    time_machine.shift(24 * 60 * 60)

    response = client.post(path("own-data-again", token))

    assert response.templates[0].name == "registration/link_sent.html"
    assert mails()[-1] == ("fresh_link", "Rosa Quispe Mamani")


FRESH = ["own-data", "change-details", "change-address", "download-data", "erase"]


@pytest.mark.parametrize("name", FRESH)
def test_expired_link_changes_nothing(client, time_machine, name):
    registration = confirmed()
    token = tokens.fresh_token(registration)
    time_machine.shift(11 * 60)

    response = client.post(path(name, token), {"sure": "on", "email": "new@museo.example"})

    assert response.status_code in (405, 410)
    assert events(registration) == ["signed_up", "confirmed"]


@pytest.mark.parametrize("name", [*FRESH, "own-data-again"])
def test_link_of_another_purpose_or_version_opens_no_data(client, name):
    registration = confirmed()
    fresh = tokens.fresh_token(registration)
    Registration.objects.update(link_version=2)
    wrong = [tokens.own_token(registration), tokens.confirm_token(registration), fresh, "forged"]

    responses = [client.get(path(name, token)) for token in wrong]

    assert [r.status_code for r in responses] == [410] * 4
    assert {r.templates[0].name for r in responses} == {"registration/dead_link.html"}


def test_fresh_link_opens_no_own_page(client):
    registration = confirmed()

    assert client.get(path("own", tokens.fresh_token(registration))).status_code == 410


# No more mails


def test_mailbox_is_suppressed_only_by_the_button(client):
    registration = sign_up()
    page = path("stop", tokens.stop_token(registration))

    client.get(page)
    client.head(page)
    assert actions.is_suppressed("rosa@museo.example") is False
    responses = [client.post(page) for _n in range(2)]

    assert ["we will not write to this address again" in r.text for r in responses] == [True, True]
    assert actions.is_suppressed("rosa@museo.example") is True
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["asked"]


def test_mailbox_is_suppressed_under_all_its_addresses(client):
    registration = sign_up(email="rosa+museo@museo.example")

    client.post(path("stop", tokens.stop_token(registration)))

    names = ["rosa+museo", "rosa", "rosa+2", "eva"]
    stopped = [actions.is_suppressed(f"{name}@museo.example") for name in names]
    assert stopped == [True, True, True, False]


def test_stop_link_of_an_older_mail_still_works(client):
    registration = sign_up()
    page = path("stop", tokens.stop_token(registration))
    sign_up(institution="Museo de Arte")

    assert client.post(page).status_code == 200


def test_link_to_stop_stops_no_other_mailbox(client):
    registration = confirmed()
    page = path("stop", tokens.stop_token(registration))
    actions.take_new_address(new_address_claim(registration, "new@museo.example"))

    assert client.post(page).status_code == 200
    stopped = [actions.is_suppressed(f"{name}@museo.example") for name in ("rosa", "new")]
    assert stopped == [True, False]


def test_stop_link_of_a_mistyped_address_works_after_the_correction(client):
    registration = actions.change_address(confirmed(), "slip@museo.example")
    page = path("stop", tokens.stop_token(registration, "slip@museo.example"))
    actions.change_address(registration, "new@museo.example")

    assert client.post(page).status_code == 200
    assert actions.is_suppressed("slip@museo.example") is True


def new_address_claim(registration, address):
    actions.change_address(registration, address)
    return tokens.read_new_address(tokens.new_address_token(registration, address))


@pytest.mark.parametrize("token", ["x", "W10:x", "x" * 2000])
def test_forged_link_to_stop_leads_to_help(client, token):
    assert client.post(path("stop", token)).status_code == 410


# No more reminders


REMINDERS = ("week_before", "days_before")


def one_click(page):
    """Post as a mail program does by RFC 8058: from elsewhere, without a cookie."""
    return Client(enforce_csrf_checks=True).post(page, {"List-Unsubscribe": "One-Click"})


def test_reminders_are_stopped_only_by_a_post_and_nothing_else_with_them(client):
    registration = confirmed()
    page = path("stop-reminders", tokens.stop_reminders_token(registration))

    shown = client.get(page)
    client.head(page)
    assert Suppression.objects.count() == 0
    responses = [client.post(page), one_click(page)]

    assert "csrftoken" not in shown.cookies
    done = "no more reminders or letters to this address"
    assert [done in response.text for response in responses] == [True, True]
    assert [response.status_code for response in responses] == [200, 200]
    assert not responses[1].cookies
    address = "rosa@museo.example"
    assert suppressions.is_without_reminders(address)
    assert not actions.is_suppressed(address)


def test_one_click_may_be_sent_as_a_form_of_either_type(client):
    registration = confirmed()
    page = path("stop-reminders", tokens.stop_reminders_token(registration))

    response = Client(enforce_csrf_checks=True).post(
        page,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"sec-fetch-site": "cross-site", "origin": "https://mail.example"},
    )

    assert (response.status_code, Suppression.objects.count()) == (200, 1)


def test_reader_without_reminders_still_gets_what_is_about_them(client, mailoutbox):
    registration = confirmed()
    client.post(path("stop-reminders", tokens.stop_reminders_token(registration)))
    Message.objects.all().delete()
    reminders = [factories.message(kind=kind, registration=registration) for kind in REMINDERS]
    own = factories.message(kind="confirmed", registration=registration)

    while outbox.send_next():
        pass

    sent = Message.objects.values_list("state", "last_error")
    unwanted = ("skipped", "Esta persona no quiere recordatorios ni comunicados.")
    assert [sent.get(pk=one.pk) for one in [*reminders, own]] == [*[unwanted] * 2, ("sent", "")]
    assert len(mailoutbox) == 1


def test_stopping_all_mails_after_the_reminders_stops_all(client):
    registration = confirmed()
    client.post(path("stop-reminders", tokens.stop_reminders_token(registration)))
    client.post(path("stop", tokens.stop_token(registration)))
    client.post(path("stop-reminders", tokens.stop_reminders_token(registration)))

    assert actions.is_suppressed("rosa@museo.example")
    assert Suppression.objects.count() == 1


def test_link_to_stop_reminders_is_no_other_link(client):
    registration = confirmed()
    tried = {
        "stop-reminders": tokens.stop_token(registration),
        "stop": tokens.stop_reminders_token(registration),
    }

    assert [client.post(path(*pair)).status_code for pair in tried.items()] == [410, 410]
    assert Suppression.objects.count() == 0


def test_pages_of_a_link_are_not_stored_or_indexed_and_send_no_referrer(client):
    registration = confirmed()
    fresh = tokens.fresh_token(registration)
    pages = [LOST, path("stop", tokens.stop_token(registration))]
    pages += [path("stop-reminders", tokens.stop_reminders_token(registration))]
    names = ("own-data", "change-details", "change-address", "erase")
    pages += [path(name, fresh) for name in names]

    for page in pages:
        response = client.get(page)
        assert (page, response.status_code) == (page, 200)
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "same-origin"
