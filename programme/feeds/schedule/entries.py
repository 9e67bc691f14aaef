"""What both files say, before either is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext

from programme.feeds.calendars import host, plain, uid
from programme.models import Meeting, Part, Person, Presentation, Room, Session
from programme.wording.sessions import institution_line, languages_line


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address beside a session; `kind` is one of the words of the JSON schema."""

    url: str
    title: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One session: everything as text that either file may carry."""

    session: Session
    meeting: Meeting

    @property
    def guid(self) -> str:
        return guid_of(uid(self.session))

    @property
    def slug(self) -> str:
        # The number makes it long enough for the schema, and apart from every other.
        slug = f"{acronym(self.meeting)}-{self.session.pk:04}-{self.session.slug.lower()}"
        return slug.rstrip("-_")

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.session.get_absolute_url()

    @property
    def starts(self) -> datetime:
        return self.session.starts_at.astimezone(self.meeting.zone)  # type: ignore[union-attr]

    @property
    def ends(self) -> datetime:
        return self.session.ends_at.astimezone(self.meeting.zone)  # type: ignore[union-attr]

    @property
    def duration(self) -> str:
        minutes = int((self.ends - self.starts).total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"

    @property
    def title(self) -> str:
        return plain(self.session.title)

    @property
    def abstract(self) -> str:
        return plain(self.session.abstract)

    @property
    def kind(self) -> str:
        return str(Session.Kind(self.session.kind).label)

    @cached_property
    def room(self) -> str:
        """Never empty: apps sort by it."""
        if self.session.room:
            return plain(self.session.room.name)
        is_online = self.session.format == Session.Format.ONLINE
        return gettext("Online") if is_online else plain(self.meeting.venue_name)

    @property
    def track(self) -> str:
        return plain(self.session.theme.name) if self.session.theme else ""

    @property
    def description(self) -> str:
        """What is presented in it, and in which languages."""
        shown = [presentation_line(row) for row in self.session.presentations.all()]
        spoken = languages_line(self.session)
        return plain("\n\n".join(filter(None, ["\n".join(shown), spoken])))

    @property
    def persons(self) -> list[Person]:
        presented = self.session.presentations.all()
        parts = [*self.session.parts.all(), *(p for row in presented for p in row.parts.all())]
        return list(dict.fromkeys(part.person for part in parts))

    @property
    def links(self) -> list[Link]:
        live = settings.SITE_URL + reverse("programme:live")
        is_online = self.session.is_followed_online
        links = [
            Link(url=live if is_online else "", title=gettext("Live, on this site"), kind="web"),
            Link(url=self.session.recording_url, title=gettext("Recording"), kind="media"),
            Link(url=self.session.materials_url, title=gettext("Materials"), kind="related"),
        ]
        return [link for link in links if link.url]


@dataclass(kw_only=True)
class Day:
    """A day of the meeting from midnight to midnight at the venue, with its entries by room."""

    index: int
    date: date
    starts: datetime
    ends: datetime
    rooms: dict[str, list[Entry]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Everything that a file says."""

    meeting: Meeting
    language: str
    days: list[Day]
    rooms: dict[str, Room | None]
    tracks: dict[str, str]

    @property
    def acronym(self) -> str:
        return acronym(self.meeting)

    @property
    def title(self) -> str:
        return plain(self.meeting.name)

    @property
    def url(self) -> str:
        return settings.SITE_URL + reverse("programme:session-list")


def schedule_of(meeting: Meeting, language: str) -> Schedule:
    """In the language that is active; five queries, however many sessions there are."""
    entries = [Entry(session=session, meeting=meeting) for session in listed()]
    return Schedule(
        meeting=meeting,
        language=language,
        days=days_of(entries, meeting),
        rooms={entry.room: entry.session.room for entry in entries},
        tracks={e.track: e.session.theme.colour for e in entries if e.session.theme},
    )


def listed() -> QuerySet[Session]:
    people = Part.objects.select_related("person")
    shown = Presentation.objects.prefetch_related(Prefetch("parts", people))
    held = Session.objects.published().with_hours().without_breaks()
    related = held.with_room_and_theme().prefetch_related(
        Prefetch("parts", people), Prefetch("presentations", shown)
    )
    return related.in_order()


def days_of(entries: Iterable[Entry], meeting: Meeting) -> list[Day]:
    midnights = [
        datetime.combine(day, time.min, meeting.zone)
        for day in [*meeting.days, meeting.last_day + timedelta(days=1)]
    ]
    spans = zip(meeting.days, midnights, midnights[1:], strict=False)
    days = {
        day: Day(index=index, date=day, starts=starts, ends=ends)
        for index, (day, starts, ends) in enumerate(spans, start=1)
    }
    for entry in entries:
        # No rule of the database keeps a session on a day of the meeting: the pages do.
        if entry.starts.date() not in days:
            continue
        days[entry.starts.date()].rooms.setdefault(entry.room, []).append(entry)
    return list(days.values())


def presentation_line(presentation: Presentation) -> str:
    where = institution_line(presentation)
    return f"{presentation.title}. {where}" if where else presentation.title


def guid_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def room_guid(name: str) -> str:
    return guid_of(f"{name}@{host()}")


def acronym(meeting: Meeting) -> str:
    return slugify(meeting.short_name).replace("-", "_").ljust(4, "_")
