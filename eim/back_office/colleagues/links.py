"""Signed links of mails to colleagues: each acts once, for some days, and for one purpose."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.utils.translation import gettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.roles import offered_to
from eim.lib.hashing import keyed_hashes
from eim.models import Invitation
from registration.mails.facts import address_of

INVITATION, SECOND_STEP, PASSWORD = "eim.invitation", "eim.second-step", "eim.password"
# By the real clock, also in a rehearsal.
VALID = {
    INVITATION: timedelta(days=7),
    SECOND_STEP: timedelta(days=3),
    PASSWORD: timedelta(hours=1),
}


class DeadLink(Exception):
    """A link that does nothing, or nothing any more; the words say why, and what to do."""


def invitation_link(invitation: Invitation) -> str:
    value = [invitation.pk, invitation.version]
    return address_of("admin:welcome", signed(INVITATION, value))


def account_link(user: User, purpose: str) -> str:
    """Return a link that ends when the account's password, address or second step changes."""
    token = signed(purpose, [user.pk, marks_of(user)[0]])
    name = "second-step" if purpose == SECOND_STEP else "new-password"
    return address_of(f"admin:{name}", token)


def signed(purpose: str, value: Sequence[object]) -> str:
    return signing.TimestampSigner(salt=purpose).sign_object(list(value))


def read_invitation(token: str, *, for_update: bool = False) -> Invitation:
    """Return the invitation of a link that can still be used. Raises `DeadLink`."""
    pk, version = opened(INVITATION, token)
    rows = Invitation.objects.select_for_update(of=("self",)) if for_update else Invitation.objects
    invitation = rows.select_related("invited_by", "account").filter(pk=pk).first()
    if invitation is None or invitation.withdrawn_at:
        raise DeadLink(gettext("This invitation has been withdrawn."))
    # Switched on by hand, the account is its owner's, and no longer that of whoever has the link.
    if invitation.used_at or (invitation.account and invitation.account.is_active):
        raise DeadLink(gettext("This invitation has been used already: sign in."))
    if invitation.version != version:
        raise DeadLink(gettext("There is a newer e-mail with another link: please use that one."))
    if not is_backed(invitation):
        raise DeadLink(
            gettext("Whoever invited you can no longer do so: please ask for a new invitation.")
        )
    return invitation


def is_backed(invitation: Invitation) -> bool:
    """Return whether the one who invited could still give all these roles."""
    giver = invitation.invited_by
    if giver is None or not (giver.is_active and giver.is_staff):
        return False
    if not giver.has_perm("auth.add_user"):
        return False
    return set(invitation.roles.all()) <= set(offered_to(giver))


def read_account(token: str, purpose: str) -> User:
    """Return the account of a link that can still be used. Raises `DeadLink`."""
    pk, mark = opened(purpose, token)
    user = User.objects.filter(pk=pk, is_active=True, is_staff=True).first()
    if user is None or mark not in marks_of(user):
        raise DeadLink(
            gettext("This link has been used, or something has changed since it was sent.")
        )
    return user


def opened(purpose: str, token: str) -> tuple[int, object]:
    """Return the key and the mark of a token that we signed, not too long ago."""
    try:
        signer = signing.TimestampSigner(salt=purpose)
        pk, mark = signer.unsign_object(token, max_age=VALID[purpose])
        return int(pk), mark
    except signing.SignatureExpired:
        raise DeadLink(gettext("This link has expired: please ask for a new one.")) from None
    except (signing.BadSignature, ValueError, TypeError):
        raise DeadLink(
            gettext("This link is not complete: open it from the e-mail once more.")
        ) from None


def marks_of(user: User) -> list[str]:
    """Return what changes with the account's secrets: by the present key, then by older ones."""
    steps = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk")
    facts = [user.pk, user.password, user.email, user.last_login, *steps.values_list("pk", "key")]
    return [mark[:32] for mark in keyed_hashes("account", repr(facts))]
