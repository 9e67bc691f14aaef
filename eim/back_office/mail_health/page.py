"""The page of the health of the e-mails: whether they go out, arrive, and come back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from eim import clock
from eim.back_office.attention.items import ItemLink, list_url
from eim.monitoring.doctor.findings import Finding, Level, broken, doubtful, well
from eim.monitoring.doctor.relay import relay
from eim.monitoring.doctor.running import Checkup, run_all
from eim.monitoring.doctor.sender import finding_of
from programme.models import Meeting
from programme.wording.dates import moment_in
from registration.models import Bounce, BounceMailbox, Message, Relay, SenderHealth
from registration.outbox.sender.health import is_for_real, look_up_sender

DAYS = 7
# Seconds in which a letter is taken, or not.
PATIENCE_WITH_LETTER = 10
ICONS = {Level.WELL: "check", Level.DOUBTFUL: "wait", Level.BROKEN: "cross"}


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A part of the page: what was found about one side of the e-mails."""

    code: str
    title: str
    findings: list[Finding]
    links: list[ItemLink]

    @property
    def lines(self) -> list[tuple[str, Finding]]:
        return [(ICONS[finding.level], finding) for finding in self.findings]


def may_see_health(user: User) -> bool:
    """Let see it who may see e-mails, or is to say when registration opens."""
    return user.has_perm("registration.view_message") or user.has_perm("programme.change_meeting")


@require_safe
def health_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    user = cast(User, request.user)
    if not may_see_health(user):
        raise PermissionDenied
    meeting, now = Meeting.objects.first(), clock.now()
    context = {
        **site.each_context(request),
        "title": gettext("Health of the e-mails"),
        "chapters": list(chapters(user, meeting, now)),
        "may_try": may_try(user),
        "own_address": user.email,
    }
    return TemplateResponse(request, "admin/mail_health/page.html", context)


def chapters(user: User, meeting: Meeting | None, now: datetime) -> Iterator[Chapter]:
    sees_mails = user.has_perm("registration.view_message")
    yield Chapter(code="sender", title=gettext("The sender"), findings=list(of_sender()), links=[])
    unsent = ItemLink(words=gettext("See"), url=list_url(Message, state__in="due,leased"))
    yield Chapter(
        code="going-out",
        title=gettext("Going out"),
        findings=list(going_out(meeting, now, with_answer=sees_mails)),
        links=[unsent] if sees_mails else [],
    )
    came_back = ItemLink(words=gettext("See who"), url=list_url(Bounce, cleared_at__isempty=1))
    yield Chapter(
        code="coming-back",
        title=gettext("Coming back"),
        findings=list(coming_back(meeting, now)),
        links=[came_back] if sees_mails else [],
    )


def of_sender() -> Iterator[Finding]:
    """Look the sender up now; each question has two seconds."""
    if not is_for_real():
        yield doubtful(gettext("This site is a trial: its e-mails are stored here, not sent."))
        return
    yield from map(finding_of, look_up_sender())
    if not settings.DKIM_SELECTOR:
        yield doubtful(
            gettext("DKIM was not looked for: DKIM_SELECTOR does not say the name of the key.")
        )
    health = SenderHealth.known()
    if health and health.is_broken and health.excuse:
        words = gettext("Registration opens all the same (%(who)s): %(why)s")
        yield doubtful(words % {"who": health.excused_by, "why": health.excuse})


def going_out(meeting: Meeting | None, now: datetime, *, with_answer: bool) -> Iterator[Finding]:
    """Say what the relay does, what of the day's budget is used, and what waits since when."""
    yield of_relay(Relay.known(), meeting, with_answer=with_answer)
    attempts = Message.objects.attempts(now)
    used = gettext("E-mails of the last 24 hours: %(used)s of %(most)s")
    is_tight = attempts.is_day_nearly_used_up
    used %= {"used": attempts.day, "most": settings.MAILS_PER_DAY}
    yield (doubtful if is_tight else well)(used)
    waits = Message.objects.unsent().waits()
    if not waits.count:
        yield well(gettext("No e-mail waits."))
        return
    words = ngettext(
        "%(count)s e-mail waits (since: %(since)s)",
        "%(count)s e-mails wait (the first since: %(since)s)",
        waits.count,
    )
    words %= {"count": waits.count, "since": moment_words(waits.since, meeting)}
    yield (broken if Message.objects.late(now).exists() else well)(words)


