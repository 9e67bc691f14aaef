"""Tell which snapshot of the site is current: cached pages are valid while their snapshot is.

A snapshot is the site between two changes. The next one begins when somebody changes what visitors
see, when the words or the cells about a session's seats change, or at a boundary: a moment at which
pages change by themselves, such as the start of a session.

While the database does not answer, a thread of its own goes on asking it. The pages go on as they
were for an hour, with a notice once a boundary has outdated them.
"""

import logging
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Lock, Thread, current_thread
from typing import cast

from django.conf import settings
from django.db import connection
from django.db.models import F, Value
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, cached_property

from eim import clock
from eim.lib.databases.faults import DatabaseAway, is_unavailable
from eim.lib.databases.patience import patience
from eim.lib.page_store import CachedPage, PageStore, Period
from programme.caching.outdated import OutdatedPages
from programme.caching.pictures import PictureStore
from programme.listing import cards
from programme.live.polling import POLL_MARGIN
from programme.models import Edition, Meeting, Notice, Organisation, Page, Session, Theme
from programme.models.phases import present_meeting
from programme.moment import Moment
from programme.wording.seats import crowding, in_person_quotas

# How long a process relies on what it has read: half of the two seconds in which a change shows.
RECHECK_AFTER = timedelta(seconds=1)
# Seconds. A visitor waits so long for what is usually read in a millisecond; then a thread does.
HURRY, PATIENCE = 0.1, 1.5
# How long pages go on without the database.
LONGEST_AWAY = timedelta(hours=1)
logger = logging.getLogger(__name__)

IN_PERSON = -1
# Sessions with a quota by their keys, each with the result of `crowding`; IN_PERSON the meeting.
type Fullness = tuple[tuple[int, str], ...]


