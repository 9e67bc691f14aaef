"""Store what is wrong with the sender of the e-mails, as it was last looked up."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SenderHealth(models.Model):
    """Faults that keep the e-mails of this sender from arriving, and why organisers go on."""

    # The addresses that were looked up: another sender is looked up anew.
    sender = models.CharField(max_length=600)
    looked_at = models.DateTimeField()
    # Codes of `registration.outbox.sender.records`, each with the facts of its sentence.
    faults = models.JSONField(default=list, blank=True)
    excuse = models.TextField(
        _("why registration opens although e-mails may not arrive"), max_length=500, blank=True
    )
    excused_at = models.DateTimeField(null=True, blank=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(excuse="", excused_at=None, excused_by=None)
                | (~Q(excuse="") & Q(excused_at__isnull=False, excused_by__isnull=False)),
                name="sender_is_excused_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.sender

    @classmethod
    def known(cls) -> "SenderHealth | None":
        """Return the one row; None if the sender was never looked up."""
        return cls.objects.select_related("excused_by").first()

    @property
    def is_broken(self) -> bool:
        return bool(self.faults)

    @property
    def is_to_attend(self) -> bool:
        """Return whether the sender cannot work, and nobody has said why that may be so."""
        return self.is_broken and not self.excuse

    def pardon(self, reason: str, by: User, now: datetime) -> None:
        """Note why registration opens all the same."""
        self.excuse, self.excused_by, self.excused_at = reason, by, now
        self.save(update_fields=["excuse", "excused_by", "excused_at"])
