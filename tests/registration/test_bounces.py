"""E-mails that came back: each report is understood, and noted at the e-mail it is about."""

from datetime import timedelta

import pytest

from eim import clock
from registration import outbox
from registration.actions import confirm, correct, erase, suppressions
from registration.exports.own_data import own_data
from registration.models import (
    Bounce,
    BounceMailbox,
    Heartbeat,
    Message,
    NewsAddress,
    Suppression,
)
from registration.models.mailboxes import mailbox_hash
from registration.models.messages import RETRY_AFTER
from registration.outbox.bounces import mailbox as imap
from registration.outbox.bounces.noting import note, note_by_hand
from registration.outbox.bounces.reading import read
from registration.outbox.bounces.rounds import read_bounces, understood
from tests import factories
from tests.factories import NOW
from tests.registration import mail_server
from tests.registration.reports import FULL_ID, UNKNOWN_ID, report

pytestmark = pytest.mark.usefixtures("meeting")

REPORTS = {
    "gmail": ("failed", "unknown", "5.1.1"),
    "exchange": ("failed", "unknown", "5.1.10"),
    "exchange-full": ("failed", "full", "5.2.2"),
    "postfix": ("failed", "domain", "5.4.4"),
    "postfix-delayed": ("delayed", "time", "4.4.1"),
    "postfix-given-up": ("given_up", "time", "4.4.1"),
    "yahoo": ("failed", "unknown", "5.0.0"),
    "spam-policy": ("failed", "spam", "5.7.26"),
    "exim": ("failed", "unknown", ""),
    "qmail": ("failed", "unknown", "5.1.1"),
    "complaint": ("complaint", "spam", ""),
    "challenge": ("challenge", "other", ""),
    "loop": ("failed", "loop", "5.4.6"),
    "charset": ("failed", "unknown", "5.1.10"),
}


@pytest.fixture
def sent():
    """Return an e-mail that went to the mailbox that its recipient has."""
    registration = factories.registration(email="ana@museo.example")
    hashed = suppressions.mailbox_hash("ana@museo.example")
    facts = {"message_id": FULL_ID, "sent_to": hashed, "state": Message.State.SENT}
    return factories.message(registration=registration, **facts)


def noted(name, message_id=FULL_ID):
    found = read(report(name, message_id))
    return found and note(found, NOW)


def reminder_to(registration):
    message = factories.message(registration=registration, kind=Message.Kind.UNCONFIRMED)
    return outbox.send(message)


# Reading


@pytest.mark.parametrize("name", REPORTS)
def test_report_is_noted_at_the_e_mail_that_it_is_about(sent, name):
    factories.message()

    bounce = noted(name)

    assert bounce.message == sent
    assert (bounce.kind, bounce.reason, bounce.status) == REPORTS[name]
    assert "@" not in bounce.answer


@pytest.mark.parametrize("name", ["vacation", "delivered"])
def test_report_of_no_consequence_is_understood_and_noted_nowhere(sent, name):
    found = read(report(name, FULL_ID))

    assert (found.kind, note(found, NOW), Bounce.objects.count()) == (None, None, 0)


def test_person_who_quotes_a_report_is_left_to_a_person(sent):
    assert understood(report("person", FULL_ID)) is None


def test_malformed_report_and_any_beginning_of_one_stop_nothing(sent):
    whole = report("gmail", FULL_ID)
    beginnings = [whole[:n] for n in range(0, len(whole), 97)]

    for raw in [report("malformed", FULL_ID), b"", b"\xff\x00" * 5000, *beginnings]:
        if found := understood(raw):
            note(found, NOW)

    assert [bounce.message for bounce in Bounce.objects.all()] == [sent]


def test_reports_of_forgers_without_our_message_id_concern_nobody(sent):
    forged = [noted(name, UNKNOWN_ID) for name in REPORTS]

    assert forged == [None] * len(REPORTS)
    assert Bounce.objects.count() == 0
    assert not suppressions.is_bouncing("ana@museo.example")


