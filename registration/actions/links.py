"""Mails that somebody asks for, and what the reader of a mailbox may do with what they have."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext

from registration import limits
from registration.actions.corrections import refuse_if_erased
from registration.actions.messages import fitting_kind, write_history, write_message
from registration.actions.places import Lock, Refusal, locked_places, refuse_when_over
from registration.models import Consent, History, Message, Registration
from registration.models.messages import Kind
from registration.models.registrations import Event
from registration.normalising import email_key

Purpose = Consent.Purpose
# What a person may give and take back at any time.
OPTIONAL_PURPOSES = (Purpose.IMAGE, Purpose.LIST, Purpose.NEWS, Purpose.CERTIFICATE)
# What they gave with the access needs is only taken back.
REVOCABLE_PURPOSES = (*OPTIONAL_PURPOSES, Purpose.NEEDS)


def ask_for_links(email: str) -> None:
    """Writes to the mailbox of which registrations it is; silent if of none."""
    key = email_key(email)
    with locked_places() as lock:
        mailbox = list(Registration.objects.for_mailbox(key).with_links(lock.now))
        may_write = limits.may_write_to(key, lock.now)
        is_known = bool(mailbox) and may_write
        with transaction.atomic():
            # For an address that nobody knows the same work is done, and undone: the time that
            # an answer takes must not tell which it was.
            host = first_to_write_to(mailbox) if is_known else Registration(pk=0)
            history = write_history(host, History.Event.LINK_LOST, lock.now)
            write_message(Message.Kind.MAILBOX, host, history)
            transaction.set_rollback(not is_known)


def first_to_write_to(mailbox: list[Registration]) -> Registration:
    return min(mailbox, key=lambda one: (not one.is_confirmed, not one.is_pending, one.pk))


def ask_for_data_link(registration: Registration) -> None:
    """The link that serves ten minutes goes to the mailbox; raises `Refusal`."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        refuse_if_erased(registration)
        if registration.is_unproven:
            raise Refusal(
                gettext("Your address is not confirmed yet: first open the e-mail we sent there.")
            )
        _write(registration, History.Event.LINK_ASKED, Message.Kind.FRESH_LINK, lock)


def send_again(registration: Registration) -> None:
    """The person asks for the mail with the pass; raises `Refusal`."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if not registration.is_confirmed:
            raise Refusal(
                gettext("This registration has been cancelled: there is no e-mail to send.")
            )
        _write(registration, History.Event.ASKED_AGAIN, fitting_kind(registration), lock)


def set_consents(
    registration: Registration,
    purposes: Collection[str],
    *,
    text_version: str,
    language: str,
) -> Registration:
    """Gives and takes back what is not given as `purposes` says.

    Of who is erased only the name for the certificate may be left: it goes with the next purge.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        live = set(registration.consents.live().values_list("purpose", flat=True))
        may_give = () if registration.erased_at else OPTIONAL_PURPOSES
        given = [p for p in may_give if p in purposes and p not in live]
        taken_back = [p for p in REVOCABLE_PURPOSES if p in live and p not in purposes]
        text = {"text_version": text_version, "language": language, "given_at": lock.now}
        Consent.objects.bulk_create(
            Consent(registration=registration, purpose=purpose, **text) for purpose in given
        )
        _take_back(registration, taken_back, lock)
        if given or taken_back:
            note = " ".join([*(f"+{p.value}" for p in given), *(f"-{p.value}" for p in taken_back)])
            write_history(registration, History.Event.CONSENTED, lock.now, note=note)
    return registration


def set_needs(
    registration: Registration, needs: str, *, text_version: str, language: str
) -> Registration:
    """Written anew, with a consent of its own; empty takes it back. Raises `Refusal`.

    The history says that it was, never what.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if not registration.is_confirmed:
            raise Refusal(gettext("This registration has been cancelled: nothing was changed."))
        refuse_if_erased(registration)
        refuse_when_over(lock.now)
        if needs == registration.needs:
            return registration
        _take_back(registration, [Purpose.NEEDS], lock)
        if needs:
            registration.needs = needs
            registration.save(update_fields=["needs"])
            text = {"text_version": text_version, "language": language, "given_at": lock.now}
            registration.consents.create(purpose=Purpose.NEEDS, **text)
        write_history(registration, History.Event.NEEDS_CHANGED, lock.now)
    return registration


def _take_back(registration: Registration, purposes: Collection[str], lock: Lock) -> None:
    withdrawn = registration.consents.live().filter(purpose__in=purposes)
    withdrawn.update(withdrawn_at=lock.now)
    if Purpose.NEEDS in purposes:
        registration.needs = ""
        registration.save(update_fields=["needs"])


def note_download(registration: Registration) -> None:
    with locked_places() as lock:
        write_history(registration, History.Event.DOWNLOADED, lock.now)


def _write(registration: Registration, event: Event, kind: Kind, lock: Lock) -> None:
    if not limits.may_write_to(registration.email_key or "", lock.now):
        raise Refusal(
            gettext("We have written to this address many times today: please try again tomorrow.")
        )
    write_message(kind, registration, write_history(registration, event, lock.now))
