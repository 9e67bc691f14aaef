"""Everything the site stores about a person, for them: see docs/own-data-format.md."""

from datetime import datetime

from programme.models import Meeting, Person
from registration.actions.consents.news import proven_mailbox
from registration.answers import EVERY_ANSWER, OWN_DATA_KEYS, with_new_email
from registration.models import Bounce, Consent, History, Message, NewsAddress, Place, Registration
from registration.models.messages import MessageQuerySet

VERSION = 1


def own_data(registration: Registration, meeting: Meeting, now: datetime) -> dict[str, object]:
    history = registration.history.select_related("quota__session")
    places = registration.places.with_quotas().with_positions()
    return {
        "format": VERSION,
        "made_at": moment(now),
        "meeting": meeting.name,
        "registration": facts_of(registration),
        "places": [place_of(place) for place in places],
        "consents": [consent_of(consent) for consent in registration.consents.all()],
        "history": [event_of(event) for event in history],
        "mails": [mail_of(message) for message in mails_of(registration)],
        "news": news_of(registration),
        "speaker": speaker_of(registration.person) if registration.person else None,
    }


def facts_of(registration: Registration) -> dict[str, object]:
    return {
        "reference": registration.reference,
        "state": registration.state,
        **answers_of(registration),
        "category": registration.category,
        "speaker_in_the_programme": str(registration.person) if registration.person else None,
        **{name: moment(getattr(registration, name)) for name in MOMENTS},
    }


def answers_of(registration: Registration) -> dict[str, object]:
    """Return every answer, and the address that has yet to be proven, by its documented key."""
    names = with_new_email(EVERY_ANSWER)
    found = {OWN_DATA_KEYS.get(name, name): getattr(registration, name) for name in names}
    return found | {"country": str(registration.country)}


MOMENTS = (
    "submitted_at",
    "confirmed_at",
    "unproven_since",
    "cancelled_at",
    "expired_at",
    "coming_at",
    "erased_at",
)


def place_of(place: Place) -> dict[str, object]:
    return {
        "code": place.quota.code,
        "name": str(place.quota),
        "state": place.state,
        "number": place.number,
        "place_in_line": place.position if place.is_waiting else None,
        "since": moment(place.changed_at),
    }


def consent_of(consent: Consent) -> dict[str, object]:
    return {
        "purpose": consent.purpose,
        "text_version": consent.text_version,
        "language": consent.language,
        "given_at": moment(consent.given_at),
        "withdrawn_at": moment(consent.withdrawn_at),
    }


def event_of(event: History) -> dict[str, object]:
    """Tell that an organiser acted, but neither their name nor their note."""
    return {
        "event": event.event,
        "at": moment(event.happened_at),
        "by": "organisers" if event.actor_id else "person or site",
        "of": event.quota.code if event.quota else None,
        "note": "" if event.actor_id else event.note,
    }


def mails_of(owner: Registration | Person) -> MessageQuerySet:
    return owner.messages.select_related("letter", "bounce").order_by("pk")


def mail_of(message: Message) -> dict[str, object]:
    return {
        "kind": message.kind,
        "subject": subject_of(message),
        "to": message.to,
        "state": message.state,
        "written_at": moment(message.created_at),
        "sent_at": moment(message.sent_at),
        "came_back": bounce_of(getattr(message, "bounce", None)),
    }


def bounce_of(bounce: Bounce | None) -> dict[str, object] | None:
    """Tell what the server of the mailbox reported, or an organiser noted."""
    if bounce is None:
        return None
    told = {"what": bounce.kind, "why": bounce.reason, "code": bounce.status}
    told |= {"words": bounce.answer, "reported_at": moment(bounce.reported_at)}
    return told | {"settled_at": moment(bounce.cleared_at)}


def subject_of(message: Message) -> str | None:
    """Return the subject of a letter; that of another mail is what its kind says."""
    return message.letter.subject_in(message.own_language) if message.letter else None


def news_of(registration: Registration) -> dict[str, object] | None:
    """Return the address for news of the person's mailbox, which outlives the registration."""
    row = NewsAddress.objects.filter(email_key=proven_mailbox(registration)).first()
    if row is None:
        return None
    return {
        "address": row.address,
        "language": row.language,
        "text_version": row.text_version,
        "given_at": moment(row.given_at),
    }


def speaker_of(person: Person) -> dict[str, object]:
    """Return what the organisers know of a speaker, and the programme does not show."""
    return {
        "email": person.email,
        "language_of_mails": person.mail_language,
        "consents": [consent_of(consent) for consent in person.consents.all()],
        "mails": [mail_of(message) for message in mails_of(person)],
    }


def moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
