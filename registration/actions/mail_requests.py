"""Mails that a person asks for: their links, the link to their data, the mail with the pass."""

from django.utils.translation import gettext

from eim.lib.hashing import Network
from eim.lib.normalising import email_key
from registration import throttling
from registration.actions.corrections import refuse_if_erased
from registration.actions.messages import (
    fitting_kind,
    write_event,
    write_history,
    write_message,
    write_to_news_address,
)
from registration.actions.places import Lock, Refusal, locked_places
from registration.models import History, Message, NewsAddress, Registration
from registration.models.history import Event
from registration.models.messages import Kind


def ask_for_links(email: str, network: Network) -> None:
    """Write to the mailbox which registrations it has, or that it gets news.

    Change nothing for an unknown address, after the same work.
    """
    key = email_key(email)
    with locked_places() as lock:
        mailbox = list(Registration.objects.for_mailbox(key).with_links(lock.now))
        may_write = throttling.may_write_links_to(key, network, lock.now)
        host = first_to_write_to(mailbox) if mailbox and may_write else None
        write_event(host, History.Event.LINK_LOST, Message.Kind.MAILBOX, lock.now)
        # The mail about registrations says it too.
        news = NewsAddress.objects.filter(email_key=key).first()
        write_to_news_address(news if may_write and host is None else None, lock.now)


def first_to_write_to(mailbox: list[Registration]) -> Registration:
    """Return the registration that the mail about a mailbox belongs to: a confirmed one first."""
    return min(mailbox, key=lambda one: (not one.is_confirmed, not one.is_pending, one.pk))


def ask_for_data_link(registration: Registration) -> None:
    """Send the link to the person's data, which is valid for ten minutes. Raises `Refusal`."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        refuse_if_erased(registration)
        if registration.is_unproven:
            raise Refusal(
                gettext("Your address is not confirmed yet: first open the e-mail we sent there.")
            )
        _write(registration, History.Event.LINK_ASKED, Message.Kind.FRESH_LINK, lock)


def send_again(registration: Registration) -> None:
    """Send the mail with the pass again. Raises `Refusal`."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if not registration.is_confirmed:
            raise Refusal(
                gettext("This registration has been cancelled: there is no e-mail to send.")
            )
        _write(registration, History.Event.ASKED_AGAIN, fitting_kind(registration), lock)


def _write(registration: Registration, event: Event, kind: Kind, lock: Lock) -> None:
    if not throttling.may_write_to_owner(registration.email_key or "", lock.now):
        raise Refusal(
            gettext("We have written to this address many times today: please try again tomorrow.")
        )
    write_message(kind, registration, write_history(registration, event, lock.now))


def note_download(registration: Registration) -> None:
    """Write down in the history that the person downloaded their data."""
    with locked_places() as lock:
        write_history(registration, History.Event.DOWNLOADED, lock.now)
