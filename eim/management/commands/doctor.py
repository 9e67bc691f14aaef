import logging
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import translation

from eim.monitoring.doctor.examination import Request, examine
from eim.monitoring.doctor.findings import Level, line


class Command(BaseCommand):
    help = (
        "Says what is missing, unsafe or unreachable, and what to do; changes nothing. Ends with 1 "
        "if something is broken."
    )
    # They are among the findings.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="", help="Ask this address instead of SITE_URL.")
        parser.add_argument("--mail", default="", metavar="ADDRESS", help="Send a letter there.")
        parser.add_argument(
            "--selector", default="", metavar="NAME", help="Look for this selector's DKIM key."
        )
        parser.add_argument(
            "--name-server", default="", metavar="ADDRESS[:PORT]", help="Ask it about the sender."
        )

    def handle(
        self, *, url: str, mail: str, selector: str, name_server: str, **options: Any
    ) -> None:
        request = Request(
            url=url.rstrip("/"), letter_to=mail, selector=selector, name_server=name_server
        )
        counts = self.tell(request)
        total = ", ".join(f"{counts[level]} {level}" for level in reversed(Level))
        self.stdout.write(f"{total}.")
        if counts[Level.BROKEN]:
            sys.exit(1)

    def tell(self, request: Request) -> Counter[Level]:
        """Print all findings as they come, and nothing that libraries log meanwhile."""
        counts: Counter[Level] = Counter()
        logging.disable(logging.CRITICAL)
        try:
            with translation.override("en"):
                for name, finding in examine(request):
                    self.stdout.write(line(name, finding))
                    counts[finding.level] += 1
        finally:
            # One that was given up: later the pool would log that it throws it away.
            connection.close_if_unusable_or_obsolete()
            logging.disable(logging.NOTSET)
        return counts
