"""What stands around the programme: who organises, notices, documents, pages."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from programme.fields import first_language
from programme.languages import address
from programme.uploads import (
    document_path,
    picture_path,
    validate_document,
    validate_picture_size,
)


class Organisation(models.Model):
    """Who organises, hosts or supports the meeting."""

    class Role(models.TextChoices):
        ORGANISES = "organises", _("organises")
        HOSTS = "hosts", _("hosts")
        SUPPORTS = "supports", _("supports")

    name = models.CharField(_("name"), max_length=200, unique=True)
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
                condition=Q(role__in=["organises", "hosts", "supports"]),
                name="organisation_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.logo and not self.logo_alt:
            raise ValidationError({first_language("logo_alt"): _("Describe the logo.")})


class Notice(models.Model):
    """A line on every page, for a while."""

    class Severity(models.TextChoices):
        INFO = "info", _("information")
        WARNING = "warning", _("warning")
        URGENT = "urgent", _("urgent")

    text = models.CharField(_("text"), max_length=300)
    severity = models.CharField(
        _("severity"), max_length=20, choices=Severity.choices, default=Severity.INFO
    )
    shown_from = models.DateTimeField(_("shown from"), null=True, blank=True)
    shown_until = models.DateTimeField(_("shown until"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_from__isnull=True)
                | Q(shown_until__isnull=True)
                | Q(shown_from__lt=F("shown_until")),
                name="notice_ends_after_it_starts",
                violation_error_message=_("The notice ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["info", "warning", "urgent"]),
                name="notice_severity_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def is_shown(self, now: datetime) -> bool:
        started = self.shown_from is None or self.shown_from <= now
        return started and (self.shown_until is None or self.shown_until > now)

    def clean(self) -> None:
        if self.shown_from and self.shown_until and self.shown_until <= self.shown_from:
            raise ValidationError({"shown_until": _("The notice ends before it starts.")})


class Document(models.Model):
    """Something to download or read elsewhere: the declaration, a press kit."""

    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    file = models.FileField(
        _("file"), upload_to=document_path, blank=True, validators=[validate_document]
    )
    url = models.URLField(_("or its web address"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(url="")) | (~Q(file="") & Q(url="")),
                name="document_is_a_file_or_an_address",
                violation_error_message=_("Give either a file or a web address."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return self.file.url if self.file else self.url

    def clean(self) -> None:
        if bool(self.file) == bool(self.url):
            raise ValidationError({"url": _("Give either a file or a web address.")})


class PageQuerySet(models.QuerySet["Page"]):
    def in_menu(self) -> "PageQuerySet":
        return self.filter(in_menu=True)


class Page(models.Model):
    """A text of the organisers' own: travel, questions people ask, previous meetings."""

    slug = models.SlugField(_("end of the web address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(
        _("text"),
        help_text=_("Markdown: **bold**, *italics*, ## heading, - list, [link](https://…)."),
    )
    in_menu = models.BooleanField(_("listed at the foot of every page"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("page-detail", self.slug)

    def clean(self) -> None:
        if self.slug and any(is_taken(code, self.slug) for code, _name in settings.LANGUAGES):
            raise ValidationError({"slug": _("The site itself uses this address: choose another.")})


def is_taken(code: str, slug: str) -> bool:
    """Whether an address of this language leads to something else than a `Page`."""
    try:
        with translation.override(code):
            return resolve(f"/{code}/{slug}/").view_name != "programme:page-detail"
    except Resolver404:
        return False
