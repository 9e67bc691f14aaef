"""Personal data go: when the person wants it, or when their time is over. Counts stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from eim import clock
from programme.actions import forget_who_asked
from programme.models import Meeting, Question
from registration.actions.cancellation import cancel_locked
from registration.actions.messages import write_histories
from registration.actions.places import locked_places
from registration.answers import Use, answers_for
from registration.models import Consent, ErasureLog, History, Message, Registration
from registration.models.registrations import Event, RegistrationQuerySet

# Of each row; what is left says how many took part, from where and as what.
PERSONAL: dict[str, object] = {
    **dict.fromkeys(answers_for(Use.ERASED), ""),
    "email_key": None,
    "name_key": None,
    "mailbox_slot": None,
    "unproven_since": None,
    "new_email": "",
    "new_email_key": None,
    "network": "",
    "browser": "",
    "person": None,
}
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Term:
    """Until when something is kept, and of how many people it would be erased now.

    Those who asked a question are counted by their questions: they have no account.
    """

    kept_until: date
    people: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    needs: Term
    personal: Term
    asked: Term

    @property
    def is_any_due(self) -> bool:
        return any(term.people for term in (self.needs, self.personal, self.asked))


def terms(meeting: Meeting, now: datetime) -> Terms:
    """What `purge` would do at this moment; it changes nothing."""
    today = meeting.day_of(now)
    return Terms(
        needs=term(meeting.needs_kept_until, with_needs(), today),
        personal=term(meeting.personal_kept_until, with_data(), today),
        asked=term(meeting.personal_kept_until, Question.objects.with_personal_data(), today),
    )


def term(kept_until: date, rows: QuerySet, today: date) -> Term:
    return Term(kept_until=kept_until, people=rows.count() if today > kept_until else 0)


def with_needs() -> RegistrationQuerySet:
    return Registration.objects.exclude(needs="")


def with_data() -> RegistrationQuerySet:
    """Of whom something is left to erase: not the name that a certificate needs."""
    return Registration.objects.filter(Q(erased_at=None) | ~Q(full_name="") & ~wants_certificate())


def wants_certificate() -> Q:
    """Who cancelled gets none."""
    wishes = Consent.objects.live().filter(purpose=Consent.Purpose.CERTIFICATE)
    return Q(pk__in=wishes.values("registration"), state=Registration.State.CONFIRMED)


def purge() -> Terms:
    """Erases what is due, and writes down of how many. Harmless twice."""
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
    return done


def purge_when_due() -> None:
    """As the worker does it: without the lock while nothing is due."""
    meeting = Meeting.objects.first()
    due = meeting and terms(meeting, clock.now())
    if due and due.is_any_due:
        purge()


def erase(registration: Registration, *, by: User | None = None) -> Registration:
    """The person wants it: gives everything back, then keeps nothing that tells who it was.

    After the meeting there is nothing to give back, and who took part stays in the counts.
    """
    with locked_places(by_organiser=by is not None) as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if registration.is_anonymous:
            return registration
        meeting = Meeting.objects.get()
        if registration.is_live and meeting.day_of(lock.now) <= meeting.last_day:
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


def anonymise(keys: Sequence[int], now: datetime, *, by: User | None = None) -> None:
    """Under the lock, so that no mail, place or name of them is written meanwhile."""
    rows = Registration.objects.filter(pk__in=keys)
    rows.exclude(wants_certificate()).update(full_name="")
    rows.update(**PERSONAL, erased_at=now)
    consents = Consent.objects.live().filter(registration__in=keys)
    consents.exclude(purpose=Consent.Purpose.CERTIFICATE).update(withdrawn_at=now)
    forget_traces(keys)
    write_histories(keys, Event.ERASED, now, by=by)


def forget_traces(keys: Sequence[int]) -> None:
    """What organisers and mail servers wrote about them, and addresses that they had before."""
    History.objects.filter(registration__in=keys).update(note="")
    Message.objects.filter(registration__in=keys).update(last_error="", to="")
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Registration),
        object_id__in=[str(key) for key in keys],
    )
    log.update(object_repr="…")


def batches(registrations: RegistrationQuerySet) -> list[list[int]]:
    """Of keys, so many as every database takes in one statement."""
    keys = list(registrations.order_by("pk").values_list("pk", flat=True))
    return [keys[n : n + AT_ONCE] for n in range(0, len(keys), AT_ONCE)]


def write_erasure(cause: ErasureLog.Cause, people: int, now: datetime) -> None:
    ErasureLog.objects.create(cause=cause, people=people, erased_at=now)
