"""What those online ask: taken in, and forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from eim import clock
from programme.models import Meeting, Question, Session

# A network's questions are counted over so long; the same words within it are one question.
QUESTIONS_PERIOD = timedelta(minutes=10)


class TooManyQuestions(Exception):
    """One network has asked enough for now; `str()` of it is a sentence for its form."""

    def __str__(self) -> str:
        return gettext(
            "Many questions have come from your network in the last ten minutes. What you wrote "
            "is still here: please send it again in a few minutes."
        )


@transaction.atomic
def ask(session: Session, *, text: str, name: str, language: str, network: str) -> Question:
    """What was asked in the same words from the same network a moment ago is returned."""
    # A double click: the second waits here, and then finds the first. The meeting is locked, not
    # the session: a network is counted over all of them.
    Meeting.objects.select_for_update(no_key=True).get()
    now = clock.now()
    recent = Question.objects.from_network(network, since=now - QUESTIONS_PERIOD)
    asked_already = recent.filter(session=session, text=text).first()
    if asked_already:
        return asked_already
    if recent.count() >= settings.QUESTIONS_PER_NETWORK:
        raise TooManyQuestions
    return Question.objects.create(
        session=session, text=text, name=name, language=language, network=network, asked_at=now
    )


def renew_moderators_link(session: Session) -> None:
    """The one that was given out opens nothing any more."""
    sessions = Session.objects.filter(pk=session.pk)
    sessions.update(moderators_link_version=F("moderators_link_version") + 1)
    session.refresh_from_db(fields=["moderators_link_version"])


def forget_who_asked() -> int:
    """Erases the names and the hashes of networks; the questions themselves stay."""
    return Question.objects.with_personal_data().update(name="", network="")
