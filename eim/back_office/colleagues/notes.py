"""Word the mails to colleagues; each function writes in the language that is active."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import User
from django.utils.translation import gettext

from eim.back_office.colleagues.links import (
    PASSWORD,
    SECOND_STEP,
    account_link,
    invitation_link,
)
from eim.back_office.colleagues.mails import Note
from eim.back_office.colleagues.names import name_of, plain_name_of
from eim.back_office.roles import sentence_of, words_of
from eim.models import Invitation

type Writer = Callable[[], Note]


def if_not_you() -> str:
    return gettext(
        "If this was not you, tell another organiser at once: they can reset the second step of "
        "your account, which ends all its sessions."
    )


def invited(invitation: Invitation) -> Writer:
    def write() -> Note:
        facts = {"name": invitation.name, "inviter": plain_name_of(invitation.invited_by)}
        first = gettext("%(name)s, %(inviter)s invites you to organise the meeting with them.")
        return Note(
            title=gettext("You are invited to the back office"),
            paragraphs=[first % facts, *lines_of_roles(invitation)],
            label=gettext("Accept the invitation"),
            url=invitation_link(invitation),
            after=[
                gettext(
                    "You choose a user name and a password, and set up a second step with an app "
                    "on your telephone: it takes five minutes. The link works for seven days, "
                    "once; if you are interrupted, open it again."
                ),
                gettext("If you expected no invitation, do nothing."),
            ],
        )

    return write


def lines_of_roles(invitation: Invitation) -> Iterable[str]:
    for role in invitation.roles.all():
        yield f"{words_of(role)}: {sentence_of(role)}"


def step_was_reset(user: User, by: User) -> Writer:
    """Word the mail that goes to the owner of an account whose second step was taken away."""

    def write() -> Note:
        first = gettext(
            "%(name)s has taken away the second step of your account “%(account)s” and its "
            "recovery codes, and ended its sessions."
        )
        return Note(
            title=gettext("Set up your second step anew"),
            paragraphs=[first % {"name": name_of(by), "account": user.get_username()}],
            label=gettext("Set up the second step"),
            url=account_link(user, SECOND_STEP),
            after=[
                gettext(
                    "The page asks for your password. The link works for three days, and ends if "
                    "the password is changed meanwhile."
                ),
                gettext("If you did not ask for this, tell another organiser at once."),
            ],
        )

    return write


def you_reset_a_step(user: User) -> Writer:
    def write() -> Note:
        first = gettext(
            "You have taken away the second step of the account of %(name)s and its recovery "
            "codes, and ended its sessions. A link to set up a new one was for %(address)s."
        )
        facts = {"name": name_of(user), "address": user.email}
        return Note(
            title=gettext("You have reset a second step"),
            paragraphs=[first % facts, if_not_you()],
        )

    return write


def step_was_set(user: User) -> Writer:
    def write() -> Note:
        first = gettext("The account “%(account)s” has a new second step.")
        return Note(
            title=gettext("Your second step is set up"),
            paragraphs=[first % {"account": user.get_username()}, if_not_you()],
        )

    return write


def codes_were_made(user: User) -> Writer:
    def write() -> Note:
        first = gettext(
            "The account “%(account)s” has ten new recovery codes; those before no longer work."
        )
        return Note(
            title=gettext("You have new recovery codes"),
            paragraphs=[first % {"account": user.get_username()}, if_not_you()],
        )

    return write


def password_link(user: User) -> Writer:
    def write() -> Note:
        first = gettext(
            "Somebody, probably you, asked for a new password of the account “%(account)s”."
        )
        return Note(
            title=gettext("Choose a new password"),
            paragraphs=[first % {"account": user.get_username()}],
            label=gettext("Choose a new password"),
            url=account_link(user, PASSWORD),
            after=[
                gettext("The link works for an hour, once. The second step stays as it is."),
                gettext("If you did not ask for this, do nothing: your password stays."),
            ],
        )

    return write


def password_was_changed(user: User) -> Writer:
    def write() -> Note:
        first = gettext("The password of the account “%(account)s” has been changed.")
        return Note(
            title=gettext("Your password has been changed"),
            paragraphs=[first % {"account": user.get_username()}, if_not_you()],
        )

    return write


def address_was_changed(user: User) -> Writer:
    """Word the mail that goes to the address that the account had before."""

    def write() -> Note:
        first = gettext("E-mails about the account “%(account)s” no longer come here.")
        return Note(
            title=gettext("Your account has another address"),
            paragraphs=[first % {"account": user.get_username()}, if_not_you()],
        )

    return write
