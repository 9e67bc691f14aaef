"""The page of the form is the same for everybody, and a sent form is known by headers alone."""

from datetime import timedelta
from itertools import product

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from eim.lib.form_age import SALT, age_of
from programme.models import Meeting
from registration.models import Registration
from registration.views import sign_up_cookie
from tests import factories
from tests.reading import parsed
from tests.registration.helpers import VALID, errors, started_field

FORM = "/en/registration/"
CORRECT = "/en/registration/correct/"
MAIL = "/en/registration/your-mail/"
FORMS = ["/es/inscripcion/", "/pt/inscricao/", FORM, f"{FORM}?workshop=CLAY"]
SECOND = timedelta(seconds=1)
OWN = "http://testserver"


@pytest.fixture
def clay(meeting):
    factories.quota(size=20)
    session = factories.workshop(code="CLAY", title_es="Barro", title_en="Clay")
    return factories.quota(session=session, size=3)


@pytest.fixture
def visitor(time_machine):
    """Return a function that opens the form in a new browser, and one that sends it later."""

    def opened(path=FORM):
        browser = Client(enforce_csrf_checks=True)
        started = started_field(browser, path)

        def send(**answers):
            return browser.post(FORM, {**VALID, "started": started, **answers})

        return browser, send

    return opened


def queries_of(path):
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(path).status_code == 200
    return len(queries)


def fields(page):
    """Return what the form of a page would send as it stands."""
    values = page.get_element_by_id("carried-form").form_values()
    return {name: value.removeprefix("\n") for name, value in values}


def seconds_kept(response):
    """Return for how long anybody may keep the page; it may not be shown for longer than that."""
    public, *rest = response.headers["Cache-Control"].split(", ")
    ages = dict(part.split("=") for part in rest)
    assert public == "public"
    longest = int(ages.pop("max-age"))
    assert set(ages.values()) == {"0"}
    return longest


# The page


@pytest.mark.parametrize("path", FORMS)
def test_page_is_public_for_five_seconds_and_has_no_cookie_or_token(cached_pages, clay, path):
    response = Client().get(path)
    again = Client().get(path, headers={"if-none-match": response.headers["ETag"]})

    assert seconds_kept(response) == 5
    assert response.headers["Vary"] == "Accept-Encoding"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text
    assert (again.status_code, again.content) == (304, b"")


def test_page_costs_no_query_while_it_is_cached_but_one_each_second(
    cached_pages, clay, time_machine
):
    Client().get("/en/privacy/")

    found = [queries_of(FORM)]
    for seconds in (0, 1, 2, 1, 1, 0):
        time_machine.shift(seconds * SECOND)
        found.append(queries_of(FORM))

    # It is rendered again after five seconds, with the rows that all pages share at hand.
    assert found == [2, 0, 1, 1, 1, 3, 0]


def test_page_needs_so_many_queries_after_a_change(cached_pages, clay):
    assert queries_of(FORM) == 9


def test_page_shows_the_seats_that_are_left_within_five_seconds(cached_pages, clay, time_machine):
    """Fill a service, which is no session: how full it is begins no new snapshot."""
    bus = factories.quota(service_code="bus", name_en="Bus", size=1)
    before = Client().get(FORM).text
    type(bus).objects.filter(pk=bus.pk).update(taken=1)
    time_machine.shift(4 * SECOND)
    meanwhile = Client().get(FORM).text
    time_machine.shift(1 * SECOND)

    assert meanwhile == before
    assert 'name="waitlist" value="bus"' in Client().get(FORM).text


def test_page_lasts_no_longer_than_registration_is_open(cached_pages, clay, time_machine):
    closes = factories.NOW + 3 * SECOND
    Meeting.objects.update(registration_closes_at=closes)

    response = Client().get(FORM)
    time_machine.move_to(closes, tick=False)
    later = Client().get(FORM)

    assert seconds_kept(response) == 3
    assert "Registration is closed" in later.text


def test_address_with_words_of_others_leaves_none_in_the_page(cached_pages, clay):
    first = Client().get(f"{FORM}?utm=newsletter&mail=rosa@museo.example")

    assert Client().get(FORM).content == first.content
    assert "newsletter" not in first.text


# Strangers who share a page


def test_two_visitors_with_one_page_register_and_neither_corrects_the_other(
    cached_pages, clay, visitor, time_machine
):
    (rosa, send_rosa), (juana, send_juana) = visitor(), visitor()
    time_machine.shift(20 * SECOND)

    answers = [
        send_rosa(),
        send_juana(full_name="Juana Mamani", email="juana@museo.example"),
        # Juana knows what Rosa has written, and sends the same from the same page.
        send_juana(),
    ]
    correct(juana, time_machine, email="juana@museum.example")

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert Registration.objects.get(email=VALID["email"]).state == "pending"
    correct(rosa, time_machine, email="rosa@museum.example")
    assert Registration.objects.get(email=VALID["email"]).state == "cancelled"
    assert len(set(Registration.objects.values_list("browser", flat=True))) == 4


