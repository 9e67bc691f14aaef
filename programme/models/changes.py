"""Record changes of a session's time, room or state: the page “What changed” reads them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programme.models.rooms import Room
from programme.models.sessions import Session, SessionState

# Sessions published within an hour of the very first one are the programme itself, not news.
FIRST_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Placing:
    """When and where a session is, and its state; a session whose placing changes is revised."""

    day: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    room_id: int | None = None
    venue_name: str = ""
    venue_address: str = ""
    state: str = Session.State.DRAFT

    @classmethod
    def of(cls, row: "Session | Change") -> "Placing":
        return cls(
            day=row.day,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room_id=row.room_id,
            venue_name=row.venue_name,
            venue_address=row.venue_address,
            state=row.state,
        )

    @property
    def is_visible(self) -> bool:
        return self.state in Session.VISIBLE


class ChangeQuerySet(models.QuerySet["Change"]):
    def news(self) -> "ChangeQuerySet":
        """Return what “What changed” and its feed list, newest first.

        Leaves out sessions that are drafts now, and what was published in the first hour.
        """
        rows = self.visible().filter(session__state__in=Session.VISIBLE)
        first = self.publications().aggregate(at=models.Min("changed_at"))["at"]
        if first:
            early = self.publications().filter(changed_at__lte=first + FIRST_HOUR)
            rows = rows.exclude(pk__in=early)
        return rows

    def visible(self) -> "ChangeQuerySet":
        """Return changes after which the session was visible, newest first, with room and theme."""
        rows = self.filter(state__in=Session.VISIBLE)
        # A session that was and stays cancelled may move, but no visitor needs to know.
        rows = rows.exclude(was_state=Session.State.CANCELLED, state=Session.State.CANCELLED)
        return rows.select_related("session__theme", "room", "was_room").order_by(
            "-changed_at", "-pk"
        )

    def publications(self) -> "ChangeQuerySet":
        """Return changes from draft to visible. Twin of `Change.is_publication`."""
        return self.filter(was_state=Session.State.DRAFT, state__in=Session.VISIBLE)


def venue_column(name: Any, length: int) -> models.CharField:
    """Return a column for the name or the address of a session's own venue."""
    return models.CharField(name, max_length=length, blank=True, default="", db_default="")


class Change(models.Model):
    """One change of a session's time, room or state, with the values before (`was_`) and after."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="changes", verbose_name=_("session")
    )
    changed_at = models.DateTimeField(_("changed"))
    was_day = models.DateField(_("day before"), null=True)
    was_starts_at = models.DateTimeField(_("start before"), null=True)
    was_ends_at = models.DateTimeField(_("end before"), null=True)
    was_room = models.ForeignKey(
        Room, models.SET_NULL, null=True, related_name="+", verbose_name=_("room before")
    )
    was_venue_name = venue_column(_("other place before"), 150)
    was_venue_address = venue_column(_("address before"), 250)
    was_state = models.CharField(_("state before"), max_length=20, choices=Session.State.choices)
    day = models.DateField(_("day"), null=True)
    starts_at = models.DateTimeField(_("starts"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, related_name="+", verbose_name=_("room")
    )
    venue_name = venue_column(_("other place"), 150)
    venue_address = venue_column(_("address of that place"), 250)
    state = models.CharField(_("state"), max_length=20, choices=Session.State.choices)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the programme")
        verbose_name_plural = _("changes of the programme")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="change_has_both_hours_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(was_starts_at__isnull=True, was_ends_at__isnull=True)
                | Q(was_starts_at__isnull=False, was_ends_at__isnull=False),
                name="change_had_both_hours_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SessionState.values, was_state__in=SessionState.values),
                name="change_states_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}, {self.changed_at:%d-%m-%Y %H:%M}"

    @property
    def was(self) -> Placing:
        return Placing(
            day=self.was_day,
            starts_at=self.was_starts_at,
            ends_at=self.was_ends_at,
            room_id=self.was_room_id,
            venue_name=self.was_venue_name,
            venue_address=self.was_venue_address,
            state=self.was_state,
        )

    @property
    def is_publication(self) -> bool:
        """Twin of `ChangeQuerySet.publications`."""
        return self.was_state == Session.State.DRAFT and self.state in Session.VISIBLE

    @property
    def is_cancellation(self) -> bool:
        return self.was_state != self.state == Session.State.CANCELLED

    @property
    def is_revival(self) -> bool:
        return (self.was_state, self.state) == (Session.State.CANCELLED, Session.State.PUBLISHED)

    @property
    def is_new_placing(self) -> bool:
        """Return whether a session that was visible and still is has other hours, or a room."""
        was, became = self.was, Placing.of(self)
        return was.is_visible and became.is_visible and replace(was, state=became.state) != became

    @property
    def is_move(self) -> bool:
        """Return whether a session that was visible and still is has a new start time."""
        has_hours = self.was_starts_at is not None and self.starts_at is not None
        was_seen = self.was_state in Session.VISIBLE and self.state in Session.VISIBLE
        return has_hours and was_seen and self.was_starts_at != self.starts_at


def placing_columns(placing: Placing, prefix: str = "") -> dict[str, Any]:
    """Return a placing as columns of `Change`; the prefix `was_` means those before."""
    return {f"{prefix}{name}": value for name, value in vars(placing).items()}
