"""Every page in every state, language and colour scheme, by the rules of axe, at 320 px."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import translation

from programme.models import Channel, Meeting, Session
from registration import tokens
from registration.models import Quota
from tests import factories
from tests.registration.helpers import VALID, confirmed, sign_up

AXE = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 800}
LANGUAGES = ["es", "pt", "en"]


@pytest.fixture(params=LANGUAGES)
def language(request):
    """The one that the test reads in."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def page(page):
    page.set_viewport_size(NARROW)
    return page


@pytest.fixture
def programme(meeting):
    """Something of everything."""
    Meeting.objects.update(
        access_requests_until=factories.FIRST_DAY, about_es="## Quiénes\n\nTodos."
    )
    themes = [
        factories.theme(motif=motif, colour=colour, day=factories.FIRST_DAY)
        for motif, colour in [("diamond", "cochineal"), ("bird", "ochre"), ("steps", "molle")]
    ]
    room = factories.room()
    opening = factories.session(
        slug="opening", room=room, theme=themes[0], sign_languages=["pys"], abstract="Uno.\n\nDos."
    )
    factories.part(session=opening, person=factories.person(slug="ana", biography="Trabaja."))
    factories.presentation(session=opening, title_pt="Um museu", title_es="")
    workshop = factories.workshop(slug="clay", theme=themes[1], room=room, day=factories.LAST_DAY)
    factories.quota(size=20)
    factories.quota(session=workshop, size=1)
    factories.quota(service_code="bus")
    factories.workshop(title="Sin cupos", theme=themes[2])
    factories.session(slug="walk", state=Session.State.CANCELLED, cancellation_reason="Lluvia.")
    factories.session(kind=Session.Kind.BREAK, starts_at=None)
    factories.session(title="Una-palabra-extraordinariamente-larga-y-sin-traducir", day=None)
    stream = factories.stream(room=room)
    factories.channel(stream=stream, language="es")
    factories.channel(stream=stream, kind=Channel.Kind.AUDIO, provider=Channel.Provider.LINK)
    factories.organisation(role="hosts")
    factories.document()
    factories.notice(severity="warning")
    factories.page(slug="travel", text_es="# En bus\n\n| Desde | Línea |\n|---|---|\n| A | 1 |")
    return workshop


def faults_of(page):
    """What is wrong with the page as it stands; in the dark, only colours can be."""
    page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    found = broken_rules(page, RULES)
    page.emulate_media(color_scheme="dark")
    found += broken_rules(page, ["color-contrast"])
    if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
        found.append("scrolls sideways")
    return found


def broken_rules(page, rules):
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    violations = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [(rule["id"], node["target"]) for rule in violations for node in rule["nodes"]]


def faults_at(page, *addresses):
    faults = {}
    for address in addresses:
        page.goto(address)
        found = faults_of(page)
        faults |= {address: found} if found else {}
    return faults


def test_faults_are_found(page):
    wide_and_pale = "<title>x</title><p style='width: 500px; color: #eee; background: #fff'>pale"
    page.set_content(wide_and_pale)

    found = faults_of(page)

    assert {"color-contrast", "html-has-lang", "region"} <= {rule for rule, _ in found[:-1]}
    assert found[-1] == "scrolls sideways"


PUBLIC = [
    ("home", []),
    ("programme:session-list", []),
    ("programme:session-detail", ["opening"]),
    ("programme:session-detail", ["clay"]),
    ("programme:session-detail", ["walk"]),
    ("programme:speaker-list", []),
    ("programme:speaker-detail", ["ana"]),
    ("programme:live", []),
    ("programme:venue", []),
    ("programme:document-list", []),
    ("programme:privacy", []),
    ("programme:accessibility", []),
    ("programme:page-detail", ["travel"]),
    ("programme:page-detail", ["nothing-here"]),
    ("registration:sign-up", []),
    ("registration:look-at-your-mail", []),  # of which this browser knows nothing
    ("registration:own", ["forged"]),
]


