from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from programme.actions import bump_version
from programme.models import Meeting
from registration.actions import open_in_person
from registration.models import Quota

MEETING_FILE = settings.BASE_DIR / "data" / "eim-11.json"
SAMPLE = {"sessions": 60, "people": 90, "registrations": 300}
PLACES_IN_PERSON = 450
OPENS_BEFORE = timedelta(days=60)


class Command(BaseCommand):
    help = "Sets up a demo: tables, a meeting, open registration, an organiser's account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", action="store_true", help="a sample meeting instead")
        parser.add_argument("--organiser", required=True, help="the organiser's user name")
        parser.add_argument("--password-file", type=Path, required=True)

    def handle(self, *, sample: bool, organiser: str, password_file: Path, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is not 1: this is not for a site in use.")
        call_command("migrate", verbosity=0)
        if not Meeting.objects.exists():
            load_meeting(is_sample=sample)
        open_registration(Meeting.objects.get())
        ensure_account(organiser, password_file.read_text().strip())
        call_command("collectstatic", interactive=False, verbosity=0)


def load_meeting(*, is_sample: bool) -> None:
    silent = StringIO()
    if is_sample:
        call_command("sample_meeting", **SAMPLE, stdout=silent)
    else:
        call_command("load_meeting", MEETING_FILE, stdout=silent)


def open_registration(meeting: Meeting) -> None:
    """Open registration, unless an organiser has set its times or its places already."""
    if not meeting.registration_opens_at:
        first = datetime.combine(meeting.first_day, time(9), meeting.zone)
        last = datetime.combine(meeting.last_day, time(18), meeting.zone)
        Meeting.objects.update(
            registration_opens_at=first - OPENS_BEFORE, registration_closes_at=last
        )
        bump_version()
    if not Quota.objects.in_person().exists():
        open_in_person(PLACES_IN_PERSON)


def ensure_account(name: str, password: str) -> None:
    user, _is_new = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True}
    )
    if not user.check_password(password):
        user.set_password(password)
        user.save()
