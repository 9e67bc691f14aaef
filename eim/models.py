from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.cleaned import CleanedColumn
from eim.lib.fields.email_addresses import AddressColumn
from eim.lib.normalising import EMAIL_LENGTH


class ClockStart(models.Model):
    """Store when a rehearsal started, so that a restart does not reset its clock."""

    clock = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.clock


class MailLanguage(models.Model):
    """The language in which an organiser gets e-mails about the account."""

    account = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="mail_language"
    )
    code = models.CharField(_("language of the e-mails"), max_length=2, choices=settings.LANGUAGES)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=["es", "pt", "en"]), name="mail_language_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.code


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unused(self) -> "InvitationQuerySet":
        """Filter those that can still be used, or sent again."""
        return self.filter(used_at=None, withdrawn_at=None)

    def older_than(self, moment: datetime) -> "InvitationQuerySet":
        return self.filter(invited_at__lt=moment)


class Invitation(models.Model):
    """An organiser's invitation of a colleague: a link that is mailed to an address."""

    name = CleanedColumn(_("name"), max_length=150)
    address = AddressColumn(_("e-mail"))
    # See `eim.lib.normalising.email_key`: written by the action that adds the row.
    email_key = models.CharField(max_length=EMAIL_LENGTH, editable=False)
    language = models.CharField(
        _("language of the e-mail"), max_length=2, choices=settings.LANGUAGES
    )
    roles = models.ManyToManyField(Group, verbose_name=_("roles"), related_name="+")
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited"))
    # Part of the link: a new one ends the one before.
    version = models.PositiveIntegerField(default=1, editable=False)
    # Empty while no mail server has taken the e-mail with the present link.
    sent_at = models.DateTimeField(_("e-mail sent"), null=True, blank=True)
    # Switched off until its owner has a second step.
    account = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("account")
    )
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-pk"]
        # Whoever may add accounts may invite: see eim/back_office/colleagues.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"],
                condition=Q(used_at=None, withdrawn_at=None),
                name="one_open_invitation_of_an_address",
                violation_error_message=_("Somebody has already invited this address."),
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(withdrawn_at=None),
                name="invitation_is_used_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(address="") & ~Q(email_key=""),
                name="invitation_has_name_and_address",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["es", "pt", "en"]), name="invitation_language_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unused(self) -> bool:
        return self.used_at is None and self.withdrawn_at is None
