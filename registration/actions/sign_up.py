"""A person signs up, for the first time or again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import F

from eim.lib.normalising import email_key, name_key
from registration import throttling
from registration.actions.cancellation import cancel_locked
from registration.actions.mailboxes import free_slot
from registration.actions.messages import fitting_kind, write_history, write_message
from registration.actions.places import (
    Full,
    Lock,
    locked_places,
    refuse_begun,
    set_places,
    share_of,
)
from registration.answers import Answers
from registration.models import Consent, History, Message, Quota, Registration
from registration.models.history import Event
from registration.models.messages import Kind


@dataclass(frozen=True, kw_only=True)
class Application:
    """A valid form of registration, not yet checked against other registrations."""

    answers: Answers
    language: str
    privacy_version: str
    network: str
    # Hash of the form: only the same form may correct a slip.
    browser: str
    quotas: Sequence[Quota] = ()
    waitlist: frozenset[str] = field(default_factory=frozenset)
    # Key and link version of the registration with a mistyped address that this one replaces.
    instead_of: tuple[int, int] | None = None


def sign_up(application: Application) -> Registration | None:
    """Return the pending registration; None if the mailbox gets a mail instead (known, or full).

    Callers must answer the same in both cases: neither the answer nor its time may tell whether
    an address is known. Raises `Full`.
    """
    with locked_places(network=application.network) as lock:
        outcome = _sign_up(application, lock)
    if isinstance(outcome, Full):
        raise outcome
    return outcome


def _sign_up(application: Application, lock: Lock) -> Registration | Full | None:
    """Return `Full` instead of raising it: a mail that was written must not be rolled back."""
    now = lock.now
    key, name = email_key(application.answers.email), name_key(application.answers.full_name)
    mailbox = list(Registration.objects.for_mailbox(key).order_by("pk"))
    existing = next((r for r in mailbox if r.name_key == name), None)
    slip = _mistyped(application, existing)
    if slip:
        lock.holders.discard(slip.pk)
    own_slot = existing.mailbox_slot if existing else None
    slot = own_slot or free_slot(r for r in mailbox if r != slip)
    if existing and existing.is_confirmed:
        kind = fitting_kind(existing) if existing.is_unproven else Message.Kind.ALREADY
        _write_to(existing, History.Event.REPEATED, kind, now)
        return _as_for_a_stranger(application, slip, lock)
    if existing and existing.is_pending and existing.lapses_at > now:
        return _replace(existing, application, slip, lock)
    if slot is None:
        confirmed = [r for r in mailbox if r.is_confirmed]
        host = (confirmed or mailbox)[0]
        _write_to(host, History.Event.MAILBOX_FULL, Message.Kind.MAILBOX, now)
        return _as_for_a_stranger(application, slip, lock)
    if existing:
        return _reopen(existing, application, slot, slip, lock)
    return _insert(application, slot, slip, lock)


def _as_for_a_stranger(
    application: Application, slip: Registration | None, lock: Lock
) -> Full | None:
    """Check a known person's wishes like a stranger's: else the answer would tell who is known."""
    wanted = Quota.objects.filter(pk__in=[quota.pk for quota in application.quotas])
    may_hold = len(lock.holders) < settings.HOLDS_PER_NETWORK
    quotas = list(wanted.with_sessions())
    refuse_begun(quotas, lock.now)
    share = share_of(quotas, {}, application.waitlist, may_hold=may_hold)
    if share.full:
        return Full(share.full)
    _withdraw(slip, lock.now)
    return None


def _insert(
    application: Application, slot: int, slip: Registration | None, lock: Lock
) -> Registration:
    _withdraw(slip, lock.now)
    registration = Registration.objects.create(
        **asdict(application.answers),
        email_key=email_key(application.answers.email),
        name_key=name_key(application.answers.full_name),
        mailbox_slot=slot,
        network=application.network,
        browser=application.browser,
        submitted_at=lock.now,
    )
    may_write = throttling.may_write_to(registration.email_key or "", lock.now)
    return _finish(registration, application, History.Event.SIGNED_UP, lock, may_write=may_write)


def _replace(
    registration: Registration, application: Application, slip: Registration | None, lock: Lock
) -> Registration | Full:
    if _is_same(registration, application):
        return registration
    return _replace_answers(registration, application, History.Event.REPLACED, slip, lock)


def _reopen(
    registration: Registration,
    application: Application,
    slot: int,
    slip: Registration | None,
    lock: Lock,
) -> Registration | Full:
    again = {
        "state": Registration.State.PENDING,
        "submitted_at": lock.now,
        "mailbox_slot": slot,
        "confirmed_at": None,
        "unproven_since": None,
        "cancelled_at": None,
        "expired_at": None,
        "coming_at": None,
        "network": application.network,
    }
    return _replace_answers(registration, application, History.Event.REOPENED, slip, lock, **again)


def _replace_answers(
    registration: Registration,
    application: Application,
    event: Event,
    slip: Registration | None,
    lock: Lock,
    **more: object,
) -> Registration | Full:
    # If no mail may be sent, the link and the code that the person has must remain valid.
    if not throttling.may_write_to(registration.email_key or "", lock.now):
        return _as_for_a_stranger(application, None, lock) or registration
    _withdraw(slip, lock.now)
    facts = {**asdict(application.answers), "browser": application.browser, **more}
    Registration.objects.filter(pk=registration.pk).update(
        **facts, link_version=F("link_version") + 1, code_tries=0
    )
    registration.refresh_from_db()
    return _finish(registration, application, event, lock, may_write=True)


def _finish(
    registration: Registration,
    application: Application,
    event: Event,
    lock: Lock,
    *,
    may_write: bool,
) -> Registration:
    """Write places, consents, history and the mail."""
    now = lock.now
    is_new = event == Event.SIGNED_UP
    # A network may hold places for a few unconfirmed addresses at a time, not for hundreds.
    others = lock.holders - {registration.pk}
    if application.quotas or not is_new:
        set_places(
            registration,
            application.quotas,
            waitlist=application.waitlist,
            may_hold=registration.held_until > now and len(others) < settings.HOLDS_PER_NETWORK,
            is_new=is_new,
            now=now,
        )
    if not is_new:
        registration.consents.live().update(withdrawn_at=now)
    _write_consents(registration, application, now)
    history = write_history(registration, event, now)
    if may_write:
        write_message(Message.Kind.PENDING, registration, history)
    return registration


def _write_consents(registration: Registration, application: Application, now: datetime) -> None:
    purposes = [Consent.Purpose.PRIVACY] + [Consent.Purpose.NEEDS] * bool(application.answers.needs)
    Consent.objects.bulk_create(
        Consent(
            registration=registration,
            purpose=purpose,
            text_version=application.privacy_version,
            language=application.language,
            given_at=now,
        )
        for purpose in purposes
    )


def _is_same(registration: Registration, application: Application) -> bool:
    places = registration.places.current().values_list("quota_id", flat=True)
    answers = asdict(application.answers)
    has_same_answers = answers == {name: getattr(registration, name) for name in answers}
    return has_same_answers and set(places) == {quota.pk for quota in application.quotas}


def _write_to(registration: Registration, event: Event, kind: Kind, now: datetime) -> None:
    """Write to the mailbox, within the limit for mails that strangers can cause."""
    if throttling.may_write_to(registration.email_key or "", now):
        write_message(kind, registration, write_history(registration, event, now))


def _mistyped(application: Application, existing: Registration | None) -> Registration | None:
    """Return the registration with a mistyped address; None if it is the person's own."""
    if not application.instead_of:
        return None
    pk, version = application.instead_of
    slip = Registration.objects.pending().filter(pk=pk, link_version=version).first()
    return None if slip == existing else slip


def _withdraw(slip: Registration | None, now: datetime) -> None:
    """Cancel it first: the last free seat must not stay with the mistyped address."""
    if slip:
        cancel_locked(slip, now)
