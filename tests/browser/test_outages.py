"""A person sends the form while it cannot be taken, and sends it again from the page they get."""

import time

import pytest
from playwright.sync_api import expect

from eim.lib.databases.breaker import BETWEEN_TRIES
from registration.models import Registration
from tests import factories
from tests.browser import axe
from tests.browser.test_registration import expect_page, fill_in, press
from tests.outages import impatient, locked_database  # noqa: F401
from tests.registration.helpers import VALID

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.mark.drill
def test_form_is_sent_again_from_the_page_that_kept_it(page_with_axe, meeting, time_machine):
    page = page_with_axe
    factories.quota(size=20)
    page.goto("/es/inscripcion/")
    fill_in(page)
    time_machine.shift(20)

    with locked_database():
        press(page, "Inscribirme")
        expect_page(page, "No pudimos recibir su envío en este momento")
        expect(page.locator("main")).to_contain_text(VALID["full_name"])
        broken = axe.broken_rules(page, axe.RULES)
    time.sleep(BETWEEN_TRIES)
    press(page, "Enviar otra vez")
    page.wait_for_url("**/su-correo/")

    assert broken == []
    assert Registration.objects.get().institution == VALID["institution"]