class SharedRows:
    """Load the rows that every page shows, each kind once: the meeting, notices, themes…

    The snapshots of one version share an instance; pages that are not cached make their own.
    Pictures depend on rows alone: they last as long as these. So do cached pages, which a boundary
    outdates, until they are rendered again.
    """

    def __init__(self) -> None:
        self.pictures = PictureStore()
        self.pages = PageStore()

    @cached_property
    def meeting(self) -> Meeting | None:
        return present_meeting()

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
            has_stream=vars(self.meeting)["has_stream"],
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
    # Kept with each page that is rendered in this snapshot, instead of the snapshot and its rows.
    period: Period = field(init=False, compare=False)
    loading: Lock = field(default_factory=Lock, compare=False, repr=False)

    def __post_init__(self) -> None:
        vars(self)["period"] = Period(self.until)

    @property
    def pages(self) -> PageStore:
        return self.shared.pages

    @property
    def sessions(self) -> list[Session]:
        """Load the sessions with what cards show, once for all languages and searches."""
        with self.loading:
            return self._sessions

    @cached_property
    def _sessions(self) -> list[Session]:
        return cards.listed_sessions()

    def find(self, path: str, query: str) -> CachedPage | None:
        """Return the cached page of an address, unless it has expired or is of another snapshot."""
        page = self.pages.find(path, query)
        if page is None or page.valid_in is not self.period or page.expires_at <= clock.now():
            return None
        return page

    def keep(self, response: HttpResponse) -> CachedPage:
        page = CachedPage(response)
        page.valid_in = self.period
        return page

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
        # Held while the database is asked, and for the moment in which a snapshot is replaced.
        self.reading, self.replacing = Lock(), Lock()
        self.clear()

    def clear(self) -> None:
        self.snapshot: Snapshot | None = None
        # When the database was last asked, and when it last answered.
        self.asked_at: datetime | None = None
        self.known_at: datetime | None = None
        self.watcher: Thread | None = None
        self.is_away = False
        self.outdated = OutdatedPages()

    def snapshot_at(self, now: datetime) -> Snapshot | None:
        """Return the snapshot at this moment; None without a meeting.

        A thread that finds another one asking the database takes what is known.
        """
        if self.snapshot is None:
            with self.reading:
                if not self.is_fresh(now):
                    self.read(now)
        elif not (self.watcher or self.is_fresh(now)) and self.reading.acquire(blocking=False):
            try:
                self.read_or_watch(now)
            finally:
                self.reading.release()
        if self.is_too_old(now):
            raise DatabaseAway("The database has not answered for too long.")
        return self.at_boundary(now)

    def is_fresh(self, now: datetime) -> bool:
        return bool(self.asked_at and self.asked_at <= now < self.asked_at + RECHECK_AFTER)

    def is_too_old(self, now: datetime) -> bool:
        return bool(self.watcher and self.known_at and now >= self.known_at + LONGEST_AWAY)

    def read(self, now: datetime, wait: float = PATIENCE) -> None:
        self.replace(refreshed(self.snapshot, now, wait), now)
        self.asked_at = self.known_at = now
        if self.is_away:
            self.is_away, self.outdated = False, OutdatedPages()

    def read_or_watch(self, now: datetime) -> None:
        """Ask the database; if it does not answer at once, let a thread of its own go on asking."""
        self.asked_at = now
        try:
            with patience(PATIENCE):
                self.read(now, HURRY)
        except Exception as error:
            if not is_unavailable(error):
                raise
            connection.close()
            self.watcher = Thread(target=self.watch, name="database-watcher", daemon=True)
            self.watcher.start()

    def watch(self) -> None:
        """Ask once a second until the database answers."""
        try:
            while self.watcher is current_thread() and not self.has_answered():
                time.sleep(RECHECK_AFTER.total_seconds())
        finally:
            if self.watcher is current_thread():
                self.watcher = None

    def has_answered(self) -> bool:
        try:
            with self.reading, patience(PATIENCE):
                self.read(clock.now())
        except Exception as error:
            if not is_unavailable(error):
                raise
            if not self.is_away:
                logger.warning("The database does not answer; cached pages go on: %s", error)
            self.is_away = True
            return False
        finally:
            connection.close()
        return True

    def at_boundary(self, now: datetime) -> Snapshot | None:
        """Return the snapshot, after a boundary a new one of the same version: without a query."""
        old = self.snapshot
        if old is None or old.since <= now < old.until:
            return old
        self.replace(snapshot_of(old.version, old.fullness, old.shared, now), now)
        return self.snapshot

    def replace(self, new: Snapshot | None, now: datetime) -> None:
        """Store the snapshot; an equal one that another thread has stored stays, with its pages."""
        with self.replacing:
            old = self.snapshot
            if new is not None and new == old:
                return
            if old:
                old.period.until = min(old.until, now)
            self.snapshot = new


def refreshed(old: Snapshot | None, now: datetime, wait: float) -> Snapshot | None:
    """Return the old snapshot if it is still current, else a new one; None without a meeting.

    Call before the rows of a page are read: otherwise a page with older rows could be cached under
    a newer version.
    """
    with patience(wait):
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
    yield datetime.combine(day, datetime.min.time(), zone)
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
    try:
        snapshot = current()
    except DatabaseAway:
        return None
    page = snapshot.find(path, query)
    return CacheHit(snapshot, page) if page else None


def respond_outdated(request: HttpRequest) -> HttpResponse | None:
    """Answer with the last page of an address, which says how old it is; None if there is none."""
    cached, known_at = snapshot_cache.snapshot, snapshot_cache.known_at
    if cached is None or known_at is None or snapshot_cache.is_too_old(clock.now()):
        return None
    meeting = cached.shared.meeting
    page = cached.pages.find(request.path, request.META["QUERY_STRING"])
    if page is None or meeting is None or page.valid_in is None or page.is_of_the_moment:
        return None
    as_of = min(known_at, page.valid_in.until - timedelta(seconds=1))
    return snapshot_cache.outdated.respond(page, as_of, meeting, request)
