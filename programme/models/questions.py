"""Store the questions that people who follow a session online ask."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eim.lib.hashing import Network
from programme.models.sessions import Session


def new_reference() -> str:
    return secrets.token_urlsafe(9)


class QuestionState(models.TextChoices):
    NEW = "new", _("new")
    MARKED = "marked", _("to be asked next")
    ANSWERED = "answered", _("answered")
    HIDDEN = "hidden", _("hidden")
    # By organisers, with a reason (`Removal`): moderators do not see it, nor bring it back.
    REMOVED = "removed", pgettext_lazy("question", "removed")


class QuestionQuerySet(models.QuerySet["Question"]):
    def with_personal_data(self) -> "QuestionQuerySet":
        return self.exclude(name="", network="", network_block="")

    def listed(self) -> "QuestionQuerySet":
        """Return what moderators see."""
        return self.exclude(state=QuestionState.REMOVED)

    def from_network(self, network: Network, *, since: datetime) -> "QuestionQuerySet":
        return self.filter(network__in=network.own_hashes, asked_at__gt=since)

    def from_block(self, network: Network, *, since: datetime) -> "QuestionQuerySet":
        return self.filter(network_block__in=network.block_hashes, asked_at__gt=since)

    def from_where(self, question: "Question") -> "QuestionQuerySet":
        """Filter those of its session that came from its block of networks."""
        return self.filter(session=question.session_id, network_block=question.network_block)


class Question(models.Model):
    """A question that a moderator may read aloud in the room for somebody who is online."""

    State = QuestionState

    # Allowed transitions: an answered or hidden question returns to `new` before any other state.
    MOVES = {
        State.NEW: (State.MARKED, State.ANSWERED, State.HIDDEN),
        State.MARKED: (State.ANSWERED, State.NEW, State.HIDDEN),
        State.ANSWERED: (State.NEW,),
        State.HIDDEN: (State.NEW,),
        State.REMOVED: (),
    }

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="questions", verbose_name=_("session")
    )
    # Used in buttons and addresses, because a primary key would reveal how many were asked.
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    text = models.CharField(_("question"), max_length=500)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    # Keyed hashes of the sender's IP network, and of the block around it, for rate limits and to
    # hide what comes from there; erased together with the name.
    network = models.CharField(max_length=64, blank=True, editable=False)
    network_block = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.NEW)
    # Marked questions are listed in the order in which they were marked.
    moved_at = models.DateTimeField(null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions from the online audience")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=QuestionState.values),
                name="question_state_is_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
        ]
        indexes = [
            models.Index(fields=["network", "asked_at"], name="question_by_network"),
            models.Index(fields=["network_block", "asked_at"], name="question_by_block"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def moves(self) -> tuple[QuestionState, ...]:
        return self.MOVES[self.State(self.state)]

    def move(self, *, seen: str, to: str, now: datetime) -> bool:
        """Move from the state that the moderator saw to another; return whether it is there now.

        Moving twice is harmless. Returns False, and changes nothing, if another moderator has
        moved the question to a third state in between.
        """
        rows = Question.objects.filter(pk=self.pk, state=seen)
        if not rows.update(state=to, moved_at=now):
            self.refresh_from_db(fields=["state", "moved_at"])
            return self.state == to
        self.state, self.moved_at = to, now
        return True
