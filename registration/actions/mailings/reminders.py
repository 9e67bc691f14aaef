"""Reminders: each goes once to each person, if the organisers have it on."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from eim import clock
from programme.models import Meeting
from registration.actions.messages import write_history, write_message
from registration.actions.places import locked_places
from registration.models import History, Message, Place, Registration, Reminder
from registration.models.messages import Kind, MessageQuerySet
from registration.models.registrations import RegistrationQuerySet

# People in one transaction: all other requests wait for the lock meanwhile.
AT_ONCE = 100
# After a longer outage of the worker it is not sent: “are you coming?” too late only confuses.
LATEST = timedelta(days=2)


def remind() -> int:
    """Write the reminders that are due, each to at most `AT_ONCE` people; return how many."""
    meeting = Meeting.objects.first()
    if meeting is None or not meeting.takes_place:
        return 0
    now = clock.now()
    wanted = [reminder for reminder in Reminder.ensured() if reminder.is_on]
    return sum(
        write_reminders(reminder, meeting)
        for reminder in wanted
        if people_due(reminder, meeting, now).exists()
    )


def write_reminders(reminder: Reminder, meeting: Meeting) -> int:
    with locked_places() as lock:
        # Asked again under the lock: another worker may have been first.
        people = list(people_due(reminder, meeting, lock.now).order_by("pk")[:AT_ONCE])
        for registration in people:
            history = write_history(registration, History.Event.REMINDED, lock.now)
            write_message(Kind(reminder.about), registration, history)
    return len(people)


def people_due(reminder: Reminder, meeting: Meeting, now: datetime) -> RegistrationQuerySet:
    if reminder.about == Reminder.About.UNCONFIRMED:
        return unconfirmed(reminder, now)
    return coming(reminder, meeting, now)


def unconfirmed(reminder: Reminder, now: datetime) -> RegistrationQuerySet:
    """Return pending registrations that have not lapsed, not reminded since they signed up."""
    since = now - timedelta(hours=reminder.lead)
    told = written(reminder).filter(created_at__gte=OuterRef("submitted_at"))
    rows = Registration.objects.pending().filter(submitted_at__lte=since)
    return rows.exclude(pk__in=Registration.objects.lapsed(now)).exclude(Exists(told))


def coming(reminder: Reminder, meeting: Meeting, now: datetime) -> RegistrationQuerySet:
    """Return people who were confirmed before the reminder's hour and take part, online or not.

    A reminder of earlier days, before the meeting was postponed, was another one.
    """
    start = reminder.goes_out_at(meeting)
    end = min(start + LATEST, meeting.begins_at)
    if not start <= now < end:
        return Registration.objects.none()
    has_place = Place.objects.taken().in_person().filter(registration=OuterRef("pk"))
    takes_part = Q(attendance=Registration.Attendance.ONLINE) | Exists(has_place)
    told = written(reminder).filter(created_at__gte=start).exclude(was_kept_back())
    rows = Registration.objects.confirmed().with_proven_address().filter(confirmed_at__lt=start)
    return rows.filter(takes_part).exclude(email="").exclude(Exists(told))


def was_kept_back() -> Q:
    """Match mails that were skipped, if people have been told since how the meeting stands.

    Those skipped for another reason, such as a mailbox that wants none, would be skipped again.
    """
    told = History.objects.filter(
        event=History.Event.STANDING_TOLD,
        registration=OuterRef("registration"),
        happened_at__gt=OuterRef("created_at"),
    )
    return Q(Exists(told), state=Message.State.SKIPPED)


def written(reminder: Reminder) -> MessageQuerySet:
    """Return the mails of this reminder to the registration of the outer query."""
    return Message.objects.filter(kind=reminder.about, registration=OuterRef("pk"))
