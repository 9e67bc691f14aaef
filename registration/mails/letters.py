"""Write the mail of a letter: its text with the values for one recipient."""

from collections.abc import Mapping
from uuid import uuid4

from django.conf import settings
from django.utils.translation import get_language

from eim.lib.markdown.letters import bodies, filled
from programme.models import Meeting, Person, Session
from programme.wording import dates
from programme.wording.sessions import in_running_text
from registration import tokens
from registration.mails.facts import Facts, address_of, own_address_of
from registration.models import Letter, Message
from registration.models.letters import Placeholder
from registration.wording.place_lines import session_line

# What mail programs show of a text in the list of mails.
PREVIEW_LENGTH = 120


def letter_facts(message: Message, meeting: Meeting) -> Facts:
    letter, language = message.told_letter, get_language() or settings.LANGUAGE_CODE
    values = values_for(message, meeting)
    parts = bodies(letter.text_in(language), values, site=settings.SITE_URL)
    return {
        "title": filled(letter.subject_in(language), values),
        "html": parts.html,
        "text": parts.text,
        "preview": preview_of(parts.text),
        "audience": letter.audience,
        "stop_url": stop_letters_address_of(message),
    }


def preview_of(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= PREVIEW_LENGTH else f"{words[:PREVIEW_LENGTH]}…"


def values_for(message: Message, meeting: Meeting) -> Mapping[str, str]:
    """Return what the placeholders become, in the present language."""
    return {
        Placeholder.NAME: message.recipient_name,
        Placeholder.MEETING: meeting.name,
        Placeholder.DATES: in_running_text(dates.meeting_dates_words(meeting)),
        Placeholder.CITY: meeting.city,
        Placeholder.PLACE: f"{meeting.venue_name}, {meeting.venue_address}",
        Placeholder.SESSION: session_words(message.told_letter.session_about(), meeting),
        Placeholder.PROGRAMME: address_of("programme:session-list"),
        Placeholder.LIVE: address_of("programme:live"),
        Placeholder.OWN_PAGE: own_page_of(message),
    }


def session_words(session: Session | None, meeting: Meeting) -> str:
    if session is None:
        return ""
    line = session_line(session, meeting)
    return f"{line.name} ({line.details})" if line.details else line.name


def own_page_of(message: Message) -> str:
    """Return the recipient's page; without one, as in a test, the page that sends its link."""
    if message.registration and message.registration.pk:
        return own_address_of(message.registration)
    return address_of("registration:lost-link")


def stop_letters_address_of(message: Message) -> str:
    """Return the link for readers, and for mail programs that offer to unsubscribe."""
    if message.news_address:
        return address_of("registration:news-stop", tokens.news_token(message.news_address))
    token = tokens.stop_reminders_token(message.registration, message.mailbox)
    return address_of("registration:stop-reminders", token)


def sample_of(letter: Letter, *, name: str, address: str, language: str) -> Message:
    """Return a message that is not stored, to render: for a look at a letter, or a test of it.

    It holds no link to anybody's registration.
    """
    reader = Person(name=name, email=address, mail_language=language)
    message_id = f"<{uuid4().hex}@sample.invalid>"
    return Message(kind=Message.Kind.LETTER, letter=letter, person=reader, message_id=message_id)
