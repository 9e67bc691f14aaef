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
from registration.actions import erase, stop_news
from registration.models import NewsAddress, Registration, Suppression
from registration.tokens import NewsClaim

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
    # Keys of the addresses for news, and the first that this database had not given yet.
    news: set[int] = field(default_factory=set)
    next_news: int = 1


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """Numbers of people erased again, and of mailboxes suppressed again."""

    erased: int
    suppressed: int


def outlasting(manifest: Manifest) -> Outlasting:
    """Read what the present database knows, if it has tables, and add what it cannot know."""
    tables = {model._meta.db_table: model for model in present_tables()}
    keys = next_keys(tables.values())
    next_news = keys.get(NewsAddress._meta.db_table, 1)
    for name, key in manifest.next_keys.items():
        keys[name] = max(key + GIVEN_SINCE, keys.get(name, 1))
    found = Outlasting(next_keys=keys, next_news=next_news)
    if meetings := tables.get(Meeting._meta.db_table):
        found.version = meetings._base_manager.aggregate(last=Max("version"))["last"] or 0
    registrations = tables.get(Registration._meta.db_table)
    if registrations and "erased_at" in columns(registrations):
        erased = registrations._base_manager.exclude(erased_at=None)
        found.erased = set(erased.values_list("reference", flat=True))
    if suppressions := tables.get(Suppression._meta.db_table):
        facts = [name for name in columns(suppressions) if name != "id"]
        found.suppressed = list(suppressions._base_manager.values(*facts))
    if addresses := tables.get(NewsAddress._meta.db_table):
        found.news = set(addresses._base_manager.values_list("pk", flat=True))
        last = max(found.news, default=0) + 1
        # A restore raises the next key past keys that were never given here: they are not deleted.
        if next_news - last >= GIVEN_SINCE:
            found.next_news = last
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
    delete_news_again(found)
    return Repeated(
        erased=erase_again(found.erased),
        suppressed=sum(suppress_again(**facts) for facts in found.suppressed),
    )


def erase_again(references: set[str]) -> int:
    known = Registration.objects.filter(erased_at=None).only("pk", "reference")
    back = [row for row in known if row.reference in references] if references else []
    for registration in back:
        # Whoever kept their address for news has it; the others' are deleted by now.
        erase(registration, keeps_news=True)
    return len(back)


def delete_news_again(found: Outlasting) -> None:
    """Delete the addresses for news that were deleted here since the backup was made.

    Those that this database never had stay: it is another one.
    """
    restored = NewsAddress.objects.filter(pk__lt=found.next_news)
    gone = set(restored.values_list("pk", flat=True)) - found.news
    for address in restored.filter(pk__in=gone):
        stop_news(NewsClaim(address.pk, address.link_version))


def suppress_again(*, mailbox: str, is_of_reminders: bool = False, **facts: Any) -> bool:
    """Suppress a mailbox as far as it was; return whether the backup did not know that."""
    facts["is_of_reminders"] = is_of_reminders
    row, is_new = Suppression.objects.get_or_create(mailbox=mailbox, defaults=facts)
    is_more = row.is_of_reminders and not is_of_reminders
    if is_more:
        Suppression.objects.filter(pk=row.pk).update(**facts)
    return is_new or is_more
