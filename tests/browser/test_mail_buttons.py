"""Every button behind every link of every mail is pressed, and does what it says."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from registration import mails
from registration.models import History, NewsAddress, Registration, Suppression
from tests import factories
from tests.registration.helpers import message_about
from tests.registration.letters import KINDS

# Mails and pages in which the buttons are named.
pytestmark = pytest.mark.usefixtures("in_english")

LINK = re.compile(r"https?://\S+")
BUTTONS = "main form[method=post] button"

CONFIRM = {"registration:confirm": ["Confirm my registration"]}
PROVE = {"registration:confirm": ["Confirm this address"]}
STOP = {"registration:stop": ["Do not write to this address again"]}
NO_REMINDERS = {"registration:stop-reminders": ["No more reminders or letters"]}
NO_NEWS = {"registration:news-stop": ["No more news"]}
WITHDRAW = {"registration:withdraw": ["Cancel this registration"]}
# What loses a place is behind one more page: see the tests of a person's own page.
OWN = {"registration:own": ["Send me the e-mail with this pass again"]}
ANSWER = {"registration:answer": ["I’ll come", "Take part online"]}
GIVE_BACK = {"registration:give-back": ["I’ll come", "I can’t come, release my place"]}

BEHIND = {
    "pending": CONFIRM | WITHDRAW | STOP,
    "unconfirmed": CONFIRM | WITHDRAW | STOP,
    "moved": PROVE | STOP,
    "desk": PROVE | STOP,
    "new_address": {"registration:new-address": ["Confirm this address"]} | STOP,
    "address_left": {},
    "confirmed": OWN,
    "already": OWN,
    "mailbox": OWN,
    "promoted": GIVE_BACK | OWN,
    "week_before": ANSWER | OWN | NO_REMINDERS,
    "days_before": ANSWER | OWN | NO_REMINDERS,
    "session_moved": OWN,
    "session_cancelled": OWN,
    "meeting_postponed": OWN,
    "meeting_cancelled": {},
    "meeting_held": OWN,
    "fresh_link": {"registration:own-data": ["Download my data"]},
    "letter": NO_REMINDERS | OWN,
    "news_kept": NO_NEWS,
    # Its link leads to the form, for everybody.
    "cancelled": {},
}

# One mail for each page and button, and what its history says then.
PRESSED = [
    ("pending", "registration:confirm", 0, "confirmed"),
    ("pending", "registration:withdraw", 0, "cancelled"),
    ("moved", "registration:confirm", 0, "moved"),
    ("desk", "registration:confirm", 0, "moved"),
    ("new_address", "registration:new-address", 0, "moved"),
    ("promoted", "registration:give-back", 0, "coming"),
    ("promoted", "registration:give-back", 1, "gave_back"),
    ("week_before", "registration:answer", 0, "coming"),
    ("week_before", "registration:answer", 1, "went_online"),
    ("confirmed", "registration:own", 0, "asked_again"),
    ("fresh_link", "registration:own-data", 0, "downloaded"),
]

STOPPED = [
    ("pending", "registration:stop", "pending"),
    ("week_before", "registration:stop-reminders", "confirmed"),
]


def mail_of(kind):
    """Write a mail to a person with a place in person and, perhaps after waiting, a seat."""
    in_person = factories.quota()
    clay = factories.quota(session=factories.workshop(code="CLAY", title_en="Clay"))
    if kind != "promoted":
        return message_about(kind, in_person, clay, mail_language="en")
    message = message_about(kind, clay, mail_language="en")
    earlier = message.history.happened_at - timedelta(days=1)
    factories.place(registration=message.registration, quota=in_person, changed_at=earlier)
    return message


def links_of(message):
    """Return the mail's personal links by the name of their page; the others are for everybody."""
    found = LINK.findall(mails.render(message).body)
    matches = [(link, resolve(urlsplit(link).path)) for link in found]
    return {match.view_name: link for link, match in matches if "token" in match.kwargs}


def buttons_at(page, link):
    page.goto(link)
    return [" ".join(words.split()) for words in page.locator(BUTTONS).all_inner_texts()]


@pytest.mark.drill
@pytest.mark.parametrize("kind", KINDS)
def test_buttons_behind_each_mail_are_those_that_are_pressed_here(page, meeting, kind):
    links = links_of(mail_of(kind))

    assert {name: buttons_at(page, link) for name, link in links.items()} == BEHIND[kind]


@pytest.mark.parametrize(("kind", "name", "button", "event"), PRESSED)
def test_button_behind_a_mail_does_what_it_says(page, meeting, kind, name, button, event):
    message = mail_of(kind)
    page.goto(links_of(message)[name])
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.locator(BUTTONS).nth(button).click()

    assert answered.value.status in (200, 302)
    newest = History.objects.filter(registration=message.registration).latest("pk")
    assert newest.event == event


@pytest.mark.parametrize(("kind", "name", "state"), STOPPED)
def test_button_against_further_mails_stops_them(page, meeting, kind, name, state):
    page.goto(links_of(mail_of(kind))[name])
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator(BUTTONS).click()

    found = Suppression.objects.get()
    assert (found.reason, found.is_of_reminders) == ("asked", kind == "week_before")
    assert Registration.objects.get().state == state


def test_button_against_news_deletes_the_address(page, meeting):
    page.goto(links_of(mail_of("news_kept"))["registration:news-stop"])
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator(BUTTONS).click()

    assert NewsAddress.objects.count() == 0


def test_every_page_behind_a_mail_has_its_buttons_pressed():
    pages = {
        (name, n) for pages in BEHIND.values() for name in pages for n in range(len(pages[name]))
    }

    pressed = {(name, n) for _kind, name, n, _event in PRESSED}
    stopped = {(name, 0) for _kind, name, _state in STOPPED} | {(name, 0) for name in NO_NEWS}
    assert pages == pressed | stopped
