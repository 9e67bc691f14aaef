from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programme.models import Person


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """A person's consent to a purpose: to which text, when, and when it was withdrawn."""

    class Purpose(models.TextChoices):
        PRIVACY = "privacy", _("privacy notice")
        NEEDS = "needs", _("use of the access needs")
        IMAGE = "image", _("image and recording")
        LIST = "list", _("list of participants")
        NEWS = "news", _("news of the meetings")
        CERTIFICATE = "certificate", _("name kept after the meeting")

    # Exactly one of the two agreed.
    registration = models.ForeignKey(
        "registration.Registration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("registration"),
    )
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("person"),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    text_version = models.CharField(_("version of the text"), max_length=20)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    purpose__in=["privacy", "needs", "image", "list", "news", "certificate"]
                ),
                name="consent_purpose_is_known",
            ),
            models.UniqueConstraint(
                fields=["registration", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_is_given_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="person_consents_once_at_a_time",
                violation_error_message=_("This person has agreed to it already."),
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=False, person__isnull=True)
                | Q(registration__isnull=True, person__isnull=False),
                name="consent_is_of_a_registration_or_a_person",
                violation_error_message=_(
                    "A consent belongs to a registration or to a person: to one of them."
                ),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_is_withdrawn_after_it_is_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.text_version})"


class ConsentCount(models.Model):
    """A count of those who agreed to a text at an earlier meeting, and of those who took it back.

    Their consents go with the meeting; what was asked, of how many, remains.
    """

    meeting_number = models.PositiveSmallIntegerField(_("meeting"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Consent.Purpose.choices)
    text_version = models.CharField(_("version of the text"), max_length=20)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    agreed = models.PositiveIntegerField(_("given"))
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)

    class Meta:
        verbose_name = _("consents of an earlier meeting")
        verbose_name_plural = _("consents of earlier meetings")
        ordering = ["-meeting_number", "purpose", "text_version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting_number", "purpose", "text_version", "language"],
                name="consents_are_counted_once_a_text",
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=["privacy", "needs", "image", "list", "news", "certificate"]
                ),
                name="counted_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn__lte=models.F("agreed")),
                name="no_more_consents_are_withdrawn_than_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_number}: {self.get_purpose_display()} ({self.text_version})"
