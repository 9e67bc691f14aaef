from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from eim.environment import mailer
from registration import actions, outbox
from registration.models import Message, Registration
from registration.models.messages import LEASE, RETRY_AFTER
from registration.outbox import Outcome, delivery
from registration.outbox.sending import put_down
from tests import factories
from tests.factories import NOW
from tests.registration import mail_server
from tests.registration.mail_server import death, drip, silence

State = Message.State


@pytest.fixture(autouse=True)
def meeting(db):
    """Set a meeting whose first language is English, as the tests read."""
    return factories.meeting(first_language="en")


def row(message):
    return Message.objects.get(pk=message.pk)


def facts(message, *names):
    return Message.objects.values_list(*names).get(pk=message.pk)


# Claiming


def test_claim_leases_the_message_that_is_due_longest():
    factories.message(next_attempt_at=NOW - timedelta(minutes=1))
    oldest = factories.message(next_attempt_at=NOW - timedelta(minutes=2))

    claimed = outbox.claim(NOW)

    assert claimed == oldest
    assert facts(oldest, "state", "attempts", "attempted_at", "leased_until") == (
        State.LEASED,
        1,
        NOW,
        NOW + LEASE,
    )


@pytest.mark.parametrize("kind", ["week_before", "days_before"])
def test_claim_takes_reminders_after_mails_that_somebody_waits_for(kind):
    question = factories.message(kind=kind, next_attempt_at=NOW - timedelta(hours=1))
    code = factories.message(kind="pending", next_attempt_at=NOW)

    assert [outbox.claim(NOW) for _n in range(3)] == [code, question, None]


def test_reminders_that_are_still_going_out_are_not_late():
    factories.message(kind="week_before", created_at=NOW - timedelta(hours=1))
    code = factories.message(kind="pending", created_at=NOW - timedelta(hours=1))

    assert list(Message.objects.late(NOW)) == [code]


@pytest.mark.parametrize("state", [State.LEASED, State.SENT, State.FAILED, State.SKIPPED])
def test_claim_leaves_what_is_not_due(state):
    factories.message(state=state)
    factories.message(next_attempt_at=NOW + timedelta(seconds=1))

    assert outbox.claim(NOW) is None


def test_claim_takes_messages_of_a_dead_worker_once_the_lease_ends():
    message = factories.message(state=State.LEASED, attempts=1, leased_until=NOW + LEASE)

    assert outbox.claim(NOW + LEASE - timedelta(seconds=1)) is None
    assert outbox.claim(NOW + LEASE) == message
    assert facts(message, "attempts", "leased_until") == (2, NOW + 2 * LEASE)


def test_lease_is_given_to_only_one_of_two_who_saw_the_same_row():
    message = factories.message()
    seen_by_another = row(message)

    assert outbox.lease(message, NOW)
    assert not outbox.lease(seen_by_another, NOW)


def test_claim_gives_up_a_message_whose_last_attempt_killed_the_worker():
    message = factories.message(state=State.LEASED, attempts=len(RETRY_AFTER) + 1, leased_until=NOW)

    assert outbox.claim(NOW) is None
    assert facts(message, "state", "leased_until") == (State.FAILED, None)
    assert row(message).last_error


def test_claim_keeps_to_the_limit_of_the_relay(settings):
    settings.MAILS_PER_MINUTE = 2
    for _n in range(3):
        factories.message()

    claimed = [outbox.claim(NOW) for _n in range(3)]

    assert [message is not None for message in claimed] == [True, True, False]
    assert outbox.claim(NOW + timedelta(minutes=1)) is not None


def test_claim_keeps_to_the_budget_of_the_day(settings):
    settings.MAILS_PER_DAY = 2
    for _n in range(3):
        factories.message()

    # Within their leases: after them the first would be due again.
    claimed = [outbox.claim(NOW + timedelta(minutes=n)) for n in range(3)]

    assert [message is not None for message in claimed] == [True, True, False]
    assert outbox.claim(NOW + timedelta(hours=24)) is not None


def all_that_is_leased_is_sent():
    sent = {"state": State.SENT, "sent_at": NOW, "leased_until": None}
    Message.objects.filter(state=State.LEASED).update(**sent)


def test_reminders_use_at_most_half_of_the_day(settings):
    settings.MAILS_PER_DAY = 4
    for _n in range(3):
        factories.message(kind="week_before")
    sent = [outbox.claim(NOW) for _n in range(3)]
    assert [message and message.kind for message in sent] == ["week_before", "week_before", None]
    all_that_is_leased_is_sent()
    factories.message(kind="confirmed")
    factories.message(kind="pending")

    sent = [outbox.claim(NOW) for _n in range(3)]
    assert [message and message.kind for message in sent] == ["confirmed", "pending", None]
    all_that_is_leased_is_sent()
    assert outbox.claim(NOW + timedelta(hours=24)).kind == "week_before"


