"""The day of each ready role: invited by mail, in through both steps, and at work, by browser."""

import re

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from eim.back_office.roles.giving import create_ready_roles
from eim.back_office.roles.table import COORDINATION, ROLES
from tests import factories
from tests.browser.days import DAYS
from tests.browser.invitations import accept, press, send_invitation
from tests.browser.walk import Walk
from tests.colleagues import link_in
from tests.roles.rows import everything

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SIZES = {"es": DESK, "pt": PHONE}


@pytest.fixture
def rows(meeting, time_machine):
    """Have a row of everything, and the ready roles, in the morning of the first day."""
    everything()
    create_ready_roles(apps)
    time_machine.move_to(factories.moment("10:05"), tick=True)


@pytest.fixture(params=SIZES)
def walk(request, page_with_axe, rows, staff_client, live_server):
    """Return the walk of an organiser who is signed in, in a language and its size."""
    page, language = page_with_axe, request.param
    name = site_settings.SESSION_COOKIE_NAME
    page.set_viewport_size(SIZES[language])
    page.set_extra_http_headers({"Accept-Language": language})
    page.context.add_cookies(
        [{"name": name, "value": staff_client.cookies[name].value, "url": live_server.url}]
    )
    page.emulate_media(reduced_motion="reduce")
    return Walk(page, language, live_server.url, asks=language == "es")


def get_in(walk, group, mailoutbox):
    """Invite a colleague by mail, and let her in; these pages are alike for all but the last."""
    page = walk.page
    look = walk.look if group.name == COORDINATION else lambda: None
    send_invitation(
        page, group, walk.language, look, name="Ada Flores", address="ada@museo.example"
    )
    page.context.clear_cookies()
    walk.asked.clear()
    accept(page, link_in(mailoutbox[0]), look)
    page.check("[name=are_kept]")
    press(page)
    expect(page).to_have_url(re.compile(r"/admin/$"))
    walk.look()


@pytest.mark.drill
@pytest.mark.parametrize("code", [role.code for role in ROLES])
def test_colleague_with_a_ready_role_does_the_days_work(walk, mailoutbox, code):
    get_in(walk, Group.objects.get(name=code), mailoutbox)

    DAYS[code](walk)

    assert walk.faults == []
