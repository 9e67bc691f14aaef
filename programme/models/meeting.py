"""Store the meeting: the one row of everything that differs between two meetings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from eim.lib.fields.email_addresses import AddressColumn
from eim.lib.languages import further_languages, naming, validate_further_languages
from eim.lib.translated.first_language import preferring
from eim.lib.uploads import picture_path, share_picture_path, validate_picture_size
from eim.lib.validators import raise_every_error


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("There is no time zone with this name: enter one such as America/Lima.")
        )


def validate_hours_have_zone(meeting: "Meeting | None", **hours: datetime | None) -> None:
    """Refuse hours that were entered before there is a meeting: nobody can know their zone."""
    entered = [name for name, moment in hours.items() if moment]
    if entered and meeting is None:
        sentence = _("Add the meeting first: times are read in its time zone.")
        raise ValidationError({entered[0]: sentence})


# Within how many days a question about accessibility has to be answered, at most.
MOST_ANSWER_DAYS = 90


class RegistrationState(models.TextChoices):
    UNANNOUNCED = "unannounced", _("not announced yet")
    BEFORE = "before", _("opens later")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Standing(models.TextChoices):
    AS_PLANNED = "as_planned", _("takes place as planned")
    POSTPONED = "postponed", _("is postponed")
    CANCELLED = "cancelled", _("is cancelled")


class Meeting(models.Model):
    """The one meeting that this site is about; its primary key is always 1.

    `version` and `changed_at` are raised by `actions.bump_version`: cached pages are keyed by them.
    """

    number = models.PositiveSmallIntegerField(_("number"))
    short_name = models.CharField(_("short name"), max_length=30)
    name = models.CharField(_("name"), max_length=150)
    edition_label = models.CharField(_("edition label"), max_length=100, blank=True)
    theme_line = models.CharField(_("theme line"), max_length=200)
    summary = models.CharField(
        _("summary"),
        max_length=200,
        blank=True,
        help_text=_("One sentence below the theme line on the first page, and in search results."),
    )
    about = models.TextField(
        _("about the meeting"),
        blank=True,
        help_text=_("Markdown: **bold**, *italics*, ## heading, - list, [link](https://…)."),
    )
    audience = models.TextField(_("who it is for"), blank=True)
    is_sample = models.BooleanField(_("is sample data"), default=False, editable=False)

    standing = models.CharField(
        _("whether it takes place"),
        max_length=20,
        choices=Standing,
        default=Standing.AS_PLANNED,
        db_default=Standing.AS_PLANNED,
    )
    standing_reason = models.TextField(
        _("why it is postponed or cancelled, and what follows"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Markdown: **bold**, *italics*, ## heading, - list, [link](https://…)."),
    )
    # Raised whenever `standing` changes: calendars learn of it, and each change is written once.
    standing_revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # When `standing` changed last; empty if it never did.
    standing_since = models.DateTimeField(null=True, editable=False)
    # When it was first postponed or cancelled: sessions that had ended by then were held. Empty
    # while it takes place as planned.
    broken_off_at = models.DateTimeField(null=True, editable=False)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone"),
        max_length=50,
        validators=[validate_time_zone],
    )
    first_language = models.CharField(
        _("first language"), max_length=2, choices=settings.LANGUAGES, default="es"
    )

    further_languages = models.TextField(
        _("further languages"),
        blank=True,
        default="",
        db_default="",
        validators=[validate_further_languages],
        help_text=_(
            "Languages of sessions that no list of this site has. One a line: its code of ISO "
            "639-3 and its names in Spanish, Portuguese and English, such as "
            "nah: náhuatl / náuatle / Nahuatl"
        ),
    )

    city = models.CharField(_("city"), max_length=100)
    country = CountryField(_("country"))
    venue_name = models.CharField(_("venue"), max_length=150)
    venue_acronym = models.CharField(_("venue acronym"), max_length=20, blank=True)
    venue_address = models.CharField(_("street address"), max_length=250)
    directions = models.TextField(
        _("how to get there"),
        blank=True,
        help_text=_("Markdown: **bold**, *italics*, ## heading, - list, [link](https://…)."),
    )
    access = models.TextField(
        _("access at the venue"),
        blank=True,
        help_text=_("Markdown: **bold**, *italics*, ## heading, - list, [link](https://…)."),
    )
    access_requests_until = models.DateField(
        _("last day to ask for support"), null=True, blank=True
    )
    access_answer_days = models.PositiveSmallIntegerField(
        _("days to answer about accessibility"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ANSWER_DAYS)],
        help_text=_(
            "In the accessibility statement: within how many days the organisers answer whoever "
            "writes to them about an obstacle."
        ),
    )
    access_enforcement = models.TextField(
        _("who enforces accessibility"),
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "In the accessibility statement: to whom people can complain when the organisers' "
            "answer does not help them, with address. Markdown, as above."
        ),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    registration_opens_at = models.DateTimeField(
        _("registration opens"),
        null=True,
        blank=True,
        help_text=_("If empty, registration is not open."),
    )
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    contact_email = AddressColumn(_("contact e-mail"), blank=True)
    streaming_note = models.TextField(_("note about the stream"), blank=True)
    privacy_notice = models.TextField(
        _("privacy notice"),
        blank=True,
        help_text=_("Markdown: **bold**, *italics*, ## heading, - list, [link](https://…)."),
    )
    privacy_version = models.CharField(_("version of the notice"), max_length=20, default="1")

    logo = models.ImageField(
        _("logo"),
        upload_to=picture_path,
        blank=True,
        default="",
        db_default="",
        validators=[validate_picture_size],
        help_text=_(
            "At the top of every page, in place of the meeting's number. JPEG, PNG, WebP or GIF, "
            "up to 5 MB."
        ),
    )
    share_picture = models.ImageField(
        _("picture for sharing"),
        upload_to=share_picture_path,
        blank=True,
        default="",
        db_default="",
        validators=[validate_picture_size],
        help_text=_(
            "What other sites and messages show beside a link to this one: 1200 × 630 pixels, "
            "else it is cut. Without one, they show woven bands."
        ),
    )

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meeting")
        permissions = [("translate_texts", _("Can translate texts"))]
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_meeting"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="meeting_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_opens_at__lt=F("registration_closes_at")),
                name="registration_opens_before_it_closes",
                violation_error_message=_("Registration closes before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="meeting_standing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(access_answer_days__range=(1, MOST_ANSWER_DAYS)),
                name="access_is_answered_within_90_days",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="coordinates_are_both_or_neither",
                violation_error_message=_("Give both coordinates, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @contextmanager
    def activated(self) -> Iterator[None]:
        """Read hours in its zone, fall back to its first language, and know its languages."""
        further = naming(further_languages(self.further_languages))
        with timezone.override(self.zone), preferring(self.first_language), further:
            yield

    @property
    def days(self) -> list[date]:
        length = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(days=n) for n in range(length)]

    @property
    def begins_at(self) -> datetime:
        """Return midnight at the start of the first day, at the venue."""
        return datetime.combine(self.first_day, time.min, self.zone)

    @property
    def needs_kept_until(self) -> date | None:
        """Return the last day on which access needs are stored; None if it is not known."""
        return self.kept_until(settings.NEEDS_KEPT_DAYS)

    @property
    def personal_kept_until(self) -> date | None:
        """Return the last day on which personal data of attendees are stored, as above."""
        return self.kept_until(settings.PERSONAL_KEPT_DAYS)

    def kept_until(self, days: int) -> date | None:
        """Return the last day on which something is kept for so many days after the meeting.

        None for a postponed one, whose days no longer count. One that is cancelled after its days
        has its people for as long, to tell them.
        """
        if self.is_postponed:
            return None
        last = self.last_day
        if self.is_cancelled and self.standing_since:
            last = max(last, self.day_of(self.standing_since))
        return last + timedelta(days=days)

    @property
    def takes_place(self) -> bool:
        """Return whether it is neither postponed nor cancelled."""
        return self.standing == Standing.AS_PLANNED

    @property
    def is_postponed(self) -> bool:
        return self.standing == Standing.POSTPONED

    @property
    def is_cancelled(self) -> bool:
        return self.standing == Standing.CANCELLED

    def registration_state(self, now: datetime) -> RegistrationState:
        """Return whether people can register; they cannot for what does not take place."""
        opens, closes = self.registration_opens_at, self.registration_closes_at
        if not self.takes_place:
            return RegistrationState.CLOSED
        if not opens:
            return RegistrationState.UNANNOUNCED
        if now < opens:
            return RegistrationState.BEFORE
        return RegistrationState.CLOSED if closes and now >= closes else RegistrationState.OPEN

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day of a moment at the venue."""
        return moment.astimezone(self.zone).date()

    def clean(self) -> None:
        if not self._state.adding or not Meeting.objects.exists():
            self.pk = self.pk or 1
        else:
            raise ValidationError(_("There is already a meeting: change that one."))
        raise_every_error(self._clean_days, self._clean_registration, self._clean_coordinates)

    def _clean_days(self) -> None:
        self._clean_order(
            "last_day",
            self.first_day,
            self.last_day,
            _("The last day is before the first."),
        )

    def _clean_registration(self) -> None:
        self._clean_order(
            "registration_closes_at",
            self.registration_opens_at,
            self.registration_closes_at,
            _("Registration closes before it opens."),
            strictly=True,
        )

    def _clean_coordinates(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("Give both coordinates, or neither.")})

    def _clean_order[T: (date, datetime)](
        self,
        field: str,
        first: T | None,
        last: T | None,
        sentence: object,
        *,
        strictly: bool = False,
    ) -> None:
        if first and last and (last < first or (strictly and last == first)):
            raise ValidationError({field: str(sentence)})
