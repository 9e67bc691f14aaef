"""End forgotten sessions of staff."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from eim.back_office.paths import is_of_back_office

type View = Callable[..., HttpResponse]

# A session of staff ends after a day's work, and when nobody has used it for so long.
LONGEST, LONGEST_IDLE = timedelta(hours=12), timedelta(hours=2)
# How often it is written down that a session is used.
NOTED_EVERY = timedelta(minutes=5)


def limited_sessions(get_response: View) -> View:
    """End a session of staff that is too long or unused: the next request has to sign in again.

    Both are counted here, for Django would count a session's age anew whenever it is written.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_of_back_office(request) and SESSION_KEY in request.session:
            end_or_note(request.session, datetime.now(UTC))
        return get_response(request)

    return middleware


def end_or_note(session: SessionBase, now: datetime) -> None:
    began = datetime.fromisoformat(session.get("began", now.isoformat()))
    used = datetime.fromisoformat(session.get("used", now.isoformat()))
    if now - began >= LONGEST or now - used >= LONGEST_IDLE:
        session.flush()
    elif "used" not in session or now - used >= NOTED_EVERY:
        session.update({"began": began.isoformat(), "used": now.isoformat()})
