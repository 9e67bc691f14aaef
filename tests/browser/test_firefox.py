"""Firefox puts the focus where Chromium does, and says where a form comes from."""

import os
import shutil

import pytest
from django.utils import translation

from registration import tokens
from registration.models import Registration
from tests.browser import firefox
from tests.browser.test_focus import ABOVE, own
from tests.browser.ways import form_of
from tests.registration.helpers import VALID, confirmed

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("meeting")]

FORM = "/en/registration/"
SUMMARY = "#error-summary"
SEND = "main form [type=submit]"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def browser_window(request, tmp_path, live_server):
    program = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, "No Firefox was found: see bin/find-firefox."
    with firefox.running(program, tmp_path, **{"javascript.enabled": request.param}) as window:
        window.has_scripts = request.param
        window.site = live_server.url
        yield window


def test_errors_and_outcomes_take_the_focus(browser_window):
    window = browser_window
    window.open(window.site + FORM)
    window.press(SEND)
    first = window.focused
    window.press(f"{SUMMARY} a[href='#id_email']")
    followed = window.focused
    window.type("#id_email", "rosa@museo.example")
    window.press(SEND)
    again = window.focused

    assert [where for where, _text in (first, followed, again)] == [
        "error-summary",
        "id_email",
        "error-summary",
    ]
    assert "E-mail" in first[1]
    assert "E-mail" not in again[1]
    assert window.title.startswith("Error: Registration")
    with translation.override("en"):
        mine = confirmed()
        window.open(window.site + own("own", mine))
        window.press("#take-along ~ ul form button")
    assert window.focused[1] == "The e-mail is on its way."
    with translation.override("en"):
        window.open(window.site + own("cancel", mine, tokens.own_token))
    window.press(SEND)
    assert window.title.startswith("Registration cancelled")


@pytest.mark.parametrize("browser_window", [True], indirect=True)
def test_links_of_the_summary_bring_label_hint_and_error_into_view(browser_window):
    window = browser_window
    window.resize(480, 640)
    window.open(window.site + FORM)
    window.press(SEND)
    links = window.run(
        f"return [...document.querySelectorAll('{SUMMARY} a')].map((one) => one.hash)"
    )
    above = {}
    for link in links:
        window.press(f"{SUMMARY} a[href='{link}']")
        above[link] = window.run(f"return ({ABOVE})()")

    assert len(above) == 6
    assert {link: top for link, top in above.items() if top < 0} == {}


def test_forged_form_registers_nobody_until_the_person_sends_it(
    browser_window, tmp_path, time_machine
):
    window = browser_window
    file = tmp_path / "form.html"
    file.write_text(f'<meta charset="utf-8">{form_of(window.site + FORM, VALID)}')
    window.open(file.as_uri())
    window.press("button")

    assert "did not come from our own page" in window.focused[1]
    assert Registration.objects.count() == 0
    time_machine.shift(20)
    window.press(SEND)
    assert window.title.startswith("Check your e-mail")
    assert Registration.objects.get().email == VALID["email"]