def test_public_pages_have_no_fault(page, programme, language):
    addresses = [reverse(name, args=arguments) for name, arguments in PUBLIC]

    assert faults_at(page, *addresses) == {}


MOMENTS = {
    "a session is on": factories.moment("10:30"),
    "between two": factories.moment("12:30"),
    "after the meeting": factories.moment("12:00", day=5),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_pages_of_the_day_have_no_fault(page, programme, language, time_machine, moment):
    factories.session(starts_at=factories.moment("15:00"))
    time_machine.move_to(moment, tick=True)
    names = ["home", "programme:session-list", "programme:live"]

    assert faults_at(page, *map(reverse, names)) == {}


def test_programme_without_hours_has_no_fault(page, meeting, language):
    factories.session(starts_at=None, theme=factories.theme())
    factories.session(day=None)

    assert faults_at(page, reverse("home"), reverse("programme:session-list")) == {}


def test_site_without_any_session_has_no_fault(page, meeting, language):
    names = ["home", "programme:session-list", "programme:speaker-list", "programme:live"]

    assert faults_at(page, *map(reverse, names)) == {}


@pytest.mark.parametrize("days", [None, 1, -1], ids=["unannounced", "before", "closed"])
def test_registration_that_is_not_open_has_no_fault(page, meeting, language, days):
    opens = days and factories.NOW + timedelta(days=days)
    closes = factories.NOW if days == -1 else None
    Meeting.objects.update(registration_opens_at=opens, registration_closes_at=closes)

    assert faults_at(page, reverse("registration:sign-up"), reverse("home")) == {}


def test_form_with_faults_has_no_fault_of_ours(page, programme, language):
    page.goto(reverse("registration:sign-up"))
    send(page)
    page.locator(".has-error [name=full_name]").wait_for()

    assert faults_of(page) == []


def test_form_about_a_full_workshop_has_no_fault(page, programme, language, time_machine):
    Quota.objects.filter(session=programme).update(size=0)
    page.goto(reverse("registration:sign-up"))
    fill_in(page)
    time_machine.shift(20)
    send(page)
    page.locator(".has-error [name=workshops]").first.wait_for()

    assert faults_of(page) == []


def fill_in(page):
    for name in ("full_name", "email", "institution"):
        page.locator(f"[name={name}]").fill(VALID[name])
    for name in ("country", "occupation"):
        page.locator(f"[name={name}]").select_option(VALID[name])
    page.locator("[name=attendance][value=in_person]").check()
    page.locator("[name=workshops]:enabled").check()
    for name in ("professional", "consent"):
        page.locator(f"[name={name}]").check()


def send(page):
    page.locator("main form [type=submit]").first.click()


def test_pages_between_form_and_confirmation_have_no_fault(page, programme, language, time_machine):
    page.goto(reverse("registration:sign-up"))
    fill_in(page)
    time_machine.shift(20)
    send(page)
    page.locator("[name=code]").wait_for()
    look = faults_of(page)
    page.locator("[name=code]").fill("12")
    send(page)
    page.locator("#error-summary").wait_for()
    wrong = faults_of(page)

    assert (look, wrong) == ([], [])


def test_pages_behind_the_links_of_a_mail_have_no_fault(page, programme, language):
    quotas = list(Quota.objects.all())
    codes = [quota.code for quota in quotas]
    pending = sign_up(n=1)
    lucky, waiting = confirmed(*quotas, n=2), confirmed(*quotas, n=3, waitlist=codes)
    cancelled = factories.registration(state="cancelled", confirmed_at=factories.NOW)
    addresses = [
        reverse("registration:confirm", args=[tokens.confirm_token(pending)]),
        *(
            reverse("registration:own", args=[tokens.own_token(registration)])
            for registration in (lucky, waiting, cancelled)
        ),
        reverse("registration:cancel", args=[tokens.own_token(lucky)]),
    ]

    assert faults_at(page, *addresses) == {}
