"""Store the plan of the board: moves of sessions that organisers have staged, not yet published."""

from copy import copy

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programme.models.meeting import Meeting
from programme.models.rooms import Room
from programme.models.sessions import Session


class StagedMoveQuerySet(models.QuerySet["StagedMove"]):
    def with_rows(self) -> "StagedMoveQuerySet":
        """Join what the board shows of a move: its session, its room, and who staged it."""
        return self.select_related("session__room", "session__quota", "room", "staged_by")


class StagedMove(models.Model):
    """A move of a session, made when the plan is published: to a day, hours and a room, or off."""

    # Without a session the session was deleted under the plan: code and title say which it was.
    session = models.OneToOneField(
        Session,
        models.SET_NULL,
        null=True,
        related_name="staged_move",
        verbose_name=_("session"),
    )
    session_code = models.CharField(max_length=30)
    session_title = models.CharField(max_length=200)
    day = models.DateField(_("day"), null=True)
    starts_at = models.DateTimeField(_("starts"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, related_name="staged_moves", verbose_name=_("room")
    )
    # The session's revision that its organiser saw: with another one it was moved meanwhile.
    over_revision = models.PositiveIntegerField()
    # Raised when the move is staged anew: a page that shows the one before is out of date.
    version = models.PositiveIntegerField(default=1)
    staged_at = models.DateTimeField(_("staged"))
    staged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("staged by"),
    )

    objects = StagedMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("staged move")
        verbose_name_plural = _("staged moves")
        ordering = ["pk"]
        # Who may change sessions may move them.
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="staged_move_has_both_hours_or_neither",
                violation_error_message=_("Give both times, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="staged_move_ends_after_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(day__isnull=False),
                name="staged_move_with_hours_has_a_day",
                violation_error_message=_("Times need a day."),
            ),
            models.CheckConstraint(
                condition=~Q(session_code="") & ~Q(session_title=""),
                name="staged_move_names_its_session",
            ),
        ]

    def __str__(self) -> str:
        return str(self.session or self.session_title)

    @property
    def is_outdated(self) -> bool:
        """Return whether its session was moved, cancelled or deleted after it was staged."""
        session = self.session
        return session is None or session.is_cancelled or session.revision != self.over_revision

    def clean(self) -> None:
        if self.session is None:
            return
        if self.room_id and self.session.venue_name:
            words = _("It takes place at %(venue)s: take that out of the session first.")
            raise ValidationError({"room": words % {"venue": self.session.venue_name}})
        self.placed(self.session).clean_placing(Meeting.objects.first())

    def placed(self, session: Session) -> Session:
        """Return a copy of the session that is where the move puts it."""
        moved = copy(session)
        moved.day, moved.starts_at, moved.ends_at = self.day, self.starts_at, self.ends_at
        moved.room = self.room
        return moved
