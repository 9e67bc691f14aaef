"""Send a letter to its recipients, once each; pause it, go on, or stop it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext

from eim import clock
from eim.lib.languages import language_name
from registration.actions.messages import AT_ONCE, new_message_id
from registration.actions.places import Refusal, locked_places
from registration.letters.segments import Recipients, count_by_language, recipients_of
from registration.models import Letter, Message
from registration.models.letters import UNFROZEN, Audience, LetterState, Placeholder
from registration.models.messages import Kind, MessageQuerySet

# The column of a message that names a recipient of each audience.
RECIPIENT = {
    Audience.ATTENDEES: "registration_id",
    Audience.SPEAKERS: "person_id",
    Audience.NEWS: "news_address_id",
}
UNSENT = (Message.State.DUE, Message.State.LEASED)


def send_letter(letter: Letter, by: User) -> Letter:
    """Freeze the recipients, and put an e-mail to each into the outbox. Raises `Refusal`.

    A letter that is sent already stays as it is: a second press writes nothing.
    """
    with locked_places() as lock:
        letter = locked(letter)
        if letter.is_unfrozen:
            recipients = recipients_of(letter)
            refuse_unfit(letter, recipients)
            keys = list(recipients.order_by("pk").values_list("pk", flat=True))
            freeze(letter, len(keys), by, lock.now)
            write_mails(letter, keys, lock.now)
            letter.refresh_from_db()
    return letter


def locked(letter: Letter) -> Letter:
    """Read the letter again, in a transaction in which nobody else can change its state."""
    return Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)


def refuse_unfit(letter: Letter, recipients: Recipients) -> None:
    """Refuse a letter that some of its recipients could not read."""
    by_language = count_by_language(letter, recipients)
    if not by_language:
        raise Refusal(gettext("Nobody fulfils the conditions of this letter: it has no recipient."))
    if missing := [code for code in by_language if code not in letter.written_languages]:
        names = get_text_list([language_name(code) for code in missing], gettext("and"))
        raise Refusal(
            gettext("Some recipients read %(languages)s: write subject and text in it first.")
            % {"languages": names}
        )
    try:
        letter.clean()
    except ValidationError as fault:
        raise Refusal(" ".join(fault.messages)) from fault
    if names_session(letter) and not letter.session_about():
        raise Refusal(
            gettext("The letter names a session, but its conditions name no session’s places.")
        )


def names_session(letter: Letter) -> bool:
    words = [letter.text_in(code) + letter.subject_in(code) for code in letter.written_languages]
    return any(f"{{{Placeholder.SESSION.value}}}" in text for text in words)


def freeze(letter: Letter, count: int, by: User, now: datetime) -> None:
    Letter.objects.filter(pk=letter.pk, state__in=UNFROZEN).update(
        state=LetterState.SENDING,
        recipients=count,
        frozen_at=now,
        approved_at=now,
        approved_by=by,
    )


def write_mails(letter: Letter, keys: Sequence[int], now: datetime) -> None:
    """Put one e-mail to each recipient into the outbox: the database refuses a second one."""
    column = RECIPIENT[Audience(letter.audience)]
    Message.objects.bulk_create(
        [
            Message(
                kind=Kind.LETTER,
                letter=letter,
                created_at=now,
                next_attempt_at=now,
                message_id=new_message_id(),
                **{column: key},
            )
            for key in keys
        ],
        batch_size=AT_ONCE,
    )


def pause(letter: Letter) -> bool:
    """Let the worker take no more of its e-mails; return whether it was being sent.

    One that the worker has taken already arrives.
    """
    return change_state(letter, LetterState.SENDING, LetterState.PAUSED)


def resume(letter: Letter) -> bool:
    """Let the worker go on; return whether the letter was paused."""
    return change_state(letter, LetterState.PAUSED, LetterState.SENDING)


def change_state(letter: Letter, before: LetterState, after: LetterState) -> bool:
    rows = Letter.objects.filter(pk=letter.pk, state=before)
    changed = bool(rows.update(state=after))
    letter.refresh_from_db()
    return changed


@transaction.atomic
def stop(letter: Letter) -> bool:
    """Send no more of it, for good; return whether it was being sent, or paused."""
    waiting = letter.messages.filter(state=Message.State.DUE).order_by("pk")
    # E-mails first, as `forget_recipients` locks them: the other order could deadlock.
    list(waiting.select_for_update().values_list("pk", flat=True))
    stopped = Letter.objects.filter(pk=letter.pk).unfinished()
    changed = bool(stopped.update(state=LetterState.STOPPED, ended_at=clock.now()))
    if changed:
        waiting.order_by().update(state=Message.State.SKIPPED)
    letter.refresh_from_db()
    return changed


def end_letters() -> int:
    """Note which letters have no e-mail left to send; return how many. Harmless twice."""
    unsent = Message.objects.filter(letter=OuterRef("pk"), state__in=UNSENT)
    rows = Letter.objects.sending().exclude(Exists(unsent))
    return rows.update(state=LetterState.SENT, ended_at=clock.now())


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Counts of a letter's e-mails; those of erased recipients are among them."""

    recipients: int
    sent: int
    failed: int
    skipped: int
    waiting: int

    @property
    def done(self) -> int:
        return self.recipients - self.waiting

    @property
    def percent(self) -> int:
        """Return the share that is done, rounded down: 100 only when nothing waits."""
        return self.done * 100 // self.recipients if self.recipients else 0


def progress(letter: Letter) -> Progress:
    """Count the e-mails by state, in one query."""
    states = Message.State
    counts = letter.messages.order_by().aggregate(
        sent=Count("pk", filter=Q(state=states.SENT)),
        failed=Count("pk", filter=Q(state=states.FAILED)),
        waiting=Count("pk", filter=Q(state__in=UNSENT)),
    )
    sent = counts["sent"] + letter.erased_sent
    failed = counts["failed"] + letter.erased_failed
    waiting = counts["waiting"]
    # Also those whose recipient deleted the address: their rows are gone.
    skipped = letter.recipients - sent - failed - waiting
    return Progress(
        recipients=letter.recipients, sent=sent, failed=failed, skipped=skipped, waiting=waiting
    )


def forget_recipients(messages: MessageQuerySet) -> int:
    """Delete e-mails of letters, count them in their letters, and return how many these were.

    Call it in a transaction.
    """
    rows = messages.filter(kind=Kind.LETTER).order_by("pk")
    found = list(rows.select_for_update().values_list("pk", "letter", "state"))
    for letter_id in {letter_id for _key, letter_id, _state in found}:
        states = [state for _key, one, state in found if one == letter_id]
        count_erased(letter_id, states)
    for start in range(0, len(found), AT_ONCE):
        keys = [key for key, _letter, _state in found[start : start + AT_ONCE]]
        Message.objects.filter(pk__in=keys).delete()
    return len(found)


def count_erased(letter_id: int, states: Sequence[str]) -> None:
    Letter.objects.filter(pk=letter_id).update(
        erased_sent=F("erased_sent") + states.count(Message.State.SENT),
        erased_failed=F("erased_failed") + states.count(Message.State.FAILED),
    )
