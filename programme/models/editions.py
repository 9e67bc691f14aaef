"""Store the other meetings of the series, and figures and results of this site's own."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from eim.lib.fields import first_column
from eim.lib.fields.web_addresses import with_scheme
from eim.lib.uploads import picture_path, validate_picture_size
from eim.lib.validators import raise_every_error
from programme.models.themes import Colour, Motif

FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Source:
    """A place where facts of an edition stand; in print only, if it has no address."""

    words: str
    url: str


class EditionQuerySet(models.QuerySet["Edition"]):
    def after(self, number: int) -> "EditionQuerySet":
        """Filter those that came or come later, the next one first."""
        return self.filter(number__gt=number).order_by("number")


class Edition(models.Model):
    """A meeting among those of the past and to come; all but number and year may be unknown.

    The row with the number of this site's meeting holds what the meeting's own row does not:
    figures, result, picture and sources.
    """

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1)]
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    place = models.CharField(
        _("city"), max_length=100, blank=True, help_text=_("Without the country.")
    )
    country = CountryField(_("country"), blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    theme_line = models.CharField(_("theme line"), max_length=200, blank=True)
    people = models.PositiveIntegerField(
        _("people"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many took part."),
    )
    countries = models.PositiveSmallIntegerField(
        _("countries"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("From how many they came."),
    )
    result_title = models.CharField(
        _("result"),
        max_length=200,
        blank=True,
        help_text=_("What it agreed or published, such as its declaration."),
    )
    result_url = models.URLField(_("web address of the result"), blank=True)
    url = models.URLField(_("its own web address"), blank=True)
    picture = models.ImageField(
        _("picture"), upload_to=picture_path, blank=True, validators=[validate_picture_size]
    )
    picture_alt = models.CharField(_("what the picture shows"), max_length=250, blank=True)
    sources = models.TextField(
        _("sources"),
        blank=True,
        help_text=_("One a line: what it is, and at the end its web address if it has one."),
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_number_is_positive"),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="edition_year_is_plausible"
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True, last_day__isnull=True)
                | Q(first_day__isnull=False, last_day__isnull=False),
                name="edition_has_both_days_or_neither",
                violation_error_message=_("Give both days, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="edition_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="edition_has_people_if_known"),
            models.CheckConstraint(
                condition=Q(countries__gte=1), name="edition_has_countries_if_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.year})"

    @property
    def colour(self) -> str:
        """Return the colour of its seal: by its number, so that neighbours differ."""
        return Colour.values[self.number % len(Colour.values)]

    @property
    def motif(self) -> str:
        return Motif.values[self.number % len(Motif.values)]

    @property
    def is_bare(self) -> bool:
        """Return whether nothing but number and year is known."""
        texts = (self.place, self.country, self.theme_line, self.result_title, self.sources)
        addresses = (self.result_url, self.url, self.picture)
        return not any((*texts, *addresses, self.first_day, self.people, self.countries))

    @property
    def source_list(self) -> list[Source]:
        return [source_of(line) for line in self.sources.splitlines() if line.strip()]

    def clean(self) -> None:
        raise_every_error(self._clean_days, self._clean_picture)

    def _clean_days(self) -> None:
        if (self.first_day is None) != (self.last_day is None):
            raise ValidationError({"last_day": _("Give both days, or neither.")})
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day is before the first.")})
        if self.first_day and self.year and self.first_day.year != self.year:
            raise ValidationError({"first_day": _("This day is not in the year above.")})

    def _clean_picture(self) -> None:
        if self.picture and not self.picture_alt:
            raise ValidationError({first_column("picture_alt"): _("Describe the picture.")})


def source_of(line: str) -> Source:
    """Read one line: an address alone is named by its host."""
    words, _blank, last = line.strip().rpartition(" ")
    url = with_scheme(last)
    if not url.startswith(("https://", "http://")):
        return Source(line.strip(), "")
    return Source(words.rstrip(":,") or url.split("/")[2].removeprefix("www."), url)
