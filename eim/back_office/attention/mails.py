from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from programme.models import Meeting
from programme.wording.dates import moment_in
from registration.models import Message, Relay
from registration.models.mail_budget import Attempts, minutes_for, outlast_holds
from registration.models.messages import Waits


def mail_problems(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    late = Message.objects.late(now).order_by().values("pk")
    awaited = Message.objects.due(now).awaited().order_by().values("pk")
    counts = Message.objects.aggregate(
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
        late=Count("pk", filter=Q(pk__in=late)),
        awaited=Count("pk", filter=Q(pk__in=awaited)),
    )
    attempts, relay = Message.objects.attempts(now), Relay.known()
    if counts["failed"]:
        may_change = user.has_perm("registration.change_message")
        yield failed_mails(counts["failed"], may_change=may_change)
    if relay.is_failing:
        yield refused_mails(relay, meeting)
    if attempts.is_day_used_up:
        # Mails are late because of the limit, not of a worker that stands still.
        yield mails_of_tomorrow(Message.objects.due(now).count())
        return
    is_slow = outlast_holds(counts["awaited"]) and not relay.is_failing
    if is_slow:
        yield slow_mails(counts["awaited"])
    # Where the worker sends all that it may, it runs.
    is_at_limit = is_slow and attempts.is_minute_used_up
    if counts["late"] and not (relay.is_failing or is_at_limit):
        yield late_mails(Message.objects.late(now).waits(), meeting)
    yield from limits_nearly_reached(attempts, now)


def limits_nearly_reached(attempts: Attempts, now: datetime) -> Iterable[Item]:
    if attempts.is_day_nearly_used_up:
        yield mails_of_the_day(attempts.day)
    bulk = Message.objects.due(now).bulk()
    if attempts.is_bulk_of_day_used_up and (waiting := bulk.count()):
        yield bulk_of_tomorrow(waiting)


def failed_mails(count: int, *, may_change: bool) -> Item:
    words = ngettext(
        "%(count)s e-mail could not be sent after every attempt",
        "%(count)s e-mails could not be sent after every attempt",
        count,
    )
    see = gettext("See and send again") if may_change else gettext("See")
    link = ItemLink(words=see, url=list_url(Message, state__exact="failed"))
    return Item(icon="mail", words=words % {"count": count}, links=[link], is_grave=True)


def refused_mails(relay: Relay, meeting: Meeting) -> Item:
    """Say since when the relay takes no mails, why, with its own words, and how many wait."""
    count = Message.objects.unsent().count()
    words = ngettext(
        "The mail server takes no e-mails (since: %(since)s), and %(count)s waits. %(why)s",
        "The mail server takes no e-mails (since: %(since)s), and %(count)s wait. %(why)s",
        count,
    )
    why = " ".join(filter(None, [relay.get_fault_display(), relay.answer and f"({relay.answer})"]))
    since = moment_in(relay.refused_since, meeting.zone) if relay.refused_since else ""
    words %= {"since": since, "count": count, "why": why}
    return Item(icon="mail", words=words, links=[see_unsent()], is_grave=True)


def late_mails(waits: Waits, meeting: Meeting) -> Item:
    words = ngettext(
        "%(count)s e-mail should have gone out long ago (written: %(since)s): is the worker "
        "running?",
        "%(count)s e-mails should have gone out long ago (the first was written: %(since)s): is "
        "the worker running?",
        waits.count,
    )
    since = moment_in(waits.since, meeting.zone) if waits.since else ""
    words %= {"count": waits.count, "since": since}
    return Item(icon="mail", words=words, links=[see_unsent()], is_grave=True)


def slow_mails(count: int) -> Item:
    words = gettext(
        "%(count)s e-mails that people wait for take %(minutes)s minutes at %(rate)s a minute, and "
        "a place is held for %(hold)s: have MAILS_PER_MINUTE raised, if the mail server takes more"
    )
    facts = {"count": count, "minutes": minutes_for(count)}
    facts |= {"rate": settings.MAILS_PER_MINUTE, "hold": settings.HOLD_MINUTES}
    return Item(icon="mail", words=words % facts, links=[see_unsent()], is_grave=True)


def mails_of_tomorrow(count: int) -> Item:
    words = ngettext(
        "The day’s e-mails are used up: %(count)s e-mail waits until tomorrow",
        "The day’s e-mails are used up: %(count)s e-mails wait until tomorrow",
        count,
    )
    return Item(icon="mail", words=words % {"count": count}, links=[see_unsent()], is_grave=True)


def mails_of_the_day(used: int) -> Item:
    words = gettext("The day’s e-mails are nearly used up: %(used)s of %(most)s")
    facts = {"used": used, "most": settings.MAILS_PER_DAY}
    link = ItemLink(words=gettext("See"), url=list_url(Message))
    return Item(icon="mail", words=words % facts, links=[link])


def bulk_of_tomorrow(count: int) -> Item:
    words = ngettext(
        "Reminders and letters have used their half of the day’s e-mails: %(count)s waits until "
        "tomorrow",
        "Reminders and letters have used their half of the day’s e-mails: %(count)s wait until "
        "tomorrow",
        count,
    )
    return Item(icon="mail", words=words % {"count": count}, links=[see_unsent()])


def see_unsent() -> ItemLink:
    return ItemLink(words=gettext("See"), url=list_url(Message, state__in="due,leased"))
