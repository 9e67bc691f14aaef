"""Which edition of the site is the present one: as long as it stays the same, so do its pages."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from threading import Lock

from django.conf import settings
from django.db.models import F, Value
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from eim import clock
from eim.lib.page_store import Page as KeptPage
from eim.lib.page_store import Pages
from programme.listing import cards
from programme.live import state as live_state
from programme.models import Meeting, Notice, Organisation, Page, Session, Theme
from programme.wording.sessions import fullness

# How long a process goes by what it has read: half of the two seconds in which a change shows.
FRESH = timedelta(seconds=1)

type Seats = tuple[tuple[int, str], ...]


class Surroundings:
    """What stands around every page, each read once: for all pages of a version, or for one."""

    @cached_property
    def meeting(self) -> Meeting | None:
        return Meeting.objects.first()

    @cached_property
    def themes(self) -> list[Theme]:
        return list(Theme.objects.all())

    @cached_property
    def organisations(self) -> list[Organisation]:
        return list(Organisation.objects.all())

    @property
    def organisers(self) -> list[Organisation]:
        return [o for o in self.organisations if o.role == Organisation.Role.ORGANISES]

    @cached_property
    def notices(self) -> list[Notice]:
        return list(Notice.objects.all())

    def notices_at(self, now: datetime) -> list[Notice]:
        return [notice for notice in self.notices if notice.is_shown(now)]

    @cached_property
    def menu_pages(self) -> list[Page]:
        return list(Page.objects.in_menu())

    @cached_property
    def turns(self) -> list[datetime]:
        """The moments at which a page says something else, though nobody has changed anything."""
        moments: set[datetime | None] = set()
        if self.meeting:
            moments |= {self.meeting.registration_opens_at, self.meeting.registration_closes_at}
        for notice in self.notices:
            moments |= {notice.shown_from, notice.shown_until}
        for session in Session.objects.visible().with_hours():
            moments |= turns_of(session)
        return sorted(moment for moment in moments if moment)


def turns_of(session: Session) -> set[datetime | None]:
    """Those of its hours, of its hours as they are expected, and of those near which pages ask
    often."""
    start, end = session.expected_start, session.expected_end
    first = session.starts_at
    near = {first and first - live_state.AROUND, end and end + live_state.AROUND}
    return {first, session.ends_at, start, end, *near}


@dataclass(frozen=True, kw_only=True)
class Edition:
    """The site between two changes: what decides whether a kept page is still true."""

    version: int
    seats: Seats
    around: Surroundings
    since: datetime
    until: datetime
    pages: Pages = field(default_factory=Pages, compare=False)

    @cached_property
    def sessions(self) -> list[Session]:
        """With what cards show: read once for the programme in each language and of each search."""
        return cards.sessions()

    def send(self, page: KeptPage, request: HttpRequest, path: str, query: str) -> HttpResponse:
        """As the client wants it; keeps the page with what it has become by that."""
        response = page.answer(request, self.until - clock.now())
        if request.method == "GET" and page.weight != page.size:
            self.pages.put(page, path, query)
        return response


class Reader:
    """Knows the edition of a process; asks the database at most once a second."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.forget()

    def forget(self) -> None:
        self.edition: Edition | None = None
        self.read_at: datetime | None = None

    def edition_at(self, now: datetime) -> Edition | None:
        with self.lock:
            if not (self.read_at and self.read_at <= now < self.read_at + FRESH):
                self.edition, self.read_at = read(now, self.edition), now
            elif self.edition and not self.edition.since <= now < self.edition.until:
                old = self.edition
                self.edition = edition_of(old.version, old.seats, old.around, now)
            return self.edition


def read(now: datetime, old: Edition | None) -> Edition | None:
    """Before the rows of any page: one that is older is never kept under a newer version."""
    version, seats = version_and_seats()
    if version is None:
        return None
    around = old.around if old and old.version == version else Surroundings()
    new = edition_of(version, seats, around, now)
    return old if new == old else new


def version_and_seats() -> tuple[int | None, Seats]:
    """What changes at any time; of the seats their words, for figures change too often.

    One query, in which the meeting has the key 0.
    """
    columns = ("key", "first", "second")
    meeting = Meeting.objects.annotate(key=Value(0), first=F("version"), second=Value(0))
    seats = Session.objects.visible().filter(quota__isnull=False).order_by()
    seats = seats.annotate(key=F("pk"), first=F("quota__size"), second=F("quota__taken"))
    rows = meeting.values_list(*columns).union(seats.values_list(*columns), all=True)
    version, found = None, []
    for key, first, second in rows:
        if key:
            found.append((key, fullness(size=first, taken=second)))
        else:
            version = first
    return version, tuple(sorted(found))


def edition_of(version: int, seats: Seats, around: Surroundings, now: datetime) -> Edition:
    index = bisect_right(around.turns, now)
    before, after = around.turns[:index][-1:], around.turns[index:][:1]
    return Edition(
        version=version,
        seats=seats,
        around=around,
        since=max([*before, *ticks(around.meeting, now, ahead=0)]),
        until=min([*after, *ticks(around.meeting, now, ahead=1)]),
    )


def ticks(meeting: Meeting | None, now: datetime, *, ahead: int) -> Iterator[datetime]:
    """Midnight at the venue; and each minute in a rehearsal, whose banner says it."""
    zone = meeting.zone if meeting else UTC
    day = now.astimezone(zone).date() + timedelta(days=ahead)
    yield datetime.combine(day, time.min, zone)
    if settings.CLOCK:
        yield now.replace(second=0, microsecond=0) + timedelta(minutes=ahead)


reader = Reader()


def present() -> Edition:
    """Where nothing is kept, and as long as no meeting is known, one that is over at once."""
    now = clock.now()
    known = reader.edition_at(now) if settings.KEEP_PAGES else None
    return known or Edition(version=0, seats=(), around=Surroundings(), since=now, until=now)


@dataclass(frozen=True)
class Found:
    edition: Edition
    page: KeptPage


def find(path: str, query: str) -> Found | None:
    """Asks nothing of the database for an address at which no page was kept."""
    if not (reader.edition and path in reader.edition.pages.knows):
        return None
    edition = present()
    page = edition.pages.find(path, query)
    return Found(edition, page) if page else None
