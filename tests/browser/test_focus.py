"""Check where the focus is on a page that has come: screen readers say that, and the title."""

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect

from registration import tokens
from tests import factories
from tests.registration.helpers import confirmed, sign_up

SUMMARY = "#error-summary"
# How far the parts of a field stand above the window: its label, hint and error.
ABOVE = """() => Math.min(...[...document.activeElement.closest(".field").children]
  .map(part => part.getBoundingClientRect().top))"""


@pytest.fixture(autouse=True)
def english(meeting):
    with translation.override("en"):
        yield


@pytest.fixture
def seats():
    """Return places in person, and a seat of a workshop."""
    clay = factories.workshop(code="CLAY", title_en="Clay", room=factories.room())
    return factories.quota(size=20), factories.quota(session=clay, size=1)


@pytest.fixture(params=["page", "without_scripts"])
def any_page(request):
    return request.getfixturevalue(request.param)


def send(page):
    page.locator("main form [type=submit]").first.click()


# What is wrong


def test_error_summary_takes_the_focus_also_after_its_links_were_followed(any_page):
    any_page.goto(reverse("registration:sign-up"))
    send(any_page)
    expect(any_page.locator(SUMMARY)).to_be_focused()
    any_page.locator(f"{SUMMARY} a[href='#id_email']").click()
    any_page.locator("[name=email]").fill("rosa@museo.example")
    send(any_page)
    expect(any_page.locator(f"{SUMMARY} a[href='#id_email']")).to_have_count(0)

    expect(any_page.locator(SUMMARY)).to_be_focused()
    expect(any_page.locator(SUMMARY)).to_be_in_viewport(ratio=0.3)


def test_links_of_the_summary_bring_label_hint_and_error_into_view(page):
    page.goto(reverse("registration:sign-up"))
    page.locator(".form .fold > summary").click()
    page.locator("[name=needs]").fill("Sign language")
    send(page)
    above = {}
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 640})
        for link in page.locator(f"{SUMMARY} a").all():
            link.press("Enter")
            # The focus leaves the link a moment later.
            expect(page.locator(".field :focus")).to_have_count(1)
            above[link.get_attribute("href"), width] = page.evaluate(ABOVE)

    assert len(above) == 2 * 7
    assert {field: top for field, top in above.items() if top < 0} == {}


# What was done


def said_first(page, address, button):
    """Open a page, press its button, and return what has the focus then, else the title."""
    page.goto(address)
    with page.expect_event("load"):
        page.get_by_role("button", name=button).first.click()
    outcome = page.locator("[role=status][tabindex='-1']").first
    if outcome.count() == 0:
        return page.title()
    expect(outcome).to_be_focused()
    return outcome.inner_text()


def own(name, registration, token=tokens.own_token, *codes):
    return reverse(f"registration:{name}", args=[token(registration), *codes])


def test_message_about_what_a_button_has_done_takes_the_focus(any_page):
    mine = own("own", confirmed())

    assert said_first(any_page, mine, "Send me the e-mail") == "The e-mail is on its way."


@pytest.mark.drill
def test_every_button_of_a_persons_pages_says_first_what_it_has_done(any_page, seats):
    in_person, clay = seats
    pending = sign_up(n=1)
    here = confirmed(in_person, clay, n=2)
    elsewhere = confirmed(n=3)

    presses = [
        ("Confirm my registration", "confirm", pending, tokens.confirm_token),
        ("Send me the e-mail", "own", here),
        ("Release this place", "release", here, tokens.own_token, "CLAY"),
        ("Save", "change", here),
        ("Save", "consents", here),
        ("Save", "needs", here),
        ("I’ll come", "answer", here),
        ("Take part online", "answer", here),
        ("Take part in person", "own", elsewhere),
        ("Save", "change-details", here, tokens.fresh_token),
        ("Send me the link", "ask-for-data", here),
        ("Cancel my registration", "cancel", here),
        ("Make a new link", "new-link", elsewhere),
        ("No more reminders or letters", "stop-reminders", elsewhere, tokens.stop_reminders_token),
        ("Do not write", "stop", elsewhere, tokens.stop_token),
    ]
    said = [said_first(any_page, own(*page), button)[:24] for button, *page in presses]

    assert said == [
        "Your registration is con",
        "The e-mail is on its way",
        "“Clay” has been released",
        "Your choice has been sav",
        "Your choice has been sav",
        "Your access needs have b",
        "Thank you. We look forwa",
        "You now take part online",
        "You are coming in person",
        "Your details have been c",
        "Check your e-mail | 12th",
        "Registration cancelled |",
        "Done: the old links no l",
        "Done: we will send no mo",
        "Done: we will not write ",
    ]
