"""Store the rooms of the venue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """A room in which sessions take place, and from which streams are sent."""

    code = models.SlugField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("A short name for web addresses and files. Best left unchanged later."),
    )
    name = models.CharField(_("name"), max_length=80)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    is_step_free = models.BooleanField(_("step-free access"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
