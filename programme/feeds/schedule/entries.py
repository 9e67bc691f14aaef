"""Gather what both schedule files contain, as text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext

from programme.feeds.calendars import event_uid, printable, site_host
from programme.models import Meeting, Part, Person, Presentation, Room, Session
from programme.models.phases import is_held
from programme.wording.sessions import institution_line, languages_line, where_name


@dataclass(frozen=True, kw_only=True)
class ScheduleLink:
    """A link of a session; `kind` is one of the types that the JSON schema allows."""

    url: str
    title: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ScheduleEntry:
    """One session as either file lists it."""

    session: Session
    meeting: Meeting

    @property
    def guid(self) -> str:
        return guid_of(event_uid(self.session, self.meeting))

    @property
    def slug(self) -> str:
        # With the key it is unique, and long enough for the schema.
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
        # In UTC: the difference of two hours at the venue is wrong where clocks are changed.
        lasts = self.ends.astimezone(UTC) - self.starts.astimezone(UTC)
        minutes = int(lasts.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"

    @property
    def title(self) -> str:
        return printable(self.session.title)

    @property
    def abstract(self) -> str:
        return printable(self.session.abstract)

    @property
    def kind(self) -> str:
        return str(Session.Kind(self.session.kind).label)

    @cached_property
    def room(self) -> str:
        """Return the name of the room or the session's own venue; never empty, apps group by it."""
        if where := where_name(self.session):
            return printable(where)
        is_online = self.session.format == Session.Format.ONLINE
        return gettext("Online") if is_online else printable(self.meeting.venue_name)

    @property
    def track(self) -> str:
        return printable(self.session.theme.name) if self.session.theme else ""

    @property
    def description(self) -> str:
        """List the presentations, and the languages."""
        shown = [presentation_line(row) for row in self.session.presentations.all()]
        spoken = languages_line(self.session)
        return printable("\n\n".join(filter(None, ["\n".join(shown), spoken])))

    @property
    def language(self) -> str:
        """Return the first language: the format has one, and the description names all."""
        return next(iter(self.session.languages), "")

    @property
    def persons(self) -> list[Person]:
        presented = self.session.presentations.all()
        parts = [*self.session.parts.all(), *(p for row in presented for p in row.parts.all())]
        return list(dict.fromkeys(part.person for part in parts))

    @property
    def links(self) -> list[ScheduleLink]:
        live = settings.SITE_URL + reverse("programme:live")
        is_online = self.session.is_followed_online
        links = [
            ScheduleLink(
                url=live if is_online else "", title=gettext("Live, on this site"), kind="web"
            ),
            ScheduleLink(url=self.session.recording_url, title=gettext("Recording"), kind="media"),
            ScheduleLink(
                url=self.session.materials_url, title=gettext("Materials"), kind="related"
            ),
        ]
        return [link for link in links if link.url]


@dataclass(kw_only=True)
class ScheduleDay:
    """A day of the meeting with its entries by room.

    It lasts from midnight to midnight at the venue, or until its last entry has ended.
    """

    index: int
    date: date
    starts: datetime
    ends: datetime
    rooms: dict[str, list[ScheduleEntry]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Everything that a schedule file contains."""

    meeting: Meeting
    language: str
    days: list[ScheduleDay]
    rooms: dict[str, Room | None]
    tracks: dict[str, str]

    @property
    def acronym(self) -> str:
        return acronym(self.meeting)

    @property
    def title(self) -> str:
        return printable(self.meeting.name)

    @property
    def url(self) -> str:
        return settings.SITE_URL + reverse("programme:session-list")


def schedule_of(meeting: Meeting, language: str) -> Schedule:
    """Load the schedule in the active language, in five queries."""
    # The format has no word for what does not take place: it lists what was held before.
    held = [session for session in scheduled_sessions() if is_held(session, meeting)]
    entries = [ScheduleEntry(session=session, meeting=meeting) for session in held]
    return Schedule(
        meeting=meeting,
        language=language,
        days=schedule_days(entries, meeting),
        rooms={entry.room: entry.session.room for entry in entries},
        tracks={e.track: e.session.theme.colour for e in entries if e.session.theme},
    )


def scheduled_sessions() -> QuerySet[Session]:
    people = Part.objects.select_related("person")
    shown = Presentation.objects.prefetch_related(Prefetch("parts", people))
    held = Session.objects.published().with_hours().without_breaks()
    related = held.with_room_and_theme().prefetch_related(
        Prefetch("parts", people), Prefetch("presentations", shown)
    )
    return related.in_order()


def schedule_days(entries: Iterable[ScheduleEntry], meeting: Meeting) -> list[ScheduleDay]:
    midnights = [
        datetime.combine(day, time.min, meeting.zone)
        for day in [*meeting.days, meeting.last_day + timedelta(days=1)]
    ]
    spans = zip(meeting.days, midnights, midnights[1:], strict=False)
    days = {
        day: ScheduleDay(index=index, date=day, starts=starts, ends=ends)
        for index, (day, starts, ends) in enumerate(spans, start=1)
    }
    for entry in entries:
        # No constraint of the database limits sessions to the days of the meeting.
        if entry.starts.date() not in days:
            continue
        day = days[entry.starts.date()]
        day.rooms.setdefault(entry.room, []).append(entry)
        day.ends = max(day.ends, entry.ends, key=lambda moment: moment.astimezone(UTC))
    return list(days.values())


def presentation_line(presentation: Presentation) -> str:
    where = institution_line(presentation)
    return f"{presentation.title}. {where}" if where else presentation.title


def guid_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def room_guid(name: str, meeting: Meeting) -> str:
    return guid_of(f"{meeting.number}-{name}@{site_host()}")


def acronym(meeting: Meeting) -> str:
    return slugify(meeting.short_name).replace("-", "_").ljust(4, "_")
