"""The start page of each role: its things, and no link that would be refused."""

import pytest
from lxml import html

from registration.models import Message, Place
from tests import factories
from tests.roles.rows import NEEDS, everything

PROGRAMME = ["meeting", "session", "presentation", "person", "room", "theme", "stream"]
PAGES = ["notice", "page", "document", "edition", "organisation"]
SIGN_INS = ["accessattempt", "accessfailurelog", "accesslog"]

# The things that the start page lists, and the figures that it shows.
START_PAGES = {
    "programme": ([*PROGRAMME, "change", *PAGES], set()),
    "registrations": (
        ["meeting", "session", "person", "registration", "quota", "message", "bounce"],
        {"people", "per_day", "mails", "seated_sessions"},
    ),
    "needs": (["registration"], {"people", "per_day"}),
    "streams": (["meeting", "session", "room", "stream"], set()),
    "moderation": (
        ["session", "presentation", "person", "question", "removal", "document"],
        set(),
    ),
    "letters": (
        ["registration", "letter", "message", "bounce", "person", "reminder", "newsaddress"],
        {"people", "per_day", "mails"},
    ),
    "data": (
        ["registration", "consent", "erasurelog", "consentcount", "suppression", "newsaddress"]
        + [*SIGN_INS, "logentry"],
        {"people", "per_day"},
    ),
    "translation": ([*PROGRAMME[:-1], *PAGES], set()),
}


@pytest.fixture
def busy_site(db):
    everything()
    factories.registration(state="pending")
    factories.message(state=Message.State.FAILED)
    factories.place(quota=factories.quota(), state=Place.State.WAITING)
    factories.session(room=factories.room(), starts_at=None)


def things(response):
    apps = response.context["app_list"]
    return [model["object_name"].lower() for app in apps for model in app["models"]]


@pytest.mark.drill
@pytest.mark.parametrize("code", START_PAGES)
def test_start_page_shows_what_the_role_is_for(of_role, busy_site, code):
    client = of_role(code)

    response = client.get("/admin/")
    page = html.fromstring(response.content.decode())
    links = {link for link in page.xpath("//a/@href") if link.startswith("/admin/")}
    refused = [link for link in sorted(links) if client.get(link).status_code not in (200, 302)]

    listed, figures = START_PAGES[code]
    counted = {"people", "per_day", "mails", "seated_sessions"}
    assert sorted(things(response)) == sorted(listed)
    assert {name for name in counted if name in response.context} == figures
    assert refused == []


def test_start_page_of_coordination_has_everything(of_role, staff_client, busy_site):
    own, all_of_it = of_role("coordination").get("/admin/"), staff_client.get("/admin/")

    assert things(own) == things(all_of_it)


SEEING_NEEDS = {"registrations": False, "needs": True, "letters": False, "data": False}


@pytest.mark.parametrize("code", SEEING_NEEDS)
def test_access_needs_are_seen_by_who_the_sentence_says(of_role, busy_site, code):
    client = of_role(code)
    listed = client.get("/admin/registration/registration/").context["cl"].result_list
    pages = [client.get(f"/admin/registration/registration/{r.pk}/change/").text for r in listed]

    assert any(NEEDS in page for page in pages) is SEEING_NEEDS[code]


FIRST_STEPS = {
    "coordination": True,
    "programme": True,
    "registrations": True,
    "needs": False,
    "letters": False,
    "translation": False,
}


@pytest.mark.parametrize("code", FIRST_STEPS)
def test_first_steps_are_for_who_can_do_one_of_them(of_role, meeting, code):
    steps = of_role(code).get("/admin/").context["first_steps"]

    assert any(step.url for step in steps) is FIRST_STEPS[code]
    assert bool(steps) is FIRST_STEPS[code]
