from argparse import ArgumentParser
from io import StringIO
from typing import Any

import segno
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice


class Command(BaseCommand):
    help = "Creates a second step for a member of staff, and shows it as a QR code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="app", help="a name for the phone or app")
        parser.add_argument(
            "--replace", action="store_true", help="delete the devices that the person has"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is nobody of the name “{options['username']}”.")
        device = create_device(user, options["name"], replace=options["replace"])
        self.stdout.write(device.config_url)
        self.stdout.write(terminal_qr(device.config_url))
        self.stdout.write(f"1 second step for {user}: scan it with an authenticator app.")
        self.stdout.write("Then make recovery codes in the back office, under “My account”.")
        if not user.is_staff:
            self.stdout.write(f"{user} is not staff yet: the back office will not let them in.")


def create_device(user: User, name: str, *, replace: bool) -> TOTPDevice:
    with transaction.atomic():
        if replace:
            TOTPDevice.objects.filter(user=user).delete()
        return TOTPDevice.objects.create(user=user, name=name, confirmed=True)


def terminal_qr(address: str) -> str:
    picture = StringIO()
    segno.make(address, error="m", micro=False).terminal(out=picture, compact=True)
    return picture.getvalue()
