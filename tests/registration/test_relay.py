"""A mail relay that takes nothing: mails wait, pay for nothing, and organisers' logs say why."""

import json
import logging
from datetime import timedelta

import pytest

from eim.lib.logs import JsonLine
from registration import outbox
from registration.models import Message, Relay
from registration.models.messages import GIVE_UP_AFTER, RETRY_AFTER
from registration.models.relay import LONGEST_PAUSE
from registration.outbox import delivery
from registration.outbox.circuit import MANY, MOST_SUSPECTED, SHORTEST_PAUSE
from tests import factories
from tests.factories import NOW
from tests.registration import mail_server
from tests.registration.mail_server import death, drip

State = Message.State
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def meeting(db):
    return factories.meeting(first_language="en")


def message_to(address, **facts):
    return factories.message(registration=factories.registration(email=address), **facts)


def facts(message, *names):
    return Message.objects.values_list(*names).get(pk=message.pk)


def untouched(message):
    return facts(message, "state", "attempts") == (State.DUE, 0)


def lines(caplog):
    """Return level and text of what the outbox logged, as the log has them."""
    return [
        (record.levelname, json.loads(JsonLine().format(record))["message"])
        for record in caplog.records
        if record.name.startswith("registration.outbox")
    ]


def relay():
    return Relay.objects.get()


# A conversation cut short leaves its socket to the collector, which says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

LOGIN = {"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 no such user"}
FAULTS = {
    "421 at the greeting": ({"greeting": "421 too busy"}, "refusing", "421 too busy"),
    "554 at the greeting": ({"greeting": "554 not you"}, "refusing", "554 not you"),
    "dead at the greeting": ({"greeting": death}, "broken", ""),
    "slow at the greeting": ({"greeting": drip}, "slow", ""),
    "login": (LOGIN, "login", "535 5.7.8 no such user"),
    "login temporarily": (LOGIN | {"AUTH": "454 4.7.0 later"}, "login", "454 4.7.0 later"),
    "wants a login": ({"MAIL": "530 5.7.0 log in first"}, "login", "530 5.7.0 log in first"),
    "421 at the sender": ({"MAIL": "421 4.7.0 slow down"}, "refusing", "421 4.7.0 slow down"),
    "4xx at the sender": ({"MAIL": "451 4.3.0 later"}, "refusing", "451 4.3.0 later"),
    "5xx at the sender": ({"MAIL": "553 5.7.1 not yours"}, "refusing", "553 5.7.1 not yours"),
    "421 at the recipient": ({"RCPT": "421 4.7.0 enough"}, "refusing", "421 4.7.0 enough"),
    "421 at the data": ({"DATA": "421 4.3.2 shutting down"}, "refusing", "421 4.3.2 shutting down"),
}


@pytest.mark.parametrize(("steps", "fault", "answer"), FAULTS.values(), ids=FAULTS)
def test_fault_of_the_relay_pauses_all_mails_and_costs_no_attempt(
    mail_to, monkeypatch, steps, fault, answer
):
    monkeypatch.setattr(delivery, "DEADLINE", 1)
    first, second = factories.message(), factories.message()

    with mail_server.rogue(**steps) as url:
        mail_to(url.replace("//", "//ana:secret@") if "AUTH" in steps else url)
        outcomes = [outbox.send_next(), outbox.send_next()]

    assert [outcome and outcome.state for outcome in outcomes] == [State.DUE, None]
    assert (untouched(first), untouched(second)) == (True, True)
    known = relay()
    assert (known.refusals, known.fault, known.answer) == (1, fault, answer)
    assert (known.refused_since, known.paused_until) == (NOW, NOW + SHORTEST_PAUSE)


def test_relay_without_tls_is_a_fault_of_the_relay(mail_to):
    message = factories.message()

    with mail_server.rogue() as url:
        mail_to(f"{url}?tls=1")
        outbox.send_next()

    assert untouched(message)
    assert relay().fault == "encryption"


def test_relay_with_a_certificate_of_nobody_is_a_fault_of_the_relay(mail_to):
    message = factories.message()

    with mail_server.rogue(STAR="220 go on", EHLO="250-hello\r\n250 STARTTLS") as url:
        mail_to(f"{url}?tls=1")
        outbox.send_next()

    assert untouched(message)
    assert relay().fault in ("encryption", "broken", "slow")


