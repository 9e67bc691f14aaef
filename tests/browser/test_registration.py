"""A person signs up, as a person does: with a keyboard, a mail program, perhaps without scripts."""

import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from registration import mails
from registration.models import Message, Place, Quota, Registration
from tests import factories
from tests.registration.helpers import VALID, confirmed

COUNTRY = "Bol"  # as far as one types to come to Bolivia, in each of them


@pytest.fixture(autouse=True)
def offer(meeting):
    """Places in person, and a workshop with one seat."""
    factories.quota(size=20)
    clay = factories.workshop(
        code="CLAY", title_es="Barro", title_pt="Barro", title_en="Clay", room=factories.room()
    )
    return factories.quota(session=clay, size=1)


@pytest.fixture
def english():
    with translation.override("en"):
        yield "en"


@pytest.fixture
def take_time(time_machine):
    """Let some seconds pass: a form that is sent at once is a machine's."""
    return lambda: time_machine.shift(20)


# What a person does


def open_form(page):
    page.goto(reverse("registration:sign-up"))


def fill_in(page, *, attendance="online"):
    for name in ("full_name", "email", "institution"):
        page.locator(f"[name={name}]").fill(VALID[name])
    for name in ("country", "occupation"):
        page.locator(f"[name={name}]").select_option(VALID[name])
    page.locator(f"[name=attendance][value={attendance}]").check()
    for name in ("professional", "consent"):
        page.locator(f"[name={name}]").check()


def send(page):
    press(page, gettext("Register me"))


def press(page, words):
    page.get_by_role("button", name=words).click()


def expect_page(page, words):
    page.get_by_role("heading", level=1, name=words).wait_for()


def newest_mail():
    return mails.render(Message.objects.latest("pk"))


def code_in(mail):
    return re.search(r"\b\d{3} \d{3}\b", mail.body)[0]


def link_in(mail):
    """Return the first link: to confirm, or to a person's own page."""
    return re.search(r"https?://\S+", mail.body)[0]


# With the keyboard alone


def tab_to(page, *, name="", words=""):
    """Presses Tab until that field or button has the focus, as somebody without a mouse does."""
    for _n in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "[document.activeElement.name, document.activeElement.textContent.trim()]"
        )
        if name and focused[0] == name or words and focused[1] == words:
            return
    raise AssertionError(f"No way to {name or words} with the keyboard.")


def push(page, words):
    """Press a button or a link."""
    tab_to(page, words=words)
    page.keyboard.press("Enter")


def type_into(page, name, text):
    tab_to(page, name=name)
    page.keyboard.type(text)


def fill_in_by_keyboard(page):
    type_into(page, "full_name", VALID["full_name"])
    type_into(page, "email", VALID["email"])
    type_into(page, "country", COUNTRY)
    tab_to(page, name="occupation")
    for _n in range(3):
        page.keyboard.press("ArrowDown")
    tab_to(page, name="attendance")
    page.keyboard.press("ArrowDown")
    for name in ("professional", "consent"):
        tab_to(page, name=name)
        page.keyboard.press("Space")


def test_registration_by_keyboard_with_the_code(page, language, take_time):
    open_form(page)
    fill_in_by_keyboard(page)
    take_time()
    push(page, gettext("Register me"))
    expect_page(page, gettext("Check your e-mail"))
    mail = newest_mail()
    type_into(page, "code", code_in(mail))
    page.keyboard.press("Enter")
    expect_page(page, gettext("My registration"))

    registration = Registration.objects.get()
    assert (registration.state, registration.country, registration.attendance) == (
        "confirmed",
        "BO",
        "online",
    )
    assert (registration.occupation, registration.mail_language) == ("education", language)
    assert mail.extra_headers["Content-Language"] == language


