"""The ready roles, and what each may do: the only place where that is written down.

Labels are those by which code asks for a permission. A role of something that is not built yet
is not here: it would do nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COORDINATION = "coordination"
VERBS = ("view", "add", "change", "delete")


@dataclass(frozen=True, kw_only=True)
class Role:
    """A group that exists on every site, under its code."""

    code: str
    name: str | Promise
    sentence: str | Promise
    labels: frozenset[str]


def may(verbs: Iterable[str], app: str, *models: str) -> Iterator[str]:
    """Yield the labels of these verbs for each model: programme.change_session."""
    for model in models:
        for verb in verbs:
            yield f"{app}.{verb}_{model}"


PROGRAMME = frozenset(
    [
        *may(VERBS, "programme", "session", "presentation", "person", "part", "room", "theme"),
        *may(VERBS, "programme", "notice", "page", "document", "edition", "organisation"),
        *may(("view", "delete"), "programme", "change"),
        *may(("view",), "programme", "meeting", "stream", "channel"),
    ]
)
REGISTRATIONS = frozenset(
    [
        *may(("view", "change"), "registration", "registration", "message"),
        *may(VERBS, "registration", "quota"),
        "registration.export_registration",
        *may(("view",), "programme", "meeting", "session", "person"),
    ]
)
NEEDS = frozenset(["registration.view_registration", "registration.view_needs"])
STREAMS = frozenset(
    [
        *may(VERBS, "programme", "stream", "channel"),
        *may(("view",), "programme", "meeting", "session", "room"),
    ]
)
MODERATION = frozenset(
    [
        "programme.remove_content",
        "programme.moderate_question",
        *may(("view",), "programme", "question", "removal"),
        *may(("view",), "programme", "session", "presentation", "person", "document"),
    ]
)
LETTERS = frozenset(
    [
        *may(("view", "add", "change"), "registration", "letter"),
        "registration.send_letter",
        *may(("view", "change"), "registration", "reminder"),
        *may(("view",), "registration", "registration", "message", "newsaddress"),
        "programme.view_person",
    ]
)
DATA = frozenset(
    [
        *may(("view",), "registration", "registration", "consent", "consentcount", "erasurelog"),
        *may(("view", "add", "delete"), "registration", "suppression"),
        *may(("view", "delete"), "registration", "newsaddress"),
        "registration.export_registration",
        "registration.erase_registration",
        "admin.view_logentry",
        *may(("view",), "axes", "accesslog", "accessattempt", "accessfailurelog"),
    ]
)
TRANSLATION = frozenset(
    [
        "programme.translate_texts",
        *may(("view",), "programme", "meeting", "session", "presentation", "person", "room"),
        *may(("view",), "programme", "theme", "notice", "page", "document", "edition"),
        *may(("view",), "programme", "organisation"),
    ]
)
ACCOUNTS = frozenset(
    [
        *may(VERBS, "auth", "user", "group"),
        *may(("view",), "otp_totp", "totpdevice"),
        *may(("view", "delete"), "axes", "accesslog", "accessattempt", "accessfailurelog"),
    ]
)
# What no other role may do.
OF_COORDINATION = frozenset(
    [*may(("add", "change"), "programme", "meeting"), "programme.delete_question"]
)
EVERYTHING = (
    OF_COORDINATION
    | ACCOUNTS
    | PROGRAMME
    | REGISTRATIONS
    | NEEDS
    | STREAMS
    | MODERATION
    | LETTERS
    | DATA
    | TRANSLATION
)

ROLES = (
    Role(
        code=COORDINATION,
        name=pgettext_lazy("role", "Coordination"),
        sentence=_(
            "Does everything that the back office offers, invites colleagues and gives them roles; "
            "makes no superusers."
        ),
        labels=EVERYTHING,
    ),
    Role(
        code="programme",
        name=pgettext_lazy("role", "Programme"),
        sentence=_(
            "Writes the programme and the pages: sessions, people, rooms, themes, notices and "
            "documents; cancels sessions; sees no registrations."
        ),
        labels=PROGRAMME,
    ),
    Role(
        code="registrations",
        name=pgettext_lazy("role", "Registrations"),
        sentence=_(
            "Sees who is registered, adds, corrects and cancels registrations, gives places and "
            "downloads lists; sees no access needs and erases nobody."
        ),
        labels=REGISTRATIONS,
    ),
    Role(
        code="needs",
        name=pgettext_lazy("role", "Access needs"),
        sentence=_("Sees who is registered and what they need to take part; changes nothing."),
        labels=NEEDS,
    ),
    Role(
        code="streams",
        name=pgettext_lazy("role", "Streams"),
        sentence=_(
            "Sets up the streams and their channels, switches to the spare one and announces "
            "delays; sees sessions and rooms."
        ),
        labels=STREAMS,
    ),
    Role(
        code="moderation",
        name=pgettext_lazy("role", "Moderation"),
        sentence=_(
            "Reads questions and opens the moderators’ list of each session; removes questions and "
            "published content against the terms, with a reason, and brings them back; sees no "
            "registrations."
        ),
        labels=MODERATION,
    ),
    Role(
        code="letters",
        name=pgettext_lazy("role", "Letters"),
        sentence=_(
            "Writes letters and reminders and sends them, and sees who they go to: attendees, "
            "speakers, whoever wants news; sees no access needs."
        ),
        labels=LETTERS,
    ),
    Role(
        code="data",
        name=pgettext_lazy("role", "Personal data"),
        sentence=_(
            "Answers for personal data: sees and downloads registrations, sees consents, sign-ins "
            "and who did what, and erases whoever asks for it; sees no access needs."
        ),
        labels=DATA,
    ),
    Role(
        code="translation",
        name=pgettext_lazy("role", "Translation"),
        sentence=_(
            "Writes the texts of the meeting, the programme and the pages in the other languages; "
            "changes nothing else."
        ),
        labels=TRANSLATION,
    ),
)
BY_CODE = {role.code: role for role in ROLES}


def role_of_code(code: str) -> Role | None:
    return BY_CODE.get(code)
