from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registration.models.registrations import Registration


class Event(models.TextChoices):
    SIGNED_UP = "signed_up", _("registered")
    REPLACED = "replaced", _("registered again with other answers")
    REOPENED = "reopened", _("registered again")
    REPEATED = "repeated", _("registered again, though already confirmed")
    MAILBOX_FULL = (
        "mailbox_full",
        _("another person with this address wanted to register"),
    )
    ASKED_AGAIN = "asked_again", _("asked for the e-mail again")
    CONFIRMED = "confirmed", _("confirmed")
    MOVED = "moved", _("confirmed the address")
    HOLD_OVER = "hold_over", _("places no longer reserved: now on the waiting list")
    PROMOTED = "promoted", _("got a place from the waiting list")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("lapsed")
    CORRECTED = "corrected", _("corrected by the organisers")
    RESENT = "resent", _("e-mail sent again by the organisers")
    # By the person
    CHANGED = "changed", _("changed their places")
    WENT_ONLINE = "went_online", _("now takes part online")
    CAME_BACK = "came_back", _("now takes part in person")
    GAVE_BACK = "gave_back", _("released a place")
    TOOK_FREE = "took_free", _("took a place that was free")
    COMING = "coming", _("said that they will come")
    CONSENTED = "consented", _("gave or withdrew a consent")
    NEEDS_CHANGED = "needs_changed", _("changed their access needs")
    LINK_LOST = "link_lost", _("asked for their links")
    LINK_ASKED = "link_asked", _("asked for the link to their data")
    LINK_RENEWED = "link_renewed", _("got a new link, and the old ones ended")
    ADDRESS_CHANGED = "address_changed", _("entered a new address")
    DETAILS_CHANGED = "details_changed", _("changed what they wrote")
    DOWNLOADED = "downloaded", _("downloaded their data")
    # By the organisers
    ADDED = "added", _("added by the organisers")
    LET_IN = "let_in", _("confirmed by the organisers")
    PLACE_GIVEN = "place_given", _("got a place from the organisers")
    PLACE_TAKEN = "place_taken", _("place taken back by the organisers")
    MOVED_UP = "moved_up", _("moved up the waiting list by the organisers")
    SESSION_CANCELLED = "session_cancelled", _("one of their sessions was cancelled")
    SESSION_MOVED = "session_moved", _("written to about a session that was moved")
    STANDING_TOLD = "standing_told", _("written to about whether the meeting takes place")
    # By the clock
    REMINDED = "reminded", _("reminded")
    NEEDS_ERASED = "needs_erased", _("access needs erased")
    ERASED = "erased", _("personal data erased")


class History(models.Model):
    """An event of a registration; without an actor it was the person or the site."""

    Event = Event

    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        related_name="history",
        verbose_name=_("registration"),
    )
    event = models.CharField(_("event"), max_length=20, choices=Event.choices)
    happened_at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    quota = models.ForeignKey(
        "registration.Quota",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("of"),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ["happened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(event__in=Event.values), name="event_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_event_display()