def correct(browser, time_machine, **answers):
    """Send the page that corrects what this browser sent, as its own form."""
    page = fields(parsed(browser.get(CORRECT)))
    time_machine.shift(20 * SECOND)
    response = browser.post(CORRECT, page | {"professional": "on", "consent": "on"} | answers)
    assert response.status_code == 302


def test_start_of_a_form_is_a_time_and_identifies_nobody(cached_pages, clay, visitor, time_machine):
    starts = {started_field(Client(), path) for path in FORMS}
    (rosa, send) = visitor()
    time_machine.shift(20 * SECOND)
    send()

    assert len(starts) == 1
    assert rosa.cookies.keys() == {"registration"}
    known_by = signing.loads(rosa.cookies["registration"].value, salt=sign_up_cookie.SALT)
    assert starts.isdisjoint(map(str, known_by.values()))


def test_cookie_comes_with_the_answer_and_only_if_it_is_accepted(clay, visitor, time_machine):
    browser, send = visitor()
    time_machine.shift(20 * SECOND)

    refused = send(email="rosa@")

    assert (refused.status_code, dict(browser.cookies)) == (422, {})
    assert "no-store" in refused.headers["Cache-Control"]
    accepted = send()
    assert (accepted.status_code, list(browser.cookies)) == (302, ["registration"])
    assert "no-store" in accepted.headers["Cache-Control"]


def test_cache_of_a_proxy_gives_nobody_what_another_has_typed(
    cached_pages, clay, visitor, time_machine
):
    """Keep what says `public` by its address alone, whatever cookie comes, as a proxy does."""
    rosa, send = visitor()
    time_machine.shift(20 * SECOND)
    send(attendance="in_person", workshops=["CLAY"])
    kept = {}

    def through_proxy(browser, path):
        if path not in kept:
            response = browser.get(path)
            if "public" not in response.headers.get("Cache-Control", ""):
                return response
            kept[path] = response
        return kept[path]

    paths = [*FORMS, CORRECT, MAIL, f"{FORM}?correct"]
    of_rosa = {path: through_proxy(rosa, path).text for path in paths}
    of_others = {path: through_proxy(Client(), path).text for path in paths}

    assert [path for path in paths if VALID["email"] in of_rosa[path]] == [CORRECT, MAIL]
    assert sorted(kept) == sorted([*FORMS, f"{FORM}?correct"])
    typed = (VALID["email"], VALID["full_name"])
    assert not any(words in text for text in of_others.values() for words in typed)


def test_page_to_correct_belongs_to_one_browser(cached_pages, clay, visitor, time_machine):
    rosa, send = visitor()
    time_machine.shift(20 * SECOND)
    send()

    page, without = rosa.get(CORRECT), Client().get(CORRECT)

    assert "private" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert (without.status_code, without.url) == (302, FORM)


def test_page_to_correct_still_needs_its_token(clay, visitor, time_machine):
    rosa, send = visitor()
    time_machine.shift(20 * SECOND)
    send()
    typed = fields(parsed(rosa.get(CORRECT))) | {"professional": "on", "consent": "on"}
    forged = {name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"}

    response = rosa.post(CORRECT, forged | {"email": "evil@museo.example"})

    assert (response.status_code, Registration.objects.get().state) == (403, "pending")
    assert fields(parsed(response))["email"] == "evil@museo.example"


# From before the page was cached


def test_browser_with_a_cookie_of_before_corrects_what_it_sent(clay, time_machine):
    started = signing.Signer(salt=SALT).sign(f"{factories.NOW.timestamp():.0f}-0123456789abcdef")
    browser = Client(enforce_csrf_checks=True)
    answers = VALID | {"workshops": [], "services": [], "waitlist": [], "needs": ""}
    remembered = {name: answers[name] for name in sign_up_cookie.REMEMBERED}
    cookie = signing.dumps(
        remembered | {"started": started}, salt=sign_up_cookie.SALT, compress=True
    )
    browser.cookies["registration"] = cookie
    time_machine.shift(20 * SECOND)
    factories.registration(
        full_name=VALID["full_name"],
        email=VALID["email"],
        email_key=VALID["email"],
        name_key="rosa quispe mamani",
        state="pending",
        browser=sign_up_cookie.browser_hash(started),
    )
    page = fields(parsed(browser.get(CORRECT)))
    time_machine.shift(20 * SECOND)

    answers = {"professional": "on", "consent": "on", "email": "rosa@museum.example"}
    response = browser.post(CORRECT, page | answers)

    assert response.status_code == 302
    states = Registration.objects.order_by("pk").values_list("email", "state")
    assert list(states) == [(VALID["email"], "cancelled"), ("rosa@museum.example", "pending")]


def test_form_that_was_open_before_a_release_is_accepted(clay):
    started = signing.Signer(salt=SALT).sign(f"{factories.NOW.timestamp() - 60:.0f}-0123456789ab")

    response = Client().post(FORM, VALID | {"started": started, "csrfmiddlewaretoken": "x"})

    assert (response.status_code, age_of(started, factories.NOW)) == (302, 60)


# Where a form was sent from

ACCEPTED = {(None, None), (None, OWN), ("same-origin", None), ("same-origin", OWN)}
SITES = [None, "same-origin", "same-site", "cross-site", "none", ""]
ORIGINS = [
    *(None, OWN, "null", "", "http://evil.example", "https://testserver"),
    *("http://testserver:8000", "http://testserver.evil.example"),
]


def headers_of(site, origin):
    found = {"sec-fetch-site": site, "origin": origin}
    return {name: value for name, value in found.items() if value is not None}


def test_form_is_accepted_only_where_no_header_tells_of_another_site(clay, visitor, time_machine):
    browser, _send = visitor()
    started = started_field(browser, FORM)
    time_machine.shift(20 * SECOND)

    def is_accepted(number, site, origin):
        typed = VALID | {"email": f"person{number}@museo.example", "started": started}
        response = browser.post(FORM, typed, headers=headers_of(site, origin))
        assert response.status_code in (302, 403)
        return response.status_code == 302

    pairs = list(product(SITES, ORIGINS))

    accepted = {pair for number, pair in enumerate(pairs) if is_accepted(number, *pair)}

    assert accepted == ACCEPTED
    assert Registration.objects.count() == len(ACCEPTED)


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("none", OWN),
        ("same-site", "http://testserver:8000"),
        ("cross-site", "null"),
        (None, "null"),
    ],
)
def test_form_from_elsewhere_comes_back_and_one_press_sends_it(
    clay, visitor, time_machine, site, origin
):
    browser, _send = visitor()
    typed = VALID | {"started": started_field(browser, FORM)}
    time_machine.shift(20 * SECOND)

    response = browser.post(FORM, typed, headers=headers_of(site, origin))

    sentence = (
        "Your browser says that this did not come from our own page, so we have not taken it. What "
        "was written is below: check it, and send it again. If this message comes back, try "
        "another browser."
    )
    assert (response.status_code, errors(response)) == (403, {"__all__": [sentence]})
    assert (response.cookies, Registration.objects.count()) == ({}, 0)
    assert "no-store" in response.headers["Cache-Control"]
    again = fields(parsed(response))
    assert again.items() >= typed.items()
    assert browser.post(FORM, again, headers=headers_of("same-origin", OWN)).status_code == 302


