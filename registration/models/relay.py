"""The mail relay as the workers find it, and the workers' own signs of life."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# So many refusals in a row are no accident.
SEVERAL = 3
# Longer than a worker takes for one mail, and between two signs of life.
SILENT_AFTER = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(minutes=5)


class RelayFault(models.TextChoices):
    UNREACHABLE = "unreachable", _("It cannot be reached.")
    ENCRYPTION = "encryption", _("No encrypted connection to it can be made.")
    SLOW = "slow", _("It does not answer in time.")
    BROKEN = "broken", _("It breaks off the connection.")
    LOGIN = "login", _("It does not accept our user name and password.")
    REFUSING = "refusing", _("It refuses our e-mails.")


class Relay(models.Model):
    """The mail relay: how often it has refused mails since it last took one, and why."""

    Fault = RelayFault

    refusals = models.PositiveIntegerField(default=0)
    refused_since = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=20, choices=RelayFault.choices, blank=True)
    # The code and the words of the last refusal, without e-mail addresses.
    answer = models.TextField(blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    # Keys of messages whose refusals do not say whether the relay or the recipient is at fault.
    suspected = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refusals=0, refused_since__isnull=True)
                | Q(refusals__gt=0, refused_since__isnull=False),
                name="relay_refuses_since_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refusals}: {self.answer}"

    @classmethod
    def known(cls) -> "Relay":
        """Return the one row; unsaved if no mail was ever refused."""
        return cls.objects.first() or cls()

    @property
    def is_failing(self) -> bool:
        return self.refusals >= SEVERAL

    def is_paused(self, now: datetime) -> bool:
        """Return whether nothing is sent now; a clock that was put back ends a pause."""
        if self.paused_until is None:
            return False
        return now < self.paused_until <= now + LONGEST_PAUSE


class Heartbeat(models.Model):
    """The last success and failure of what a worker does again and again, by the real clock.

    The row named `WORKER` is a worker's sign of life; each housekeeping job has a row too.
    """

    WORKER = "worker"

    name = models.CharField(max_length=30, unique=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_failed(self) -> bool:
        """Return whether the last run failed."""
        if self.failed_at is None:
            return False
        return self.succeeded_at is None or self.failed_at > self.succeeded_at

    def is_silent(self, now: datetime) -> bool:
        """Return whether it is too long ago, or in the future: then the clock was put back."""
        return self.succeeded_at is None or abs(now - self.succeeded_at) > SILENT_AFTER
