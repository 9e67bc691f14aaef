"""Every address answers with a small meeting, and without one."""

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation

from registration import tokens
from tests import factories

# Slugs for the arguments of addresses.
SESSION, SPEAKER, PAGE = "apertura", "ana-benitez", "preguntas"


@pytest.fixture
def small_site(meeting):
    session = factories.session(slug=SESSION)
    person = factories.person(slug=SPEAKER, email=f"{SECRET}@museo.example", mail_language="pt")
    factories.part(session=session, person=person)
    factories.page(slug=PAGE)
    return factories.registration()


def named(patterns, namespace=""):
    """Yield names and arguments of the URLconf, without the admin, which has its own tests."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", sorted(pattern.pattern.converters)
        elif pattern.app_name != "admin":
            yield from named(
                pattern.url_patterns, f"{pattern.app_name}:" if pattern.app_name else ""
            )


ADDRESSES = sorted(named(get_resolver().url_patterns))

SLUGS = {
    "feeds:session-calendar": SESSION,
    "feeds:session-picture": SESSION,
    "feeds:person-picture": SPEAKER,
    "programme:session-detail": SESSION,
    "programme:question-ask": SESSION,
    "programme:speaker-detail": SPEAKER,
    "programme:page-detail": PAGE,
}

# In the address of the speaker.
SECRET = "solo-para-comunicados"

# No picture was uploaded; nobody registered in this browser; the token is for another page.
# Other addresses may answer 405: they accept only POST.
EXPECTED = {
    "media": {404},
    "archive": {404},
    "archived": {404},
    "registration:look-at-your-mail": {422},
    # No worker has reported, and no token for Prometheus is set.
    "status": {503},
    "metrics": {404},
    "programme:question-list": {410},
    # The registration is confirmed: a mailbox ends only what nobody has confirmed.
    "registration:withdraw": {410},
}


def filled(name, blanks, registration):
    values = {
        "slug": SLUGS.get(name, ""),
        "token": token_for(name)(registration) if "token" in blanks else "",
        "path": "pictures/none.webp",
        "number": 11,
        "code": "in_person",
        "language": "pt",
    }
    return reverse(name, kwargs={blank: values[blank] for blank in blanks})


def address_token(registration):
    return tokens.new_address_token(registration, registration.email_key)


def token_for(name):
    """Return the token function of an address: by default that of the attendee's page."""
    return {
        "registration:confirm": tokens.confirm_token,
        "registration:new-address": address_token,
        "registration:stop": tokens.stop_token,
        "registration:stop-reminders": tokens.stop_reminders_token,
        "registration:withdraw": tokens.withdraw_token,
        "registration:own-data": tokens.fresh_token,
        "registration:own-data-again": tokens.fresh_token,
        "registration:change-details": tokens.fresh_token,
        "registration:change-address": tokens.fresh_token,
        "registration:download-data": tokens.fresh_token,
        "registration:erase": tokens.fresh_token,
    }.get(name, tokens.own_token)


def is_as_expected(client, registration, name, blanks, language):
    with translation.override(language):
        address = filled(name, blanks, registration)
        response = client.get(address, headers={"Accept-Language": language})
    # What is for the organisers' letters alone.
    assert SECRET.encode() not in response.getvalue()
    return response.status_code in EXPECTED.get(name, {200, 302, 405})


@pytest.mark.parametrize(("name", "blanks"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_address_answers(client, small_site, name, blanks):
    assert is_as_expected(client, small_site, name, blanks, "es")


# A page of each kind; the browser tests look at every page in each language.
OF_EACH_KIND = [
    *("home", "programme:session-list", "programme:session-detail", "programme:speaker-detail"),
    *("programme:page-detail", "programme:live", "programme:my-agenda", "programme:question-ask"),
    *("registration:sign-up", "registration:own", "registration:confirm", "registration:lost-link"),
    *("feeds:session-calendar", "healthz"),
]


def test_nobody_finds_a_speaker_by_their_address(client, small_site):
    for name in ("programme:session-list", "programme:speaker-list"):
        page = client.get(reverse(name), {"q": SECRET})
        assert page.context["form"].matches == set()


@pytest.mark.parametrize("language", ["pt", "en"])
def test_page_of_each_kind_answers_in_the_other_languages(client, small_site, language):
    blanks = dict(ADDRESSES)

    failed = [
        name
        for name in OF_EACH_KIND
        if not is_as_expected(client, small_site, name, blanks[name], language)
    ]

    assert failed == []


@pytest.mark.parametrize(("name", "blanks"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_address_answers_without_a_meeting(client, db, name, blanks):
    registration = factories.registration()

    response = client.get(filled(name, blanks, registration))

    expected = {503} if name == "status" else {200, 302, 404, 405}
    assert response.status_code in expected


def test_every_argument_of_an_address_has_a_value():
    blanks = {blank for _name, blanks in ADDRESSES for blank in blanks}

    assert blanks == {"code", "language", "number", "path", "slug", "token"}
