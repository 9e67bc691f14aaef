from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eim import clock
from programme.models import Meeting
from registration.actions import purge, terms
from registration.actions.erasure import Term

# What a line of the table is called, and what is counted of it; pages close, and erase nothing.
LINES = {
    "needs": ("Access needs", ("person", "people")),
    "own_page": ("People's own pages", None),
    "participants": ("List of participants", None),
    "personal": ("Personal data", ("person", "people")),
    "asked": ("Names with questions", ("question", "questions")),
    "letters": ("Recipients of letters", ("e-mail", "e-mails")),
    "speakers": ("Addresses of speakers", ("person", "people")),
    "news": ("Addresses for news", ("address", "addresses")),
}


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
        for name, term in done.items():
            self.tell(name, term, "would be erased" if dry_run else "erased")
        days = settings.DEEDS_KEPT_DAYS
        self.stdout.write(f"Organisers' deeds: kept {days} days; the worker deletes older ones.")

    def tell(self, name: str, term: Term, verb: str) -> None:
        what, counted = LINES[name]
        until = f"until {term.kept_until or 'new dates are known'}"
        if name == "news":
            until = f"{settings.NEWS_KEPT_YEARS} years after the last consent"
        if counted is None:
            self.stdout.write(f"{what}: open {until}.")
            return
        self.stdout.write(f"{what}: kept {until}; {term.due} {counted[term.due != 1]} {verb}.")
