"""What a browser remembers between the form and the mail: its own answers, signed, in a cookie.

The cookie says nothing of what the site knows about the address, so it betrays nothing; it is
looked up by mailbox and name when it comes back.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from registration.models import Registration
from registration.normalising import email_key, name_key

COOKIE = f"{settings.COOKIE_PREFIX}registration"
SALT = "registration.remembered"
HOURS = 48
# Not the access needs: they are health data, and the person can type them again.
REMEMBERED = (
    "full_name",
    "email",
    "country",
    "institution",
    "occupation",
    "attendance",
    "workshops",
    "services",
    "waitlist",
    "mail_language",
)

type Answers = dict[str, str | list[str]]


def remember(response: HttpResponse, answers: dict[str, object]) -> None:
    kept = {name: answers[name] for name in REMEMBERED}
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT, compress=True),
        max_age=HOURS * 3600,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=settings.IS_HTTPS, samesite="Lax")


def recall(request: HttpRequest) -> Answers | None:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return None


def pending_one(answers: Answers) -> Registration | None:
    """The registration that these answers made, if it still waits to be confirmed."""
    mailbox = Registration.objects.pending().for_mailbox(email_key(str(answers["email"])))
    return mailbox.filter(name_key=name_key(str(answers["full_name"]))).first()