def test_report_that_names_several_of_our_e_mails_is_left_to_a_person(sent):
    other = factories.message(message_id=f"<{'cd' * 16}@museums.example>")
    raw = report("gmail", FULL_ID) + report("gmail", other.message_id)

    assert note(read(raw), NOW) is None


def test_report_is_noted_once_and_the_graver_one_stays(sent):
    for name in ["postfix-delayed", "gmail", "gmail", "postfix-delayed"]:
        noted(name)

    assert [bounce.kind for bounce in Bounce.objects.all()] == ["failed"]


def test_e_mail_that_came_back_can_be_sent_again_and_come_back_again(sent, inbox, time_machine):
    bounce = noted("exchange-full")
    suppressions.reached("ana@museo.example", NOW)
    time_machine.move_to(NOW + timedelta(days=2))

    assert outbox.reschedule(sent, clock.now())
    outbox.send_next()
    assert note(read(report("gmail", FULL_ID)), clock.now()) == bounce

    bounce.refresh_from_db()
    assert inbox.message_ids == [FULL_ID]
    assert (bounce.reason, bounce.is_standing) == ("unknown", True)


# What follows


def test_after_a_final_report_reminders_stop_and_what_is_asked_for_is_tried(sent):
    noted("gmail")

    refused = reminder_to(factories.registration(state="pending", email="ana@museo.example"))
    asked = factories.message(registration=sent.registration, kind=Message.Kind.MAILBOX)

    assert refused.state == Message.State.SKIPPED
    assert refused.error == "Los correos a esta dirección son devueltos."
    assert outbox.send(asked).state == Message.State.SENT


@pytest.mark.parametrize("name", ["postfix-delayed", "postfix-given-up", "challenge"])
def test_report_that_is_not_final_stops_no_reminder(sent, name):
    noted(name)

    pending = factories.registration(state="pending", email="ana@museo.example")
    assert reminder_to(pending).state == Message.State.SENT


def test_reader_who_complains_gets_no_more_reminders_but_what_they_ask_for(sent):
    noted("complaint")

    assert Suppression.objects.get().is_of_reminders
    assert not suppressions.is_suppressed("ana@museo.example")


def test_report_about_a_former_address_does_not_touch_the_present_one(sent):
    organiser = factories.user()
    correct(sent.registration, {"email": "ana.b@museo.example"}, by=organiser)

    bounce = noted("postfix")

    assert not bounce.is_standing
    assert not suppressions.is_bouncing("ana.b@museo.example")


def test_corrected_address_settles_what_came_back(sent):
    bounce = noted("gmail")

    correct(sent.registration, {"email": "ana.b@museo.example"}, by=factories.user())

    bounce.refresh_from_db()
    assert not bounce.is_standing
    assert not suppressions.is_bouncing("ana.b@museo.example")


def test_reader_who_confirms_settles_what_came_back():
    pending = factories.registration(state="pending")
    bounce = factories.bounce(registration=pending)

    confirm(pending.pk, pending.link_version)

    bounce.refresh_from_db()
    assert bounce.cleared_at == NOW
    assert not suppressions.is_bouncing(pending.email_key)


def test_refusal_at_once_is_noted_too(inbox):
    inbox.answers["RCPT"] = "552 5.2.2 mailbox of <ana@museo.example> is full"
    message = factories.message()

    outbox.send_next()

    bounce = Bounce.objects.get()
    assert (bounce.message, bounce.kind, bounce.reason) == (message, "failed", "full")
    assert suppressions.is_bouncing(message.mailbox)


def test_refusal_that_may_end_is_noted_only_after_the_last_attempt(inbox):
    inbox.answers["RCPT"] = "450 4.2.1 try again"
    message = factories.message()

    outbox.send_next()
    assert not Bounce.objects.exists()

    Message.objects.update(attempts=len(RETRY_AFTER), next_attempt_at=NOW)
    outbox.send_next()
    assert Bounce.objects.get(message=message).kind == "given_up"
    assert not suppressions.is_bouncing(message.mailbox)


