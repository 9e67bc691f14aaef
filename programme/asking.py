"""When those who follow a session online may ask, and the list that its moderators work with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Case, Count, IntegerField, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from programme.models import Question, Session

MODERATE = "programme.moderate"
# Who has the link reads names: it does not outlive the session by much.
LINK_LASTS = timedelta(days=7)
# More at once would be too much for a phone, and for whoever reads them.
MOST_LISTED = 300


class Phase(TextChoices):
    NEVER = "never"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


def phase_of(session: Session, now: datetime) -> Phase:
    """Whether its page takes questions, and if not, why."""
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
    return Phase.OPEN if now < closes else Phase.OVER


# The moderators' link


def moderators_token(session: Session) -> str:
    value = [session.code, session.moderators_link_version]
    return signing.Signer(salt=MODERATE).sign_object(value)


def moderated_session(token: str, now: datetime) -> Session | None:
    """Of a link that works: signed here, not renewed since, not of long ago, and no draft's."""
    try:
        code, version = signing.Signer(salt=MODERATE).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    sessions = Session.objects.visible().select_related("room")
    session = sessions.filter(code=code, moderators_link_version=version).first()
    if session and session.ends_at and now > session.ends_at + LINK_LASTS:
        return None
    return session


# Their list

State = Question.State
ORDER = (State.MARKED, State.NEW, State.ANSWERED, State.HIDDEN)


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Those of one session by their states; of very many, those that matter most."""

    listed: list[Question]
    counts: dict[str, int]

    @property
    def marked(self) -> list[Question]:
        """The first to be marked is the first to be asked."""
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


def questions_of(session: Session) -> Questions:
    """Two queries; the newest first in each state."""
    places: Iterable[When] = (When(state=s, then=Value(n)) for n, s in enumerate(ORDER))
    in_order = session.questions.order_by(
        Case(*places, output_field=IntegerField()), "-asked_at", "-pk"
    )
    counted = session.questions.order_by().values_list("state").annotate(Count("pk"))
    counts = dict.fromkeys(State.values, 0) | dict(counted)
    return Questions(listed=list(in_order[:MOST_LISTED]), counts=counts)


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
MOVED_WORDS = {
    State.NEW: _("Back among the new ones: “%(text)s”"),
    State.MARKED: _("To be asked next: “%(text)s”"),
    State.ANSWERED: _("Answered: “%(text)s”"),
    State.HIDDEN: _("Hidden: “%(text)s”"),
}


@dataclass(frozen=True, kw_only=True)
class Button:
    """One thing that a moderator can do with a question as they see it."""

    value: str
    words: str
    is_main: bool


def buttons_of(question: Question) -> list[Button]:
    seen = State(question.state)
    return [
        Button(
            value=f"{question.reference} {seen.value} {to.value}",
            words=str(MOVE_WORDS[seen, to]),
            is_main=to == Question.MOVES[seen][0] and to != State.NEW,
        )
        for to in question.moves
    ]