def test_other_site_cannot_send_a_start_of_its_own_or_hide_other_faults(clay, time_machine):
    browser = Client()

    response = browser.post(FORM, VALID | {"email": ""}, headers=headers_of("cross-site", "null"))

    assert (response.status_code, list(errors(response))) == (403, ["email", "__all__"])
    assert len(errors(response)["__all__"]) == 1
    again = fields(parsed(response)) | {"email": VALID["email"]}
    time_machine.shift(20 * SECOND)
    assert browser.post(FORM, again, headers=headers_of("same-origin", OWN)).status_code == 302


def test_old_browser_without_such_headers_is_judged_by_the_start_of_its_form(clay, visitor):
    _browser, send = visitor()

    responses = [send(started=""), send(started="forged"), send()]

    assert [response.status_code for response in responses] == [422, 422, 422]
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost", "http://localhost", 302),
        ("127.0.0.1:8000", "http://127.0.0.1:8000", 302),
        # A proxy that drops the port, or speaks plain http to us: the site's address counts too.
        ("localhost", "http://testserver", 302),
        ("localhost", "http://127.0.0.1", 403),
        ("localhost:8000", "http://localhost:8001", 403),
        ("evil.example", "http://evil.example", 400),
    ],
)
def test_form_is_accepted_under_every_allowed_name_of_the_site(
    clay, visitor, time_machine, host, origin, status
):
    browser, _send = visitor()
    typed = VALID | {"started": started_field(browser, FORM)}
    time_machine.shift(20 * SECOND)

    response = browser.post(FORM, typed, headers={"host": host, "origin": origin})

    assert response.status_code == status


@pytest.mark.parametrize("site_url", ["https://Museums.example:443", "https://museums.example"])
def test_address_of_the_site_is_compared_as_browsers_write_it(
    clay, visitor, time_machine, settings, site_url
):
    settings.SITE_URL = site_url
    browser, _send = visitor()
    typed = VALID | {"started": started_field(browser, FORM)}
    time_machine.shift(20 * SECOND)

    assert (
        browser.post(FORM, typed, headers={"origin": "https://museums.example"}).status_code == 302
    )


def test_form_from_elsewhere_is_still_carried_into_another_language(clay):
    typed = VALID | {"carried_from": "es"}

    response = Client().post(FORM, typed, headers=headers_of("cross-site", "null"))

    assert (response.status_code, errors(response)) == (200, {})
    assert not Registration.objects.exists()


def exempt(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if getattr(pattern.callback, "csrf_exempt", False):
                yield f"{namespace}{pattern.name}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from exempt(pattern.url_patterns, inner)


# A mail program stops reminders by its own button, without any page (RFC 8058).
WITHOUT_TOKEN = ["registration:news-stop", "registration:sign-up", "registration:stop-reminders"]


def test_no_other_form_does_without_the_token():
    assert sorted(exempt(get_resolver().url_patterns)) == WITHOUT_TOKEN
