"""Each rule of the registration's rows: held by the database, and said where a person meets it."""

from datetime import timedelta
from importlib import import_module
from itertools import count, cycle

import pytest
from django.apps import apps

from registration.models import Consent, Heartbeat, Message, Relay, SenderHealth, Throttle
from tests import constraints, factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]


def second_quota_in_person():
    factories.quota()
    bus = factories.quota(service_code="bus")
    return bus, {"kind": "in_person", "service_code": None}


def second_of_a_mailbox(changed):
    first = factories.registration(email="museo@museo.example")
    second = factories.registration(email="museo@museo.example")
    return second, {changed: getattr(first, changed)}


def second_place_of_a_person():
    first, other = factories.place(), factories.place()
    return other, {"registration": first.registration}


def second_consent():
    first = factories.consent(purpose="news")
    other = factories.consent(purpose="image", registration=first.registration)
    return other, {"purpose": "news"}


def second_message():
    first = factories.message(kind="confirmed")
    other = factories.message(
        kind="already", registration=first.registration, history=first.history
    )
    return other, {"kind": "confirmed"}


def second_of_a_letter(**recipient):
    first = factories.message(kind="letter", **recipient)
    other = factories.message(kind="letter", **recipient)
    return other, {"letter": first.letter}


def second_consent_of_a_person():
    first = factories.consent(purpose="image", person=factories.person())
    other = factories.consent(purpose="list", person=first.person)
    return other, {"purpose": "image"}


def second_window():
    Throttle.objects.create(key="a", window_at=NOW)
    return Throttle.objects.create(key="b", window_at=NOW), {"key": "a"}


