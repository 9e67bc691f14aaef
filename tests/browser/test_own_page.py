"""A person changes their mind on their own page: with the keyboard, and without scripts."""

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from registration import actions, tokens
from registration.models import Quota, Registration
from tests import factories
from tests.registration.helpers import confirmed, states

MOST_TABS = 80


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=2)


@pytest.fixture
def clay(in_person):
    clay = factories.workshop(title_es="Barro", title_pt="Barro", title_en="Clay")
    return factories.quota(session=clay, size=1)


@pytest.fixture
def paper(in_person):
    starts_at = factories.moment("10:00", day=2)
    paper = factories.workshop(title_es="Papel", title_en="Paper", starts_at=starts_at)
    return factories.quota(session=paper, size=5)


@pytest.fixture
def person(in_person, clay):
    """Register a person in person, who is next in line for the clay."""
    confirmed(in_person, clay, n=1)
    return confirmed(in_person, clay, n=2, waitlist=[clay.code])


def address(name, registration, *args):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration), *args])


def press_by_keyboard(page, words, key="Enter"):
    """Tab by Tab to the button, link or box of this name, as somebody without a mouse goes."""
    wanted = page.get_by_role("main").locator(":focus").and_(named(page, words))
    for _n in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.count():
            page.keyboard.press(key)
            return
    raise AssertionError(f"No way to {words!r} with the keyboard.")


def named(page, words):
    roles = [page.get_by_role(role, name=words) for role in ("button", "link", "checkbox")]
    return roles[0].or_(roles[1]).or_(roles[2])


def expect_page(page, words):
    page.get_by_role("heading", level=1, name=words).wait_for()


def expect_said(page, words):
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


@pytest.mark.drill
def test_whole_way_by_keyboard(page, person, in_person, clay, paper, in_english):
    page.goto(address("own", person))
    assert page.get_by_text("Waiting list: number 1 of 1").is_visible()

    press_by_keyboard(page, "Change my workshops and services")
    expect_page(page, "Change my workshops and services")
    press_by_keyboard(page, "Paper", key="Space")
    press_by_keyboard(page, "Save")
    expect_said(page, "Your choice has been saved.")
    assert states(person) == {
        in_person.pk: "confirmed",
        clay.pk: "waiting",
        paper.pk: "confirmed",
    }

    press_by_keyboard(page, "Release this place (Paper)")
    expect_page(page, "Release this place")
    press_by_keyboard(page, "Release this place")
    expect_said(page, "“Paper” has been released.")
    press_by_keyboard(page, "Leave the waiting list (Clay)")
    expect_page(page, "Leave the waiting list")
    press_by_keyboard(page, "Leave the waiting list")
    expect_said(page, "“Clay” has been released.")
    assert states(person) == {
        in_person.pk: "confirmed",
        clay.pk: "released",
        paper.pk: "released",
    }

    press_by_keyboard(page, "Take part online")
    expect_page(page, "Take part online")
    press_by_keyboard(page, "Keep my places")
    expect_page(page, "My registration")
    press_by_keyboard(page, "Take part online")
    expect_page(page, "Take part online")
    press_by_keyboard(page, "Take part online")
    expect_said(page, "You now take part online")
    press_by_keyboard(page, "Take part in person")
    expect_said(page, "You are coming in person and your place is reserved.")
    assert states(person)[in_person.pk] == "confirmed"

    press_by_keyboard(page, "Cancel my registration")
    expect_page(page, "Cancel your registration")
    press_by_keyboard(page, "Cancel my registration")
    page.get_by_text("This registration has been cancelled").wait_for()
    assert Registration.objects.get(pk=person.pk).state == "cancelled"


def test_clash_takes_the_focus_and_keeps_what_was_ticked(page, in_person, clay, in_english):
    other = factories.quota(session=factories.workshop(title_en="Ink"), size=5)
    person = confirmed(in_person)
    page.goto(address("change", person))
    for title in ("Clay", "Ink"):
        page.get_by_role("checkbox", name=title).check()
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#error-summary")).to_be_focused()
    assert page.locator("#error-summary a").count() == 1
    assert page.get_by_role("checkbox", name="Ink").is_checked()
    assert other.pk not in states(person)
    page.locator("#error-summary a").click()
    expect(page.get_by_role("checkbox", name="Clay")).to_be_focused()


PAGES = {
    "own": "My registration",
    "change": "Change my workshops and services",
    "answer": "Are you coming?",
    "consents": "Your consents",
    "needs": "My access needs",
    "ask-for-data": "My data",
    "cancel": "Cancel your registration",
}


@pytest.mark.drill
@pytest.mark.parametrize("language", ["es", "pt"])
def test_pages_are_there_in_the_other_languages(page, person, language):
    with translation.override(language):
        for name, heading in PAGES.items():
            page.goto(address(name, person))
            expect_page(page, gettext(heading))


def test_whole_way_without_scripts(browser, base_url, person, in_person, clay, in_english):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto(address("give-back", person, clay.code))
    page.get_by_role("button", name="I can’t come, release my place").click()
    expect_said(page, "“Clay” has been released.")
    page.goto(address("answer", person))
    page.get_by_role("button", name="I’ll come").click()
    expect_said(page, "Thank you")
    page.get_by_role("link", name="Give or withdraw consents").click()
    page.get_by_label("The organisers may write to me about later meetings").check()
    page.get_by_role("button", name="Save").click()
    expect_said(page, "Your choice has been saved.")

    person = Registration.objects.get(pk=person.pk)
    assert person.coming_at is not None
    assert person.consents.live().filter(purpose="news").exists()
    context.close()


def test_data_are_corrected_taken_along_and_erased(page, person, in_english):
    def open_data():
        """Open a new link: each acts once."""
        person.refresh_from_db()
        page.goto(reverse("registration:own-data", args=[tokens.fresh_token(person)]))

    for address in ("slip@musoe.example", "right@museo.example"):
        open_data()
        page.get_by_role("link", name="E-mail address").click()
        page.get_by_label("New e-mail address").fill(address)
        page.get_by_role("button", name="Save").click()
        expect_said(page, "The e-mail is on its way.")
    open_data()
    page.get_by_text("We are writing to right@museo.example.").wait_for()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    assert download.value.suggested_filename == f"registration-{person.reference}.json"

    open_data()
    page.get_by_role("link", name="Erase my data").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Erase my data").click()
    page.get_by_text("The data of this registration have been erased.").wait_for()
    assert Registration.objects.get(pk=person.pk).email == ""


def test_lost_link_is_asked_for_from_the_page_of_a_dead_one(page, person, in_english):
    page.goto(reverse("registration:own", args=["forged"]))
    page.get_by_role("link", name="Find my registration").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_role("button", name="Send me the link").click()
    expect_said(page, "an e-mail with the links is on its way")

    assert person.messages.filter(kind="mailbox").count() == 1


def test_place_that_was_given_on_gets_a_sentence(page, person, clay, in_english):
    actions.give_back(person, Quota.objects.get(pk=clay.pk))
    page.goto(address("give-back", person, clay.code))

    expect_page(page, "My registration")
    expect_said(page, "This place is no longer among yours")