def test_e_mail_remembers_the_mailbox_it_went_to_and_names_where_it_comes_back(inbox, settings):
    settings.BOUNCE_ADDRESS = "bounces@museums.example"
    message = factories.message()

    outbox.send_next()

    message.refresh_from_db()
    (mail,) = inbox.mails
    assert message.sent_to == suppressions.mailbox_hash(message.mailbox)
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["X-Message-ID"] == message.message_id
    assert inbox.senders == ["bounces@museums.example"]


def test_note_by_hand_wins_over_a_report(sent):
    noted("complaint")

    bounce = note_by_hand(sent, "full", by=factories.user(username="eva"), now=NOW)

    assert (bounce.kind, bounce.reason, bounce.noted_by.username) == ("failed", "full", "eva")


def test_person_gets_no_letter_once_one_came_back():
    luz = factories.person(email="luz@museo.example")
    first = factories.message(kind=Message.Kind.LETTER, message_id=FULL_ID, person=luz)
    outbox.settle(first, outbox.SENT, NOW)

    assert noted("gmail").message == first
    assert suppressions.is_bouncing("luz@museo.example")


@pytest.mark.parametrize("report", ["gmail", "complaint"])
def test_address_for_news_goes_with_its_reader_or_when_its_reader_says_no(report):
    news = factories.news_address(address="luz@museo.example")
    first = factories.message(kind=Message.Kind.LETTER, message_id=FULL_ID, news_address=news)
    outbox.settle(first, outbox.SENT, NOW)

    noted(report)

    assert NewsAddress.objects.count() == 0


def test_wish_for_no_reminders_outlasts_a_refusal_that_is_over():
    mailbox = mailbox_hash("luz@museo.example")
    suppressions.suppress_reminders(mailbox)

    suppressions.suppress("luz@museo.example", Suppression.Reason.REFUSED)
    suppressions.reached("luz@museo.example", NOW)

    assert suppressions.is_without_reminders("luz@museo.example")
    assert not suppressions.is_suppressed("luz@museo.example")


def test_refusal_of_the_content_stops_no_later_letter(sent):
    factories.bounce(message=sent, kind="failed", reason="spam")

    assert not suppressions.is_bouncing(sent.mailbox)


def test_erasure_deletes_what_came_back(sent):
    noted("gmail")

    erase(sent.registration)

    sent.refresh_from_db()
    assert (Bounce.objects.count(), sent.sent_to) == (0, "")


def test_own_data_tell_what_came_back(sent, meeting):
    noted("gmail")

    (mail,) = own_data(sent.registration, meeting, NOW)["mails"]

    assert mail["came_back"] == {
        "what": "failed",
        "why": "unknown",
        "code": "5.1.1",
        "words": "550 5.1.1 <…>: no such account here",
        "reported_at": Bounce.objects.get().reported_at.isoformat(timespec="seconds"),
        "settled_at": None,
    }


# The mailbox


def address(port, **more):
    return {"host": "127.0.0.1", "port": port, "user": "u", "password": "p", "folder": "INBOX"}


def test_mailbox_that_is_away_is_noted_and_the_worker_goes_on(settings):
    settings.BOUNCE_MAILBOX = address(mail_server.free_port())
    BounceMailbox.objects.create(pk=1, looked_at=NOW - timedelta(hours=1), not_understood=3)

    with pytest.raises(ConnectionRefusedError):
        read_bounces()

    row = BounceMailbox.objects.get()
    assert (row.fault, row.not_understood, row.looked_at) == ("unreachable", 3, NOW)


def test_mailbox_that_says_nothing_is_left(settings, monkeypatch, running_clock):
    monkeypatch.setattr(imap, "PATIENCE_IN_ALL", 0.2)
    with mail_server.rogue(greeting=mail_server.standstill) as url:
        settings.BOUNCE_MAILBOX = address(int(url.rpartition(":")[2]))
        with pytest.raises(imap.FAULTS):
            read_bounces()

    assert BounceMailbox.objects.get().fault == "slow"


def test_without_a_mailbox_nothing_is_looked_for(settings):
    settings.BOUNCE_MAILBOX = {}

    assert read_bounces() is False
    assert not BounceMailbox.objects.exists()
    assert not Heartbeat.objects.exists()
