"""Tell which snapshot of the site is current: cached pages are valid while their snapshot is.

A snapshot is the site between two changes. The next one begins when somebody changes what visitors
see, when the words or the cells about a session's seats change, or at a boundary: a moment at which
pages change by themselves, such as the start of a session.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import cast

from django.conf import settings
from django.db.models import F, Value
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, cached_property

from eim import clock
from eim.lib.page_store import CachedPage, PageStore
from programme.caching.pictures import PictureStore
from programme.listing import cards
from programme.live.polling import POLL_MARGIN
from programme.models import Edition, Meeting, Notice, Organisation, Page, Session, Theme
from programme.moment import Moment
from programme.wording.seats import crowding, in_person_quotas

# How long a process relies on what it has read: half of the two seconds in which a change shows.
RECHECK_AFTER = timedelta(seconds=1)

IN_PERSON = -1
# Sessions with a quota by their keys, each with the result of `crowding`; IN_PERSON the meeting.
type Fullness = tuple[tuple[int, str], ...]


class SharedRows:
    """Load the rows that every page shows, each kind once: the meeting, notices, themes…

    A snapshot shares one instance among its pages; other pages make their own. Pictures depend on
    rows alone: they last as long as these.
    """

    def __init__(self) -> None:
        self.pictures = PictureStore()

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
    def next_edition(self) -> Edition | None:
        """Return the edition after this site's meeting, if the organisers have entered it."""
        return Edition.objects.after(self.meeting.number).first() if self.meeting else None

    @cached_property
    def timed_sessions(self) -> list[Session]:
        return list(Session.objects.visible().with_hours().in_order())

    @cached_property
    def has_recordings(self) -> bool:
        return Session.objects.recorded().exists()

    @cached_property
    def untimed_days(self) -> list[date]:
        untimed = Session.objects.published().filter(starts_at=None, day__isnull=False)
        return list(untimed.values_list("day", flat=True))

    def moment_at(self, now: datetime) -> Moment:
        """Return the meeting at an instant, its sessions read only if somebody asks for them."""
        return Moment(
            meeting=cast(Meeting, self.meeting),
            now=now,
            timed=cast(list[Session], SimpleLazyObject(lambda: self.timed_sessions)),
            untimed_days=cast(list[date], SimpleLazyObject(lambda: self.untimed_days)),
        )

    @cached_property
    def boundaries(self) -> list[datetime]:
        """Return, in order, the moments at which a page changes although no row does."""
        moments: set[datetime | None] = set()
        if self.meeting:
            moments |= {self.meeting.registration_opens_at, self.meeting.registration_closes_at}
        for notice in self.notices:
            moments |= {notice.shown_from, notice.shown_until}
        for session in self.timed_sessions:
            moments |= boundaries_of(session)
        return sorted(moment for moment in moments if moment)


def boundaries_of(session: Session) -> set[datetime | None]:
    """Return a session's hours, planned and expected, and when live pages change their polling."""
    start, end = session.expected_start, session.expected_end
    first = session.starts_at
    polling = {first and first - POLL_MARGIN, end and end + POLL_MARGIN}
    return {first, session.ends_at, start, end, *polling}


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The site from one change (`since`) to the next (`until`), with the pages cached in it."""

    version: int
    fullness: Fullness
    shared: SharedRows
    since: datetime
    until: datetime
    pages: PageStore = field(default_factory=PageStore, compare=False)

    @cached_property
    def sessions(self) -> list[Session]:
        """Load the sessions with what cards show, once for all languages and searches."""
        return cards.listed_sessions()

    def respond(
        self, page: CachedPage, request: HttpRequest, path: str, query: str
    ) -> HttpResponse:
        """Respond in the client's encoding; store the page if it is new or was compressed now."""
        response = page.respond(request, min(self.until, page.expires_at) - clock.now())
        if request.method == "GET" and page.counted_bytes != page.size:
            self.pages.put(page, path, query)
        return response


