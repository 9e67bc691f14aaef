"""Store the presentations inside sessions."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from eim.lib.fields import first_column
from eim.lib.fields.cleaned import CleanedColumn
from eim.lib.uploads import picture_path, validate_picture_size
from programme.models.removals import removed_parts_column
from programme.models.sessions import Session


class Presentation(models.Model):
    """An experience, a paper or a poster that is presented inside a session."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="presentations", verbose_name=_("session")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    institution = CleanedColumn(_("institution"), max_length=200, blank=True)
    country = CountryField(_("country"), blank=True)
    picture = models.ImageField(
        _("picture"),
        upload_to=picture_path,
        blank=True,
        validators=[validate_picture_size],
    )
    picture_alt = models.CharField(_("what the picture shows"), max_length=250, blank=True)
    removed_parts = removed_parts_column()

    class Meta:
        verbose_name = _("presentation")
        verbose_name_plural = _("presentations")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.picture and not self.picture_alt:
            raise ValidationError({first_column("picture_alt"): _("Describe the picture.")})
