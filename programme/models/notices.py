"""Store notices: short texts that every page shows for a while."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programme.models.meeting import Meeting, validate_hours_have_zone


class NoticeSeverity(models.TextChoices):
    INFO = "info", _("information")
    WARNING = "warning", _("warning")
    URGENT = "urgent", _("urgent")


class Notice(models.Model):
    """A line on every page, from `shown_from` until `shown_until`; either may be empty."""

    Severity = NoticeSeverity

    text = models.CharField(_("text"), max_length=300)
    severity = models.CharField(
        _("severity"), max_length=20, choices=Severity.choices, default=Severity.INFO
    )
    shown_from = models.DateTimeField(_("shown from"), null=True, blank=True)
    shown_until = models.DateTimeField(_("shown until"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_from__isnull=True)
                | Q(shown_until__isnull=True)
                | Q(shown_from__lt=F("shown_until")),
                name="notice_ends_after_it_starts",
                violation_error_message=_("The notice ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(severity__in=NoticeSeverity.values),
                name="notice_severity_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def is_shown(self, now: datetime) -> bool:
        started = self.shown_from is None or self.shown_from <= now
        return started and (self.shown_until is None or self.shown_until > now)

    def clean(self) -> None:
        if self.shown_from and self.shown_until and self.shown_until <= self.shown_from:
            raise ValidationError({"shown_until": _("The notice ends before it starts.")})
        hours = {"shown_from": self.shown_from, "shown_until": self.shown_until}
        validate_hours_have_zone(Meeting.objects.first(), **hours)
