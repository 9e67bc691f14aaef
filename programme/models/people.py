"""Store the people of the programme, and their parts in sessions and presentations."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from eim.lib.fields.cleaned import CleanedColumn, NameKeyColumn
from eim.lib.fields.email_addresses import AddressColumn
from eim.lib.fields.web_addresses import with_scheme
from eim.lib.normalising import NAME_LENGTH
from eim.lib.site_languages import translated_columns
from eim.lib.uploads import picture_path, validate_picture_size
from programme.models.addresses import page_address
from programme.models.presentations import Presentation
from programme.models.removals import RemovedPart, removed_parts_column
from programme.models.sessions import Session


class PersonQuerySet(models.QuerySet["Person"]):
    def without_photo(self) -> "PersonQuerySet":
        """Return people without a photograph, but for those whose photograph was removed."""
        return self.filter(photo="").exclude(removed_parts__contains=RemovedPart.PICTURE)

    def without_biography(self) -> "PersonQuerySet":
        """Return people who have a biography in no language, and of whom none was removed."""
        nothing = {f"{column}__gt": "" for column in translated_columns("biography")}
        rows = self.exclude(Q.create(list(nothing.items()), connector=Q.OR))
        return rows.exclude(removed_parts__contains=RemovedPart.TEXT)

    def with_address(self) -> "PersonQuerySet":
        return self.exclude(email="")

    def in_programme(self) -> "PersonQuerySet":
        """Return people with a part in a session that visitors can see."""
        seen = Q(parts__session__state__in=Session.VISIBLE) | Q(
            parts__presentation__session__state__in=Session.VISIBLE
        )
        return self.filter(seen).distinct()


class Person(models.Model):
    """A person who may have parts in the programme."""

    name = CleanedColumn(_("name"), max_length=150)
    # Twice in the database where two people have one name.
    name_key = NameKeyColumn(of="name", max_length=NAME_LENGTH, db_default="")
    slug = models.SlugField(_("end of the web address"), max_length=80, unique=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    institution = CleanedColumn(_("institution"), max_length=200, blank=True)
    country = CountryField(_("country"), blank=True)
    biography = models.TextField(_("biography"), blank=True)
    photo = models.ImageField(
        _("photograph"),
        upload_to=picture_path,
        blank=True,
        validators=[validate_picture_size],
    )
    links = models.TextField(_("links"), blank=True, help_text=_("One web address a line."))
    # For the organisers' letters, and never public.
    email = AddressColumn(
        _("e-mail"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Only the organisers see it: no page, feed or file of the site contains it."),
    )
    mail_language = models.CharField(
        _("language of the e-mails"),
        max_length=2,
        choices=settings.LANGUAGES,
        blank=True,
        default="",
        db_default="",
        help_text=_("Without one: the first language of the meeting."),
    )

    removed_parts = removed_parts_column()

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mail_language__in=["", "es", "pt", "en"]),
                name="person_mail_language_is_known",
                violation_error_message=_("Choose the language of the e-mails."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_address("speaker-detail", self.slug)

    @property
    def link_list(self) -> list[str]:
        return self.links.split()

    def clean(self) -> None:
        self.links = "\n".join(map(with_scheme, self.link_list))
        if any(not link.startswith(("https://", "http://")) for link in self.link_list):
            raise ValidationError(
                {"links": _("Each line must be a web address that starts with https://.")}
            )


class PartRole(models.TextChoices):
    SPEAKS = "speaks", _("speaks")
    PRESENTS = "presents", _("presents")
    MODERATES = "moderates", _("moderates")
    FACILITATES = "facilitates", _("facilitates")


class PartQuerySet(models.QuerySet["Part"]):
    def visible(self) -> "PartQuerySet":
        return self.filter(
            Q(session__state__in=Session.VISIBLE)
            | Q(presentation__session__state__in=Session.VISIBLE)
        )


class Part(models.Model):
    """A person's role in a session, or in one of its presentations: never in both."""

    Role = PartRole

    session = models.ForeignKey(
        Session,
        models.CASCADE,
        related_name="parts",
        null=True,
        blank=True,
        verbose_name=_("session"),
    )
    presentation = models.ForeignKey(
        Presentation,
        models.CASCADE,
        related_name="parts",
        null=True,
        blank=True,
        verbose_name=_("presentation"),
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="parts", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.SPEAKS)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person", "role"],
                name="part_in_a_session_is_named_once",
            ),
            models.UniqueConstraint(
                fields=["presentation", "person", "role"],
                name="part_in_a_presentation_is_named_once",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True, presentation__isnull=False)
                | Q(session__isnull=False, presentation__isnull=True),
                name="part_is_in_a_session_or_a_presentation",
                violation_error_message=_(
                    "A part belongs either to a session or to a presentation."
                ),
            ),
            models.CheckConstraint(
                condition=Q(role__in=PartRole.values),
                name="part_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"

    def clean(self) -> None:
        # Compares objects, not ids: parts of a new session are validated before it is saved.
        if (self.session is None) == (self.presentation is None):
            sentence = _("A part belongs either to a session or to a presentation.")
            raise ValidationError({"person": sentence})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Skip the constraint if `clean` has already reported the same error on `person`.

        Django excludes a field that has an error; excluding `session` too skips the constraint.
        """
        is_said = exclude is not None and "person" in exclude
        super().validate_constraints({*(exclude or ()), *(["session"] if is_said else [])})

    @property
    def in_session(self) -> Session:
        return self.session or self.presentation.session  # type: ignore[union-attr]
