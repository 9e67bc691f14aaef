"""Render a message of the outbox as a mail, with the facts of the moment it is sent."""

import re
import textwrap
from collections.abc import Iterator
from email.message import EmailMessage as MimeMessage
from email.message import MIMEPart
from email.policy import Policy, default
from typing import cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from programme.models import Meeting
from programme.models.phases import present_meeting
from registration.mails import attachments
from registration.mails.attachments import Picture
from registration.mails.facts import (
    FACTS,
    Facts,
    common_facts,
    sessions_of,
    stop_reminders_address_of,
)
from registration.mails.letters import letter_facts, sample_of, stop_letters_address_of
from registration.mails.news import mailbox_and_news_facts, news_kept_facts
from registration.mails.truth import is_still_true
from registration.models import Message
from registration.models.messages import BY_STANDING, REMINDERS

WITH_CALENDAR = (
    Message.Kind.CONFIRMED,
    Message.Kind.PROMOTED,
    Message.Kind.WEEK_BEFORE,
    *BY_STANDING.values(),
)
FACTS_OF = FACTS | {
    Message.Kind.LETTER: letter_facts,
    Message.Kind.MAILBOX: mailbox_and_news_facts,
    Message.Kind.NEWS_KEPT: news_kept_facts,
}
ABOUT_A_SESSION = (Message.Kind.SESSION_CANCELLED, Message.Kind.SESSION_MOVED)
SUBJECT_LENGTH = 60
LINE_LENGTH = 76
EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")


class Mail(EmailMultiAlternatives):
    """Carry pictures in the HTML part: elsewhere, mail programs list them as attachments."""

    pictures: tuple[Picture, ...] = ()

    def message(self, *, policy: Policy | None = default) -> MimeMessage:
        message = super().message(policy=policy)
        if html := message.get_body(("html",)):
            for picture in self.pictures:
                html.add_related(
                    picture.png, "image", "png", cid=f"<{picture.cid}>", disposition="inline"
                )
        return message


def render(message: Message) -> Mail:
    """Render the mail in the recipient's language and with the meeting's hours."""
    meeting = cast(Meeting, present_meeting())
    language = language_of(message, meeting)
    with translation.override(language), meeting.activated():
        title = message.get_kind_display()
        facts = common_facts(meeting) | {"title": title} | FACTS_OF[message.kind](message, meeting)
        mail = Mail(
            subject=subject_in(facts, message, meeting),
            body=plain_text(message.kind, facts),
            # The sender of the envelope: reports of what cannot be delivered go there.
            from_email=settings.BOUNCE_ADDRESS,
            to=[message.address],
            reply_to=[meeting.contact_email] if meeting.contact_email else [],
            headers=headers_of(message, language),
        )
        mail.attach_alternative(render_to_string(f"mail/{message.kind}.html", facts), "text/html")
        mail.pictures = tuple(fact for fact in facts.values() if isinstance(fact, Picture))
        for part in attached_parts(message, meeting):
            mail.attach(part)
    return mail


def subject_in(facts: Facts, message: Message, meeting: Meeting) -> str:
    title = str(facts["title"])
    return title if message.letter else subject_of(title, meeting)


def language_of(message: Message, meeting: Meeting) -> str:
    """Return the recipient's language, or one of the letter's if that has changed meanwhile.

    A letter is sent only in the languages of its readers; a preview shows what is missing.
    """
    language = message.own_language or meeting.first_language
    written = message.letter.written_languages if message.letter and message.pk else []
    if not written or language in written:
        return language
    return meeting.first_language if meeting.first_language in written else written[0]


def headers_of(message: Message, language: str) -> dict[str, str]:
    """Return the headers; what nobody waits for can be stopped by one click (RFC 8058)."""
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": message.message_id,
        # Some relays write a Message-ID of their own in place of ours.
        "X-Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }
    if stop_address := one_click_address_of(message):
        headers["List-Unsubscribe"] = f"<{stop_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def one_click_address_of(message: Message) -> str:
    if message.letter:
        return stop_letters_address_of(message)
    return stop_reminders_address_of(message) if message.kind in REMINDERS else ""


def attached_parts(message: Message, meeting: Meeting) -> Iterator[MIMEPart]:
    if message.kind in WITH_CALENDAR:
        yield attachments.calendar_of_registration(message.registrant, meeting)
    if message.kind in ABOUT_A_SESSION:
        yield attachments.calendar_of_sessions(sessions_of(message), meeting)


def subject_of(title: str, meeting: Meeting) -> str:
    """Leave out the meeting if phones would cut the subject: the mail begins with it anyway."""
    subject = f"{title}: {meeting.short_name}"
    return subject if len(subject) <= SUBJECT_LENGTH else title


def plain_text(kind: str, facts: Facts) -> str:
    text = EMPTY_LINES.sub("\n\n", render_to_string(f"mail/{kind}.txt", facts)).strip()
    return "\n".join(map(wrapped, text.split("\n"))) + "\n"


def wrapped(line: str) -> str:
    """Wrap a line: indent what continues a list item, and leave addresses whole."""
    return textwrap.fill(
        line,
        LINE_LENGTH,
        subsequent_indent="  " if line.startswith(("* ", "  ")) else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
