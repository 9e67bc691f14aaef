"""Invite a colleague, send the link again, withdraw it; and make the account of whoever accepts."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from eim import clock
from eim.back_office.colleagues import notes
from eim.back_office.colleagues.links import read_invitation
from eim.back_office.colleagues.mails import mail_to, send
from eim.back_office.roles import offered_to
from eim.lib.normalising import email_key
from eim.models import Invitation, MailLanguage
from registration import throttling
from registration.actions import Refusal


def invite(
    *, name: str, address: str, language: str, roles: Iterable[Group], by: User
) -> Invitation:
    """Write the invitation; `send_link` then mails it. Raises `Refusal`."""
    roles = list(roles)
    refuse_roles(roles, by)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                name=name,
                address=address,
                email_key=email_key(address),
                language=language,
                invited_by=by,
                invited_at=timezone.now(),
            )
            invitation.roles.set(roles)
    except IntegrityError:
        raise Refusal(gettext("Somebody has already invited this address.")) from None
    return invitation


def refuse_roles(roles: Iterable[Group], by: User) -> None:
    if not set(roles) <= set(offered_to(by)):
        raise Refusal(gettext("You can only give roles that do no more than you may do yourself."))


def forget_old_invitations() -> int:
    """Delete invitations as old as the deeds that are no longer listed; accounts stay."""
    kept = timedelta(days=settings.DEEDS_KEPT_DAYS)
    old = Invitation.objects.older_than(timezone.now() - kept)
    count = old.count()
    old.delete()
    return count


def send_link(invitation: Invitation) -> bool:
    """Mail the present link; return whether a mail server took it. Raises `Refusal`."""
    if not throttling.may_write_to_owner(invitation.email_key, clock.now()):
        raise Refusal(
            gettext("This address has had many e-mails of ours today: try again tomorrow.")
        )
    mail = mail_to(invitation.address, invitation.language, notes.invited(invitation))
    if is_sent := send(mail):
        present = Invitation.objects.filter(pk=invitation.pk, version=invitation.version)
        present.update(sent_at=timezone.now())
    return is_sent


@transaction.atomic
def renew_link(invitation: Invitation, *, by: User) -> Invitation:
    """End the present link, and take over who invites. Raises `Refusal`."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    refuse_closed(invitation)
    refuse_roles(invitation.roles.all(), by)
    invitation.version += 1
    invitation.invited_by, invitation.sent_at = by, None
    invitation.save(update_fields=["version", "invited_by", "sent_at"])
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation) -> None:
    """End the invitation, and delete the account that was not finished. Raises `Refusal`."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    refuse_closed(invitation)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    User.objects.filter(invitation=invitation, is_active=False, last_login=None).delete()


def refuse_closed(invitation: Invitation) -> None:
    if invitation.used_at:
        raise Refusal(gettext("This invitation has been used."))
    if invitation.withdrawn_at:
        raise Refusal(gettext("This invitation has been withdrawn."))


# Accepting


@transaction.atomic
def begin_account(token: str, account: User) -> User:
    """Keep the account with the name and password that were chosen: it may do nothing yet."""
    invitation = read_invitation(token, for_update=True)
    account.is_active = account.is_staff = False
    account.email, account.first_name = invitation.address, invitation.name
    account.save()
    Invitation.objects.filter(pk=invitation.pk).update(account=account)
    return account


def open_account(token: str) -> User:
    """Switch the account on, with its roles; the invitation is used. Raises `DeadLink`."""
    invitation = read_invitation(token, for_update=True)
    account = invitation.account
    if account is None:
        raise Refusal(gettext("First choose a user name and a password."))
    account.is_active = account.is_staff = True
    account.save(update_fields=["is_active", "is_staff"])
    account.groups.add(*invitation.roles.all())
    MailLanguage.objects.update_or_create(account=account, defaults={"code": invitation.language})
    Invitation.objects.filter(pk=invitation.pk).update(used_at=timezone.now())
    return account
