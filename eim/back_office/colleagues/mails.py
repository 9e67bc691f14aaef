"""Mails to colleagues, sent at once: the outbox of the site is for attendees.

A mail server that is away is said on the page, which can send again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from eim.models import MailLanguage
from programme.models.phases import present_meeting
from registration.mails import Mail, plain_text, subject_of
from registration.mails.facts import common_facts

logger = logging.getLogger(__name__)

TEMPLATE = "colleague"


@dataclass(frozen=True, kw_only=True)
class Note:
    """The words of a mail: paragraphs, perhaps a button with its address, and what follows it."""

    title: str
    paragraphs: list[str]
    label: str = ""
    url: str = ""
    after: list[str] = field(default_factory=list)


def language_of(user: User) -> str:
    """Return the language of the account's mails: its own, or else the meeting's first."""
    chosen = MailLanguage.objects.filter(account=user).first()
    if chosen:
        return chosen.code
    meeting = present_meeting()
    return meeting.first_language if meeting else settings.LANGUAGE_CODE


def tell(user: User, write: Callable[[], Note]) -> bool:
    """Send a mail to an account; return False if it has no address, or could not be sent."""
    return bool(user.email) and send(mail_to(user.email, language_of(user), write))


def tell_or_warn(request: HttpRequest, user: User, write: Callable[[], Note]) -> None:
    """Send a mail to an account, and say so on the next page if it does not go out."""
    if not tell(user, write):
        messages.warning(request, gettext("We could not send the e-mail that confirms this."))


def mail_to(address: str, language: str, write: Callable[[], Note]) -> Mail:
    """Render a mail in its language, with the meeting's look once there is a meeting."""
    meeting = present_meeting()
    with translation.override(language):
        note = write()
        mail = Mail(
            subject=subject_of(note.title, meeting) if meeting else note.title,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
            headers={"Auto-Submitted": "auto-generated", "Content-Language": language},
        )
        if meeting is None:
            mail.body = text_of(note)
            return mail
        with meeting.activated():
            facts = common_facts(meeting) | {"title": note.title, "note": note}
            mail.body = plain_text(TEMPLATE, facts)
            mail.attach_alternative(render_to_string(f"mail/{TEMPLATE}.html", facts), "text/html")
        mail.reply_to = [meeting.contact_email] if meeting.contact_email else []
        mail.pictures = (facts["band"],)  # type: ignore[assignment]
    return mail


def text_of(note: Note) -> str:
    link = [f"{note.label}:\n{note.url}"] if note.url else []
    return "\n\n".join([note.title, *note.paragraphs, *link, *note.after]) + "\n"


def send(mail: Mail) -> bool:
    """Return whether a mail server took the mail: within ten seconds a step, see MAIL_URL."""
    try:
        mail.send()
    # ValueError: an address that cannot be written on the wire. SMTPException is an OSError.
    except (OSError, ValueError) as error:
        logger.warning("A mail to a colleague could not be sent: %s", type(error).__name__)
        return False
    return True


def send_later(mails: list[Mail]) -> threading.Thread:
    """Send from a thread: how long an answer takes must not tell whether there is an account."""
    thread = threading.Thread(target=lambda: [send(mail) for mail in mails], name="colleagues-mail")
    thread.start()
    return thread
