from typing import Any

from django.core.management.base import BaseCommand

from eim.back_office.colleagues.inviting import forget_old_invitations


class Command(BaseCommand):
    help = "Deletes invitations of colleagues as old as DEEDS_KEPT_DAYS; the worker runs it."

    def handle(self, *args: Any, **options: Any) -> None:
        count = forget_old_invitations()
        self.stdout.write(f"{count} invitations deleted.")
