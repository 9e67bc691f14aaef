"""Store the sessions: the entries of the programme."""

from datetime import date, datetime, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from eim.lib.fields import CodesField
from eim.lib.languages import SIGN_LANGUAGES, spoken_languages
from eim.lib.validators import raise_every_error
from programme.models.addresses import is_used_by_site, page_address
from programme.models.meeting import Meeting, validate_hours_have_zone
from programme.models.removals import removed_parts_column
from programme.models.rooms import Room
from programme.models.session_choices import (
    MAX_MINUTES_LATE,
    ONLINE_FORMATS,
    VISIBLE_STATES,
    SessionFormat,
    SessionKind,
    SessionState,
)
from programme.models.session_queries import SessionQuerySet
from programme.models.themes import Theme

# Calendars and the registration form identify a session by its code.
SESSION_CODE = r"^[A-Z0-9][A-Z0-9-]*$"


class Session(models.Model):
    """One entry of the programme."""

    Kind = SessionKind
    Format = SessionFormat
    State = SessionState

    VISIBLE = VISIBLE_STATES
    ONLINE_FORMATS = ONLINE_FORMATS
    # Kinds for which organisers are expected to open seats.
    SEATED_KINDS = (Kind.WORKSHOP, Kind.VISIT)
    # Kinds of which a room holds several at once, side by side.
    ROOM_SHARING_KINDS = (Kind.POSTERS, Kind.STAND)
    QUESTIONS_BEFORE = timedelta(minutes=15)

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(
                SESSION_CODE, _("Use capital letters, digits and hyphens, such as A-12.")
            )
        ],
        help_text=_(
            "A short name of the session, such as A-12: calendars and files recognise the session"
            " by it. A mistyped one is corrected on a page of its own."
        ),
    )
    # The code by which calendars know the session, if that was another before it was corrected.
    first_code = models.CharField(
        max_length=30, blank=True, default="", db_default="", editable=False
    )
    slug = models.SlugField(
        _("end of the web address"),
        max_length=80,
        unique=True,
        help_text=_("It stays the same when the title changes."),
    )
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("abstract"), blank=True)
    search_words = models.CharField(
        _("search words"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Words by which the search finds it too, in any language, such as accessibility. They"
            " are not shown."
        ),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    theme = models.ForeignKey(
        Theme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("theme"),
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Position among sessions without a time.")
    )

    day = models.DateField(
        _("day"), null=True, blank=True, help_text=_("If empty, the day is to be confirmed.")
    )
    starts_at = models.DateTimeField(
        _("starts"), null=True, blank=True, help_text=_("If empty, the time is to be confirmed.")
    )
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    room = models.ForeignKey(
        Room,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("room"),
    )
    venue_name = models.CharField(
        _("or another place"),
        max_length=150,
        blank=True,
        default="",
        db_default="",
        help_text=_("For a session outside the venue, such as a visit: the name of the place."),
    )
    venue_address = models.CharField(
        _("address of that place"), max_length=250, blank=True, default="", db_default=""
    )

    format = models.CharField(
        _("format"), max_length=20, choices=Format.choices, default=Format.HYBRID
    )
    # Of releases in which a session had one language; no code reads it, and the next drops it.
    language = models.CharField(max_length=3, blank=True, default="", editable=False)
    languages = CodesField(_("languages spoken"), codes=spoken_languages, db_default=[])
    interpretation_languages = CodesField(_("interpretation into"), codes=spoken_languages)
    sign_languages = CodesField(_("sign languages"), codes=lambda: SIGN_LANGUAGES)
    caption_languages = CodesField(_("captions in"), codes=spoken_languages)
    takes_questions = models.BooleanField(
        _("takes questions from the online audience"),
        default=True,
        help_text=_(
            "On a page of this site, during the session. Only if it can be followed online."
        ),
    )
    # Part of the moderators' link: raising this version invalidates the old link.
    moderators_link_version = models.PositiveIntegerField(default=0, editable=False)
    # Set by the moderators' button, during a flood of questions.
    questions_stopped_at = models.DateTimeField(null=True, editable=False)
    recording_url = models.URLField(
        _("recording"),
        blank=True,
        help_text=_("A YouTube or Vimeo video plays on this site, after a click."),
    )
    recording_captions = CodesField(_("captions of the recording"), codes=spoken_languages)
    transcript_url = models.URLField(_("transcript"), blank=True)
    materials_url = models.URLField(_("materials"), blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    cancellation_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    minutes_late = models.PositiveSmallIntegerField(_("minutes late"), default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    revised_at = models.DateTimeField(null=True, editable=False)
    removed_parts = removed_parts_column()

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="session_has_both_hours_or_neither",
                violation_error_message=_("Give both times, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(day__isnull=False),
                name="session_with_hours_has_a_day",
                violation_error_message=_("Times need a day."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=SessionKind.WORKSHOP) | Q(format=SessionFormat.IN_PERSON),
                name="workshop_is_in_person",
                violation_error_message=_("Workshops are always in person only."),
            ),
            models.UniqueConstraint(
                Coalesce(NullIf("first_code", Value("")), "code"),
                name="session_calendar_code_is_unique",
                violation_error_message=_("Calendars know another session by this code."),
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(venue_name=""),
                name="session_is_in_a_room_or_elsewhere",
                violation_error_message=_("Give either a room or another place."),
            ),
            models.CheckConstraint(
                condition=Q(venue_address="") | ~Q(venue_name=""),
                name="session_venue_with_an_address_has_a_name",
                violation_error_message=_("Name the place that has this address."),
            ),
            models.CheckConstraint(
                condition=Q(format__in=SessionFormat.values),
                name="session_format_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SessionState.values),
                name="session_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SessionKind.values),
                name="session_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(minutes_late__lte=MAX_MINUTES_LATE),
                name="session_is_not_later_than_it_may_be",
            ),
        ]
        indexes = [models.Index(fields=["day", "starts_at"], name="session_by_hour")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return page_address("session-detail", self.slug)

    @property
    def calendar_code(self) -> str:
        """Return the code that never changes: of calendars and agendas."""
        return self.first_code or self.code

    @property
    def is_visible(self) -> bool:
        return self.state in self.VISIBLE

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_break(self) -> bool:
        """Twin of `SessionQuerySet.without_breaks`, negated."""
        return self.kind == self.Kind.BREAK

    @property
    def is_followed_online(self) -> bool:
        return self.format in self.ONLINE_FORMATS

    @property
    def is_in_person_only(self) -> bool:
        return self.format == self.Format.IN_PERSON

    @property
    def every_language(self) -> set[str]:
        """Return the codes of all languages that are spoken, interpreted or written."""
        written = [*self.caption_languages, *self.recording_captions]
        return {*self.languages, *self.interpretation_languages, *written}

    @property
    def delay(self) -> timedelta:
        return timedelta(minutes=self.minutes_late)

    @property
    def expected_start(self) -> datetime | None:
        """Return the start time plus the delay; calendars show `starts_at` without the delay."""
        return self.starts_at and self.starts_at + self.delay

    @property
    def expected_end(self) -> datetime | None:
        """Return the end time plus the delay: a session that starts late ends late."""
        return self.ends_at and self.ends_at + self.delay

    def is_on(self, now: datetime) -> bool:
        start, end = self.expected_start, self.expected_end
        return bool(start and end and start <= now < end)

    def is_over(self, now: datetime) -> bool:
        return self.expected_end is not None and self.expected_end <= now

    def has_begun(self, now: datetime) -> bool:
        """Return whether its hour has come; from then on it gives out no seats, late or not."""
        return self.starts_at is not None and self.starts_at <= now

    def has_end_ahead(self, now: datetime) -> bool:
        """Return whether its end is known and to come. Twin of `unfinished`."""
        return self.expected_end is not None and now < self.expected_end

    def is_of_today(self, today: date, now: datetime) -> bool:
        """Twin of `SessionQuerySet.of_today`."""
        if self.day is None or self.day >= today:
            return self.day == today
        return self.has_end_ahead(now)

    def is_awaited_late(self, now: datetime) -> bool:
        """Return whether the session is delayed and has not started yet."""
        return bool(self.minutes_late and self.expected_start and now < self.expected_start)

    @property
    def is_asked_online(self) -> bool:
        """Return whether people who follow the session online can send questions."""
        return self.takes_questions and self.is_followed_online and not self.is_break

    def question_hours(self) -> tuple[datetime, datetime] | None:
        """Return from when until when questions are accepted; None for a session without hours."""
        if not (self.starts_at and self.expected_end):
            return None
        return self.starts_at - self.QUESTIONS_BEFORE, self.expected_end

    def overlaps(self, other: "Session") -> bool:
        """Return whether both sessions have hours that overlap. Twin of `overlapping`."""
        if not (self.starts_at and self.ends_at and other.starts_at and other.ends_at):
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def clean(self) -> None:
        meeting = Meeting.objects.first()
        raise_every_error(
            self._clean_code,
            self._clean_slug,
            self._clean_format,
            partial(self.clean_placing, meeting),
            self._clean_room,
        )

    def clean_placing(self, meeting: Meeting | None) -> None:
        """Check day, hours and place by themselves, without a query: not who else is there."""
        raise_every_error(
            self._clean_hours,
            self._clean_venue,
            partial(validate_hours_have_zone, meeting, starts_at=self.starts_at),
            partial(self._clean_day, meeting),
        )

    def _clean_format(self) -> None:
        if self.kind == self.Kind.WORKSHOP and self.format != self.Format.IN_PERSON:
            raise ValidationError({"format": _("Workshops are always in person only.")})

    def _clean_code(self) -> None:
        """Refuse a code that another session had first: in calendars it would replace that one."""
        other = Session.objects.filter(first_code=self.code).exclude(pk=self.pk).first()
        if self.code and other:
            words = _("Calendars know “%(title)s” by this code: choose another.")
            raise ValidationError({"code": words % {"title": other.title}})

    def _clean_slug(self) -> None:
        """Refuse a slug that is, in any language, another page below the programme's address."""
        if self.slug and is_used_by_site("session-detail", self.slug):
            raise ValidationError({"slug": _("The site itself uses this address: choose another.")})

    def _clean_hours(self) -> None:
        if (self.starts_at is None) != (self.ends_at is None):
            raise ValidationError({"ends_at": _("Give both times, or neither.")})
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end must be later than the start.")})
        if self.starts_at and not self.day:
            raise ValidationError({"day": _("Times need a day.")})

    def _clean_venue(self) -> None:
        if self.room_id and self.venue_name:
            raise ValidationError({"venue_name": _("Give either a room or another place.")})
        if self.venue_address and not self.venue_name:
            raise ValidationError({"venue_name": _("Name the place that has this address.")})

    def _clean_day(self, meeting: Meeting | None) -> None:
        if not (meeting and self.day):
            return
        if not meeting.first_day <= self.day <= meeting.last_day:
            raise ValidationError({"day": _("This is not a day of the meeting.")})
        if self.starts_at and meeting.day_of(self.starts_at) != self.day:
            raise ValidationError(
                {"starts_at": _("At the venue, this time does not fall on the day above.")}
            )

    def _clean_room(self) -> None:
        """Refuse a room that is taken at this time.

        The caller must hold `lock_rooms`: otherwise two writes could both pass.
        """
        if not (
            self.room_id and self.starts_at and self.ends_at and self.state == self.State.PUBLISHED
        ):
            return
        if self.ends_at <= self.starts_at:
            return
        others = Session.objects.published().filter(room_id=self.room_id).exclude(pk=self.pk)
        if self.kind in self.ROOM_SHARING_KINDS:
            others = others.exclude(kind__in=self.ROOM_SHARING_KINDS)
        taken_by = others.overlapping(self.starts_at, self.ends_at).first()
        if taken_by:
            raise ValidationError(
                {"room": _("“%(title)s” is in this room at that time.") % {"title": taken_by.title}}
            )
