"""Whether what a mail says is still true when it is sent."""

from datetime import timedelta

from django.db.models import Q

from eim import clock
from programme.models import Meeting, Session
from programme.models.meeting import Standing
from programme.models.phases import is_meeting_over
from registration.models import History, Letter, Message, Quota, Registration
from registration.models.messages import BY_STANDING
from registration.models.places import PlaceQuerySet

# A link that works for ten minutes is of no use to somebody who asked for it long ago.
FRESHNESS = timedelta(hours=1)
# Mails that speak of a meeting to come: they ask to confirm, and say where to be and when.
UNTIL_THE_END = (
    Message.Kind.PENDING,
    Message.Kind.UNCONFIRMED,
    Message.Kind.CONFIRMED,
    Message.Kind.ALREADY,
    Message.Kind.PROMOTED,
    Message.Kind.SESSION_CANCELLED,
    Message.Kind.SESSION_MOVED,
)


def is_still_true(message: Message) -> bool:
    """Tell whether the message is true now and has an address to go to."""
    if not message.address or is_too_late(message):
        return False
    if message.letter:
        return is_letter_still_for(message)
    if message.kind == Message.Kind.NEWS_KEPT:
        return True
    registration = message.registrant
    match message.kind:
        case Message.Kind.MAILBOX:
            return True
        case Message.Kind.PENDING:
            return can_be_confirmed(registration)
        case Message.Kind.UNCONFIRMED:
            return can_be_confirmed(registration) and Meeting.objects.get().takes_place
        case Message.Kind.MOVED | Message.Kind.DESK:
            return registration.is_confirmed and registration.is_unproven
        case Message.Kind.NEW_ADDRESS:
            return message.mailbox == registration.new_email_key
        case Message.Kind.ADDRESS_LEFT:
            return message.mailbox != registration.email_key
    # All others contain what somebody typed: they go only to a proven mailbox.
    return not registration.is_unproven and is_true_for_proven_mailbox(message)


def is_letter_still_for(message: Message) -> bool:
    """Tell whether the letter was not stopped, and its reader is who they were when it was sent.

    Letters contain what somebody typed: they go only to a proven mailbox.
    """
    if message.told_letter.state == Letter.State.STOPPED:
        return False
    registration = message.registration
    if registration is None or (registration.is_confirmed and not registration.is_unproven):
        return True
    # A letter to people who had cancelled before is for them.
    if registration.state != Registration.State.CANCELLED or registration.is_unproven:
        return False
    ended_at = registration.cancelled_at
    return ended_at is not None and ended_at <= message.created_at


def is_too_late(message: Message) -> bool:
    """Tell whether the meeting is over, and with it what the message speaks of."""
    is_to_register = message.kind == Message.Kind.MAILBOX and not was_link_lost(message)
    if message.kind not in UNTIL_THE_END and not is_to_register:
        return False
    return is_meeting_over(Meeting.objects.get(), clock.now())


def was_link_lost(message: Message) -> bool:
    """Tell whether somebody asked for the links of a mailbox, not for one more registration."""
    return message.because_of.event == History.Event.LINK_LOST


def can_be_confirmed(registration: Registration) -> bool:
    return registration.is_pending and registration.lapses_at > clock.now()


def is_true_for_proven_mailbox(message: Message) -> bool:
    registration, quota = message.registrant, message.because_of.quota
    if message.kind in BY_STANDING.values():
        return registration.is_confirmed and is_of_present_standing(message)
    match message.kind:
        case Message.Kind.CANCELLED:
            return registration.state == Registration.State.CANCELLED
        case Message.Kind.FRESH_LINK:
            age = clock.now() - message.because_of.happened_at
            return registration.confirmed_at is not None and age < FRESHNESS
        case Message.Kind.PROMOTED:
            is_off = Meeting.objects.get().standing == Standing.CANCELLED
            return registration.is_confirmed and not is_off and is_first_of_its_moment(message)
        case Message.Kind.SESSION_CANCELLED:
            is_held = quota and quota.session and quota.session.state == Session.State.PUBLISHED
            return registration.is_confirmed and not is_held and not is_session_over(quota)
        case Message.Kind.SESSION_MOVED:
            return registration.is_confirmed and bool(moves_told(message))
        case Message.Kind.WEEK_BEFORE | Message.Kind.DAYS_BEFORE:
            return registration.is_confirmed and takes_part(registration)
    return registration.is_confirmed


def moves_told(message: Message) -> list[History]:
    """Return why a mail about moves was written: one event for each session that still matters.

    A plan that moves several sessions of a person writes their events at one moment, and one mail.
    """
    because = message.because_of
    together = Q(event=because.event, happened_at=because.happened_at)
    events = message.registrant.history.filter(Q(pk=because.pk) | together)
    seats = message.registrant.places.taken().values("quota")
    rows = events.filter(quota__in=seats).select_related("quota__session").order_by("pk")
    return [history for history in rows if not is_session_over(history.quota)]


def is_session_over(quota: Quota | None) -> bool:
    return bool(quota and quota.session and quota.session.is_over(clock.now()))


def is_of_present_standing(message: Message) -> bool:
    """Tell whether the meeting still stands so, and this is the last mail that says it."""
    kind = BY_STANDING[Standing(Meeting.objects.get().standing)]
    later = message.registrant.messages.filter(kind=kind, pk__gt=message.pk)
    return message.kind == kind and not later.exists()


def takes_part(registration: Registration) -> bool:
    """Tell whether the meeting is ahead and the person is online or has a place in person."""
    meeting = Meeting.objects.get()
    is_ahead = meeting.takes_place and clock.now() < meeting.begins_at
    is_somewhere = not registration.is_in_person or registration.has_place_in_person()
    return is_ahead and is_somewhere


def is_first_of_its_moment(message: Message) -> bool:
    """Tell whether this is the first mail about places given at one moment: it names them all."""
    others = message.registrant.messages.filter(
        kind=message.kind, history__happened_at=message.because_of.happened_at, pk__lt=message.pk
    )
    return given_places(message).exists() and not others.exists()


def given_places(message: Message) -> PlaceQuerySet:
    """Return what the event gave and is still taken, without seats of sessions that have begun."""
    given = message.registrant.places.taken().for_history(message.because_of)
    return given.exclude(quota__session__starts_at__lte=clock.now())
