from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from eim import clock
from programme.models import Meeting
from registration.actions import purge, terms
from registration.actions.erasure import Term


class Command(BaseCommand):
    help = "Erases the personal data whose time is over; the worker does the same once an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would be erased, and erase nothing."
        )

    def handle(self, *, dry_run: bool, **options: object) -> None:
        meeting = Meeting.objects.first()
        if meeting is None:
            raise CommandError("There is no meeting yet: load one with load_meeting.")
        done = terms(meeting, clock.now()) if dry_run else purge()
        verb = "would be erased" if dry_run else "erased"
        self.tell("Access needs", done.needs, verb)
        self.tell("Personal data", done.personal, verb)
        self.tell("Names with questions", done.asked, verb, counted=("question", "questions"))
        self.tell("Addresses of people of the programme", done.speakers, verb)
        self.tell("Recipients of letters", done.letters, verb, counted=("e-mail", "e-mails"))

    def tell(
        self, what: str, term: Term, verb: str, counted: tuple[str, str] = ("person", "people")
    ) -> None:
        words = counted[term.people != 1]
        until = term.kept_until or "new dates are known"
        self.stdout.write(f"{what}: kept until {until}; {term.people} {words} {verb}.")