# A sound row, and the columns that break the rule.
CASES = {
    "person_of_a_mailbox_registers_once": lambda: second_of_a_mailbox("name_key"),
    "mailbox_slot_serves_one_person": lambda: second_of_a_mailbox("mailbox_slot"),
    "mailbox_serves_five_live_people": lambda: (factories.registration(), {"mailbox_slot": 6}),
    "registration_with_a_mailbox_has_the_key_of_its_name": lambda: (
        factories.registration(),
        {"name_key": None},
    ),
    "new_address_is_of_a_confirmed_person": lambda: (
        factories.registration(),
        {"new_email": "nueva@museo.example"},
    ),
    "message_goes_to_its_registration": lambda: (
        factories.message(kind="confirmed"),
        {"to": "nueva@museo.example"},
    ),
    "code_is_tried_five_times_at_most": lambda: (factories.registration(), {"code_tries": 6}),
    "attendance_is_known": lambda: (factories.registration(), {"attendance": "by post"}),
    "registration_state_has_its_moment": lambda: (
        factories.registration(),
        {"confirmed_at": None},
    ),
    "consent_purpose_is_known": lambda: (factories.consent(), {"purpose": "everything"}),
    "consent_is_withdrawn_after_it_is_given": lambda: (
        factories.consent(),
        {"withdrawn_at": NOW - timedelta(seconds=1)},
    ),
    "event_is_known": lambda: (factories.history(), {"event": "slept"}),
    "quota_is_never_oversold": lambda: (factories.quota(size=2), {"taken": 3}),
    "quota_is_of_one_thing": lambda: (factories.quota(), {"service_code": "bus"}),
    "in_person_has_one_quota": second_quota_in_person,
    "person_has_one_place_of_a_quota": second_place_of_a_person,
    "number_in_line_is_given_once": lambda: (
        factories.place() and factories.place(),
        {"number": 1},
    ),
    "place_state_is_known": lambda: (factories.place(), {"state": "lent"}),
    "message_is_written_once": second_message,
    "message_kind_is_known": lambda: (factories.message(), {"kind": "advert"}),
    "letter_goes_once_to_each_registration": lambda: second_of_a_letter(
        registration=factories.registration()
    ),
    "letter_goes_once_to_each_person": lambda: second_of_a_letter(person=factories.person()),
    "letter_goes_once_to_each_news_address": lambda: second_of_a_letter(
        news_address=factories.news_address()
    ),
    "message_has_one_recipient": lambda: (
        factories.message(kind="letter"),
        {"person": factories.person()},
    ),
    "message_is_of_an_event_or_a_letter": lambda: (
        factories.message(),
        {"letter": factories.letter()},
    ),
    "letter_audience_is_known": lambda: (factories.letter(), {"audience": "the world"}),
    "letter_has_recipients_once_it_is_sent": lambda: (factories.letter(), {"recipients": 1}),
    "letter_is_approved_by_somebody": lambda: (factories.letter(), {"approved_at": NOW}),
    "letter_is_sent_with_an_approval": lambda: (
        factories.letter(state="sending"),
        {"approved_at": None, "approved_by": None},
    ),
    "second_person_is_asked_by_somebody": lambda: (factories.letter(), {"asked_at": NOW}),
    "letter_that_waits_was_asked_about": lambda: (factories.letter(), {"state": "asked"}),
    "letter_that_ended_has_its_moment": lambda: (
        factories.letter(state="sending"),
        {"ended_at": NOW},
    ),
    "news_address_is_an_address": lambda: (factories.news_address(), {"address": ""}),
    "news_language_is_known": lambda: (factories.news_address(), {"language": "fr"}),
    "person_consents_once_at_a_time": second_consent_of_a_person,
    "consent_is_of_a_registration_or_a_person": lambda: (
        factories.consent(),
        {"person": factories.person()},
    ),
    "message_is_leased_with_a_term": lambda: (factories.message(), {"leased_until": NOW}),
    "message_sent_has_its_moment": lambda: (factories.message(), {"state": "sent"}),
    "throttle_counts_a_window_once": second_window,
    "consent_is_given_once_at_a_time": second_consent,
    "reminder_is_about_something_known": lambda: (factories.reminder(), {"about": "weather"}),
    "reminder_lead_is_between_1_and_60": lambda: (factories.reminder(), {"lead": 61}),
    "relay_refuses_since_a_moment": lambda: (Relay.objects.create(), {"refusals": 1}),
    "suppression_reason_is_known": lambda: (factories.suppression(), {"reason": "dislike"}),
    "bounce_kind_is_known": lambda: (factories.bounce(), {"kind": "lost"}),
    "bounce_reason_is_known": lambda: (factories.bounce(), {"reason": "none"}),
    "sender_is_excused_by_somebody": lambda: (
        SenderHealth.objects.create(sender="eim", looked_at=NOW),
        {"excuse": "A rehearsal"},
    ),
    "counted_purpose_is_known": lambda: (factories.consent_count(), {"purpose": "love"}),
    "consents_are_counted_once_a_text": lambda: (
        factories.consent_count(),
        {"purpose": factories.consent_count(purpose="image").purpose},
    ),
    "no_more_consents_are_withdrawn_than_given": lambda: (
        factories.consent_count(),
        {"withdrawn": 2},
    ),
    "erasure_cause_is_known": lambda: (factories.erasure(), {"cause": "boredom"}),
    "erasure_is_of_somebody": lambda: (factories.erasure(), {"people": 0}),
}


def test_every_rule_of_the_registration_has_a_case():
    assert sorted(constraints.rules_of("registration")) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_database_refuses_a_row_that_breaks_one_rule(name):
    model, rule = constraints.rules_of("registration")[name]
    row, changes = CASES[name]()

    refusal = constraints.refusal_of(row, changes)

    assert constraints.words_for(model, rule) in refusal
    assert constraints.broken_rules(constraints.changed(row, changes)) == [name]


@pytest.mark.parametrize("state", ["pending", "confirmed", "cancelled", "expired"])
def test_slot_of_a_mailbox_is_only_for_live_registrations(state):
    row = factories.registration(state=state)
    gives_way = {"mailbox_slot": 1}

    if row.is_live:
        assert type(row).objects.filter(pk=row.pk).update(**gives_way) == 1
    else:
        assert "mailbox_serves_five_live_people" in constraints.refusal_of(row, gives_way)


@pytest.mark.parametrize(
    ("state", "address", "key"),
    [
        ("confirmed", "", "nueva@museo.example"),
        ("pending", "nueva@museo.example", "nueva@museo.example"),
        ("cancelled", "nueva@museo.example", "nueva@museo.example"),
    ],
)
def test_new_address_has_its_key_and_a_confirmed_registration(state, address, key):
    row = factories.registration(state=state)

    refusal = constraints.refusal_of(row, {"new_email": address, "new_email_key": key})

    assert "new_address_is_of_a_confirmed_person" in refusal


