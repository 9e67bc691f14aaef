"""The signed cookie that holds a browser's answers between the form and the confirmation.

It holds what was typed and a random number, so it reveals nothing that the site knows about the
address. The registration is looked up by its mailbox and name when the cookie comes back. It comes
with the answer to the form, never with the form: that page is cached for everybody.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from eim.lib.hashing import keyed_hash, keyed_hashes
from eim.lib.normalising import email_key, name_key
from registration.answers import Use, answers_for
from registration.models import Registration

COOKIE = f"{settings.COOKIE_PREFIX}registration"
SALT = "registration.remembered"
REMEMBERED = (*answers_for(Use.COOKIE), "workshops", "services", "waitlist")

type Typed = dict[str, str | list[str]]


def save_answers(response: HttpResponse, answers: Mapping[str, object], browser: str) -> None:
    """Set the cookie until the browser is closed: computers are shared."""
    remembered = {name: answers[name] for name in REMEMBERED} | {"browser": browser}
    response.set_cookie(
        COOKIE,
        signing.dumps(remembered, salt=SALT, compress=True),
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def delete_answers(response: HttpResponse) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=settings.IS_HTTPS, samesite="Lax")


def read_answers(request: HttpRequest) -> Typed | None:
    """Return the answers of this browser; None without a cookie, or if it is forged or too old.

    It checks a signature and decompresses: views call it once and pass the answers on.
    """
    max_age = timedelta(hours=settings.LAPSE_HOURS)
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=max_age)
    except signing.BadSignature:
        return None


def browser_for(answers: Mapping[str, object], before: Typed | None) -> str:
    """Return the random number by which this browser is known again for the same person.

    The registration stores a hash of the first one: only with it can the browser correct it.
    """
    if before and _person(before) == _person(answers):
        return browser_in(before)
    return secrets.token_urlsafe(16)


def browser_in(answers: Typed) -> str:
    """Return the random number; before December 2026 the start of a form had that part."""
    return str(answers.get("browser") or answers.get("started"))


def _person(answers: Mapping[str, object]) -> tuple[str, str]:
    return email_key(str(answers["email"])), name_key(str(answers["full_name"]))


def pending_registration(answers: Typed) -> Registration | None:
    """Return this person's registration, if it still waits to be confirmed."""
    person = Registration.objects.of_person(str(answers["email"]), str(answers["full_name"]))
    return person.pending().first()


def registration_to_correct(answers: Typed) -> Registration | None:
    """Return the pending registration only if this browser made it: no other may withdraw it."""
    pending = pending_registration(answers)
    known = keyed_hashes("browser", browser_in(answers))
    return pending if pending and pending.browser in known else None


def browser_hash(browser: str) -> str:
    return keyed_hash("browser", browser)
