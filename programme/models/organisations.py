"""Store the organisations that organise, host or support the meeting."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eim.lib.fields import first_column
from eim.lib.fields.cleaned import CleanedColumn
from eim.lib.uploads import picture_path, validate_picture_size


class OrganisationRole(models.TextChoices):
    ORGANISES = "organises", _("organises")
    HOSTS = "hosts", _("hosts")
    SUPPORTS = "supports", _("supports")


class Organisation(models.Model):
    """An organisation that organises, hosts or supports the meeting."""

    Role = OrganisationRole

    name = CleanedColumn(_("name"), max_length=200, unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    url = models.URLField(_("web address"), blank=True)
    logo = models.ImageField(
        _("logo"),
        upload_to=picture_path,
        blank=True,
        validators=[validate_picture_size],
    )
    logo_alt = models.CharField(_("text in place of the logo"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=OrganisationRole.values),
                name="organisation_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.logo and not self.logo_alt:
            raise ValidationError({first_column("logo_alt"): _("Describe the logo.")})
