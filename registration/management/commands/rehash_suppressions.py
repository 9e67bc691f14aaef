from itertools import batched

from django.core.management.base import BaseCommand

from eim.lib.normalising import email_key
from programme.models import Person
from registration.actions import rehash
from registration.models import Message, NewsAddress, Registration, Suppression

AT_ONCE = 500


class Command(BaseCommand):
    help = (
        "Stores the addresses to which the site does not write under the present SECRET_KEY, as "
        "far as a registration or an e-mail has them: of the others it has no more than a hash."
    )

    def handle(self, **options: object) -> None:
        moved = sum(rehash(some) for some in batched(known_addresses(), AT_ONCE))
        self.stdout.write(
            f"Addresses to which the site does not write: {Suppression.objects.count()}. "
            f"Moved from an older key to the present one: {moved}."
        )


def known_addresses() -> list[str]:
    columns = [
        Registration.objects.values_list("email"),
        Registration.objects.values_list("new_email"),
        Message.objects.values_list("to"),
        Person.objects.values_list("email"),
        NewsAddress.objects.values_list("address"),
    ]
    return sorted({email_key(address) for rows in columns for (address,) in rows if address})
