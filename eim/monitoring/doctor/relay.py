"""Check the mail server: connection, encryption, login, and a letter if one is asked for."""

from collections.abc import Iterator
from contextlib import suppress
from email.utils import make_msgid, parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.monitoring.doctor.findings import Finding, broken, well
from registration.models.relay import RelayFault
from registration.outbox.outcomes import Outcome, refused_at_the_door, refused_mail

# Seconds for each answer; the check has a limit of its own for all of them.
PATIENCE_OF_ANSWER = 5
REFUSALS = (SMTPException, OSError, ValueError)
WHAT_TO_DO = {
    RelayFault.UNREACHABLE: _("look at the host and the port in MAIL_URL, and at firewalls"),
    RelayFault.ENCRYPTION: _("look at tls=1, the port, and the host for which its certificate is"),
    RelayFault.SLOW: _(
        "look at the port in MAIL_URL: 465 and 587 are not the same; and at firewalls"
    ),
    RelayFault.BROKEN: _("look at the port in MAIL_URL, and ask who runs it"),
    RelayFault.LOGIN: _("look at the user and the password in MAIL_URL"),
    RelayFault.REFUSING: _("ask who runs it whether this machine may send for this sender"),
}


def relay(letter_to: str = "") -> Iterator[Finding]:
    """Open a connection as the worker does, and send a letter if there is an address."""
    mailer = mailers.default
    if not isinstance(mailer, EmailBackend):
        # The settings' own check says so.
        return
    mailer.timeout = PATIENCE_OF_ANSWER
    # Closed in any case: one that refuses the login is half open.
    try:
        yield from spoken_to(mailer, letter_to)
    finally:
        with suppress(*REFUSALS):
            mailer.close()


def spoken_to(mailer: EmailBackend, letter_to: str) -> Iterator[Finding]:
    where = f"{mailer.host}:{mailer.port}"
    try:
        mailer.open()
    except REFUSALS as fault:
        yield broken(refusal(where, refused_at_the_door(fault)))
        return
    yield well(manner(mailer) % {"server": where})
    if letter_to:
        yield sent(mailer, letter_to)


def manner(mailer: EmailBackend) -> str:
    """Say how it was spoken to."""
    if mailer.use_tls or mailer.use_ssl:
        if mailer.username:
            return gettext("%(server)s answers, encrypted, and accepts our login.")
        return gettext("%(server)s answers, encrypted.")
    if mailer.username:
        return gettext("%(server)s answers, without encryption, and accepts our login.")
    return gettext("%(server)s answers, without encryption.")


def sent(mailer: EmailBackend, address: str) -> Finding:
    letter = letter_of_trial(address)
    try:
        mailer.send_messages([letter])
    except REFUSALS as fault:
        words = gettext("The letter to %(address)s was not taken. %(why)s")
        return broken(words % {"address": address, "why": refusal("", refused_mail(fault))})
    words = gettext(
        "The letter to %(address)s was taken, as Message-ID %(name)s: see that it arrives."
    )
    return well(words % {"address": address, "name": letter.extra_headers["Message-ID"]})


def letter_of_trial(address: str) -> EmailMessage:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or None
    words = gettext(
        "This was sent at %(moment)s UTC for %(site)s, to try the mail server.\nIf it is here, "
        "e-mails of the site go out. In its source SPF, DKIM and DMARC must each say “pass”.\n"
    )
    now = f"{timezone.now():%Y-%m-%d %H:%M:%S}"
    return EmailMessage(
        subject=settings.EMAIL_SUBJECT_PREFIX + gettext("A trial of the mail server"),
        body=words % {"moment": now, "site": settings.SITE_URL},
        from_email=settings.BOUNCE_ADDRESS,
        to=[address],
        headers={"From": settings.DEFAULT_FROM_EMAIL, "Message-ID": make_msgid(domain=host)},
    )


def refusal(where: str, outcome: Outcome) -> str:
    """Say whose fault it is, in the server's words, and what to do."""
    what_to_do = outcome.refusal and WHAT_TO_DO.get(outcome.refusal.fault)
    advice = str(what_to_do or gettext("look at the address"))
    return f"{where} {outcome.error}: {advice}.".strip()
