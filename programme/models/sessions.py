from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from programme.fields import CodesField
from programme.languages import SIGN_LANGUAGES, SPOKEN_LANGUAGES, address
from programme.models.meeting import Meeting
from programme.models.rooms import Room
from programme.models.themes import Theme

# Calendars and the form of registration know a session by it.
SESSION_CODE = r"^[A-Z0-9][A-Z0-9-]*$"
# Minutes: what begins later than that is moved in the programme.
LATEST = 240


class SessionQuerySet(models.QuerySet["Session"]):
    def visible(self) -> "SessionQuerySet":
        """What visitors see; a cancelled session stays, and says so. Twin of `is_visible`."""
        return self.filter(state__in=Session.VISIBLE)

    def for_agenda(self, codes: Iterable[str]) -> "SessionQuerySet":
        """What somebody has chosen; a code that nothing has is nothing."""
        return self.filter(code__in=codes)

    def published(self) -> "SessionQuerySet":
        return self.filter(state=Session.State.PUBLISHED)

    def with_hours(self) -> "SessionQuerySet":
        return self.filter(starts_at__isnull=False)

    def followed_online(self) -> "SessionQuerySet":
        return self.filter(format__in=Session.ONLINE_FORMATS)

    def with_room_and_theme(self) -> "SessionQuerySet":
        """With what calendars say of a session."""
        return self.select_related("room", "theme")

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "SessionQuerySet":
        """Twin of `Session.overlaps`; one that ends as the other starts does not overlap."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def in_order(self) -> "SessionQuerySet":
        """Day by day, what has no hour at the end of its day, what has no day at the very end."""
        return self.order_by(
            F("day").asc(nulls_last=True),
            F("starts_at").asc(nulls_last=True),
            F("room__order").asc(nulls_last=True),
            "order",
            "pk",
        )


class Session(models.Model):
    """One entry of the programme."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening")
        LECTURE = "lecture", _("Lecture")
        ROUND_TABLE = "round_table", _("Round table")
        EXPERIENCES = "experiences", _("Exchange of experiences")
        CIRCLE = "circle", _("Conversation circle")
        POSTERS = "posters", _("Poster gallery")
        WORKSHOP = "workshop", _("Workshop")
        VISIT = "visit", _("Visit")
        BREAK = "break", _("Break")
        CLOSING = "closing", _("Closing")

    class Format(models.TextChoices):
        HYBRID = "hybrid", _("In person and online")
        IN_PERSON = "in_person", _("In person only")
        ONLINE = "online", _("Online only")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    # A cancelled session stays in the programme: who meant to come must learn of it.
    VISIBLE = (State.PUBLISHED, State.CANCELLED)
    ONLINE_FORMATS = (Format.HYBRID, Format.ONLINE)
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
            " by it, so it never changes."
        ),
    )
    slug = models.SlugField(
        _("end of the web address"),
        max_length=80,
        unique=True,
        help_text=_("It stays the same when the title changes."),
    )
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("abstract"), blank=True)
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

    format = models.CharField(
        _("format"), max_length=20, choices=Format.choices, default=Format.HYBRID
    )
    language = models.CharField(_("language"), max_length=3, choices=SPOKEN_LANGUAGES, blank=True)
    interpretation_languages = CodesField(_("interpretation into"), codes=SPOKEN_LANGUAGES)
    sign_languages = CodesField(_("sign languages"), codes=SIGN_LANGUAGES)
    caption_languages = CodesField(_("captions in"), codes=SPOKEN_LANGUAGES)
    takes_questions = models.BooleanField(
        _("takes questions from the online audience"),
        default=True,
        help_text=_(
            "On a page of this site, during the session. Only if it can be followed online."
        ),
    )
    # Raised to make the moderators' link another.
    moderators_link_version = models.PositiveIntegerField(default=0, editable=False)
    recording_url = models.URLField(
        _("recording"),
        blank=True,
        help_text=_("A YouTube or Vimeo video plays on this site, after a click."),
    )
    recording_captions = CodesField(_("captions of the recording"), codes=SPOKEN_LANGUAGES)
    transcript_url = models.URLField(_("transcript"), blank=True)
    materials_url = models.URLField(_("materials"), blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    cancellation_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    minutes_late = models.PositiveSmallIntegerField(_("minutes late"), default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    revised_at = models.DateTimeField(null=True, editable=False)

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
                condition=~Q(kind="workshop") | Q(format="in_person"),
                name="workshop_is_in_person",
                violation_error_message=_("Workshops are always in person only."),
            ),
            models.CheckConstraint(
                condition=Q(format__in=["hybrid", "in_person", "online"]),
                name="session_format_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "cancelled"]),
                name="session_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "opening",
                        "lecture",
                        "round_table",
                        "experiences",
                        "circle",
                        "posters",
                        "workshop",
                        "visit",
                        "break",
                        "closing",
                    ]
                ),
                name="session_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(minutes_late__lte=LATEST), name="session_is_not_later_than_it_may_be"
            ),
        ]
        indexes = [models.Index(fields=["day", "starts_at"], name="session_by_hour")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("session-detail", self.slug)

    @property
    def is_visible(self) -> bool:
        return self.state in self.VISIBLE

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_followed_online(self) -> bool:
        return self.format in self.ONLINE_FORMATS

    @property
    def is_in_person_only(self) -> bool:
        return self.format == self.Format.IN_PERSON

    @property
    def delay(self) -> timedelta:
        return timedelta(minutes=self.minutes_late)

    @property
    def expected_start(self) -> datetime | None:
        """When it really begins, as far as organisers have said; calendars keep `starts_at`."""
        return self.starts_at and self.starts_at + self.delay

    @property
    def expected_end(self) -> datetime | None:
        """What begins late ends late."""
        return self.ends_at and self.ends_at + self.delay

    def is_on(self, now: datetime) -> bool:
        start, end = self.expected_start, self.expected_end
        return bool(start and end and start <= now < end)

    def is_over(self, now: datetime) -> bool:
        return self.expected_end is not None and self.expected_end <= now

    def is_awaited_late(self, now: datetime) -> bool:
        """Whether its delay is still news: it is to come."""
        return bool(self.minutes_late and self.expected_start and now < self.expected_start)

    @property
    def is_asked_online(self) -> bool:
        """Whether those who follow it online can ask something."""
        is_talk = self.is_followed_online and self.kind != self.Kind.BREAK
        return self.takes_questions and is_talk

    def question_hours(self) -> tuple[datetime, datetime] | None:
        """From when until when questions are taken; None while it has no hours."""
        if not (self.starts_at and self.expected_end):
            return None
        return self.starts_at - self.QUESTIONS_BEFORE, self.expected_end

    def overlaps(self, other: "Session") -> bool:
        """Twin of `SessionQuerySet.overlapping`; a session without hours overlaps nothing."""
        if not (self.starts_at and self.ends_at and other.starts_at and other.ends_at):
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def clean(self) -> None:
        self._clean_slug()
        self._clean_hours()
        if self.kind == self.Kind.WORKSHOP and self.format != self.Format.IN_PERSON:
            raise ValidationError({"format": _("Workshops are always in person only.")})
        self._clean_day(Meeting.objects.first())
        self._clean_room()

    def _clean_slug(self) -> None:
        """Below the programme the site has pages of its own, in each language another."""
        if self.slug and any(is_taken(code, self.slug) for code, _name in settings.LANGUAGES):
            raise ValidationError({"slug": _("The site itself uses this address: choose another.")})

    def _clean_hours(self) -> None:
        if (self.starts_at is None) != (self.ends_at is None):
            raise ValidationError({"ends_at": _("Give both times, or neither.")})
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("It ends before it starts.")})
        if self.starts_at and not self.day:
            raise ValidationError({"day": _("Times need a day.")})

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
        """Holds only in a write that has locked the room: the admin's and the loader's do."""
        if not (
            self.room_id and self.starts_at and self.ends_at and self.state == self.State.PUBLISHED
        ):
            return
        others = Session.objects.published().filter(room_id=self.room_id).exclude(pk=self.pk)
        taken_by = others.overlapping(self.starts_at, self.ends_at).first()
        if taken_by:
            raise ValidationError(
                {"room": _("“%(title)s” is in this room at that time.") % {"title": taken_by.title}}
            )


def is_taken(code: str, slug: str) -> bool:
    """Whether an address below the programme of this language leads to something else."""
    try:
        with translation.override(code):
            found = resolve(reverse("programme:session-list") + slug + "/")
    except Resolver404:
        return False
    return found.view_name != "programme:session-detail"
