"""What a message of the outbox says: read and rendered at the moment it is sent."""

import re
from collections.abc import Callable
from email.message import EmailMessage as MimeMessage
from email.policy import Policy, default
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import wrap

from eim import clock
from programme.models import Meeting, Session
from programme.models.meeting import RegistrationState
from registration import enclosures, tokens
from registration.enclosures import Picture
from registration.lines import attendance_lines, lines_of
from registration.models import History, Message, Registration
from registration.models.places import PlaceQuerySet
from registration.models.registrations import MAILBOX_SIZE

LINE_LENGTH = 76
EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")

type Facts = dict[str, object]


class Mail(EmailMultiAlternatives):
    """Its pictures belong to its HTML part: elsewhere, programs list them as attachments."""

    pictures: tuple[Picture, ...] = ()

    def message(self, *, policy: Policy | None = default) -> MimeMessage:
        message = super().message(policy=policy)
        if html := message.get_body(("html",)):
            for picture in self.pictures:
                html.add_related(
                    picture.png, "image", "png", cid=f"<{picture.cid}>", disposition="inline"
                )
        return message


def is_still_true(message: Message) -> bool:
    """Whether what the message tells holds now, and there is an address to tell it to."""
    registration = message.registration
    if not registration.email:
        return False
    is_proven = registration.moved_at is None
    match message.kind:
        case Message.Kind.PENDING:
            return registration.is_pending and registration.lapses_at > clock.now()
        case Message.Kind.MOVED:
            return registration.is_confirmed and registration.moved_at is not None
        case Message.Kind.CANCELLED:
            return registration.state == Registration.State.CANCELLED and is_proven
        case Message.Kind.PROMOTED:
            return registration.is_confirmed and is_proven and is_first_of_its_moment(message)
        case Message.Kind.MAILBOX:
            return True
    return registration.is_confirmed and is_proven


def is_first_of_its_moment(message: Message) -> bool:
    """Whoever is called to several things at once gets one mail that tells of all of them."""
    others = message.registration.messages.filter(
        kind=message.kind, history__happened_at=message.history.happened_at, pk__lt=message.pk
    )
    return called(message).exists() and not others.exists()


def called(message: Message) -> PlaceQuerySet:
    return message.registration.places.taken().for_history(message.history)


def render(message: Message) -> Mail:
    """In the recipient's language, with the meeting's own hours."""
    meeting = Meeting.objects.get()
    registration = message.registration
    with translation.override(registration.mail_language), timezone.override(meeting.zone):
        facts = common_facts(meeting) | FACTS[message.kind](message, meeting)
        mail = Mail(
            subject=subject_of(message.kind, facts),
            body=text_of(message.kind, facts),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[registration.email],
            reply_to=[meeting.contact_email] if meeting.contact_email else [],
            headers={
                "Message-ID": message.message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": registration.mail_language,
            },
        )
        mail.attach_alternative(render_to_string(f"mail/{message.kind}.html", facts), "text/html")
        mail.pictures = tuple(fact for fact in facts.values() if isinstance(fact, Picture))
        if message.kind in (Message.Kind.CONFIRMED, Message.Kind.PROMOTED):
            mail.attach(enclosures.calendar_of(registration, meeting))
    return mail


def subject_of(kind: str, facts: Facts) -> str:
    return " ".join(render_to_string(f"mail/{kind}_subject.txt", facts).split())


def text_of(kind: str, facts: Facts) -> str:
    text = render_to_string(f"mail/{kind}.txt", facts)
    return wrap(EMPTY_LINES.sub("\n\n", text).strip(), LINE_LENGTH) + "\n"


def address_of(name: str, *args: str) -> str:
    """Never from a request: whoever asks for a mail must not choose where its links lead."""
    return settings.SITE_URL + reverse(name, args=args)


def common_facts(meeting: Meeting) -> Facts:
    return {
        "meeting": meeting,
        "language": translation.get_language(),
        "band": enclosures.band(),
        "site": urlsplit(settings.SITE_URL).hostname,
        "privacy_url": address_of("programme:privacy"),
    }


def pending_facts(message: Message, meeting: Meeting) -> Facts:
    """Nothing that anybody typed: whose address this is, is not known yet."""
    registration = message.registration
    code = tokens.code(registration)
    has_held = registration.places.held().exists() and registration.held_until > clock.now()
    return {
        "confirm_url": address_of("registration:confirm", tokens.confirm_token(registration)),
        "code": f"{code[:3]} {code[3:]}",
        "kept_until": registration.held_until if has_held else None,
        "is_waiting": registration.places.waiting().exists(),
        "lapses_at": registration.lapses_at,
    }


def moved_facts(message: Message, meeting: Meeting) -> Facts:
    """An organiser wrote this address: nothing of the person until its reader has answered."""
    token = tokens.confirm_token(message.registration)
    return {"confirm_url": address_of("registration:confirm", token)}


def own_facts(message: Message, meeting: Meeting) -> Facts:
    registration = message.registration
    return {
        "registration": registration,
        "own_url": address_of("registration:own", tokens.own_token(registration)),
        "lines": attendance_lines(registration, meeting),
    }


def confirmed_facts(message: Message, meeting: Meeting) -> Facts:
    sessions = Session.objects.published().in_order()
    if not message.registration.is_in_person:
        sessions = sessions.followed_online()
    return own_facts(message, meeting) | {
        "qr": enclosures.qr(message.registration.reference),
        "first_session": sessions.first(),
        "venue_url": address_of("programme:venue"),
        "live_url": address_of("programme:live"),
        "programme_url": address_of("programme:session-list"),
    }


def mailbox_facts(message: Message, meeting: Meeting) -> Facts:
    """Of those whose address is not proven, nothing that anybody typed: only their links."""
    mailbox = Registration.objects.for_mailbox(message.registration.email_key or "")
    listed = list(mailbox.with_links(clock.now()).order_by("full_name", "pk"))
    proven = [person for person in listed if not (person.is_pending or person.moved_at)]
    return {
        "people": [(one, own_address_of(one)) for one in proven if one.is_confirmed],
        "ended": [(one, own_address_of(one)) for one in proven if not one.is_confirmed],
        "to_confirm": [confirm_address_of(one) for one in listed if one not in proven],
        "most": MAILBOX_SIZE,
        "unconfirmed": mailbox.pending().count(),
        "was_asked_for": message.history.event == History.Event.LINK_LOST,
    }


def own_address_of(registration: Registration) -> str:
    return address_of("registration:own", tokens.own_token(registration))


def confirm_address_of(registration: Registration) -> str:
    return address_of("registration:confirm", tokens.confirm_token(registration))


def promoted_facts(message: Message, meeting: Meeting) -> Facts:
    return own_facts(message, meeting) | {"lines": lines_of(called(message), meeting)}


def cancelled_facts(message: Message, meeting: Meeting) -> Facts:
    registration = message.registration
    given_back = registration.places.released().for_history(message.history)
    state = meeting.registration_state(clock.now())
    return {
        "registration": registration,
        "lines": lines_of(given_back, meeting),
        "is_open": state == RegistrationState.OPEN,
        "sign_up_url": address_of("registration:sign-up"),
    }


FACTS: dict[str, Callable[[Message, Meeting], Facts]] = {
    Message.Kind.PENDING: pending_facts,
    Message.Kind.MOVED: moved_facts,
    Message.Kind.CONFIRMED: confirmed_facts,
    Message.Kind.ALREADY: own_facts,
    Message.Kind.MAILBOX: mailbox_facts,
    Message.Kind.PROMOTED: promoted_facts,
    Message.Kind.CANCELLED: cancelled_facts,
}
