"""Addresses for news are kept apart from registrations, by consent, until they are taken back."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from eim import clock
from registration import actions, tokens
from registration.actions.consents.news import years_before
from registration.models import Consent, Letter, Message, NewsAddress
from tests import factories
from tests.reading import parsed, read, text, words
from tests.registration.helpers import confirmed, correction, events, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

ROSA = "rosa@museo.example"
TEXT = {"text_version": "1", "language": "pt"}


def kept():
    """Return the addresses for news, with the language in which each is written to."""
    return list(NewsAddress.objects.order_by("address").values_list("address", "language"))


def wants_news(**facts):
    registration = confirmed(**facts)
    return actions.give_consents(registration, ["news"], **TEXT)


def refuse(registration):
    return actions.set_consents(registration, [], **TEXT)


def own(name, registration):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration)])


def stop_link():
    return reverse("registration:news-stop", args=[tokens.news_token(NewsAddress.objects.get())])


# Given and withdrawn


def test_consent_writes_the_address_with_text_language_and_moment():
    wants_news(email="Rosa@Museo.example")

    row = NewsAddress.objects.get()
    assert (row.address, row.email_key) == ("Rosa@Museo.example", ROSA)
    assert (row.language, row.text_version, row.given_at) == ("es", "1", factories.NOW)


def test_box_beside_the_confirming_button_gives_the_consent(client):
    registration = sign_up()
    page = reverse("registration:confirm", args=[tokens.confirm_token(registration)])
    boxes = read(client, page).xpath("//main//input[@type='checkbox']")
    assert [(box.get("name"), box.get("checked")) for box in boxes] == [
        ("list", None),
        ("news", None),
    ]

    client.post(page, {"news": "on"})

    registration.refresh_from_db()
    assert registration.is_confirmed
    assert kept() == [(ROSA, "es")]
    given = registration.consents.live().values_list("purpose", "language")
    assert sorted(given) == [("news", "en"), ("privacy", "es")]


def test_confirming_without_a_tick_keeps_no_address_and_other_consents(client):
    registration = sign_up(needs="Rampa")

    client.post(reverse("registration:confirm", args=[tokens.confirm_token(registration)]))

    assert kept() == []
    assert events(registration) == ["signed_up", "confirmed"]
    assert set(registration.consents.live().values_list("purpose", flat=True)) == {
        "privacy",
        "needs",
    }


def test_boxes_are_carried_into_another_language_and_confirm_nothing(client):
    registration = sign_up()
    with translation.override("pt"):
        page = reverse("registration:confirm", args=[tokens.confirm_token(registration)])

    response = client.post(page, {"news": "on", "carried_from": "es"})

    assert parsed(response).xpath("//input[@name='news']/@checked") == ["checked"]
    registration.refresh_from_db()
    assert registration.is_pending


def test_withdrawing_the_consent_deletes_the_address():
    registration = wants_news()

    refuse(registration)

    assert kept() == []


def test_address_stays_while_somebody_else_of_the_mailbox_wants_news():
    rosa, juana = wants_news(), wants_news(full_name="Juana Quispe")

    refuse(rosa)
    after_one = kept()
    refuse(juana)

    assert (after_one, kept()) == ([(ROSA, "es")], [])


def test_new_yes_renews_the_moment_and_another_page_does_not(time_machine):
    factories.news_address(address=ROSA, given_at=factories.NOW - timedelta(days=700))
    registration = wants_news()
    time_machine.shift(timedelta(days=1))

    actions.set_consents(registration, ["news", "image"], **TEXT)

    assert NewsAddress.objects.get().given_at == factories.NOW


def test_year_in_the_words_is_that_of_the_last_deletion(client, time_machine):
    registration = confirmed()
    label = "//label[contains(., 'later meetings')]"
    before = text(read(client, own("consents", registration)), label)
    time_machine.move_to(factories.moment("12:00", day=60))

    after = text(read(client, own("consents", registration)), label)

    sentence = (
        "The organisers may write to me about later meetings, until {}. My e-mail address is kept "
        "apart for that."
    )
    assert (before, after) == (sentence.format(2030), sentence.format(2031))


def test_consent_to_the_words_of_before_keeps_no_address_until_it_is_renewed(client):
    registration = confirmed()
    factories.consent(registration=registration, purpose="news", text_version="0")
    page = own("consents", registration)
    assert read(client, page).xpath("//input[@name='news']/@checked") == []

    client.post(page, {"news": "on"})

    assert kept() == [(ROSA, "es")]
    assert read(client, page).xpath("//input[@name='news']/@checked") == ["checked"]
    rows = Consent.objects.filter(purpose="news").order_by("pk")
    assert [row.withdrawn_at is None for row in rows] == [False, True]


def test_unproven_address_is_kept_once_it_is_proven(organiser):
    registration = actions.confirm_by_hand(sign_up(), by=organiser)
    actions.give_consents(registration, ["news"], **TEXT)
    before = kept()

    actions.confirm(registration.pk, registration.link_version)

    assert (before, kept()) == ([], [(ROSA, "es")])


def test_proof_of_an_address_writes_none_for_the_words_of_before(organiser):
    registration = actions.confirm_by_hand(sign_up(), by=organiser)
    factories.consent(registration=registration, purpose="news", text_version="0")

    actions.confirm(registration.pk, registration.link_version)

    assert kept() == []


# Another address


def new_address_claim(registration, email):
    actions.change_address(registration, email)
    registration.refresh_from_db()
    token = tokens.new_address_token(registration, registration.new_email_key)
    return tokens.read_new_address(token)


def test_address_follows_the_person_once_the_new_one_is_proven():
    registration = wants_news()
    row = NewsAddress.objects.get()
    claim = new_address_claim(registration, "nueva@museo.example")
    before = kept()

    actions.take_new_address(claim)

    assert (before, kept()) == ([(ROSA, "es")], [("nueva@museo.example", "es")])
    moved = NewsAddress.objects.get()
    assert (moved.pk, moved.link_version, moved.given_at) == (row.pk, 2, row.given_at)


def test_address_that_another_reader_wants_stays_behind():
    rosa = wants_news()
    wants_news(full_name="Juana Quispe")

    actions.take_new_address(new_address_claim(rosa, "nueva@museo.example"))

    assert kept() == [("nueva@museo.example", "es"), (ROSA, "es")]


def test_address_of_an_earlier_meeting_stays_where_it_was():
    factories.news_address(address=ROSA)

    actions.take_new_address(new_address_claim(confirmed(), "nueva@museo.example"))

    assert kept() == [(ROSA, "es")]


def test_correction_by_organisers_ends_the_old_address_until_the_new_one_is_proven(organiser):
    registration = wants_news()

    corrected = correction(registration, email="buena@museo.example")
    registration = actions.correct(registration, corrected, by=organiser)
    before = kept()
    actions.confirm(registration.pk, registration.link_version)

    assert (before, kept()) == ([], [("buena@museo.example", "es")])


def test_language_follows_that_of_the_e_mails():
    registration = wants_news()

    actions.change_details(registration, {"mail_language": "pt"})

    assert kept() == [(ROSA, "pt")]


# The link


def test_link_shows_a_button_and_deletes_only_when_it_is_pressed(client):
    registration = wants_news()
    page = stop_link()
    assert words(read(client, page).xpath("//main//button")) == ["No more news"]
    before = kept()

    response = client.post(page)

    assert (response.status_code, before, kept()) == (200, [(ROSA, "es")], [])
    assert "we keep no address of this link" in text(parsed(response))
    assert events(registration)[-1] == "consented"
    assert not registration.consents.live().filter(purpose="news").exists()


def test_mail_program_deletes_by_one_click_without_cookie_or_token():
    wants_news()
    page = stop_link()
    program = Client(enforce_csrf_checks=True)

    answers = [program.post(page, {"List-Unsubscribe": "One-Click"}) for _twice in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (kept(), program.cookies) == ([], {})


def test_link_in_a_mailbox_that_was_left_deletes_nothing(client):
    registration = wants_news()
    page = stop_link()
    actions.take_new_address(new_address_claim(registration, "nueva@museo.example"))

    response = client.post(page)

    assert response.status_code == 200
    assert kept() == [("nueva@museo.example", "es")]


@pytest.mark.parametrize("token", ["x", "WzEsMV0:x"])
def test_link_that_nobody_signed_is_refused(client, token):
    wants_news()

    response = client.post(reverse("registration:news-stop", args=[token]))

    assert (response.status_code, kept()) == (410, [(ROSA, "es")])


def test_letter_counts_whom_it_reached_although_the_address_is_deleted():
    news = factories.news_address()
    letter = factories.letter(state="sent", audience="news")
    factories.message(kind="letter", letter=letter, news_address=news, state="sent")

    actions.stop_news(tokens.read_news(tokens.news_token(news)))

    assert (Message.objects.count(), Letter.objects.get().erased_sent) == (0, 1)


# On the page of consents


def test_page_of_consents_says_that_others_or_an_earlier_meeting_asked(client):
    factories.news_address(address=ROSA)
    page = read(client, own("consents", confirmed()))

    assert "rosa@museo.example gets news of later meetings since" in text(page)
    assert page.xpath("//a[contains(., 'No more news')]/@href") == [stop_link()]
    assert page.xpath("//input[@name='news']/@checked") == []


def test_page_of_consents_says_nothing_more_to_whoever_agreed(client):
    page = read(client, own("consents", wants_news()))

    assert page.xpath("//a[contains(., 'No more news')]") == []


# The end


def test_address_outlives_the_purge_and_its_link_still_works(client, time_machine):
    wants_news()
    page = stop_link()
    time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=181))

    actions.purge()

    assert kept() == [(ROSA, "es")]
    client.post(page)
    assert kept() == []


@pytest.mark.parametrize(("day", "people"), [(0, 0), (1, 1)])
def test_address_is_deleted_four_years_after_the_last_yes(time_machine, capsys, day, people):
    news = factories.news_address()
    time_machine.move_to(news.given_at.replace(year=2030) + timedelta(days=day))

    call_command("purge_personal_data")

    assert NewsAddress.objects.count() == 1 - people
    words = ["0 addresses", "1 address"][people]
    line = f"Addresses for news: kept 4 years after the last consent; {words} erased."
    assert line in capsys.readouterr().out.splitlines()


def test_years_are_counted_by_the_calendar():
    leap_day = factories.NOW.replace(year=2028, month=2, day=29)

    assert years_before(leap_day, 4) == leap_day.replace(year=2024)
    assert years_before(leap_day, 3) == leap_day.replace(year=2025, day=28)


def erase_page(registration):
    return reverse("registration:erase", args=[tokens.fresh_token(registration)])


@pytest.mark.parametrize(("ticked", "left"), [({}, []), ({"news": "on"}, [(ROSA, "es")])])
def test_erasing_oneself_deletes_the_address_unless_it_is_to_stay(client, ticked, left):
    registration = wants_news()

    client.post(erase_page(registration), {"sure": "on"} | ticked)

    registration.refresh_from_db()
    assert (registration.is_anonymous, kept()) == (True, left)


def test_erasing_oneself_deletes_the_address_of_an_earlier_meeting_too():
    factories.news_address(address=ROSA)

    actions.erase(confirmed())

    assert kept() == []


def test_erasing_oneself_leaves_the_address_to_whoever_shares_the_mailbox():
    wants_news(full_name="Juana Quispe")

    actions.erase(confirmed())

    assert kept() == [(ROSA, "es")]


def test_erasing_a_mistyped_registration_leaves_the_address_of_its_mailbox(organiser):
    wants_news()

    actions.erase(sign_up(full_name="Otra Persona"), by=organiser)

    assert kept() == [(ROSA, "es")]


def test_erase_page_offers_to_keep_only_an_address_that_is_there(client):
    page = erase_page(confirmed())

    assert read(client, page).xpath("//input[@type='checkbox']/@name") == ["sure"]


# What a person can ask for


def test_download_has_the_address(client):
    registration = wants_news()

    page = reverse("registration:download-data", args=[tokens.fresh_token(registration)])
    data = json.loads(client.post(page).text)

    assert data["news"] == {
        "address": ROSA,
        "language": "es",
        "text_version": "1",
        "given_at": clock.now().isoformat(timespec="seconds"),
    }


def ask_for_links(client, email):
    response = client.post(reverse("registration:lost-link"), {"email": email})
    call_command("worker", "--once", verbosity=0)
    return response.url


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_mail_tells_an_address_for_news_alone_what_is_kept_and_how_to_delete_it(client, language):
    factories.news_address(address=ROSA, language=language)

    answers = {ask_for_links(client, email) for email in (ROSA, "nadie@museo.example")}

    assert len(answers) == 1
    (sent,) = mail.outbox
    link = stop_link().removeprefix("/en")
    assert sent.to == [ROSA]
    assert ROSA in sent.body
    assert tokens.news_token(NewsAddress.objects.get()) in sent.body
    assert link.rsplit("/", 2)[1] in sent.alternatives[0].content


def test_mail_about_registrations_tells_of_the_address_for_news(client):
    wants_news()
    call_command("worker", "--once", verbosity=0)
    mail.outbox.clear()

    ask_for_links(client, ROSA)

    (sent,) = mail.outbox
    assert "Rosa Quispe Mamani" in sent.body
    assert tokens.news_token(NewsAddress.objects.get()) in sent.body


# In the back office


def test_organiser_deletes_an_address_without_a_trace_of_it(staff_client):
    registration = wants_news()
    row = NewsAddress.objects.get()

    staff_client.post(
        reverse("admin:registration_newsaddress_delete", args=[row.pk]), {"post": "yes"}
    )

    assert kept() == []
    assert not registration.consents.live().filter(purpose="news").exists()
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["…"]
