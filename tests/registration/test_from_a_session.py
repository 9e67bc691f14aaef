"""A link to the form with `?workshop=` finds its box ticked, or a sentence that says why not."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from programme.models import Session
from registration.models import Quota, Registration
from tests import factories
from tests.reading import parsed, read, words
from tests.registration.helpers import VALID, confirmed

pytestmark = pytest.mark.django_db

FORM = "/en/registration/"
HOUR = timedelta(hours=1)


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=20)


@pytest.fixture
def clay(in_person):
    session = factories.workshop(code="CLAY", title_es="Barro", title_en="Clay")
    return factories.quota(session=session, size=1)


def form_for(client, code):
    return read(client, f"{FORM}?{query(code)}")


def query(code):
    asked = QueryDict(mutable=True)
    asked["workshop"] = code
    return asked.urlencode()


def ticked(page):
    """Return name and value of all that is chosen."""
    found = page.xpath("//form//input[@checked]")
    return [(box.get("name"), box.get("value")) for box in found]


def said(page):
    return words(page.xpath("//main//p[starts-with(@class, 'message')]"))


def test_link_ticks_the_session_and_in_person(client, clay):
    page = form_for(client, "CLAY")

    assert ticked(page) == [("attendance", "in_person"), ("workshops", "CLAY")]
    assert said(page) == ["“Clay” is ticked below."]


def test_link_to_a_visit_ticks_it(client, in_person):
    visit = factories.session(code="WALK", kind=Session.Kind.VISIT, format="in_person")
    factories.quota(session=visit, size=5)

    assert ("workshops", "WALK") in ticked(form_for(client, "WALK"))


def test_codes_of_now_and_of_before_a_correction_both_lead_there(client, clay):
    Session.objects.filter(pk=clay.session_id).update(code="CLAY-2", first_code="CLAY")

    pages = [form_for(client, code) for code in ("CLAY", "CLAY-2", "clay-2")]

    assert [ticked(page)[1:] for page in pages] == [[("workshops", "CLAY")]] * 3


def test_link_to_a_full_session_ticks_its_waiting_list(client, in_person, clay):
    confirmed(in_person, clay, n=1)

    page = form_for(client, "CLAY")

    assert ticked(page) == [("attendance", "in_person"), ("waitlist", "CLAY")]
    assert said(page) == ["“Clay” is full: its waiting list is ticked below."]


WITHOUT = " You can register without it, or choose something else below."


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("NO-SUCH", "The programme has no session that this link could mean."),
        ("' OR 1=1 --\0", "The programme has no session that this link could mean."),
        ("DRAFT", "The programme has no session that this link could mean."),
        ("OFF", "“Off” has been cancelled."),
        ("BEGUN", "“Begun” has begun: no more places can be asked for."),
        ("SOON", "The places of “Soon” are not open yet."),
        ("OPENING", "“Opening” needs no place of its own: to register is enough."),
    ],
)
def test_link_that_can_tick_nothing_says_why_above_the_plain_form(client, clay, code, sentence):
    begun = {"starts_at": factories.NOW - HOUR, "ends_at": factories.NOW + HOUR}
    factories.quota(session=factories.workshop(code="DRAFT", state=Session.State.DRAFT))
    cancelled = Session.State.CANCELLED
    factories.quota(session=factories.workshop(code="OFF", title_en="Off", state=cancelled))
    factories.quota(session=factories.workshop(code="BEGUN", title_en="Begun"))
    Session.objects.filter(code="BEGUN").update(**begun)
    factories.workshop(code="SOON", title_en="Soon")
    factories.session(code="OPENING", title_en="Opening")

    page = form_for(client, code)

    assert said(page) == [sentence + WITHOUT]
    assert ticked(page) == []


def test_link_while_places_in_person_are_not_open_says_so(client, clay):
    Quota.objects.in_person().delete()

    page = form_for(client, "CLAY")

    assert (said(page), ticked(page)) == (["The places of “Clay” are not open yet." + WITHOUT], [])


def test_plain_form_ticks_and_says_nothing(client, clay):
    page = read(client, FORM)

    assert (said(page), ticked(page)) == ([], [])


def test_language_switch_keeps_what_the_link_ticked(client, clay):
    page = form_for(client, "CLAY")
    buttons = page.xpath("//nav[@class='languages']//button[@formaction]/@formaction")
    typed = {"carried_from": "en", "attendance": "in_person", "workshops": ["CLAY"]}

    carried = parsed(client.post("/es/inscripcion/?workshop=CLAY", typed))

    assert "/es/inscripcion/?workshop=CLAY" in buttons
    assert ticked(carried) == [("attendance", "in_person"), ("workshops", "CLAY")]
    assert said(carried) == ["«Barro» ya está entre sus opciones, abajo."]


def test_language_switch_says_nothing_of_what_was_unticked(client, clay):
    typed = {"carried_from": "en", "attendance": "online"}

    carried = parsed(client.post("/es/inscripcion/?workshop=CLAY", typed))

    assert (said(carried), ticked(carried)) == ([], [("attendance", "online")])


def test_form_sent_from_a_link_takes_what_is_ticked_and_not_what_the_address_says(
    client, clay, time_machine
):
    started = form_for(client, "CLAY").xpath("//input[@name='started']/@value")[0]
    time_machine.shift(20)

    response = client.post(f"{FORM}?{query('CLAY')}", {**VALID, "started": started})

    assert response.status_code == 302
    assert not Registration.objects.get().places.exists()


def test_link_sets_no_cookie(client, clay):
    client.get(f"{FORM}?{query('CLAY')}")

    assert not client.cookies
