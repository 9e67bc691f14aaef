"""Store the pages that organisers write in Markdown."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models.addresses import is_used_by_site, page_address


class PageQuerySet(models.QuerySet["Page"]):
    def in_menu(self) -> "PageQuerySet":
        return self.filter(in_menu=True)


class Page(models.Model):
    """A page that organisers write: travel, frequent questions, previous meetings."""

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
        return page_address("page-detail", self.slug)

    def clean(self) -> None:
        if self.slug and is_used_by_site("page-detail", self.slug):
            raise ValidationError({"slug": _("The site itself uses this address: choose another.")})
