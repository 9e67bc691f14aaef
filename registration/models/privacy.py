from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SuppressionReason(models.TextChoices):
    ASKED = "asked", _("the recipient asked for it")
    REFUSED = "refused", _("the mail server does not know it")
    ORGANISERS = "organisers", _("by the organisers")


class Suppression(models.Model):
    """A mailbox to which no mail, or no reminder, is sent, stored as a keyed hash."""

    Reason = SuppressionReason

    mailbox = models.CharField(_("e-mail address"), max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    # The reader wants no more reminders, but all that is about their own registration.
    is_of_reminders = models.BooleanField(
        _("only reminders and letters"), default=False, db_default=False
    )
    created_at = models.DateTimeField(_("since"), editable=False)

    class Meta:
        verbose_name = _("address we do not write to")
        verbose_name_plural = _("addresses we do not write to")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["asked", "refused", "organisers"]),
                name="suppression_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox[:8]}…"


class ErasureLog(models.Model):
    """An erasure: when, why and of how many people, but not whose data."""

    class Cause(models.TextChoices):
        NEEDS = "needs", _("access needs, some days after the meeting")
        PERSONAL = "personal", _("personal data, some months after the meeting")
        SPEAKERS = "speakers", _("addresses of speakers, some months after the meeting")
        NEWS = "news", _("addresses for news, years after the last consent")
        PERSON = "person", _("the person asked for it")

    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices)
    erased_at = models.DateTimeField(_("when"))
    people = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-erased_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=["needs", "personal", "speakers", "news", "person"]),
                name="erasure_cause_is_known",
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="erasure_is_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.get_cause_display()