def test_registration_with_the_link_on_another_device(page, browser, base_url, language, take_time):
    open_form(page)
    fill_in(page)
    take_time()
    send(page)
    expect_page(page, gettext("Check your e-mail"))
    assert page.locator(".sent-to").inner_text() == VALID["email"]
    telephone = browser.new_context(base_url=base_url)
    other = telephone.new_page()
    other.goto(link_in(newest_mail()))
    assert Registration.objects.get().state == "pending"
    press(other, gettext("Confirm my registration"))
    expect_page(other, gettext("My registration"))

    registration = Registration.objects.get()
    assert registration.state == "confirmed"
    assert other.locator(".pass-name").inner_text() == VALID["full_name"]
    assert other.locator(".pass-code").inner_text() == registration.spaced_reference
    telephone.close()


def test_registration_by_keyboard_without_scripts_and_pictures(
    without_scripts, language, take_time
):
    page = without_scripts
    open_form(page)
    push(page, gettext("Register me"))
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=full_name]")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    fill_in_by_keyboard(page)
    take_time()
    push(page, gettext("Register me"))
    page.locator("[name=code]").wait_for()
    type_into(page, "code", code_in(newest_mail()))
    push(page, gettext("Confirm"))
    expect_page(page, gettext("My registration"))

    assert Registration.objects.get().state == "confirmed"


def test_faults_take_the_focus_name_themselves_and_keep_what_was_typed(page, english, take_time):
    open_form(page)
    fill_in(page)
    page.locator("[name=email]").fill("rosa@museo")
    take_time()
    send(page)
    expect(page.locator("#error-summary")).to_be_focused()

    assert page.title().startswith("Error: Registration")
    assert page.locator("[name=full_name]").input_value() == VALID["full_name"]
    assert page.locator("[name=email]").input_value() == "rosa@museo"
    assert page.locator("[name=country]").input_value() == VALID["country"]
    assert page.locator("[name=consent]").is_checked()
    assert Registration.objects.count() == 0
    page.locator("#error-summary a").click()
    assert page.evaluate("document.activeElement.name") == "email"


def test_workshop_is_chosen_and_shown_on_ones_own_page(page, english, take_time):
    open_form(page)
    fill_in(page, attendance="in_person")
    page.get_by_role("checkbox", name="Clay").check()
    take_time()
    send(page)
    expect_page(page, "Check your e-mail")
    page.goto(link_in(newest_mail()))
    press(page, "Confirm my registration")
    expect_page(page, "My registration")

    places = page.locator("#my-places ~ ul > li h3")
    assert places.all_inner_texts() == ["Place in person", "Clay"]
    assert set(Place.objects.values_list("state", flat=True)) == {"confirmed"}


def test_one_tick_joins_the_waiting_list_and_the_own_page_tells_the_number(
    page, english, offer, take_time
):
    confirmed(Quota.objects.in_person().get(), offer, n=1)
    open_form(page)
    fill_in(page, attendance="in_person")
    page.get_by_role("checkbox", name="Clay").check()
    take_time()
    send(page)
    expect_page(page, "Check your e-mail")
    page.goto(link_in(newest_mail()))
    press(page, "Confirm my registration")
    expect_page(page, "My registration")

    assert page.get_by_text("Waiting list: number 1").is_visible()


@pytest.mark.parametrize("kind_of_page", ["page", "without_scripts"])
def test_registration_is_cancelled_by_oneself_with_the_keyboard(
    request, kind_of_page, english, offer
):
    page = request.getfixturevalue(kind_of_page)
    confirmed(Quota.objects.in_person().get(), offer, n=1, mail_language="en")
    page.goto(link_in(newest_mail()))
    push(page, "Cancel my registration")
    expect_page(page, "Cancel your registration")
    assert Registration.objects.get().state == "confirmed"
    push(page, "Cancel my registration")
    page.get_by_text("This registration has been cancelled").wait_for()

    assert Registration.objects.get().state == "cancelled"
    assert set(Quota.objects.values_list("taken", flat=True)) == {0}
    assert page.get_by_role("link", name="Register again").is_visible()


