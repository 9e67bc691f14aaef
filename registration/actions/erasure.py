"""Erasure of personal data, on request or when their time is over; counts remain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from eim import clock
from programme.actions import forget_who_asked
from programme.models import Meeting, Person, Question
from programme.models.phases import is_meeting_over
from registration.actions.cancellation import cancel_locked
from registration.actions.mailings.letters import forget_recipients, stop
from registration.actions.messages import write_histories
from registration.actions.places import locked_places
from registration.answers import Use, answers_for
from registration.models import Consent, ErasureLog, History, Letter, Message, Registration
from registration.models.history import Event
from registration.models.messages import DAY, MessageQuerySet
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
# For so long mail servers may send an e-mail back.
COMES_BACK_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Term:
    """The last day on which some data are stored, and how many people's are due for erasure now.

    A postponed meeting has no such day until its new ones are known.
    Names of people who asked a question are counted by question: they have no account.
    """

    kept_until: date | None
    people: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    needs: Term
    personal: Term
    asked: Term
    # Addresses of the people of the programme
    speakers: Term
    # Counted by e-mail: one person may have got several letters.
    letters: Term

    @property
    def is_any_due(self) -> bool:
        every = (self.needs, self.personal, self.asked, self.speakers, self.letters)
        return any(term.people for term in every)


def terms(meeting: Meeting, now: datetime) -> Terms:
    """Return what `purge` would erase now."""
    today, until = meeting.day_of(now), meeting.personal_kept_until
    return Terms(
        needs=term(meeting.needs_kept_until, with_needs(), today),
        personal=term(until, with_data(), today),
        asked=term(until, Question.objects.with_personal_data(), today),
        speakers=term(until, Person.objects.with_address(), today),
        letters=term(until, of_past_letters(meeting, now), today),
    )


def term(kept_until: date | None, rows: QuerySet, today: date) -> Term:
    is_due = kept_until is not None and today > kept_until
    return Term(kept_until=kept_until, people=rows.count() if is_due else 0)


def with_needs() -> RegistrationQuerySet:
    return Registration.objects.exclude(needs="")


def of_past_letters(meeting: Meeting, now: datetime) -> MessageQuerySet:
    """Return the e-mails of letters whose recipients are erased, once it is time for that.

    A later letter, to those who want news, needs its own for as long as some may come back.
    """
    before = now - COMES_BACK_WITHIN
    if until := meeting.personal_kept_until:
        before = max(before, datetime.combine(until + DAY, time.min, meeting.zone))
    ended = Letter.objects.filter(ended_at__isnull=False)
    past = ended.filter(Q(ended_at__lt=before) | ~Q(audience=Letter.Audience.NEWS))
    return Message.objects.filter(Q(letter__in=past) | Q(letter__in=Letter.objects.given_up()))


def with_data() -> RegistrationQuerySet:
    """Return registrations with data left to erase, ignoring names kept for certificates."""
    return Registration.objects.filter(Q(erased_at=None) | ~Q(full_name="") & ~wants_certificate())


def wants_certificate() -> Q:
    """Match confirmed registrations with the consent to keep the name for the certificate."""
    wishes = Consent.objects.live().filter(purpose=Consent.Purpose.CERTIFICATE)
    return Q(pk__in=wishes.values("registration"), state=Registration.State.CONFIRMED)


def purge() -> Terms:
    """Erase what is due and log how many people it was. Harmless twice."""
    with locked_places() as lock:
        meeting = Meeting.objects.get()
        done = terms(meeting, lock.now)
        if done.needs.people:
            erase_needs(with_needs(), lock.now)
            write_erasure(ErasureLog.Cause.NEEDS, done.needs.people, lock.now)
        if done.personal.people:
            for keys in batches(with_data()):
                anonymise(keys, lock.now)
            write_erasure(ErasureLog.Cause.PERSONAL, done.personal.people, lock.now)
        if done.asked.people:
            forget_who_asked()
        if done.speakers.people:
            Person.objects.with_address().update(email="", mail_language="")
        if done.letters.people:
            forget_letters(meeting, lock.now)
    return done


def forget_letters(meeting: Meeting, now: datetime) -> None:
    """Erase who got which letter, and how many each reached remains."""
    keys = set(of_past_letters(meeting, now).values_list("letter", flat=True))
    for letter in Letter.objects.given_up():
        stop(letter)
    forget_recipients(Message.objects.filter(letter__in=keys))


def purge_when_due() -> None:
    """Purge if anything is due; takes the lock only then."""
    meeting = Meeting.objects.first()
    due = meeting and terms(meeting, clock.now())
    if due and due.is_any_due:
        purge()


def erase(registration: Registration, *, by: User | None = None) -> Registration:
    """Cancel the registration and erase everything that tells whose it was. Harmless twice.

    After the meeting it stays confirmed, so that the person remains in the counts.
    """
    with locked_places(by_organiser=by is not None) as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if registration.is_anonymous:
            return registration
        meeting = Meeting.objects.get()
        if registration.is_live and not is_meeting_over(meeting, lock.now):
            cancel_locked(registration, lock.now, by=by)
        registration.consents.live().update(withdrawn_at=lock.now)
        anonymise([registration.pk], lock.now, by=by)
        write_erasure(ErasureLog.Cause.PERSON, 1, lock.now)
        registration.refresh_from_db()
    return registration


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
    Message.objects.filter(registration__in=keys).update(last_error="", to="")
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
