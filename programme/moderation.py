"""Decide when questions are accepted, sign the moderators' link, and build their list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Case, Count, IntegerField, TextChoices, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models import Question, Session
from programme.models.questions import QuestionState as State

MODERATE = "programme.moderate"
# The list shows names, so the link expires soon after the session.
LINK_LASTS = timedelta(days=7)
# A longer list would be too much for a phone and for its reader.
MAX_LISTED = 300


class Phase(TextChoices):
    NEVER = "never"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    BEFORE = "before"
    OPEN = "open"
    STOPPED = "stopped"
    OVER = "over"


def phase_of(session: Session, now: datetime) -> Phase:
    """Return whether the session accepts questions now, and if not, why."""
    if session.is_cancelled:
        return Phase.CANCELLED
    if not session.is_asked_online:
        return Phase.NEVER
    hours = session.question_hours()
    if hours is None:
        return Phase.UNKNOWN
    opens, closes = hours
    if now < opens:
        return Phase.BEFORE
    if now >= closes:
        return Phase.OVER
    return Phase.STOPPED if session.questions_stopped_at else Phase.OPEN


# The moderators' link


def moderators_token(session: Session) -> str:
    # Its key, which no other session ever gets: the next meeting has one with the same code.
    value = [session.pk, session.moderators_link_version]
    return signing.Signer(salt=MODERATE).sign_object(value)


def moderated_session(token: str, now: datetime) -> Session | None:
    """Return the session of a valid link, else None.

    A link is invalid if its signature is, once it has been renewed, a week after the session's
    end, and while the session is a draft.
    """
    try:
        key, version = signing.Signer(salt=MODERATE).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not isinstance(key, int):  # of a release whose links had the session's code
        return None
    found = Session.objects.visible().select_related("room").filter(pk=key)
    session = found.filter(moderators_link_version=version).first()
    if session and session.ends_at and now > session.ends_at + LINK_LASTS:
        return None
    return session


# Their list

ORDER = (State.MARKED, State.NEW, State.ANSWERED, State.HIDDEN)


@dataclass(frozen=True, kw_only=True)
class QuestionList:
    """The questions of one session by state; above MAX_LISTED, those first in ORDER."""

    listed: list[Question]
    counts: dict[str, int]

    @property
    def marked(self) -> list[Question]:
        """Return marked questions; the first to be marked is the first to be asked."""
        return sorted(self._of(State.MARKED), key=lambda question: (question.moved_at, question.pk))

    @property
    def new(self) -> list[Question]:
        return self._of(State.NEW)

    @property
    def answered(self) -> list[Question]:
        return self._of(State.ANSWERED)

    @property
    def hidden(self) -> list[Question]:
        return self._of(State.HIDDEN)

    @property
    def unlisted(self) -> int:
        return sum(self.counts.values()) - len(self.listed)

    def _of(self, state: str) -> list[Question]:
        return [question for question in self.listed if question.state == state]


def questions_of(session: Session) -> QuestionList:
    """Return the list of a session's questions, newest first in each state; two queries."""
    places: Iterable[When] = (When(state=s, then=Value(n)) for n, s in enumerate(ORDER))
    in_order = session.questions.listed().order_by(
        Case(*places, output_field=IntegerField()), "-asked_at", "-pk"
    )
    counted = session.questions.listed().order_by().values_list("state").annotate(Count("pk"))
    counts = dict.fromkeys(State.values, 0) | dict(counted)
    return QuestionList(listed=list(in_order[:MAX_LISTED]), counts=counts)


MOVE_WORDS = {
    (State.NEW, State.MARKED): _("Ask it next"),
    (State.NEW, State.ANSWERED): _("Answered"),
    (State.NEW, State.HIDDEN): _("Hide"),
    (State.MARKED, State.ANSWERED): _("Answered"),
    (State.MARKED, State.NEW): _("Not yet"),
    (State.MARKED, State.HIDDEN): _("Hide"),
    (State.ANSWERED, State.NEW): _("Not answered yet"),
    (State.HIDDEN, State.NEW): _("Show it again"),
}
# The new state, in the value of the button that hides what came from the same networks.
HIDE_ALL = "hide-all"
MOVED_WORDS = {
    State.NEW: _("Back among the new ones: “%(text)s”"),
    State.MARKED: _("To be asked next: “%(text)s”"),
    State.ANSWERED: _("Answered: “%(text)s”"),
    State.HIDDEN: _("Hidden: “%(text)s”"),
}


@dataclass(frozen=True, kw_only=True)
class Button:
    """A button that moves a question from the state the moderator sees to another."""

    value: str
    words: str
    is_main: bool


def buttons_of(question: Question) -> list[Button]:
    seen = State(question.state)
    buttons = [
        Button(
            value=f"{question.reference} {seen.value} {to.value}",
            words=str(MOVE_WORDS[seen, to]),
            is_main=to == Question.MOVES[seen][0] and to != State.NEW,
        )
        for to in question.moves
    ]
    if State.HIDDEN in question.moves and question.network_block:
        value = f"{question.reference} {seen.value} {HIDE_ALL}"
        words = gettext("Hide all from this network")
        buttons.append(Button(value=value, words=words, is_main=False))
    return buttons
