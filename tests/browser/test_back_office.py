"""The pages of an organiser's day, by the rules of axe: light, dark by choice, and on a phone."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from programme.models import Session
from registration.models import Bounce, Letter, Message, Place, Registration
from tests import factories
from tests.browser import axe

SIZES = [{"width": 360, "height": 800}, {"width": 1440, "height": 900}]


@pytest.fixture
def office(page_with_axe, meeting, staff_client, live_server):
    """Something of everything, and a browser in which an organiser has signed in."""
    factories.quota()
    theme, room = factories.theme(), factories.room()
    seats = factories.quota(session=factories.workshop(theme=theme, room=room))
    factories.session(room=room, starts_at=None)
    for days in range(4):
        confirmed_at = factories.NOW - timedelta(days=days)
        factories.registration(confirmed_at=confirmed_at)
        factories.registration(confirmed_at=confirmed_at, attendance="in_person")
    factories.place(quota=seats)
    factories.place(quota=seats, state=Place.State.WAITING)
    factories.registration(needs="Lengua de señas")
    factories.message(state=Message.State.FAILED)
    organiser = User.objects.get()
    factories.letter(created_by=organiser)
    sending = factories.letter(created_by=organiser, state="sending")
    factories.message(kind="letter", letter=sending, state=Message.State.FAILED)
    factories.bounce(reason="full")
    page = page_with_axe
    name = site_settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": staff_client.cookies[name].value, "url": live_server.url}]
    )
    page.set_extra_http_headers({"Accept-Language": "es"})
    # Django lets colours glide: half-way between two they are none of ours.
    page.emulate_media(reduced_motion="reduce")
    return page


def workshop():
    return Session.objects.get(kind=Session.Kind.WORKSHOP)


def coordinator():
    return User.objects.filter(groups__name="coordination").first() or factories.colleague(
        "coordination"
    )


def addresses():
    draft, sending = Letter.objects.order_by("pk")
    registration = Registration.objects.exclude(needs="").get()
    session = workshop()
    waiting, bounce = Place.objects.waiting().get(), Bounce.objects.get()
    return [
        reverse("admin:index"),
        reverse("admin:registration_registration_changelist"),
        reverse("admin:registration_registration_change", args=[registration.pk]),
        reverse("admin:registration_registration_correct", args=[registration.pk]),
        reverse("admin:registration_registration_erase", args=[registration.pk]),
        reverse("admin:programme_session_changelist"),
        reverse("admin:programme_session_change", args=[session.pk]),
        reverse("admin:programme_session_cancel", args=[session.pk]),
        reverse("admin:auth_user_change", args=[User.objects.get(is_superuser=True).pk]),
        reverse("admin:auth_group_changelist"),
        reverse("admin:auth_group_change", args=[coordinator().groups.get().pk]),
        reverse("admin:deeds"),
        reverse("admin:programme_session_history", args=[session.pk]),
        reverse("admin:programme_room_delete", args=[session.room_id]),
        reverse("admin:registration_quota_changelist"),
        reverse("admin:registration_quota_change", args=[waiting.quota_id]),
        reverse("admin:registration_quota_deed", args=[waiting.quota_id, waiting.pk, "out"]),
        reverse("admin:registration_quota_sheet", args=[waiting.quota_id]),
        reverse("admin:registration_registration_change", args=[waiting.registration_id]),
        reverse("admin:registration_registration_add"),
        reverse("admin:registration_registration_pass", args=[waiting.registration_id]),
        reverse("admin:programme_session_people", args=[session.pk]),
        reverse("admin:registration_letter_changelist"),
        reverse("admin:registration_letter_change", args=[draft.pk]),
        reverse("admin:registration_letter_page", args=[draft.pk]),
        reverse("admin:registration_letter_preview", args=[draft.pk]),
        reverse("admin:registration_letter_deed", args=[draft.pk, "send"]),
        reverse("admin:registration_letter_page", args=[sending.pk]),
        reverse("admin:registration_suppression_add"),
        reverse("admin:registration_reminder_changelist"),
        reverse("admin:mail_health"),
        reverse("admin:registration_bounce_changelist"),
        reverse("admin:registration_bounce_change", args=[bounce.pk]),
        reverse("admin:registration_bounce_mark", args=[bounce.message_id]),
        reverse("admin:registration_registration_change", args=[bounce.message.registration_id]),
        reverse("admin:password_change"),
    ]


# Everything by which a rule of colours can judge.
COLOURS = """() => [...document.querySelectorAll("*")].map((element) => {
  const { color, backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
  return [color, backgroundColor, backgroundImage, opacity].join();
})"""


def faults_of(page):
    """Return what breaks any rule in light, or one of colours in dark, by machine or by choice."""
    page.emulate_media(color_scheme="light")
    found = axe.broken_rules(page, axe.RULES)
    page.emulate_media(color_scheme="dark")
    found += axe.broken_rules(page, ["color-contrast"])
    by_the_machine = page.evaluate(COLOURS)
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    if page.evaluate(COLOURS) != by_the_machine:
        found.append("has other colours in the dark by choice")
    return found


@pytest.mark.drill
@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_pages_of_an_organisers_day_have_no_fault(office, size):
    office.set_viewport_size(size)
    faults = {}

    for address in addresses():
        office.goto(address)
        faults |= {address: found} if (found := faults_of(office)) else {}

    assert faults == {}


@pytest.mark.parametrize("address", ["admin:index", "admin:login"])
def test_page_needs_no_scrolling_sideways(office, address):
    office.set_viewport_size({"width": 320, "height": 800})

    office.goto(reverse(address))

    assert office.evaluate("document.documentElement.scrollWidth") == 320


# A busy machine is slow to do what is put off.
SLOWLY = (
    "window.at_once = setTimeout; window.setTimeout = (act, ms) => at_once(act, (ms || 0) + 1000)"
)


def test_boxes_with_suggestions_are_named(office):
    page = office.context.new_page()
    page.set_extra_http_headers({"Accept-Language": "es"})
    page.add_init_script(SLOWLY)
    page.goto(addresses()[2])

    box = page.locator(".select2-selection")

    expect(box).to_have_accessible_name(re.compile("^Ponente en el programa"))


def test_table_takes_the_focus_while_it_is_wider_than_the_page(office):
    factories.part(session=workshop())
    office.set_viewport_size({"width": 360, "height": 800})
    office.goto(reverse("admin:programme_session_change", args=[workshop().pk]))
    table = office.locator(".inline-group .wrapper").first

    expect(table).to_have_attribute("tabindex", "0")
    expect(table).to_have_role("group")
    expect(table).to_have_accessible_name(office.locator(".inline-heading").first.inner_text())

    office.set_viewport_size({"width": 2560, "height": 800})

    expect(table).not_to_have_attribute("tabindex", "0")
    expect(table).not_to_have_role("group")


def test_bars_are_drawn_under_the_strict_policy(office):
    said = []
    office.on("console", lambda message: said.append(message.text))

    office.goto(reverse("admin:index"))

    bars = office.locator(".bars rect.is-in-person").first
    height = float(bars.get_attribute("height"))
    assert bars.bounding_box()["height"] == pytest.approx(height, abs=3)
    assert said == []


def test_table_of_the_bars_opens_without_a_script(browser, office, base_url):
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    context.add_cookies(office.context.cookies())
    page = context.new_page()
    page.goto(reverse("admin:index"))

    page.locator(".panel summary").click()

    assert page.locator(".panel details tbody tr").count() == 14
    assert page.locator(".panel details table").is_visible()
    context.close()


def test_printed_list_is_without_what_is_there_to_be_clicked(office):
    office.goto(reverse("admin:registration_registration_changelist"))

    office.emulate_media(media="print")

    hidden = ["#user-tools", "#changelist-filter", "#toolbar", ".actions", ".breadcrumbs"]
    shown = [selector for selector in hidden if office.locator(selector).first.is_visible()]
    assert shown == []
    assert office.locator("#result_list tbody tr").first.is_visible()
