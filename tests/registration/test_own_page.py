"""A person's own page and the pages behind it, as a browser uses them; and bad input."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from lxml import html

from programme.actions import correct_code
from programme.models import Session
from registration import actions, tokens
from registration.models import Consent
from registration.models.history import Event
from registration.wording.history import SENTENCES
from tests import factories
from tests.reading import headings, read, text, words
from tests.registration.helpers import (
    close_registration,
    confirmed,
    errors,
    events,
    mails,
    states,
    taken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=3)


@pytest.fixture
def clay(in_person):
    return factories.quota(
        session=factories.workshop(title_en="Clay", room=factories.room()), size=1
    )


def link(name, registration, *args):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration), *args])


def waiting_for(quota, *quotas, n):
    return confirmed(*quotas, quota, n=n, waitlist=[quota.code])


def said(client, response):
    """Return the messages of the page to which the response redirects."""
    page = client.get(response.url)
    return [str(message) for message in page.context["messages"]]


# What it shows


def test_page_shows_places_waiting_lists_and_answers(client, in_person, clay):
    confirmed(in_person, clay, n=1)
    registration = confirmed(
        in_person, clay, n=2, waitlist=[clay.code], needs="Wheelchair", institution="Museo X"
    )
    confirmed(in_person, clay, n=3, waitlist=[clay.code])

    html = client.get(link("own", registration)).text

    for sentence in (
        "Rosa Quispe Mamani",
        registration.spaced_reference,
        "Waiting list: number 1 of 2",
        "from 10:00 to 11:00, Asunción time",
        "Museo X",
        "Wheelchair",
        "person2@museo.example",
        "Bolivia",
        "You registered.",
        "You confirmed your registration.",
    ):
        assert sentence in html
    # The code and, in cells, the line: one's own cell is full.
    assert 'class="qr"' in html
    assert re.search(r'class="meter" viewBox="0 0 22 12"', html)


def test_page_of_an_online_person_leads_to_what_is_streamed(client, in_person):
    html = client.get(link("own", confirmed())).text

    assert "The sessions to follow online, for my calendar" in html
    assert ("Take part in person" in html, "My places" in html) == (True, False)


def test_page_offers_to_wait_where_no_place_in_person_is_left(client, meeting):
    factories.quota(size=0)

    html = client.get(link("own", confirmed())).text

    assert ("Wait for a place in person" in html, "Take part in person" in html) == (True, False)


@pytest.mark.parametrize(
    ("end", "words"),
    [(actions.cancel, "has been cancelled"), (actions.erase, "have been erased")],
    ids=["cancelled", "erased"],
)
def test_page_of_an_ended_registration_still_opens(client, in_person, end, words):
    registration = confirmed(in_person)
    end(registration)

    response = client.get(link("own", registration))

    assert response.status_code == 200
    assert words in response.text
    assert 'class="qr"' not in response.text


@pytest.mark.parametrize("end", [actions.cancel, actions.erase], ids=["cancelled", "erased"])
def test_page_offers_to_register_again_only_while_registration_is_open(client, in_person, end):
    registration = confirmed(in_person)
    end(registration)
    page, mistake = link("own", registration), "If it was a mistake, write to eim@museo.example."

    while_open = client.get(page).text
    close_registration(contact_email="eim@museo.example")
    when_closed = client.get(page).text

    assert ("Register again" in while_open, "If it was a mistake" in while_open) == (True, False)
    assert f'href="{reverse("registration:sign-up")}"' not in when_closed
    # What is erased cannot be put right.
    assert (mistake in when_closed) == (end is actions.cancel)


def test_cancel_page_promises_to_register_again_only_while_registration_is_open(client, in_person):
    page = link("cancel", confirmed(in_person))

    while_open = client.get(page).text
    close_registration()
    when_closed = client.get(page).text

    assert ("You can register again" in while_open, "you cannot" in while_open) == (True, False)
    assert ("You can register again" in when_closed, "you cannot" in when_closed) == (False, True)


def test_history_has_a_sentence_for_every_event():
    assert set(SENTENCES) == set(Event)


def test_page_after_the_meeting_offers_no_other_plans(client, in_person, time_machine):
    registration = confirmed(in_person)
    time_machine.move_to(factories.moment("12:00", day=5))

    assert "Have your plans changed?" not in client.get(link("own", registration)).text


def test_cancelling_after_the_meeting_leads_back_with_a_sentence(client, in_person, time_machine):
    registration = confirmed(in_person)
    time_machine.move_to(factories.moment("12:00", day=5))
    page = link("cancel", registration)

    assert client.get(page).url == link("own", registration)
    assert said(client, client.post(page)) == ["The meeting is over: nothing was changed."]
    assert states(registration) == {in_person.pk: "confirmed"}


# Buttons


@pytest.mark.parametrize("name", ["come-in-person", "send-again"])
def test_buttons_address_opened_by_a_reload_leads_back_and_does_nothing(client, in_person, name):
    registration = confirmed(in_person)

    response = client.get(link(name, registration))

    assert response.url == link("own", registration)
    assert events(registration) == ["signed_up", "confirmed"]


def test_page_before_going_online_says_what_will_be_lost_and_does_nothing(client, in_person, clay):
    first, second = confirmed(in_person, clay, n=1), waiting_for(clay, in_person, n=2)

    page = read(client, link("go-online", first))
    waiting = read(client, link("go-online", second))

    assert headings(page, 2) == ["Place in person", "Clay"]
    assert "Nobody is waiting for it" in text(page, "//main//li[1]")
    assert "Others are waiting for it" in text(page, "//main//li[2]")
    assert "You would lose this number" in text(waiting, "//main//li[2]")
    assert words(page.xpath("//main//a[contains(@class, 'button')]")) == ["Keep my places"]
    assert states(first) == {in_person.pk: "confirmed", clay.pk: "confirmed"}


def test_page_before_going_online_names_the_venue_of_a_visit(client, in_person, clay):
    registration = confirmed(in_person, clay)
    Session.objects.filter(quota=clay).update(room=None, venue_name="Museo del Barro")

    page = read(client, link("go-online", registration))

    assert "Museo del Barro" in text(page, "//main//li[2]")


def test_page_before_releasing_a_place_names_it_alone_and_does_nothing(client, in_person, clay):
    registration = confirmed(in_person, clay)

    page = read(client, link("release", registration, clay.code))

    assert headings(page, 2) == ["Clay"]
    assert page.xpath("//main//form/@action") == [link("give-back", registration, clay.code)]
    assert words(page.xpath("//main//a[contains(@class, 'button')]")) == ["Keep my place"]
    assert states(registration)[clay.pk] == "confirmed"
    all_of_it = client.get(link("release", registration, "in_person"))
    assert all_of_it.url == link("go-online", registration)


def test_own_page_acts_on_places_only_behind_a_page(client, in_person, clay):
    factories.session(format="hybrid")
    registration = confirmed(in_person, clay)

    page = read(client, link("own", registration))

    losing = [link("go-online", registration), link("give-back", registration, clay.code)]
    assert {*losing}.isdisjoint(page.xpath("//main//form/@action"))
    online, release = link("go-online", registration), link("release", registration, clay.code)
    found = page.xpath("//main//a/@href")
    assert [a for a in found if a in (online, release)] == [online, release, online]
    assert page.xpath("//main//a[@href=$a]/@class", a=online) == ["text-button", "button is-quiet"]


def test_going_online_says_who_gets_the_places_only_if_somebody_waits(client, in_person, clay):
    first, _second = confirmed(in_person, clay, n=1), waiting_for(clay, in_person, n=2)
    alone = confirmed(in_person, n=3)

    told = [said(client, client.post(link("go-online", one)))[-1] for one in (first, alone)]

    assert told == [
        "You now take part online. Your places go to those who are waiting.",
        "You now take part online, and your places are free for others.",
    ]


def test_own_page_after_the_meeting_offers_what_can_still_be_done(client, in_person, time_machine):
    registration = confirmed(in_person, factories.quota(session=factories.workshop()))
    time_machine.move_to(factories.moment("12:00", day=5))

    page = read(client, link("own", registration))

    assert page.xpath("//main//form") == []
    assert "Show this code" not in text(page)
    assert page.xpath("//main//*[@class='pass-code-image']") == []
    assert words(page.xpath("//main//a")) == [
        "The programme, with the available recordings and materials",
        "List of participants",
        "Give or withdraw consents",
        "Correct, download or erase my data",
        "Make a new link",
    ]


@pytest.mark.parametrize("name", ["go-online", "change", "release", "give-back", "cancel"])
def test_pages_that_change_places_lead_back_after_the_meeting(
    client, in_person, clay, time_machine, name
):
    registration = confirmed(in_person, clay)
    time_machine.move_to(factories.moment("12:00", day=5))
    code = [clay.code] if name in ("release", "give-back") else []

    assert client.get(link(name, registration, *code)).url == link("own", registration)


def test_place_in_what_has_begun_cannot_be_released(client, in_person, clay, time_machine):
    registration = confirmed(in_person, clay)
    Session.objects.update(starts_at=factories.NOW, ends_at=factories.moment("12:00"))

    response = client.get(link("release", registration, clay.code))

    assert said(client, response) == ["“Clay” has begun: nothing was changed."]


def test_online_and_back_are_one_click_each(client, in_person, clay):
    registration = confirmed(in_person, clay)

    away = client.post(link("go-online", registration))
    registration.refresh_from_db()
    assert (registration.attendance, taken(clay), away.url) == (
        "online",
        0,
        link("own", registration),
    )

    client.post(link("come-in-person", registration))

    registration.refresh_from_db()
    assert (registration.attendance, taken(in_person)) == ("in_person", 1)


def test_mail_with_the_pass_is_sent_again(client, in_person):
    registration = confirmed(in_person)

    response = client.post(link("send-again", registration))

    assert said(client, response) == ["The e-mail is on its way."]
    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "confirmed"]


def test_mail_is_sent_again_only_as_often_as_a_day_allows(client, in_person, settings):
    settings.MAILS_PER_ADDRESS = 1
    registration = confirmed(in_person)

    responses = [client.post(link("send-again", registration)) for _n in range(2)]

    assert said(client, responses[-1])[-1].startswith("We have written to this address many times")
    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "confirmed"]


# Giving back, and the answers that mails ask for


def test_page_of_a_mail_about_one_place_shows_two_buttons_and_does_nothing(client, in_person, clay):
    registration = confirmed(in_person, clay)

    html = client.get(link("give-back", registration, clay.code)).text

    assert re.findall(r'name="answer" value="([\w-]+)"', html) == ["coming", "give-back"]
    assert states(registration)[clay.pk] == "confirmed"


def test_link_of_a_mail_works_after_the_code_of_its_session_was_corrected(client, in_person, clay):
    registration = confirmed(in_person, clay)
    address = link("give-back", registration, clay.code)
    correct_code(clay.session, "ZZ-99")

    client.post(address, {"answer": "give-back"})

    assert states(registration)[clay.pk] == "released"


def test_place_is_given_back_and_can_be_chosen_again(client, in_person, clay):
    registration = confirmed(in_person, clay)

    response = client.post(link("give-back", registration, clay.code), {"answer": "give-back"})

    assert said(client, response) == [
        "“Clay” has been released. You can choose it again while there are places."
    ]
    client.post(link("change", registration), {"workshops": [clay.code]})
    assert states(registration)[clay.pk] == "confirmed"


def test_answer_that_is_none_shows_the_buttons_again(client, in_person, clay):
    registration = confirmed(in_person, clay)

    responses = [
        client.post(link("give-back", registration, clay.code), data)
        for data in ({}, {"answer": "perhaps"}, {"answer": "\x00"})
    ]

    assert [r.status_code for r in responses] == [422] * 3
    assert states(registration)[clay.pk] == "confirmed"


@pytest.mark.parametrize("code", ["NO-SUCH", "x" * 500])
def test_answer_about_a_place_of_somebody_else_gets_a_sentence(client, in_person, clay, code):
    registration = confirmed(in_person)

    for code_of_none in (code, clay.code):
        response = client.post(link("give-back", registration, code_of_none), {"answer": "coming"})
        assert said(client, response)[-1].startswith("This place is no longer among yours")

    assert events(registration) == ["signed_up", "confirmed"]


def test_answering_twice_is_harmless(client, in_person, clay):
    registration = confirmed(in_person, clay)

    for _n in range(2):
        client.post(link("answer", registration))
        client.post(link("give-back", registration, clay.code), {"answer": "coming"})

    assert events(registration)[-3:] == ["promoted", "coming", "coming"]


def test_answer_page_offers_online_or_cancelling_and_does_nothing(client, in_person):
    registration = confirmed(in_person)

    html = client.get(link("answer", registration)).text

    assert link("go-online", registration) in html
    assert link("cancel", registration) in html
    assert events(registration) == ["signed_up", "confirmed"]


def test_answer_after_cancelling_gets_a_sentence(client, in_person):
    registration = actions.cancel(confirmed(in_person))

    response = client.post(link("answer", registration))

    assert said(client, response) == ["This registration has been cancelled: nothing was changed."]
    assert client.get(link("answer", registration)).url == link("own", registration)


# Changing


def test_change_page_shows_what_one_has_with_exact_figures(client, in_person, clay):
    registration = confirmed(in_person, clay)
    factories.quota(service_code="bus", name_en="Bus", size=40)

    html = client.get(link("change", registration)).text

    assert re.search(rf'name="workshops" value="{clay.code}" checked', html)
    assert "40 of 40 places are left" in html


def test_full_workshop_is_offered_by_its_waiting_list_with_the_number(client, in_person, clay):
    confirmed(in_person, clay, n=1)
    confirmed(in_person, clay, n=2, waitlist=[clay.code])
    registration = confirmed(in_person, n=3)

    html = client.get(link("change", registration)).text
    assert f'name="waitlist" value="{clay.code}"' in html
    assert "On the waiting list you would be number 2." in html

    client.post(link("change", registration), {"waitlist": [clay.code]})

    assert states(registration)[clay.pk] == "waiting"


def test_workshop_that_fills_up_meanwhile_names_itself_and_keeps_the_rest(client, in_person, clay):
    bus = factories.quota(service_code="bus")
    registration = confirmed(in_person, n=1)
    confirmed(in_person, clay, n=2)

    response = client.post(
        link("change", registration), {"workshops": [clay.code], "services": ["bus"]}
    )

    assert response.status_code == 422
    assert errors(response) == {
        "workshops": [
            "“Clay” has just become full. Tick it to join its waiting list, or choose something "
            "else."
        ]
    }
    assert re.search(r'name="services" value="bus" checked', response.text)
    assert f'name="waitlist" value="{clay.code}"' in response.text
    assert bus.pk not in states(registration)


def test_every_clash_is_named_on_the_change_page(client, in_person, clay):
    others = [
        factories.quota(session=factories.workshop(title_en=title)) for title in ("Ink", "Wool")
    ]
    registration = confirmed(in_person)

    codes = [quota.code for quota in (clay, *others)]
    response = client.post(link("change", registration), {"workshops": codes})

    sentences = errors(response)["workshops"]
    assert [s.count("from 10:00 to 11:00") for s in sentences] == [2, 2, 2]
    summary = html.fromstring(response.text).get_element_by_id("error-summary")
    assert summary.xpath(".//li//text()") == [
        "Workshops and visits: Two of your choices are at the same time."
    ]
    assert [value in response.text for value in codes] == [True] * 3
    assert states(registration) == {in_person.pk: "confirmed"}


def test_what_has_begun_is_shown_fixed_and_sent_as_it_is(client, in_person, clay, time_machine):
    over = factories.quota(session=factories.workshop(title_en="Over"))
    bus = factories.quota(service_code="bus")
    registration = confirmed(in_person, clay)
    time_machine.move_to(factories.moment("10:30"))

    html = client.get(link("change", registration)).text
    assert re.search(rf'name="workshops" value="{clay.code}" checked disabled', html)
    assert f'<input type="hidden" name="workshops" value="{clay.code}">' in html
    assert over.code not in html

    client.post(link("change", registration), {"workshops": [clay.code], "services": ["bus"]})

    assert states(registration)[clay.pk] == "confirmed"
    assert states(registration)[bus.pk] == "confirmed"


@pytest.mark.parametrize("field", ["workshops", "services", "waitlist"])
@pytest.mark.parametrize("typed", ["NO-SUCH", "in_person", "x" * 10_000])
def test_made_up_choice_gets_a_sentence(client, in_person, clay, field, typed):
    registration = confirmed(in_person, clay)

    response = client.post(link("change", registration), {field: [typed]})

    assert (response.status_code, list(errors(response))) == (422, [field])
    assert states(registration) == {in_person.pk: "confirmed", clay.pk: "confirmed"}


def test_change_page_leads_people_online_back(client, in_person):
    registration = confirmed()

    response = client.get(link("change", registration))

    assert said(client, response) == [
        "Workshops, visits and services are for those who come in person."
    ]


# Consents


def test_consents_are_unticked_until_they_are_given(client, in_person):
    html = client.get(link("consents", confirmed())).text

    names = re.findall(r'type="checkbox" name="(\w+)"', html)
    assert names == ["image", "list", "news", "certificate"]
    assert not re.search("<input[^>]* checked", html)


def test_consents_are_written_with_text_language_and_moment(client, in_person, time_machine):
    registration = confirmed()
    with translation.override("pt"):
        page = link("consents", registration)

    client.post(page, {"image": "on", "news": "on"})
    time_machine.shift(timedelta(days=1))
    client.post(page, {"news": "on", "list": "on"})
    client.post(page, {"news": "on", "list": "on"})

    rows = Consent.objects.exclude(purpose="privacy").order_by("pk")
    assert list(rows.values_list("purpose", "text_version", "language", "withdrawn_at")) == [
        ("image", "1", "pt", factories.NOW + timedelta(days=1)),
        ("news", "1", "pt", None),
        ("list", "1", "pt", None),
    ]
    assert [h.note for h in registration.history.filter(event="consented")] == [
        "+image +news",
        "+list -image",
    ]


def test_taking_back_the_needs_erases_their_text(client, in_person):
    registration = confirmed(needs="Wheelchair")
    assert 'name="needs"' in client.get(link("consents", registration)).text

    client.post(link("consents", registration), {"news": "on"})

    registration.refresh_from_db()
    assert registration.needs == ""
    assert list(Consent.objects.live().values_list("purpose", flat=True)) == ["privacy", "news"]


def test_consents_are_taken_back_also_when_the_page_has_closed(client, in_person, time_machine):
    registration = confirmed()
    client.post(link("consents", registration), {"news": "on", "certificate": "on"})
    time_machine.move_to(factories.moment("12:00", day=60))

    assert link("consents", registration) in client.get(link("own", registration)).text
    client.post(link("consents", registration), {"certificate": "on"})

    assert set(Consent.objects.live().values_list("purpose", flat=True)) == {
        "privacy",
        "certificate",
    }


def test_name_kept_for_the_certificate_goes_when_its_consent_is_taken_back(
    client, in_person, time_machine
):
    registration = confirmed()
    page = link("consents", registration)
    client.post(page, {"certificate": "on"})
    time_machine.move_to(factories.moment("12:00", day=200))
    actions.purge()

    closed = client.get(link("own", registration)).text
    assert (page in closed, "Send me the link" in closed) == (True, False)
    assert re.findall(r'type="checkbox" name="(\w+)"', client.get(page).text) == ["certificate"]

    client.post(page, {"news": "on"})
    actions.purge()

    registration.refresh_from_db()
    assert registration.full_name == ""
    assert not Consent.objects.live().exists()
    assert client.get(page).url == link("own", registration)


def test_privacy_notice_is_not_taken_back_by_a_made_up_form(client, in_person):
    registration = confirmed()

    client.post(link("consents", registration), {"privacy": "", "in_person": "on"})

    assert list(Consent.objects.live().values_list("purpose", flat=True)) == ["privacy"]


# All of them

PAGES = ["own", "answer", "change", "consents", "needs", "ask-for-data", "cancel", "own-calendar"]
BUTTONS = ["go-online", "come-in-person", "send-again"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_not_stored_indexed_or_told_to_others(client, in_person, name):
    response = client.get(link(name, confirmed(in_person)))

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("token", ["x", "WzEsMV0:forged", "x" * 2000])
@pytest.mark.parametrize("name", [*PAGES, *BUTTONS, "give-back", "take"])
def test_forged_link_leads_to_help(client, meeting, name, token):
    args = [token, "S-1"] if name in ("give-back", "take") else [token]

    responses = [
        client.get(reverse(f"registration:{name}", args=args)),
        client.post(reverse(f"registration:{name}", args=args)),
    ]

    # Some pages take no POST.
    assert {r.status_code for r in responses} <= {405, 410}
    assert responses[0].status_code == 410
    assert reverse("registration:lost-link") in responses[0].text


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_there_in_each_language(client, in_person, clay, language, name):
    registration = confirmed(in_person, clay)
    with translation.override(language):
        page = link(name, registration)

    assert page.startswith(f"/{language}/")
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", ["change", "consents"])
def test_failed_csrf_check_keeps_what_was_ticked_and_does_nothing(in_person, clay, name):
    registration = confirmed(in_person)

    response = Client(enforce_csrf_checks=True).post(
        link(name, registration), {"workshops": [clay.code], "news": "on"}
    )

    assert response.status_code == 403
    assert " checked" in response.text
    assert "did not send this page" in errors(response)["__all__"][0]
    assert events(registration) == ["signed_up", "confirmed"]


def test_calendar_of_an_online_person_has_what_can_be_followed(client, meeting):
    factories.session(title="Hybrid", format="hybrid")
    factories.session(title="Draft", state="draft")
    factories.workshop(title="Here only")

    ics = client.get(link("own-calendar", confirmed())).text

    assert re.findall(r"SUMMARY:(.*)\r", ics) == ["Hybrid"]


def test_calendar_of_somebody_in_person_has_their_seats(client, in_person, clay):
    factories.session(title="Hybrid", format="hybrid")
    registration = confirmed(in_person, clay)

    ics = client.get(link("own-calendar", registration)).text

    assert re.findall(r"SUMMARY:(.*)\r", ics) == ["Clay"]
