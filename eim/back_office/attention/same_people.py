"""Find rows that may be one person's: only an organiser can tell, and nothing is merged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Model
from django.urls import reverse
from django.utils.translation import gettext

from eim.back_office.attention.items import Item, ItemLink
from eim.lib.normalising import fold, name_key
from programme.models import Meeting, Person
from registration.models import Registration


def registered_twice(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find live registrations with one address and one name.

    They can only be from before the site folded what looks the same in names.
    """
    live = Registration.objects.live().exclude(email_key=None).order_by()
    shared = live.values("email_key").annotate(people=Count("pk")).filter(people__gt=1)
    rows = live.filter(email_key__in=shared.values("email_key")).order_by("pk")
    for same in groups((row.email_key, name_key(row.full_name), row) for row in rows):
        words = gettext("Perhaps one person, registered twice with one address: cancel one of them")
        yield Item(icon="person", words=words, links=links_to(same))


def written_twice(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find people of the programme with one name, unless their institutions differ."""
    names = Person.objects.order_by().values("name_key").annotate(people=Count("pk"))
    rows = Person.objects.filter(name_key__in=names.filter(people__gt=1).values("name_key"))
    for same in groups((person.name_key, "", person) for person in rows):
        places = [fold(person.institution) for person in same if person.institution]
        if len({*places}) < max(len(places), 2):
            words = gettext("Perhaps one person, twice in the programme")
            yield Item(icon="person", words=words, links=links_to(same))


def groups[Row: Model](keyed: Iterable[tuple[str | None, str, Row]]) -> Iterator[list[Row]]:
    """Yield the rows that have both keys in common with another."""
    found: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for one, other, row in keyed:
        found[one, other].append(row)
    yield from (rows for rows in found.values() if len(rows) > 1)


def links_to(rows: Iterable[Model]) -> list[ItemLink]:
    return [
        ItemLink(
            words=str(row),
            url=reverse(
                f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]
            ),
        )
        for row in rows
    ]
