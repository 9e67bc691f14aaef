"""Find what organisers should attend to, the most serious first: each finder yields items.

A finder yields nothing where all is well. It runs only for users who may see what it counts.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.contrib.auth.models import User

from eim.back_office.attention.bounces import broken_sender, undelivered_mails
from eim.back_office.attention.items import Item
from eim.back_office.attention.letters import letters_that_wait
from eim.back_office.attention.mails import mail_problems
from eim.back_office.attention.people import (
    access_needs,
    incomplete_people,
    left_over_places,
    waiting_people,
)
from eim.back_office.attention.privacy import overdue_erasures
from eim.back_office.attention.recovery_codes import few_recovery_codes
from eim.back_office.attention.same_people import registered_twice, written_twice
from eim.back_office.attention.sessions import (
    crowded_rooms,
    long_sessions,
    missing_channels,
    missing_seats_and_hours,
    overlapping_people,
)
from eim.back_office.attention.translations import missing_translations
from eim.back_office.attention.worker import worker_problems
from programme.models import Meeting

type Finder = Callable[[User, Meeting, datetime], Iterable[Item]]

# Each with the permissions that its user needs; in the order in which the page lists them.
FINDERS: list[tuple[Finder, list[str]]] = [
    (mail_problems, ["registration.view_message"]),
    (worker_problems, ["registration.view_message"]),
    (letters_that_wait, ["registration.send_letter"]),
    (broken_sender, ["registration.view_message"]),
    (undelivered_mails, ["registration.view_message"]),
    (overdue_erasures, ["registration.view_registration"]),
    (missing_channels, ["programme.view_stream", "programme.view_session"]),
    (left_over_places, ["registration.view_registration", "registration.view_quota"]),
    (overlapping_people, ["programme.view_session", "programme.view_person"]),
    (crowded_rooms, ["programme.view_session", "registration.view_quota"]),
    (long_sessions, ["programme.view_session"]),
    (missing_seats_and_hours, ["programme.view_session"]),
    (waiting_people, ["registration.view_registration"]),
    (registered_twice, ["registration.view_registration"]),
    (written_twice, ["programme.view_person"]),
    (access_needs, ["registration.view_registration", "registration.view_needs"]),
    (few_recovery_codes, []),
    (incomplete_people, ["programme.view_person"]),
    (missing_translations, []),
]


def items_for(user: User, meeting: Meeting, now: datetime) -> list[Item]:
    """Run the finders this user may use: at most twenty queries."""
    return [
        item
        for find, permissions in FINDERS
        if user.has_perms(permissions)
        for item in find(user, meeting, now)
    ]
