"""A new SECRET_KEY: what still works by the key before it, and what ends with that."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from eim import clock
from eim.lib.fields import kept_uploads
from eim.lib.form_age import age_of, started_now
from eim.lib.hashing import hashed_network, keyed_hash
from programme import moderation
from programme.actions import TooManyQuestions, ask
from programme.models import Question
from registration import actions, throttling, tokens
from registration.models import Suppression, Throttle
from registration.views.sign_up_cookie import browser_hash, registration_to_correct
from tests import factories
from tests.registration.helpers import application, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

OLD, NEW = "old-" + "o" * 50, "new-" + "n" * 50
ANA = "ana.r+museo@museo.example"
HOME, NEXT_DOOR = "192.0.2.7", "192.0.2.8"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def old_key(settings):
    settings.SECRET_KEY = OLD


@pytest.fixture
def rotate(settings):
    """Return a function that replaces the key: the old one still signs, is retired, or dropped."""

    def to(lists):
        settings.SECRET_KEY = NEW
        settings.SECRET_KEY_FALLBACKS = [OLD] if lists == "fallback" else []
        settings.RETIRED_SECRET_KEYS = [OLD] if lists == "retired" else []

    return to


@pytest.fixture
def rolled_back(settings):
    """Make the old key the present one again, and leave it in both lists, as an operator may."""
    settings.SECRET_KEY = OLD
    settings.SECRET_KEY_FALLBACKS = [NEW, OLD]
    settings.RETIRED_SECRET_KEYS = [OLD]


FALLBACK_ALONE = [("fallback", True), ("retired", False), ("dropped", False)]
EITHER_LIST = [("fallback", True), ("retired", True), ("dropped", False)]


# What is signed


def signed_things(registration, session):
    """Return, by name, a function that says whether what was signed just now is still accepted."""
    key, now = registration.email_key, clock.now()
    started, code = started_now(now - MINUTE), tokens.code(registration)
    moderators = moderation.moderators_token(session)
    kept = kept_uploads.keep(SimpleUploadedFile("a.pdf", b"%PDF-"))
    signed = {
        "confirm": (tokens.confirm_token(registration), lambda t: tokens.read(t, tokens.CONFIRM)),
        "own": (tokens.own_token(registration), lambda t: tokens.read(t, tokens.OWN)),
        "fresh": (tokens.fresh_token(registration), tokens.read_fresh),
        "opened": (tokens.opened_token(registration), tokens.read_opened),
        "stop": (tokens.stop_token(registration), tokens.read_stop),
        "reminders": (tokens.stop_reminders_token(registration), tokens.read_stop_reminders),
        "withdraw": (tokens.withdraw_token(registration), tokens.read_withdraw),
        "new address": (tokens.new_address_token(registration, key), tokens.read_new_address),
        "code": (code, lambda typed: tokens.is_code_of(registration, typed)),
        "moderators": (moderators, lambda token: moderation.moderated_session(token, now)),
        "form": (started, lambda text: age_of(text, now)),
        "upload": (kept, kept_uploads.fetch),
    }
    return {name: lambda of=of: bool(of[1](of[0])) for name, of in signed.items()}


@pytest.mark.parametrize(("lists", "is_accepted"), FALLBACK_ALONE)
def test_signed_things_are_accepted_while_the_old_key_is_a_fallback(rotate, lists, is_accepted):
    registration = factories.registration(email=ANA)
    accepted = signed_things(registration, factories.session())

    rotate(lists)

    assert {name: known() for name, known in accepted.items()} == dict.fromkeys(
        accepted, is_accepted
    )


def test_link_of_a_mailbox_is_for_its_address_under_either_key(rotate):
    registration = factories.registration(email=ANA)
    token = tokens.withdraw_token(registration)

    rotate("fallback")

    claim = tokens.read_withdraw(token)
    assert [claim.is_of(key) for key in (registration.email_key, "eva@museo.example")] == [
        True,
        False,
    ]


def test_staff_stay_signed_in_and_their_session_gets_the_new_key(rotate, staff_client):
    away = Client()
    away.cookies = staff_client.cookies.copy()
    page = reverse("admin:index")

    rotate("fallback")
    while_fallback = staff_client.get(page).status_code
    rotate("dropped")

    assert (while_fallback, staff_client.get(page).status_code) == (200, 200)
    assert away.get(page).status_code == 302


@pytest.mark.parametrize(("lists", "is_known"), EITHER_LIST)
def test_browser_is_known_by_what_it_was_given_under_the_old_key(rotate, lists, is_known):
    registration = factories.registration(
        full_name="Ana", email=ANA, state="pending", browser=browser_hash("a browser")
    )

    rotate(lists)

    answers = {"full_name": "Ana", "email": ANA, "browser": "a browser"}
    assert registration_to_correct(answers) == (registration if is_known else None)


# Addresses to which nobody writes


@pytest.mark.parametrize(("lists", "is_known"), EITHER_LIST)
def test_suppression_lasts_as_long_as_a_list_has_its_key(rotate, lists, is_known):
    actions.suppress(ANA, Suppression.Reason.ASKED)

    rotate(lists)

    assert actions.is_suppressed(ANA) is is_known


def test_suppression_outlasts_its_key_where_the_site_knows_the_address(rotate):
    registration = factories.registration(email="Ana.R+museo@museo.example")
    factories.message(kind="address_left", to="antes@museo.example")
    factories.registration(new_email="nueva@museo.example", new_email_key="nueva@museo.example")
    # Of the mailbox, as the links in e-mails are; of an address; and of one that nobody has now.
    actions.suppress_hashed(tokens.read_stop(tokens.stop_token(registration)).mailbox, "asked")
    unknown = "hasta-luego@museo.example"
    for address in ("antes@museo.example", "nueva@museo.example", unknown):
        actions.suppress(address, Suppression.Reason.REFUSED)
    rotate("retired")

    output = StringIO()
    call_command("rehash_suppressions", stdout=output)
    again = StringIO()
    call_command("rehash_suppressions", stdout=again)
    rotate("dropped")

    assert output.getvalue() == (
        "Addresses to which the site does not write: 4. "
        "Moved from an older key to the present one: 3.\n"
    )
    assert again.getvalue().endswith("present one: 0.\n")
    known = ["ana.r@museo.example", ANA, "antes@museo.example", "nueva@museo.example", unknown]
    assert [actions.is_suppressed(key) for key in known] == [True, True, True, True, False]


@pytest.mark.parametrize("first", [True, False])
def test_mailbox_suppressed_under_both_keys_becomes_one_row_that_says_the_most(rotate, first):
    hashes = [keyed_hash("mailbox", "ana@museo.example")]
    rotate("fallback")
    hashes.append(keyed_hash("mailbox", "ana@museo.example"))
    for mailbox, is_of_reminders in zip(hashes, (first, not first), strict=True):
        factories.suppression(mailbox=mailbox, is_of_reminders=is_of_reminders)

    actions.rehash(["ana@museo.example"])

    assert list(Suppression.objects.values_list("mailbox", "is_of_reminders")) == [
        (hashes[1], False)
    ]


def test_suppressing_again_moves_the_row_to_the_present_key(rotate):
    actions.suppress_reminders(keyed_hash("mailbox", "ana@museo.example"))
    rotate("fallback")

    actions.suppress("ana@museo.example", Suppression.Reason.ASKED)

    row = Suppression.objects.get()
    assert row.mailbox == keyed_hash("mailbox", "ana@museo.example")
    assert (row.is_of_reminders, row.reason) == (False, "asked")


# Limits


@pytest.mark.parametrize("lists", ["fallback", "retired"])
def test_limit_counts_what_was_counted_under_the_old_key(rotate, settings, lists):
    settings.SIGNUPS_PER_NETWORK, settings.NETWORKS_OF_A_BLOCK = 5, 2
    now = clock.now()

    def allowed(address, times):
        network = hashed_network(address)
        return sum(throttling.may_sign_up(network, now) for _n in range(times))

    before = allowed(HOME, 3)
    rotate(lists)

    # Five of a network, ten of its block, in the same hour.
    assert [before, allowed(HOME, 5), allowed(NEXT_DOOR, 9), allowed("192.0.2.9", 9)] == [
        3,
        2,
        5,
        0,
    ]


@pytest.mark.usefixtures("rolled_back")
def test_limit_counts_once_under_a_key_that_is_listed_twice(settings):
    settings.SIGNUPS_PER_NETWORK, settings.MAILS_PER_ADDRESS = 4, 3
    now, network = clock.now(), hashed_network(HOME)

    assert sum(throttling.may_sign_up(network, now) for _n in range(6)) == 4
    assert sum(throttling.may_write_to(ANA, network, now) for _n in range(6)) == 3


def test_limit_of_a_mailbox_is_counted_and_forgiven_over_both_keys(rotate, settings):
    settings.MAILS_PER_ADDRESS, settings.SOURCES_PER_ADDRESS = 3, 1
    now = clock.now()

    def allowed(times):
        network = hashed_network(HOME)
        return sum(throttling.may_write_to(ANA, network, now) for _n in range(times))

    before = allowed(2)
    rotate("fallback")
    after = allowed(3)
    throttling.forgive(ANA)

    # What one network has used of its own share is not forgiven, before and after.
    assert (before, after, Throttle.objects.count()) == (2, 1, 2)


def test_limit_costs_one_query_also_under_two_keys(rotate, django_assert_num_queries):
    rotate("fallback")
    network = hashed_network(HOME)

    with django_assert_num_queries(1):
        throttling.may_write_to(ANA, network, clock.now())
    with django_assert_num_queries(1):
        actions.is_suppressed(ANA)


def test_limit_looks_up_one_row_a_key_for_each_thing_it_counts(rotate, settings):
    rotate("fallback")
    facts = []

    def keep(execute, sql, params, many, context):
        facts.append(len(params))
        return execute(sql, params, many, context)

    for retired in ([], ["r" * 50], ["r" * 50, "s" * 50]):
        settings.RETIRED_SECRET_KEYS = retired
        with connection.execute_wrapper(keep):
            throttling.may_write_to(ANA, hashed_network(HOME), clock.now())

    # A pair for each of two limits and two moments; then a pair for each limit and key.
    assert facts == [6 + 4 * keys for keys in (2, 3, 4)]


def test_places_held_under_the_old_key_count_for_their_network(rotate, settings):
    settings.HOLDS_PER_NETWORK = 2
    quota = factories.quota(size=100)

    def held_by(n):
        facts = {"email": f"p{n}@museo.example", "network": hashed_network(HOME)}
        return states(actions.sign_up(application(quota, **facts)))[quota.pk]

    before = held_by(1)
    rotate("fallback")

    assert [before, held_by(2), held_by(3)] == ["held", "held", "waiting"]


def test_questions_of_before_count_and_a_double_click_is_one_question(rotate, settings):
    settings.QUESTIONS_PER_NETWORK = 2
    session = factories.session()

    def asked(text):
        facts = {"name": "", "language": "en", "network": hashed_network(HOME, "question")}
        return ask(session, text=text, **facts)

    first = asked("Who fired it?")
    rotate("fallback")

    assert asked("Who fired it?") == first
    asked("When?")
    with pytest.raises(TooManyQuestions):
        asked("Where?")
    assert Question.objects.count() == 2
