from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from eim.editions.loading import load
from eim.sample import FEWEST_PEOPLE, FEWEST_SESSIONS, add_registrations, meeting_file
from programme.loading import FileRefused, contents_of
from programme.models import Meeting


class Command(BaseCommand):
    help = (
        "Fills an empty database with an invented meeting, to show the site full. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sessions", type=int, default=60)
        parser.add_argument("--people", type=int, default=90)
        parser.add_argument("--registrations", type=int, default=0)
        parser.add_argument("--start", type=date.fromisoformat, default=date(2024, 11, 25))

    def handle(
        self, *, sessions: int, people: int, registrations: int, start: date, **options: Any
    ) -> None:
        if sessions < FEWEST_SESSIONS or people < FEWEST_PEOPLE:
            sentence = gettext(
                "A sample needs at least %(sessions)s sessions and %(people)s people."
            )
            raise CommandError(sentence % {"sessions": FEWEST_SESSIONS, "people": FEWEST_PEOPLE})
        if Meeting.objects.filter(is_sample=False).exists():
            raise CommandError(
                gettext("There is a real meeting in this database: the sample needs an empty one.")
            )
        contents = contents_of(meeting_file(start=start, sessions=sessions, people_count=people))
        try:
            load(contents, is_sample=True)
        except FileRefused as refused:
            raise CommandError(str(refused)) from refused
        added = add_registrations(registrations)
        self.stdout.write(
            gettext(
                "The sample meeting is there: %(sessions)s sessions, %(people)s people, "
                "%(added)s new registrations."
            )
            % {"sessions": sessions, "people": people, "added": added}
        )
