"""Links of a person: make them anew after a leak, and let the one for data act once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db.models import F
from django.utils.translation import gettext

from registration import throttling
from registration.actions.mailboxes import NEW_ADDRESS_FIELDS
from registration.actions.messages import fitting_kind, write_history, write_message
from registration.actions.places import Refusal, locked_places
from registration.models import History, Registration


def renew_link(registration: Registration, *, by: User | None = None) -> bool:
    """Invalidate all links of a confirmed registration, and send a new one to its mailbox.

    A change of the address that is not confirmed yet ends too. Harmless twice by one link.
    Returns whether a mail was written: the person's own are limited. Raises `Refusal`.
    """
    with locked_places() as lock:
        found_version = registration.link_version
        registration = Registration.objects.get(pk=registration.pk)
        renewal = renewal_since(registration, found_version)
        if renewal and by is None:
            return renewal.messages.exists()
        if not (registration.is_confirmed and registration.email):
            raise Refusal(gettext("There is no link: the registration is not confirmed."))
        registration.link_version += 1
        # Whoever has the old link may have begun it.
        registration.new_email, registration.new_email_key = "", None
        registration.save(update_fields=["link_version", *NEW_ADDRESS_FIELDS])
        history = write_history(registration, History.Event.LINK_RENEWED, lock.now, by=by)
        may_write = by is not None or throttling.may_write_to_owner(
            registration.email_key or "", lock.now
        )
        if may_write:
            write_message(fitting_kind(registration), registration, history)
    return may_write


def renewal_since(registration: Registration, link_version: int) -> History | None:
    """Return the making of the new link that ended links of this version, if it was the last."""
    if link_version != registration.link_version - 1:
        return None
    last = registration.history.order_by("pk").last()
    return last if last and last.event == History.Event.LINK_RENEWED else None


class LinkUsed(Exception):
    """The link that works for ten minutes has acted already."""


@contextmanager
def acting_once(registration: Registration) -> Iterator[None]:
    """Let the link that works for ten minutes act once: it ends with what the block does.

    `registration` is as the link found it. What raises leaves the link as it was. Raises
    `LinkUsed`, which `owned_afresh` answers.
    """
    with locked_places():
        rows = Registration.objects.filter(pk=registration.pk)
        same = rows.filter(fresh_version=registration.fresh_version)
        if not same.update(fresh_version=F("fresh_version") + 1):
            raise LinkUsed
        yield
