"""Whether a mail still tells the truth at the moment it is sent."""

from datetime import timedelta

from eim import clock
from programme.models import Meeting, Session
from registration.models import Message, Registration
from registration.models.places import PlaceQuerySet

# A link that serves ten minutes is of no use to who asked for it long ago.
FRESHNESS = timedelta(hours=1)


def is_still_true(message: Message) -> bool:
    """Whether what the message tells holds now, and there is an address to tell it to."""
    registration = message.registration
    if not message.address:
        return False
    match message.kind:
        case Message.Kind.MAILBOX:
            return True
        case Message.Kind.PENDING | Message.Kind.UNCONFIRMED:
            return can_be_confirmed(registration)
        case Message.Kind.MOVED | Message.Kind.DESK:
            return registration.is_confirmed and registration.is_unproven
        case Message.Kind.NEW_ADDRESS:
            return message.mailbox == registration.new_email_key
        case Message.Kind.ADDRESS_LEFT:
            return message.mailbox != registration.email_key
    # All others tell what somebody typed: only to a mailbox whose reader has pressed the button.
    return not registration.is_unproven and is_true_of_a_reader(message)


def can_be_confirmed(registration: Registration) -> bool:
    return registration.is_pending and registration.lapses_at > clock.now()


def is_true_of_a_reader(message: Message) -> bool:
    """Of somebody whose address is known to be theirs."""
    registration, quota = message.registration, message.history.quota
    match message.kind:
        case Message.Kind.CANCELLED:
            return registration.state == Registration.State.CANCELLED
        case Message.Kind.FRESH_LINK:
            age = clock.now() - message.history.happened_at
            return registration.confirmed_at is not None and age < FRESHNESS
        case Message.Kind.PROMOTED:
            return registration.is_confirmed and is_first_of_its_moment(message)
        case Message.Kind.SESSION_CANCELLED:
            is_held = quota and quota.session and quota.session.state == Session.State.PUBLISHED
            return registration.is_confirmed and not is_held
        case Message.Kind.SESSION_MOVED:
            has_seat = registration.places.taken().filter(quota=quota).exists()
            return registration.is_confirmed and has_seat
        case Message.Kind.WEEK_BEFORE | Message.Kind.DAYS_BEFORE:
            return registration.is_confirmed and takes_part(registration)
    return registration.is_confirmed


def takes_part(registration: Registration) -> bool:
    """Before the meeting has begun, online or with a place in person."""
    is_ahead = clock.now() < Meeting.objects.get().begins_at
    is_somewhere = not registration.is_in_person or registration.has_place_in_person()
    return is_ahead and is_somewhere


def is_first_of_its_moment(message: Message) -> bool:
    """Whoever is called to several things at once gets one mail that tells of all of them."""
    others = message.registration.messages.filter(
        kind=message.kind, history__happened_at=message.history.happened_at, pk__lt=message.pk
    )
    return called(message).exists() and not others.exists()


def called(message: Message) -> PlaceQuerySet:
    return message.registration.places.taken().for_history(message.history)