def nowhere():
    return f"smtp://127.0.0.1:{mail_server.free_port()}"


def test_pause_grows_to_some_minutes_and_tries_another_mail_each_time(mail_to, time_machine):
    mail_to(nowhere())
    messages = [factories.message() for _n in range(3)]

    waits = []
    for _n in range(7):
        assert outbox.send_next()
        until = relay().paused_until
        waits.append(until - relay().refused_at)
        time_machine.move_to(until - SECOND)
        assert outbox.send_next() is None
        time_machine.move_to(until)

    seconds = [wait // SECOND for wait in waits]
    assert seconds == [15, 15, 30, 60, 120, 240, 300]
    assert all(untouched(message) for message in messages)
    assert len(set(Message.objects.values_list("next_attempt_at", flat=True))) == 3


def test_mails_go_out_in_the_order_they_were_written_once_the_relay_is_back(
    mail_to, inbox, time_machine
):
    mail_to(nowhere())
    messages = [factories.message() for _n in range(3)]
    outbox.send_next()
    mail_to(inbox.url)
    assert outbox.send_next() is None
    time_machine.shift(SHORTEST_PAUSE)

    while outbox.send_next():
        pass

    assert inbox.message_ids == sorted(message.message_id for message in messages)
    assert set(Message.objects.values_list("state", "attempts")) == {(State.SENT, 1)}
    assert (relay().refusals, relay().paused_until, relay().fault) == (0, None, "")


def test_after_a_pause_only_one_of_several_workers_tries(mail_to, time_machine):
    mail_to(nowhere())
    for _n in range(3):
        factories.message()
    outbox.send_next()
    time_machine.shift(SHORTEST_PAUSE)
    now = NOW + SHORTEST_PAUSE

    claimed = [outbox.claim(now), outbox.claim(now)]

    assert [message is not None for message in claimed] == [True, False]


def test_worker_that_dies_while_it_tries_does_not_end_all_sending(mail_to, time_machine):
    mail_to(nowhere())
    factories.message()
    factories.message()
    outbox.send_next()
    outbox.claim(NOW + SHORTEST_PAUSE)

    later = NOW + SHORTEST_PAUSE + LONGEST_PAUSE

    assert outbox.claim(later) is not None


def test_mail_that_is_no_longer_true_does_not_use_up_the_trial(mail_to, inbox, time_machine):
    mail_to(nowhere())
    message = factories.message(next_attempt_at=NOW + SECOND)
    factories.message()
    outbox.send_next()
    Message.objects.exclude(pk=message.pk).update(kind=Message.Kind.PENDING, next_attempt_at=NOW)
    mail_to(inbox.url)
    time_machine.shift(SHORTEST_PAUSE)

    outcomes = [outbox.send_next().state for _n in range(2)]

    assert outcomes == [State.SKIPPED, State.SENT]


def test_clock_that_was_put_back_ends_a_pause(mail_to, time_machine):
    mail_to(nowhere())
    factories.message()
    outbox.send_next()
    time_machine.shift(-timedelta(hours=5))
    factories.message()

    assert outbox.claim(NOW - timedelta(hours=5)) is not None


@pytest.mark.parametrize(
    ("age", "state"), [(GIVE_UP_AFTER - SECOND, State.DUE), (GIVE_UP_AFTER, State.FAILED)]
)
def test_mail_fails_once_the_relay_has_taken_nothing_for_five_days(mail_to, age, state):
    mail_to(nowhere())
    message = factories.message(created_at=NOW - age)

    outbox.send_next()

    error = "The mail server cannot be reached. ([Errno 111] Connection refused)"
    assert facts(message, "state", "last_error") == (state, error)


def test_days_of_a_mail_that_is_sent_again_by_hand_are_counted_anew(mail_to):
    mail_to(nowhere())
    message = factories.message(created_at=NOW - timedelta(days=9), state=State.FAILED)
    outbox.reschedule(message, NOW)

    outbox.send_next()

    assert untouched(message)


# Refusals that may be the relay's or the recipient's

DENIED = "550 5.7.1 relaying denied"


def test_relay_that_denies_everybody_is_paused_at_the_third_domain(inbox):
    inbox.answers["RCPT"] = DENIED
    messages = [message_to(f"ana@museo{n}.example") for n in range(5)]

    outcomes = [outbox.send_next() for _n in range(4)]

    assert [outcome and outcome.state for outcome in outcomes] == [*[State.DUE] * 3, None]
    assert all(untouched(message) for message in messages)
    assert relay().answer == DENIED


def test_relay_that_denies_many_mails_to_one_domain_is_paused(inbox):
    inbox.answers["RCPT"] = DENIED
    messages = [message_to(f"person{n}@correo.example") for n in range(MANY + 2)]

    outcomes = [outbox.send_next() for _n in range(MANY + 1)]

    assert [outcome is not None for outcome in outcomes] == [True] * MANY + [False]
    assert all(untouched(message) for message in messages)


@pytest.mark.drill
def test_lone_mail_that_is_denied_waits_alone_and_costs_no_attempt(inbox, time_machine):
    inbox.answers["RCPT"] = DENIED
    message = message_to("ana@museo.example")
    moments = []

    while (now := outbox.sending.clock.now()) < NOW + timedelta(hours=2):
        if outbox.send_next():
            moments.append(now - NOW)
        time_machine.shift(timedelta(seconds=30))

    minutes = [round(moment / timedelta(minutes=1)) for moment in moments]
    assert minutes == [0, 1, 2, 4, 8, 16, 32, 62, 92]
    assert untouched(message)


class Picky(mail_server.Inbox):
    """A server that refuses mails to one domain by policy, and takes the others."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@strict.example"):
            return "550 5.7.1 your site is blocked"
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture
def picky(mail_to):
    with mail_server.inbox(Picky()) as server:
        mail_to(server.url)
        yield server


@pytest.mark.drill
def test_domain_that_refuses_us_does_not_delay_the_others(picky):
    refused = [message_to(f"person{n}@strict.example") for n in range(MANY)]
    others = [message_to(f"person{n}@museo.example") for n in range(MANY)]

    outcomes = [outbox.send_next().state for _n in range(2 * MANY)]

    # One refusal, then the others first, wherever they stand in the queue.
    assert outcomes == [State.DUE, State.SENT] * MANY
    assert picky.message_ids == sorted(message.message_id for message in others)
    assert all(untouched(message) for message in refused)


@pytest.mark.drill
def test_mail_that_is_refused_again_while_others_are_accepted_pays_for_it(picky, time_machine):
    refused = message_to("ana@strict.example")
    for n in range(9):
        outbox.send_next()
        message_to(f"luis{n}@museo.example")
        outbox.send_next()
        time_machine.shift(timedelta(hours=12))

    state, attempts, error = facts(refused, "state", "attempts", "last_error")
    words = "The mail server does not accept this address. (550 5.7.1 your site is blocked)"
    assert (state, attempts, error) == (State.FAILED, len(RETRY_AFTER) + 1, words)


def test_greylisting_costs_the_attempts_of_that_mail_alone(inbox):
    inbox.answers["RCPT"] = "450 4.2.0 greylisted"
    messages = [message_to(f"ana@museo{n}.example") for n in range(5)]

    outcomes = [outbox.send_next() for _n in range(5)]

    assert [outcome.state for outcome in outcomes] == [State.DUE] * 5
    assert {facts(one, "attempts", "next_attempt_at") for one in messages} == {
        (1, NOW + RETRY_AFTER[0])
    }
    assert (relay().refusals, relay().paused_until) == (0, None)


def test_mail_that_is_too_large_for_the_relay_pays_for_it(mail_to):
    message = factories.message()

    with mail_server.rogue(MAIL="552 5.3.4 too large") as url:
        mail_to(url)
        outbox.send_next()

    assert facts(message, "state", "attempts") == (State.DUE, 1)


# Refusals that look like the relay's, but may be of one mail


class Touchy(mail_server.Inbox):
    """A server that answers the mails to one address as a relay does that takes none at all."""

    words = "421 4.7.0 try later"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.words and address == "ana@museo.example":
            return self.words
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture
def touchy(mail_to):
    with mail_server.inbox(Touchy()) as server:
        mail_to(server.url)
        yield server


@pytest.mark.parametrize("words", [Touchy.words, "454 4.7.0 no TLS", "530 5.7.0 log in first"])
@pytest.mark.parametrize("other", ["luis@correo.example", "luis@museo.example"])
def test_mail_that_is_always_refused_delays_others_once_and_fails_in_the_end(
    touchy, time_machine, words, other
):
    touchy.words = words
    refused = message_to("ana@museo.example")
    reminder = message_to(other, kind=Message.Kind.DAYS_BEFORE)

    outcomes = [outbox.send_next(), outbox.send_next()]
    time_machine.shift(SHORTEST_PAUSE)
    outcomes += [outbox.send_next(), outbox.send_next()]

    states = [outcome and outcome.state for outcome in outcomes]
    assert states == [State.DUE, None, State.SENT, State.DUE]
    assert touchy.message_ids == [reminder.message_id]
    assert facts(refused, "state", "attempts") == (State.DUE, 1)
    assert relay().paused_until is None
    while facts(refused, "state")[0] == State.DUE:
        time_machine.move_to(facts(refused, "next_attempt_at")[0])
        outbox.send_next()
    assert facts(refused, "state", "attempts") == (State.FAILED, len(RETRY_AFTER) + 1)
    assert relay().refusals == 0


def test_relay_that_goes_away_in_every_mail_costs_no_attempt(mail_to, inbox, time_machine):
    messages = [message_to(f"ana@museo{n}.example") for n in range(3)]
    mail_to(nowhere())
    for _n in range(3):
        outbox.send_next()
        time_machine.shift(LONGEST_PAUSE)
    mail_to(inbox.url)
    inbox.answers["RCPT"] = Touchy.words

    for _n in range(6):
        assert outbox.send_next()
        assert outbox.send_next() is None
        time_machine.shift(LONGEST_PAUSE)

    assert all(untouched(message) for message in messages)
    assert relay().refusals == 9


def test_trial_is_made_with_an_awaited_mail_once_reminders_have_used_their_part(
    touchy, time_machine, settings
):
    settings.MAILS_PER_DAY = 4
    sent = {"state": State.SENT, "sent_at": NOW, "attempted_at": NOW - timedelta(hours=1)}
    for _n in range(2):
        message_to("eva@correo.example", kind=Message.Kind.DAYS_BEFORE, **sent)
    awaited = message_to("ana@museo.example")
    message_to("luis@correo.example", kind=Message.Kind.DAYS_BEFORE)
    outbox.send_next()
    touchy.words = ""
    time_machine.shift(SHORTEST_PAUSE)

    outbox.send_next()

    assert touchy.message_ids == [awaited.message_id]


def test_suspected_mails_are_counted_up_to_a_limit(touchy):
    Relay.objects.create(
        pk=1, refusals=1, refused_since=NOW, suspected=[*range(-MOST_SUSPECTED, 0)]
    )
    message = message_to("ana@museo.example")

    outbox.send_next()

    assert relay().suspected == [*range(-MOST_SUSPECTED + 1, 0), message.pk]


# What the log says


def test_log_warns_of_each_refusal_and_says_an_error_once_several_follow(
    mail_to, inbox, time_machine, caplog
):
    caplog.set_level(logging.INFO)
    mail_to(nowhere())
    message = message_to("ana@museo.example")
    for _n in range(4):
        outbox.send_next()
        time_machine.shift(LONGEST_PAUSE)
    mail_to(inbox.url)

    outbox.send_next()

    why = "[Errno 111] Connection refused"
    refused = ("WARNING", f"The mail server refused message {message.pk} (confirmed): {why}")
    assert lines(caplog) == [
        *[refused] * 3,
        ("ERROR", f"The mail server has refused 3 e-mails in a row: {why}"),
        refused,
        (
            "INFO",
            "The mail server takes e-mails again: it had refused 4 since 2026-09-01T12:00:00+00:00",
        ),
    ]


def test_log_has_the_words_of_the_server_without_the_address(inbox, caplog):
    ana = "ana.paz@museo.example"
    inbox.answers["RCPT"] = f"550 5.1.1 <{ana}>: no such user ({ana})"
    message = message_to(ana)

    outbox.send_next()

    words = f"The mail server refused message {message.pk} (confirmed): 550 5.1.1 <…>: no such user"
    assert lines(caplog) == [("WARNING", f"{words} (…)")]
    ours = [record for record in caplog.records if record.name != "mail.log"]
    assert not any("ana.paz" in record.getMessage() for record in ours)