@pytest.mark.parametrize(
    ("state", "moment"),
    [("confirmed", "confirmed_at"), ("cancelled", "cancelled_at"), ("expired", "expired_at")],
)
def test_each_state_needs_its_own_moment(state, moment):
    row = factories.registration(state=state)

    refusal = constraints.refusal_of(row, {moment: None})

    assert "registration_state_has_its_moment" in refusal


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "session"},
        {"kind": "service"},
        {"kind": "party"},
        {"service_code": "bus"},
    ],
)
def test_quota_is_of_the_thing_that_its_kind_says(changes):
    refusal = constraints.refusal_of(factories.quota(), changes)

    assert "quota_is_of_one_thing" in refusal


@pytest.mark.parametrize("state", ["due", "sent", "failed", "skipped"])
def test_only_a_leased_message_has_a_lease(state):
    row = factories.message(state=state)

    refusal = constraints.refusal_of(row, {"leased_until": NOW})

    assert "message_is_leased_with_a_term" in refusal


numbers = count()
abouts = cycle(["week_before", "days_before"])

MAKERS = {
    "Bounce": {"message": factories.bounce},
    "Heartbeat": {"name": lambda: Heartbeat.objects.create(name=f"job {next(numbers)}")},
    "Message": {"message_id": factories.message},
    "NewsAddress": {"email_key": factories.news_address},
    "Quota": {
        "session": lambda: factories.quota(session=factories.workshop()),
        "service_code": lambda: factories.quota(service_code=f"bus-{next(numbers)}"),
    },
    "Registration": {
        "reference": factories.registration,
        "person": lambda: factories.registration(person=factories.person()),
    },
    "Reminder": {"about": lambda: factories.reminder(about=next(abouts))},
    "Suppression": {"mailbox": factories.suppression},
}


@pytest.mark.parametrize(
    ("model", "field"),
    constraints.unique_fields_of("registration"),
    ids=lambda value: getattr(value, "__name__", value),
)
def test_database_refuses_the_same_thing_twice(model, field):
    make = MAKERS[model.__name__][field]
    first, second = make(), make()

    refusal = constraints.refusal_of(second, {field: getattr(first, field)})

    assert field in refusal


def test_taken_never_falls_below_nothing():
    quota = factories.quota()

    constraints.refusal_of(quota, {"taken": -1})

    quota.refresh_from_db()
    assert quota.taken == 0


def test_new_event_has_a_former_one_on_the_way_back():
    history = factories.history(event="link_renewed")
    new_links = import_module("registration.migrations.0011_new_links").Migration

    new_links.operations[-1].reverse_code(apps, None)

    history.refresh_from_db()
    assert history.event == "resent"


def test_mails_about_the_meeting_are_forgotten_on_the_way_back():
    told = factories.history(event="standing_told")
    factories.message(kind="meeting_postponed", history=told, registration=told.registration)
    mails = import_module("registration.migrations.0012_mails_about_the_meeting").Migration

    mails.operations[-1].reverse_code(apps, None)

    told.refresh_from_db()
    assert told.event == "reminded"
    assert not Message.objects.exists()


def test_letters_and_consents_of_persons_are_forgotten_on_the_way_back():
    kept = factories.message()
    factories.message(kind="letter", person=factories.person())
    factories.consent(person=factories.person())
    name = "registration.migrations.0020_without_letters_on_the_way_back"

    import_module(name).Migration.operations[-1].reverse_code(apps, None)

    assert list(Message.objects.all()) == [kept]
    assert not Consent.objects.exists()


def test_unconfirmed_get_slots_where_there_is_room_on_the_way_back():
    home = {"email": "museo@museo.example"}
    waiting = [factories.registration(full_name=f"Eva {n}", state="pending", **home) for n in "ab"]
    for n in "abcd":
        factories.registration(full_name=f"Ana {n}", **home)
    unconfirmed = import_module("registration.migrations.0009_unconfirmed_have_no_slot").Migration

    unconfirmed.operations[-1].reverse_code(apps, None)

    for registration in waiting:
        registration.refresh_from_db()
    assert [registration.mailbox_slot for registration in waiting] == [5, None]
