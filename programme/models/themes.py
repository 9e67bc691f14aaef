"""Store the themes of the meeting."""

from typing import TypedDict

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eim.lib.weave import PLAIN_COLOUR, PLAIN_MOTIF


class Motif(models.TextChoices):
    DIAMOND = "diamond", _("diamond")
    SPIRAL = "spiral", _("spiral")
    STEPS = "steps", _("steps")
    CHAKANA = "chakana", _("stepped cross")
    GRECA = "greca", _("meander")
    BIRD = "bird", _("bird")
    PATH = "path", _("path")


class Colour(models.TextChoices):
    COCHINEAL = "cochineal", _("red")
    INDIGO = "indigo", _("blue")
    OCHRE = "ochre", _("yellow")
    MOLLE = "molle", _("green")
    MAIZ = "maiz", _("purple")
    CLAY = "clay", _("brown")


class Theme(models.Model):
    """A theme of the meeting; pages mark its sessions with its woven motif and its colour."""

    code = models.SlugField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("A short name for web addresses and files. Best left unchanged later."),
    )
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    motif = models.CharField(_("motif"), max_length=20, choices=Motif.choices)
    colour = models.CharField(_("colour"), max_length=20, choices=Colour.choices)
    day = models.DateField(_("its day"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(motif__in=Motif.values), name="theme_motif_is_known"
            ),
            models.CheckConstraint(
                condition=Q(colour__in=Colour.values), name="theme_colour_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MotifAndColour(TypedDict):
    motif: str
    colour: str


def marks_of(theme: Theme | None) -> MotifAndColour:
    """Return how a session of this theme is drawn; plain without one."""
    if theme is None:
        return MotifAndColour(motif=PLAIN_MOTIF, colour=PLAIN_COLOUR)
    return MotifAndColour(motif=theme.motif, colour=theme.colour)
