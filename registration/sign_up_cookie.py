"""The signed cookie with a visitor's own answers, between the form and the mail.

It holds nothing that the site knows about the address, so nobody learns from it whether the
address is known; the registration is looked up by address and name.
"""

from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from eim.lib.hashing import keyed_hash
from eim.lib.normalising import email_key, name_key
from registration.answers import Use, answers_for
from registration.models import Registration

COOKIE = f"{settings.COOKIE_PREFIX}registration"
SALT = "registration.remembered"
REMEMBERED = (*answers_for(Use.COOKIE), "workshops", "services", "waitlist", "started")

type Typed = dict[str, str | list[str]]


def remember(response: HttpResponse, answers: dict[str, object]) -> None:
    """Set the cookie, until the browser is closed: computers are shared."""
    kept = {name: answers[name] for name in REMEMBERED}
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT, compress=True),
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=settings.IS_HTTPS, samesite="Lax")


def recall(request: HttpRequest) -> Typed | None:
    try:
        return signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.LAPSE_HOURS * 3600
        )
    except signing.BadSignature:
        return None


def as_before(request: HttpRequest, answers: dict[str, object]) -> dict[str, object]:
    """Return the answers; the same person keeps the `started` of the first form, their proof."""
    before = recall(request)
    if before and _person(before) == _person(answers):
        return {**answers, "started": before["started"]}
    return answers


def _person(answers: Mapping[str, object]) -> tuple[str, str]:
    return email_key(str(answers["email"])), name_key(str(answers["full_name"]))


def pending_one(answers: Typed) -> Registration | None:
    """Return the pending registration of this person, if there is one."""
    person = Registration.objects.of_person(str(answers["email"]), str(answers["full_name"]))
    return person.pending().first()


def own_slip(answers: Typed) -> Registration | None:
    """Return the pending registration if this browser's form made it: only it may withdraw it."""
    pending = pending_one(answers)
    return pending if pending and pending.browser == browser_of(str(answers["started"])) else None


def browser_of(started: str) -> str:
    return keyed_hash("browser", started)