class SnapshotCache:
    """Cache the current snapshot of a process; query the database at most once a second."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.clear()

    def clear(self) -> None:
        self.snapshot: Snapshot | None = None
        self.read_at: datetime | None = None

    def snapshot_at(self, now: datetime) -> Snapshot | None:
        with self.lock:
            if not (self.read_at and self.read_at <= now < self.read_at + RECHECK_AFTER):
                self.snapshot, self.read_at = refreshed(self.snapshot, now), now
            elif self.snapshot and not self.snapshot.since <= now < self.snapshot.until:
                old = self.snapshot
                self.snapshot = snapshot_of(old.version, old.fullness, old.shared, now)
            return self.snapshot


def refreshed(old: Snapshot | None, now: datetime) -> Snapshot | None:
    """Return the old snapshot if it is still current, else a new one; None without a meeting.

    Call before the rows of a page are read: otherwise a page with older rows could be cached under
    a newer version.
    """
    version, fullness_now = version_and_fullness()
    if version is None:
        return None
    shared = old.shared if old and old.version == version else SharedRows()
    new = snapshot_of(version, fullness_now, shared, now)
    return old if new == old else new


def version_and_fullness() -> tuple[int | None, Fullness]:
    """Read the meeting's version, and the fullness of the meeting and of sessions with a quota.

    Fullness in words and five cells, because the figures change too often. One query, in which the
    row with the key 0 is the meeting, and that with IN_PERSON the quota of places in person.
    """
    columns = ("key", "first", "second")
    meeting = Meeting.objects.annotate(key=Value(0), first=F("version"), second=Value(0))
    seats = Session.objects.visible().filter(quota__isnull=False).order_by()
    seats = seats.annotate(key=F("pk"), first=F("quota__size"), second=F("quota__taken"))
    in_person = in_person_quotas().order_by()
    in_person = in_person.annotate(key=Value(IN_PERSON), first=F("size"), second=F("taken"))
    parts = (seats.values_list(*columns), in_person.values_list(*columns))
    rows = meeting.values_list(*columns).union(*parts, all=True)
    version, found = None, []
    for key, first, second in rows:
        if key:
            found.append((key, crowding(size=first, taken=second)))
        else:
            version = first
    return version, tuple(sorted(found))


def snapshot_of(version: int, fullness: Fullness, shared: SharedRows, now: datetime) -> Snapshot:
    """Build the snapshot between the last boundary before `now` and the next one after it."""
    index = bisect_right(shared.boundaries, now)
    before, after = shared.boundaries[:index][-1:], shared.boundaries[index:][:1]
    return Snapshot(
        version=version,
        fullness=fullness,
        shared=shared,
        since=max([*before, *clock_boundaries(shared.meeting, now, ahead=0)]),
        until=min([*after, *clock_boundaries(shared.meeting, now, ahead=1)]),
    )


def clock_boundaries(meeting: Meeting | None, now: datetime, *, ahead: int) -> Iterator[datetime]:
    """Yield midnight at the venue, and in a rehearsal the minute, which its banner shows.

    The last ones before `now`, or with `ahead=1` the next ones.
    """
    zone = meeting.zone if meeting else UTC
    day = now.astimezone(zone).date() + timedelta(days=ahead)
    yield datetime.combine(day, time.min, zone)
    if settings.CLOCK:
        yield now.replace(second=0, microsecond=0) + timedelta(minutes=ahead)


snapshot_cache = SnapshotCache()


def current() -> Snapshot:
    """Return the current snapshot; without page caching or a meeting, one already expired."""
    now = clock.now()
    known = snapshot_cache.snapshot_at(now) if settings.CACHE_PAGES else None
    return known or Snapshot(version=0, fullness=(), shared=SharedRows(), since=now, until=now)


@dataclass(frozen=True)
class CacheHit:
    snapshot: Snapshot
    page: CachedPage


def find_cached(path: str, query: str) -> CacheHit | None:
    """Return the cached page of an address; no query for a path with no page in the cache."""
    cached = snapshot_cache.snapshot
    if not (cached and path in cached.pages.query_names):
        return None
    snapshot = current()
    page = snapshot.pages.find(path, query)
    return CacheHit(snapshot, page) if page else None
