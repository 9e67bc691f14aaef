from datetime import datetime, time, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programme.models import Meeting
from registration.models.messages import Kind

HOUR_OF_REMINDERS = time(9)


class Reminder(models.Model):
    """A mail that the worker writes to many: whether it is sent, when, and with which words."""

    class About(models.TextChoices):
        UNCONFIRMED = Kind.UNCONFIRMED.value, _("Registrations that nobody confirmed")
        WEEK_BEFORE = Kind.WEEK_BEFORE.value, _("Some days before the meeting: are you coming?")
        DAYS_BEFORE = Kind.DAYS_BEFORE.value, _("Shortly before the meeting: are you coming?")

    # Hours after signing up for the first, days before the meeting for the others.
    LEADS = {About.UNCONFIRMED: 24, About.WEEK_BEFORE: 7, About.DAYS_BEFORE: 2}

    about = models.CharField(
        _("about"), max_length=20, choices=About.choices, unique=True, editable=False
    )
    is_on = models.BooleanField(_("is sent"), default=True)
    lead = models.PositiveSmallIntegerField(
        _("when"),
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Hours after registering, or days before the first day of the meeting."),
    )
    words = models.TextField(
        _("additional text"),
        blank=True,
        max_length=1000,
        help_text=_("Added to the e-mail, in each language. Plain text."),
    )

    # Annotated by the back office's list
    sent_count: int

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(about__in=["unconfirmed", "week_before", "days_before"]),
                name="reminder_is_about_something_known",
            ),
            models.CheckConstraint(
                condition=Q(lead__range=(1, 60)),
                name="reminder_lead_is_between_1_and_60",
            ),
        ]

    def __str__(self) -> str:
        return self.get_about_display()

    @classmethod
    def ensured(cls) -> list[Self]:
        """Return all reminders; create those that are missing with their defaults."""
        rows = list(cls.objects.all())
        if len(rows) < len(cls.LEADS):
            missing = [cls(about=about, lead=lead) for about, lead in cls.LEADS.items()]
            cls.objects.bulk_create(missing, ignore_conflicts=True)
            rows = list(cls.objects.all())
        return rows

    def goes_out_at(self, meeting: Meeting) -> datetime:
        """Return when a reminder before the meeting is sent: in the morning at the venue."""
        day = meeting.first_day - timedelta(days=self.lead)
        return datetime.combine(day, HOUR_OF_REMINDERS, meeting.zone)
