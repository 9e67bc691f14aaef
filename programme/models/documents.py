"""Store documents that visitors download, or read on another site."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eim.lib.uploads import document_path, validate_document
from programme.models.removals import removed_parts_column


class DocumentQuerySet(models.QuerySet["Document"]):
    def shown(self) -> "DocumentQuerySet":
        """Return all but those that were removed from the site."""
        return self.exclude(file="", url="")


class Document(models.Model):
    """A file or an address: the meeting's declaration, a press kit."""

    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    file = models.FileField(
        _("file"), upload_to=document_path, blank=True, validators=[validate_document]
    )
    url = models.URLField(_("or its web address"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    removed_parts = removed_parts_column()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(url=""))
                | (~Q(file="") & Q(url=""))
                | (Q(file="") & Q(url="") & ~Q(removed_parts="")),
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
        is_removed = bool(self.removed_parts) and not (self.file or self.url)
        if bool(self.file) == bool(self.url) and not is_removed:
            raise ValidationError({"url": _("Give either a file or a web address.")})
