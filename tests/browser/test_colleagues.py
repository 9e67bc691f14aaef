"""An invitation on a phone, from the organiser's form to the colleague's first page."""

import re

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests import factories
from tests.browser import axe
from tests.browser.invitations import accept, press, send_invitation
from tests.colleagues import codes_for, link_in, role

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(page_with_axe, meeting, staff_client, live_server):
    """Return a page on which an organiser is signed in."""
    name = site_settings.SESSION_COOKIE_NAME
    page_with_axe.set_viewport_size(PHONE)
    page_with_axe.context.add_cookies(
        [{"name": name, "value": staff_client.cookies[name].value, "url": live_server.url}]
    )
    page_with_axe.emulate_media(reduced_motion="reduce")
    return page_with_axe


def faults(page):
    """Return what breaks a rule on this page, and whether it is wider than the phone."""
    found = axe.broken_rules(page, axe.RULES)
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{width} pixels wide"] if width > PHONE["width"] else [])


@pytest.mark.drill
@pytest.mark.parametrize("language", ["es", "pt"])
def test_invited_colleague_gets_in_on_a_phone(phone, mailoutbox, language):
    phone.set_extra_http_headers({"Accept-Language": language})
    found = []

    def look():
        found.extend(faults(phone))

    send_invitation(phone, role("Programa", "programme.view_session"), language, look)
    phone.context.clear_cookies()
    accept(phone, link_in(mailoutbox[0]), look)
    press(phone)
    expect(phone.locator(".errorlist")).to_be_visible()
    with phone.expect_download() as download:
        phone.locator(".ways a").click()
    text = download.value.path().read_text()
    codes = phone.locator(".recovery-codes code").all_inner_texts()
    phone.check("[name=are_kept]")
    press(phone)
    expect(phone).to_have_url(re.compile(r"/admin/$"))

    assert found + faults(phone) == []
    assert phone.locator("html").get_attribute("lang") == language
    assert all(code in text for code in codes)
    assert User.objects.get(username="eva.quispe").groups.get().name == "Programa"


@pytest.mark.drill
def test_pages_of_an_account_have_no_fault(phone, organiser):
    codes = codes_for(organiser)
    other = factories.user(username="eva", email="eva@museo.example")
    TOTPDevice.objects.create(user=other, name="app")
    phone.goto(reverse("admin:prove", args=["my-telephone"]))
    found = {"prove": faults(phone)}
    phone.fill("[name=otp_token]", codes[0])
    press(phone)
    expect(phone.locator(".telephone-code svg")).to_be_visible()
    for name in (
        "my-account",
        "my-address",
        "my-telephone",
        "my-codes",
        "eim_invitation_changelist",
    ):
        phone.goto(reverse(f"admin:{name}"))
        found[name] = faults(phone)
    phone.goto(reverse("admin:auth_user_second_step", args=[other.pk]))
    found["reset"] = faults(phone)
    phone.context.clear_cookies()
    for name in ("forgotten-password", "login", "set-up-codes"):
        phone.goto(reverse(f"admin:{name}"))
        found[name] = faults(phone)

    assert found == dict.fromkeys(found, [])


@pytest.mark.drill
def test_recovery_codes_are_printed_alone(phone, organiser):
    codes = codes_for(organiser)
    phone.goto(reverse("admin:prove", args=["my-codes"]))
    phone.fill("[name=otp_token]", codes[0])
    press(phone)
    expect(phone.locator(".recovery-codes li")).to_have_count(10)
    phone.emulate_media(media="print")

    expect(phone.locator(".recovery-codes")).to_be_visible()
    for hidden in ("#header", "#content-main form", ".ways", ".woven-bands"):
        expect(phone.locator(hidden).first).to_be_hidden()
