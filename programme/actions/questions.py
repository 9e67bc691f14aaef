"""Accept questions from people online, and erase their personal data."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from eim import clock
from eim.lib.hashing import Network
from programme.models import Meeting, Question, Session

# The period of the rate limit, in which a repeated question also counts as a double click.
QUESTIONS_PERIOD = timedelta(minutes=10)


class TooManyQuestions(Exception):
    """The network has reached its limit; `str()` returns a translated sentence for the form."""

    def __str__(self) -> str:
        return gettext(
            "Many questions have come from your network in the last ten minutes. What you wrote "
            "is still here: please send it again in a few minutes."
        )


@transaction.atomic
def ask(session: Session, *, text: str, name: str, language: str, network: Network) -> Question:
    """Store a question; if the same network has just sent the same text, return that question.

    Raises TooManyQuestions if the network, or the block around it, has reached its limit.
    """
    # The second request of a double click waits for this lock, then finds the first question.
    # The lock is on the meeting, because the limit counts the questions of all its sessions.
    Meeting.objects.select_for_update(no_key=True).get()
    now = clock.now()
    since = now - QUESTIONS_PERIOD
    recent = Question.objects.from_network(network, since=since)
    asked_already = recent.filter(session=session, text=text).first()
    if asked_already:
        return asked_already
    most = settings.QUESTIONS_PER_NETWORK
    nearby = Question.objects.from_block(network, since=since)
    if recent.count() >= most or nearby.count() >= most * settings.NETWORKS_OF_A_BLOCK:
        raise TooManyQuestions
    return Question.objects.create(
        session=session,
        text=text,
        name=name,
        language=language,
        network=network.own,
        network_block=network.block,
        asked_at=now,
    )


def stop_questions(session: Session, *, are_stopped: bool) -> None:
    """Take no more questions to a session, or take them again. Harmless twice."""
    session.questions_stopped_at = clock.now() if are_stopped else None
    rows = Session.objects.filter(pk=session.pk, questions_stopped_at__isnull=are_stopped)
    rows.update(questions_stopped_at=session.questions_stopped_at)


def hide_all_from_where(question: Question) -> int:
    """Hide this question, and what else nobody has answered yet that came from its networks.

    Returns how many that were.
    """
    open_states = [Question.State.NEW, Question.State.MARKED]
    rows = Question.objects.from_where(question).filter(state__in=open_states)
    return rows.update(state=Question.State.HIDDEN, moved_at=clock.now())


def renew_moderators_link(session: Session) -> None:
    """Invalidate the session's moderators' link; `moderators_token` then signs a new one."""
    sessions = Session.objects.filter(pk=session.pk)
    sessions.update(moderators_link_version=F("moderators_link_version") + 1)
    session.refresh_from_db(fields=["moderators_link_version"])


def forget_who_asked() -> int:
    """Erase names and network hashes; keep the questions. Returns how many were changed."""
    return Question.objects.with_personal_data().update(name="", network="", network_block="")
