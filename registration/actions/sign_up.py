"""A person signs up, for the first time or again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from eim.lib.hashing import Network
from eim.lib.normalising import email_key, name_key
from registration import throttling
from registration.actions.cancellation import cancel_locked
from registration.actions.mailboxes import free_slot
from registration.actions.messages import fitting_kind, write_history, write_message
from registration.actions.places import Full, Lock, locked_places, set_places
from registration.answers import Answers
from registration.models import Consent, History, Message, Quota, Registration
from registration.models.history import Event


@dataclass(frozen=True, kw_only=True)
class Application:
    """A valid form of registration, not yet checked against other registrations."""

    answers: Answers
    language: str
    privacy_version: str
    network: Network
    # Hash of the browser's random number: only the same browser may correct a slip.
    browser: str
    quotas: Sequence[Quota] = ()
    waitlist: frozenset[str] = field(default_factory=frozenset)
    # Key and link version of the registration with a mistyped address that this one replaces.
    instead_of: tuple[int, int] | None = None


def sign_up(application: Application) -> Registration | None:
    """Return the pending registration; None if there is none, for what the mailbox gets or got.

    A person who is confirmed, or whose mailbox is full, gets another mail. Where no mail may be
    written any more, no registration is kept either.

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
    key, name = email_key(application.answers.email), name_key(application.answers.full_name)
    mailbox = list(Registration.objects.for_mailbox(key).order_by("pk"))
    existing = next((one for one in mailbox if one.name_key == name), None)
    slip = _mistyped(application, existing)
    if slip:
        lock.holders = lock.holders.without(slip.pk)
    is_waited_for = existing and existing.is_pending and existing.lapses_at > lock.now
    if existing and is_waited_for and _is_same(existing, application):
        return existing
    may_write = throttling.may_write_to(key, application.network, lock.now)
    if host := _instead(existing, mailbox):
        if may_write:
            _write_instead(host, existing, lock.now)
        return _as_for_a_stranger(application, slip, lock)
    if not may_write:
        # Nobody could confirm it: the row would only stand in the way. And if there is one, the
        # link and the code that its person has must remain valid.
        return _as_for_a_stranger(application, None, lock) or existing
    _withdraw(slip, lock.now)
    if existing:
        return _replace(existing, application, lock, is_again=not is_waited_for)
    return _insert(application, lock)


def _instead(existing: Registration | None, mailbox: list[Registration]) -> Registration | None:
    """Return who gets a mail instead: the confirmed person, or the first of a full mailbox."""
    if existing and existing.is_confirmed:
        return existing
    if free_slot(mailbox) is None:
        return next(one for one in mailbox if one.mailbox_slot)
    return None


def _write_instead(host: Registration, existing: Registration | None, now: datetime) -> None:
    event, kind = History.Event.MAILBOX_FULL, Message.Kind.MAILBOX
    if host == existing and host.is_confirmed:
        event = History.Event.REPEATED
        kind = fitting_kind(host) if host.is_unproven else Message.Kind.ALREADY
    write_message(kind, host, write_history(host, event, now))


def _as_for_a_stranger(
    application: Application, slip: Registration | None, lock: Lock
) -> Full | None:
    """Do what is done for a stranger, and undo it: the answer and its time tell nobody apart."""
    with transaction.atomic():
        try:
            _withdraw(slip, lock.now)
            _write_down(application, lock)
        except Full as full:
            return full
        finally:
            transaction.set_rollback(True)
    _withdraw(slip, lock.now)
    return None


def _insert(application: Application, lock: Lock) -> Registration:
    registration = _write_down(
        application,
        lock,
        email_key=email_key(application.answers.email),
        name_key=name_key(application.answers.full_name),
    )
    _ask_to_confirm(registration, History.Event.SIGNED_UP, lock.now)
    return registration


def _write_down(application: Application, lock: Lock, **keys: str) -> Registration:
    """Write a new registration with its places and consents. Raises `Full` or `Refusal`."""
    registration = Registration.objects.create(
        **asdict(application.answers),
        **_origin(application),
        **keys,
        submitted_at=lock.now,
    )
    if application.quotas:
        _set_places(registration, application, lock, is_new=True)
    _write_consents(registration, application, lock.now)
    return registration


def _origin(application: Application) -> dict[str, str]:
    network = application.network
    return {
        "network": network.own,
        "network_block": network.block,
        "browser": application.browser,
    }


def _replace(
    registration: Registration, application: Application, lock: Lock, *, is_again: bool
) -> Registration:
    """Replace the answers of a pending registration, or reopen one that has ended."""
    origin = _origin(application)
    facts = _reopened(lock.now) | origin if is_again else {"browser": origin["browser"]}
    Registration.objects.filter(pk=registration.pk).update(
        **asdict(application.answers), **facts, link_version=F("link_version") + 1, code_tries=0
    )
    registration.refresh_from_db()
    _set_places(registration, application, lock)
    registration.consents.live().update(withdrawn_at=lock.now)
    _write_consents(registration, application, lock.now)
    event = History.Event.REOPENED if is_again else History.Event.REPLACED
    _ask_to_confirm(registration, event, lock.now)
    return registration


def _reopened(now: datetime) -> dict[str, object]:
    moments = ("confirmed_at", "unproven_since", "cancelled_at", "expired_at", "coming_at")
    state = Registration.State.PENDING
    return {**dict.fromkeys(moments), "state": state, "submitted_at": now, "mailbox_slot": None}


def _set_places(
    registration: Registration, application: Application, lock: Lock, *, is_new: bool = False
) -> None:
    others = lock.holders.without(registration.pk)
    may_hold = registration.held_until > lock.now and others.are_few
    set_places(
        registration,
        application.quotas,
        waitlist=application.waitlist,
        may_take=lambda quota: may_hold and quota.may_be_held,
        is_new=is_new,
        now=lock.now,
    )


def _ask_to_confirm(registration: Registration, event: Event, now: datetime) -> None:
    write_message(Message.Kind.PENDING, registration, write_history(registration, event, now))


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
