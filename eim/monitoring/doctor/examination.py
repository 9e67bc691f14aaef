"""Put all checks in order: what needs no database beside each other, then what asks for rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.checks import WARNING, run_checks

from eim.lib.databases.patience import patience
from eim.monitoring.doctor import databases, folders, site_rows
from eim.monitoring.doctor.findings import Finding, Level, broken, doubtful, well
from eim.monitoring.doctor.relay import relay
from eim.monitoring.doctor.running import Checkup, guarded, run_all
from eim.monitoring.doctor.sender import sender_records
from eim.monitoring.doctor.site import checks_of
from eim.monitoring.doctor.static import static_files
from eim.monitoring.doctor.variables import faults_of_file, refused, unreadable_file

type Found = tuple[str, Finding]

# Each of them asks the database, which has been found to answer.
OF_ROWS: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
    ("database", databases.version),
    ("clock", databases.clock_of_database),
    ("worker", site_rows.worker),
    ("mails", site_rows.waiting_mails),
    ("accounts", site_rows.accounts),
    ("meeting", site_rows.meeting),
    ("status", site_rows.other_checks),
]


@dataclass(frozen=True, kw_only=True)
class Request:
    """Wishes of the operator beyond the settings; empty: what these say."""

    url: str = ""
    letter_to: str = ""
    selector: str = ""
    name_server: str = ""


def examine(request: Request) -> Iterator[Found]:
    """Yield the name and each finding of all checks; none of them stops the others.

    But nothing is known of a site whose .env cannot be read.
    """
    if unread := list(map(broken, unreadable_file(settings.BASE_DIR))):
        yield from (("settings", finding) for finding in unread)
        return
    for finding in guarded(configuration):
        yield "settings", finding
    yield from of_database()
    yield from run_all(beside_each_other(request))


def configuration() -> Iterator[Finding]:
    """Yield what .env and the settings lack, and what is unsafe in them."""
    yield from map(broken, refused.values())
    yield from map(doubtful, faults_of_file(settings.BASE_DIR))
    messages = list(messages_of_django())
    yield from messages
    if not (refused or messages):
        yield well("The variables are complete and safe.")


def messages_of_django() -> Iterator[Finding]:
    """Yield what `check --deploy` says, but for the stand-ins of variables that are refused."""
    for message in run_checks(include_deployment_checks=True):
        words = " ".join(filter(None, [message.msg, message.hint or ""]))
        if not (message.is_silenced() or any(name in words for name in refused)):
            yield (broken if message.level > WARNING else doubtful)(f"{words} ({message.id})")


def of_database() -> Iterator[Found]:
    """Ask the database; nothing more if it does not answer, or has tables to be made.

    Rows are asked for in this thread, within its patience.
    """
    if "DATABASE_URL" in refused:
        return
    if away := list(run_all([Checkup(name="database", find=databases.reachable)])):
        yield from away
        return
    with patience(databases.LIMIT):
        behind = list(guarded(databases.migrations))
    yield from (("database", finding) for finding in behind)
    yield from run_all([Checkup(name="database", find=databases.time_limits)])
    if any(finding.level == Level.BROKEN for finding in behind):
        return
    for name, check in OF_ROWS:
        with patience(databases.LIMIT):
            yield from ((name, finding) for finding in guarded(check))


def beside_each_other(request: Request) -> Iterator[Checkup]:
    """Yield the checks that need no database, but for those of variables that are refused."""
    yield Checkup(name="zones", find=site_rows.zones)
    yield Checkup(name="disk", find=folders.room)
    yield Checkup(name="folders", find=folders.folders)
    yield Checkup(name="backup", find=folders.backups)
    yield Checkup(name="backup", find=folders.backup_unit)
    yield Checkup(name="static", find=static_files)
    if "MAIL_URL" not in refused:
        yield Checkup(name="mail", find=partial(relay, request.letter_to), limit=10)
    if "DEFAULT_FROM_EMAIL" not in refused:
        name_server = request.name_server or settings.NAME_SERVER
        selector = request.selector or settings.DKIM_SELECTOR
        records = partial(sender_records, name_server, selector)
        yield Checkup(name="dns", find=records, limit=10)
    if request.url or "SITE_URL" not in refused:
        for name, find in checks_of(request.url or settings.SITE_URL).items():
            yield Checkup(name=name, find=find, limit=10)