@pytest.mark.parametrize("count", [1, 30])
def test_claim_costs_the_same_with_few_and_many_messages(count, django_assert_num_queries):
    for _n in range(count):
        factories.message()

    with django_assert_num_queries(5):
        outbox.claim(NOW)


# Settling


def test_settle_writes_that_it_was_sent():
    factories.message()
    message = outbox.claim(NOW)

    assert outbox.settle(message, outbox.SENT, NOW)
    assert facts(message, "state", "sent_at", "leased_until", "last_error") == (
        State.SENT,
        NOW,
        None,
        "",
    )


@pytest.mark.parametrize(("attempts", "wait"), [*enumerate(RETRY_AFTER, start=1)])
def test_settle_makes_it_due_again_after_a_longer_wait_each_time(attempts, wait):
    message = factories.message(state=State.LEASED, attempts=attempts)

    outbox.settle(message, Outcome(state=State.DUE, error="Busy."), NOW)

    assert facts(message, "state", "next_attempt_at", "last_error") == (
        State.DUE,
        NOW + wait,
        "Busy.",
    )


def test_message_fails_after_the_last_attempt():
    message = factories.message(state=State.LEASED, attempts=len(RETRY_AFTER) + 1)

    put_down(message, Outcome(state=State.DUE, error="Busy."), NOW)

    assert facts(message, "state", "last_error") == (State.FAILED, "Busy.")


def test_settle_without_the_lease_changes_nothing():
    factories.message()
    slow = outbox.claim(NOW)
    quick = outbox.claim(NOW + LEASE)
    outbox.settle(quick, outbox.SENT, NOW + LEASE)

    assert not outbox.settle(slow, Outcome(state=State.DUE, error="Busy."), NOW + LEASE)
    assert facts(slow, "state", "last_error") == (State.SENT, "")


@pytest.mark.parametrize(
    ("state", "is_due"),
    [(State.FAILED, True), (State.DUE, True), (State.LEASED, False), (State.SENT, False)],
)
def test_send_again_makes_a_message_due_unless_it_is_leased(state, is_due):
    later = NOW + timedelta(hours=12)
    message = factories.message(state=state, attempts=6, next_attempt_at=later)

    assert outbox.reschedule(message, NOW) is is_due
    after = (State.DUE, 0, NOW) if is_due else (state, 6, later)
    assert facts(message, "state", "attempts", "next_attempt_at") == after


# Sending, with a mail server


def test_mail_that_the_server_takes_is_sent(inbox):
    message = factories.message()

    outbox.send_next()

    assert inbox.message_ids == [message.message_id]
    assert inbox.mails[0]["To"] == message.registration.email
    assert row(message).state == State.SENT


def test_mail_goes_into_a_file_where_the_demo_reads_it(settings, tmp_path):
    settings.MAILERS = {"default": mailer(f"file:{tmp_path}")}
    message = factories.message()

    outbox.send_next()

    (file,) = tmp_path.iterdir()
    assert f"Message-ID: {message.message_id}" in file.read_text()
    assert row(message).state == State.SENT


def test_mail_that_is_no_longer_true_is_skipped(inbox):
    pending = factories.message(kind=Message.Kind.PENDING)
    assert pending.registration.state == Registration.State.CONFIRMED

    outbox.send_next()

    assert inbox.mails == []
    assert facts(pending, "state", "last_error") == (State.SKIPPED, "")


def test_address_that_the_server_refuses_for_good_fails_at_once(inbox):
    inbox.answers["RCPT"] = "550 5.1.1 no such\tmailbox"
    message = factories.message()

    outbox.send_next()

    error = "The mail server does not accept this address. (550 5.1.1 no such mailbox)"
    assert facts(message, "state", "attempts", "last_error") == (State.FAILED, 1, error)


@pytest.mark.parametrize(
    ("answer", "is_suppressed"),
    [("550 5.1.1 no such mailbox", True), ("550 5.7.1 your site is blocked", False)],
)
def test_mailbox_unknown_to_the_server_is_suppressed(inbox, answer, is_suppressed):
    inbox.answers["RCPT"] = answer
    registration = factories.message().registration
    outbox.send_next()
    del inbox.answers["RCPT"]
    later = factories.message(registration=registration)

    outbox.send_next()

    expected = (
        (State.SKIPPED, "We do not write to this address.") if is_suppressed else (State.SENT, "")
    )
    assert facts(later, "state", "last_error") == expected


