"""Erase personal data of registrations and of whatever refers to them; counts remain."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from programme.models import Meeting, Person
from programme.models.phases import is_meeting_over
from registration.actions.cancellation import cancel_locked
from registration.actions.consents.news import delete_news_addresses, proven_mailbox, wishes_of
from registration.actions.mailings.letters import forget_recipients
from registration.actions.messages import write_histories
from registration.actions.places import locked_places
from registration.answers import Use, answers_for
from registration.models import (
    Bounce,
    Consent,
    ErasureLog,
    History,
    Message,
    NewsAddress,
    Registration,
)
from registration.models.history import Event
from registration.models.registrations import RegistrationQuerySet

# What an erasure writes; the rest says how many took part, from where and in which occupation.
PERSONAL: dict[str, object] = {
    **dict.fromkeys(answers_for(Use.ERASED), ""),
    "email_key": None,
    "mailbox_slot": None,
    "unproven_since": None,
    "new_email": "",
    "new_email_key": None,
    "network": "",
    "network_block": "",
    "browser": "",
    "person": None,
}
AT_ONCE = 500


def with_needs() -> RegistrationQuerySet:
    return Registration.objects.exclude(needs="")


def with_data() -> RegistrationQuerySet:
    """Return registrations with data left to erase, ignoring names kept for certificates."""
    return Registration.objects.filter(Q(erased_at=None) | ~Q(full_name="") & ~wants_certificate())


def wants_certificate() -> Q:
    """Match confirmed registrations with the consent to keep the name for the certificate."""
    wishes = Consent.objects.live().filter(purpose=Consent.Purpose.CERTIFICATE)
    return Q(pk__in=wishes.values("registration"), state=Registration.State.CONFIRMED)


def erase(
    registration: Registration, *, by: User | None = None, keeps_news: bool = False
) -> Registration:
    """Cancel the registration and erase everything that tells whose it was. Harmless twice.

    After the meeting it stays confirmed, so that the person remains in the counts. The address for
    news goes too, unless they want to keep it, or somebody else of the mailbox wants news.
    """
    with locked_places(by_organiser=by is not None) as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if registration.is_anonymous:
            return registration
        meeting = Meeting.objects.get()
        if registration.is_live and not is_meeting_over(meeting, lock.now):
            cancel_locked(registration, lock.now, by=by)
        registration.consents.live().update(withdrawn_at=lock.now)
        if not keeps_news:
            delete_news_addresses(news_addresses_of(registration))
        forget_as_speaker(registration, lock.now)
        anonymise([registration.pk], lock.now, by=by)
        write_erasure(ErasureLog.Cause.PERSON, 1, lock.now)
        registration.refresh_from_db()
    return registration


def news_addresses_of(registration: Registration) -> QuerySet[NewsAddress]:
    """Filter the address for news of a mailbox that the person reads, and nobody else wants.

    It may have been given at an earlier meeting.
    """
    mailbox = proven_mailbox(registration)
    others = wishes_of(mailbox).exclude(registration=registration)
    known = NewsAddress.objects.filter(email_key=mailbox)
    return known.none() if others.exists() else known


def forget_as_speaker(registration: Registration, now: datetime) -> None:
    """Erase what only the organisers know of them as a speaker; the programme stays as it is."""
    if registration.person_id:
        Person.objects.filter(pk=registration.person_id).update(email="", mail_language="")
        consents = Consent.objects.live().filter(person=registration.person_id)
        consents.update(withdrawn_at=now)
        forget_recipients(Message.objects.filter(person=registration.person_id))


def erase_needs(registrations: RegistrationQuerySet, now: datetime) -> None:
    for keys in batches(registrations):
        write_histories(keys, Event.NEEDS_ERASED, now)
        needs = Consent.objects.live().filter(purpose=Consent.Purpose.NEEDS)
        needs.filter(registration__in=keys).update(withdrawn_at=now)
        Registration.objects.filter(pk__in=keys).update(needs="")
    transaction.on_commit(empty_journal)


def anonymise(keys: Sequence[int], now: datetime, *, by: User | None = None) -> None:
    """Erase personal data. Call it under the lock, so that nothing is written meanwhile."""
    rows = Registration.objects.filter(pk__in=keys)
    rows.update(**PERSONAL, erased_at=now)
    rows.exclude(wants_certificate()).update(full_name="", name_key=None)
    consents = Consent.objects.live().filter(registration__in=keys)
    consents.exclude(purpose=Consent.Purpose.CERTIFICATE).update(withdrawn_at=now)
    forget_traces(keys)
    write_histories(keys, Event.ERASED, now, by=by)
    transaction.on_commit(empty_journal)


def empty_journal() -> None:
    """Move SQLite's journal into its file and empty it: what was erased is still written there.

    While somebody reads it cannot be emptied: the worker does this too, once an hour.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    patience = connection.settings_dict["OPTIONS"]["timeout"] * 1000
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=500")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout={patience}")


def forget_traces(keys: Sequence[int]) -> None:
    """Erase notes, answers of mail servers, former addresses, letters, and names in the log."""
    History.objects.filter(registration__in=keys).update(note="")
    forget_recipients(Message.objects.filter(registration__in=keys))
    Bounce.objects.filter(message__registration__in=keys).delete()
    Message.objects.filter(registration__in=keys).update(last_error="", to="", sent_to="")
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Registration),
        object_id__in=[str(key) for key in keys],
    )
    log.update(object_repr="…")


def batches(registrations: RegistrationQuerySet) -> list[list[int]]:
    """Return the keys in lists that fit into one statement of every database."""
    keys = list(registrations.order_by("pk").values_list("pk", flat=True))
    return [keys[n : n + AT_ONCE] for n in range(0, len(keys), AT_ONCE)]


def write_erasure(cause: ErasureLog.Cause, people: int, now: datetime) -> None:
    ErasureLog.objects.create(cause=cause, people=people, erased_at=now)