def of_relay(state: Relay, meeting: Meeting | None, *, with_answer: bool) -> Finding:
    """Say whether the relay takes e-mails; its own words may name people and machines."""
    if not state.is_failing:
        return well(gettext("The mail server takes e-mails."))
    said = [str(state.get_fault_display()), state.answer if with_answer else ""]
    words = gettext("The mail server takes no e-mails (since: %(since)s). %(why)s")
    since = moment_words(state.refused_since, meeting)
    return broken(words % {"since": since, "why": " ".join(filter(None, said))})


def moment_words(moment: datetime | None, meeting: Meeting | None) -> str:
    return moment_in(moment, meeting.zone) if moment and meeting else ""


def coming_back(meeting: Meeting | None, now: datetime) -> Iterator[Finding]:
    """Say what came back in the last days, and whether anybody reads what does."""
    recent = Bounce.objects.filter(reported_at__gt=now - timedelta(days=DAYS)).order_by()
    counts = recent.values("kind", "reason").annotate(count=Count("pk")).order_by("-count")
    for row in counts:
        words = str(Bounce(kind=row["kind"], reason=row["reason"]))
        yield doubtful(f"{row['count']} × {words}")
    if not counts:
        yield well(gettext("No e-mail came back in the last %(days)s days.") % {"days": DAYS})
    yield of_mailbox(BounceMailbox.known(), meeting)


def of_mailbox(mailbox: BounceMailbox | None, meeting: Meeting | None) -> Finding:
    if not settings.BOUNCE_MAILBOX:
        words = gettext(
            "BOUNCE_URL names no mailbox: what comes back to %(address)s is read by nobody here."
        )
        return doubtful(words % {"address": settings.BOUNCE_ADDRESS})
    if mailbox is None:
        return doubtful(gettext("The worker has not looked into the mailbox yet."))
    if mailbox.fault:
        words = gettext("The mailbox of e-mails that come back cannot be read. %(why)s")
        return broken(words % {"why": mailbox.get_fault_display()})
    seen = moment_words(mailbox.looked_at, meeting)
    words = gettext("The mailbox was read (%(since)s). To be read by a person there: %(count)s")
    words %= {"since": seen, "count": mailbox.not_understood}
    return (doubtful if mailbox.not_understood else well)(words)


# A letter to oneself


def may_try(user: User) -> bool:
    return user.has_perm("registration.change_message") or user.has_perm("programme.change_meeting")


@require_POST
def send_trial(request: HttpRequest) -> HttpResponse:
    """Send a letter to the organiser's own address, and say what came of it."""
    user = cast(User, request.user)
    if not may_try(user):
        raise PermissionDenied
    for level, words in outcome_of_trial(user.email):
        messages.add_message(request, level, words)
    return redirect("admin:mail_health")


def outcome_of_trial(address: str) -> Iterator[tuple[int, str]]:
    if not address:
        yield messages.WARNING, gettext("Your account has no e-mail address: add one first.")
        return
    if not is_for_real():
        yield messages.WARNING, gettext("This site is a trial: its e-mails are stored, not sent.")
        return
    letter: Any = partial(relay, address)
    checkup = Checkup(name="mail", find=letter, limit=PATIENCE_WITH_LETTER)
    for _name, finding in run_all([checkup]):
        is_well = finding.level == Level.WELL
        yield messages.SUCCESS if is_well else messages.ERROR, finding.words
