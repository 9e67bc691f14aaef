"""The steps by which a colleague gets into the back office, in a browser."""

from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.colleagues import PASSWORD, code_of


def press(page):
    page.locator("input[type=submit]").last.click()


def send_invitation(page, group, language, look, *, name="Eva Quispe", address="eva@museo.example"):
    """Invite a colleague with the role of this group; `look` is called on each page."""
    page.goto(reverse("admin:eim_invitation_add"))
    page.fill("[name=name]", name)
    page.fill("[name=address]", address)
    page.select_option("select[name=language]", language)
    page.check(f"[name=roles][value='{group.pk}']")
    look()
    press(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    look()


def accept(page, link, look):
    """Choose a password and show the code of the app, up to the page of the recovery codes."""
    page.goto(link)
    look()
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    press(page)
    expect(page.locator(".telephone-code svg")).to_be_visible()
    page.locator("summary").click()
    look()
    shown = "".join(page.locator(".secret code").all_inner_texts())
    device = TOTPDevice.objects.get(confirmed=False)
    assert f"secret={shown}&" in device.config_url
    page.fill("[name=otp_token]", code_of(device))
    press(page)
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    look()
