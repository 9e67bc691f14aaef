"""Carry over what must outlast replaced rows: keys, versions, who was erased or wants no mail."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Max

from eim.backups.manifests import Manifest
from eim.backups.next_keys import next_keys, raise_next_keys
from eim.backups.rows import columns
from eim.backups.schema import present_tables
from programme.actions import bump_version
from programme.models import Meeting
from registration.actions import erase
from registration.models import Registration, Suppression

# Keys given since the backup was made are in links of e-mails, and versions in addresses that
# browsers keep: none may be given again to something else. A site gives fewer between two backups.
GIVEN_SINCE = 100_000


@dataclass(kw_only=True)
class Outlasting:
    next_keys: dict[str, int] = field(default_factory=dict)
    version: int = 0
    # References of erased registrations.
    erased: set[str] = field(default_factory=set)
    # Rows of mailboxes to which nobody writes.
    suppressed: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """Numbers of people erased again, and of mailboxes suppressed again."""

    erased: int
    suppressed: int


def outlasting(manifest: Manifest) -> Outlasting:
    """Read what the present database knows, if it has tables, and add what it cannot know."""
    tables = {model._meta.db_table: model for model in present_tables()}
    keys = next_keys(tables.values())
    for name, key in manifest.next_keys.items():
        keys[name] = max(key + GIVEN_SINCE, keys.get(name, 1))
    found = Outlasting(next_keys=keys)
    if meetings := tables.get(Meeting._meta.db_table):
        found.version = meetings._base_manager.aggregate(last=Max("version"))["last"] or 0
    registrations = tables.get(Registration._meta.db_table)
    if registrations and "erased_at" in columns(registrations):
        erased = registrations._base_manager.exclude(erased_at=None)
        found.erased = set(erased.values_list("reference", flat=True))
    if suppressions := tables.get(Suppression._meta.db_table):
        facts = [name for name in columns(suppressions) if name != "id"]
        found.suppressed = list(suppressions._base_manager.values(*facts))
    return found


def carry_over(found: Outlasting) -> Repeated:
    """Carry it over into the restored rows, in whose transaction it runs."""
    tables = present_tables()
    # Also of tables that came after the backup: they have given keys, too.
    least = {model._meta.db_table: 1 + GIVEN_SINCE for model in tables}
    raise_next_keys(tables, least)
    raise_next_keys(tables, found.next_keys)
    bump_version()
    Meeting.objects.filter(version__lte=found.version).update(version=found.version)
    Meeting.objects.update(version=F("version") + GIVEN_SINCE)
    return Repeated(
        erased=erase_again(found.erased),
        suppressed=sum(suppress_again(**facts) for facts in found.suppressed),
    )


def erase_again(references: set[str]) -> int:
    known = Registration.objects.filter(erased_at=None).only("pk", "reference")
    back = [row for row in known if row.reference in references] if references else []
    for registration in back:
        erase(registration)
    return len(back)


def suppress_again(*, mailbox: str, is_of_reminders: bool = False, **facts: Any) -> bool:
    """Suppress a mailbox as far as it was; return whether the backup did not know that."""
    facts["is_of_reminders"] = is_of_reminders
    row, is_new = Suppression.objects.get_or_create(mailbox=mailbox, defaults=facts)
    is_more = row.is_of_reminders and not is_of_reminders
    if is_more:
        Suppression.objects.filter(pk=row.pk).update(**facts)
    return is_new or is_more
