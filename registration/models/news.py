"""Store the addresses of people who want news of later meetings, apart from registrations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.email_addresses import AddressColumn
from eim.lib.normalising import EMAIL_LENGTH


class NewsAddress(models.Model):
    """A proven address whose reader agreed to be written to about later meetings.

    No registration refers to it: it outlives the purge and the meeting, until it is taken back.
    """

    address = AddressColumn(_("e-mail"))
    # See `eim.lib.normalising.email_key`: written by the action that adds the row.
    email_key = models.CharField(max_length=EMAIL_LENGTH, unique=True, editable=False)
    language = models.CharField(
        _("language of the e-mails"), max_length=2, choices=settings.LANGUAGES
    )
    text_version = models.CharField(_("version of the text"), max_length=20)
    given_at = models.DateTimeField(_("agreed"))
    # Part of the link that takes the address back.
    link_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("address for news")
        verbose_name_plural = _("addresses for news")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(address="") & ~Q(email_key=""),
                name="news_address_is_an_address",
                violation_error_message=_("News need an e-mail address to go to."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["es", "pt", "en"]),
                name="news_language_is_known",
                violation_error_message=_("Choose the language of the e-mails."),
            ),
        ]

    def __str__(self) -> str:
        return self.address