def test_suppressed_mailbox_gets_no_mail(inbox):
    message = factories.message()
    actions.suppress(message.registration.email_key, "asked")
    actions.suppress(message.registration.email_key, "asked")
    other = factories.message()

    outcomes = [outbox.send_next().state for _n in range(2)]

    assert outcomes == [State.SKIPPED, State.SENT]
    assert [mail["To"] for mail in inbox.mails] == [other.registration.email]


def test_address_that_cannot_be_written_to_fails_at_once(inbox):
    registration = factories.registration(email="ana paz@museo.example, x@y.example")
    message = factories.message(registration=registration)

    outbox.send_next()

    assert inbox.mails == []
    error = "No e-mail can be sent to this address: it is not written correctly."
    assert facts(message, "state", "last_error") == (State.FAILED, error)


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("RCPT", "450 4.2.0 later", "The mail server does not accept this address."),
        ("DATA", "451 4.3.0 later", "The mail server did not accept the e-mail."),
        ("DATA", "554 5.7.1 later", "The mail server did not accept the e-mail."),
    ],
)
def test_mail_that_the_server_does_not_take_now_is_tried_again(inbox, step, answer, error):
    inbox.answers[step] = answer
    message = factories.message()

    outbox.send_next()

    assert inbox.mails == []
    assert facts(message, "state", "next_attempt_at", "last_error") == (
        State.DUE,
        NOW + RETRY_AFTER[0],
        f"{error} ({answer})",
    )


def test_mail_goes_out_when_the_server_has_recovered(inbox, time_machine):
    inbox.answers["DATA"] = "451 later"
    message = factories.message()
    outbox.send_next()
    inbox.answers.clear()
    assert outbox.send_next() is None
    time_machine.shift(RETRY_AFTER[0])

    outbox.send_next()

    assert inbox.message_ids == [message.message_id]
    assert facts(message, "state", "attempts", "last_error") == (State.SENT, 2, "")


# A conversation cut short leaves its socket to the collector, which says so.
def leaves_a_socket(test):
    for warning in (
        "ignore:unclosed:ResourceWarning",
        "ignore::pytest.PytestUnraisableExceptionWarning",
    ):
        test = pytest.mark.filterwarnings(warning)(test)
    return test


SLOW = "The mail server did not answer in time."
BROKEN = "The mail server broke off the connection."


@leaves_a_socket
@pytest.mark.parametrize(
    ("conversation", "error"),
    [
        ({"greeting": silence}, SLOW),
        ({"greeting": drip}, SLOW),
        ({"greeting": death}, BROKEN),
        ({"EHLO": drip}, SLOW),
        ({"MAIL": death}, BROKEN),
        ({"DATA": death}, BROKEN),
        ({"END": death}, BROKEN),
        ({"END": silence}, SLOW),
        ({"END": drip}, SLOW),
    ],
)
def test_mail_stays_due_when_the_server_hangs_drips_or_dies(
    mail_to, monkeypatch, conversation, error
):
    monkeypatch.setattr(delivery, "DEADLINE", 1)
    monkeypatch.setattr(delivery, "GOODBYE", 1)
    message = factories.message()

    with mail_server.rogue(**conversation) as url:
        mail_to(url)
        outbox.send_next()

    assert facts(message, "state", "last_error") == (State.DUE, error)


@leaves_a_socket
@pytest.mark.parametrize("farewell", [silence, drip, death, "421 go away"])
def test_mail_that_was_taken_is_sent_however_the_server_says_goodbye(
    mail_to, monkeypatch, farewell
):
    monkeypatch.setattr(delivery, "GOODBYE", 1)
    message = factories.message()

    with mail_server.rogue(QUIT=farewell) as url:
        mail_to(url)
        outbox.send_next()

    assert facts(message, "state", "last_error") == (State.SENT, "")


def test_mail_stays_due_when_there_is_no_server(mail_to):
    mail_to(f"smtp://127.0.0.1:{mail_server.free_port()}")
    message = factories.message()

    outbox.send_next()

    error = "The mail server cannot be reached. ([Errno 111] Connection refused)"
    assert facts(message, "state", "last_error") == (State.DUE, error)


@contextmanager
def unchecked(table, constraint):
    """Drop a check, as if a later version of the site had written rows unknown to this one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
            yield
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_mail_that_cannot_be_rendered_does_not_stop_the_others(inbox):
    broken = factories.message()
    with unchecked("registration_message", "message_kind_is_known"):
        Message.objects.filter(pk=broken.pk).update(kind="unheard")
    other = factories.message()

    outcomes = [outbox.send_next(), outbox.send_next()]

    assert [outcome.state for outcome in outcomes] == [State.DUE, State.SENT]
    assert inbox.message_ids == [other.message_id]
    error = "The e-mail could not be written: the worker's log says why."
    assert row(broken).last_error == error