@pytest.mark.parametrize("kind_of_page", ["page", "without_scripts"])
def test_slip_in_the_address_is_corrected_from_the_mail_page(
    request, kind_of_page, english, take_time
):
    page = request.getfixturevalue(kind_of_page)
    open_form(page)
    fill_in(page)
    page.locator("[name=email]").fill("rosa@musoe.example")
    take_time()
    send(page)
    expect_page(page, "Check your e-mail")
    page.get_by_role("link", name="Correct the address").click()
    expect_page(page, "Registration")
    assert page.locator("[name=full_name]").input_value() == VALID["full_name"]
    page.locator("[name=email]").fill(VALID["email"])
    for name in ("professional", "consent"):
        page.locator(f"[name={name}]").check()
    take_time()
    send(page)
    expect_page(page, "Check your e-mail")

    states = Registration.objects.order_by("pk").values_list("email", "state")
    assert list(states) == [("rosa@musoe.example", "cancelled"), (VALID["email"], "pending")]


def test_wrong_code_is_said_beside_its_field_and_the_right_one_still_works(
    page, english, take_time
):
    open_form(page)
    fill_in(page)
    take_time()
    send(page)
    expect_page(page, "Check your e-mail")
    right = code_in(newest_mail())
    page.locator("[name=code]").fill("000 001" if right != "000 001" else "000 002")
    press(page, "Confirm")
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("[name=code]").fill(right)
    press(page, "Confirm")
    expect_page(page, "My registration")

    assert Registration.objects.get().state == "confirmed"


@pytest.mark.parametrize("has_scripts", [True, False])
def test_half_filled_form_goes_into_another_language_and_is_sent_there(
    browser, live_server, take_time, has_scripts, in_english
):
    page = browser.new_context(base_url=live_server.url, java_script_enabled=has_scripts).new_page()
    open_form(page)
    fill_in(page, attendance="in_person")
    page.locator("[name=workshops]").check()
    page.locator("[name=email]").fill("rosa@")

    press(page, "pt português")

    assert page.locator("html").get_attribute("lang") == "pt"
    assert page.locator("#error-summary").count() == 0
    assert page.locator("[name=full_name]").input_value() == VALID["full_name"]
    assert page.locator("[name=workshops]").is_checked()
    page.locator("[name=email]").fill("")
    take_time()
    page.locator("[name=full_name]").press("Enter")
    # Enter sends the form, as its own button does, and changes no language.
    page.locator("#error-summary").wait_for()
    assert page.locator("html").get_attribute("lang") == "pt"
    page.locator("[name=email]").fill(VALID["email"])
    take_time()
    page.locator("[name=email]").press("Enter")
    page.wait_for_url("**/pt/inscricao/seu-email/")
    assert Registration.objects.get().mail_language == "pt"
    page.context.close()


def test_starred_workshop_comes_first_with_a_mark_and_is_not_ticked(page, english, meeting):
    for number in range(3):
        session = factories.workshop(code=f"W-{number}", title_en=f"Workshop {number}")
        factories.quota(session=session, size=5)
    page.goto("/en/programme/")
    page.get_by_role("button", name="Add “Workshop 1” to my agenda").click()
    open_form(page)
    starred = page.get_by_role("checkbox", name="In your agenda Workshop 1")
    starred.wait_for()

    assert not starred.is_checked()
    assert page.get_by_role("checkbox", name="Workshop 0").is_hidden()
    page.get_by_text("See the others").click()
    assert page.get_by_role("checkbox", name="Workshop 0").is_visible()


def test_boxes_unfold_without_scripts_by_keyboard(without_scripts, english):
    for number in range(3):
        session = factories.workshop(code=f"W-{number}", title_en=f"Workshop {number}")
        factories.quota(session=session, size=5)
    page = without_scripts
    open_form(page)
    push(page, "See the 4 options")
    tab_to(page, name="workshops")
    page.keyboard.press("Space")

    assert page.locator("[name=workshops]:checked").count() == 1
