"""The first steps of setting up a meeting, and which of them are done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from eim.back_office.mail_health.page import may_see_health
from eim.back_office.roles.table import BY_CODE, COORDINATION
from programme.models import Meeting, Room, Session
from registration.models import Quota, SenderHealth
from registration.outbox.sender.records import has_sender


@dataclass(frozen=True, kw_only=True)
class Step:
    words: str
    is_done: bool
    # Empty if nobody does it in the back office, or not this person.
    url: str = ""


def first_steps(user: User, meeting: Meeting | None, now: datetime) -> list[Step]:
    """Return all steps to who can do one of them, until all are done or the meeting is over."""
    if meeting and meeting.day_of(now) > meeting.last_day:
        return []
    steps = [*steps_of_meeting(user, meeting), *steps_of_programme(user), *steps_of_site(user)]
    is_finished = all(step.is_done for step in steps)
    return steps if any(step.url for step in steps) and not is_finished else []


def steps_of_meeting(user: User, meeting: Meeting | None) -> Iterator[Step]:
    page = address(user, "programme.add_meeting", "programme_meeting_add")
    if meeting:
        permission = "programme.change_meeting"
        page = address(user, permission, "programme_meeting_change", meeting.pk)
    yield Step(
        words=gettext("Write down the meeting: its name, its days, its venue"),
        is_done=meeting is not None,
        url=page,
    )
    yield Step(
        words=gettext("Give the address to which people write with questions"),
        is_done=bool(meeting and meeting.contact_email),
        url=page,
    )
    yield Step(
        words=gettext("Write the privacy notice"),
        is_done=bool(meeting and meeting.privacy_notice),
        url=page,
    )
    yield Step(
        words=gettext("Say when registration opens"),
        is_done=bool(meeting and meeting.registration_opens_at),
        url=page,
    )


def steps_of_programme(user: User) -> Iterator[Step]:
    yield Step(
        words=gettext("Add the rooms"),
        is_done=Room.objects.exists(),
        url=address(user, "programme.add_room", "programme_room_add"),
    )
    yield Step(
        words=gettext("Add the sessions, and publish the first"),
        is_done=Session.objects.published().exists(),
        url=address(user, "programme.add_session", "programme_session_changelist"),
    )
    yield Step(
        words=gettext("Open the places in person, if there are any"),
        is_done=Quota.objects.in_person().exists(),
        url=address(user, "registration.add_quota", "registration_quota_add"),
    )


def steps_of_site(user: User) -> Iterator[Step]:
    yield Step(
        words=gettext("Set the sender of the e-mails (whoever runs the site: DEFAULT_FROM_EMAIL)"),
        is_done=has_sender(settings.DEFAULT_FROM_EMAIL),
    )
    if health := SenderHealth.known():
        yield Step(
            words=gettext("Have the e-mails arrive: the sender’s entries in the DNS"),
            is_done=not health.is_to_attend,
            url=reverse("admin:mail_health") if may_see_health(user) else "",
        )
    yield Step(
        words=gettext(
            "Give a second person the role “%(role)s”: one alone may lose their telephone"
        )
        % {"role": BY_CODE[COORDINATION].name},
        is_done=are_there_two_coordinators(),
        url=address(user, "auth.add_user", "auth_user_changelist"),
    )


def are_there_two_coordinators() -> bool:
    """Count whoever may give accounts and their second steps back to others."""
    strong = Q(is_superuser=True) | Q(groups__name=COORDINATION)
    return User.objects.filter(strong, is_active=True, is_staff=True).distinct().count() > 1


def address(user: User, permission: str, name: str, *keys: object) -> str:
    return reverse(f"admin:{name}", args=keys) if user.has_perm(permission) else ""
