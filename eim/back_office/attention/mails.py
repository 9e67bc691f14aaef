from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from programme.models import Meeting
from registration.models import Message
from registration.models.messages import Attempts


def mail_problems(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    late = Message.objects.late(now).order_by().values("pk")
    counts = Message.objects.aggregate(
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
        late=Count("pk", filter=Q(pk__in=late)),
    )
    attempts = Message.objects.attempts(now)
    if counts["failed"]:
        may_change = user.has_perm("registration.change_message")
        yield failed_mails(counts["failed"], may_change=may_change)
    if attempts.is_day_used_up:
        # Mails are late because of the limit, not of a worker that stands still.
        yield mails_of_tomorrow(Message.objects.due(now).count())
        return
    if counts["late"]:
        yield late_mails(counts["late"])
    yield from limits_nearly_reached(attempts, now)


def limits_nearly_reached(attempts: Attempts, now: datetime) -> Iterable[Item]:
    if attempts.is_day_nearly_used_up:
        yield mails_of_the_day(attempts.day)
    reminders = Message.objects.due(now).to_everybody()
    if attempts.are_reminders_used_up and (waiting := reminders.count()):
        yield reminders_of_tomorrow(waiting)


def failed_mails(count: int, *, may_change: bool) -> Item:
    words = ngettext(
        "%(count)s mail failed after every try",
        "%(count)s mails failed after every try",
        count,
    )
    see = gettext("See and send again") if may_change else gettext("See")
    link = ItemLink(words=see, url=list_url(Message, state__exact="failed"))
    return Item(icon="mail", words=words % {"count": count}, links=[link], is_grave=True)


def late_mails(count: int) -> Item:
    words = ngettext(
        "%(count)s mail should have left long ago: does the worker run?",
        "%(count)s mails should have left long ago: does the worker run?",
        count,
    )
    return Item(icon="mail", words=words % {"count": count}, links=[see_unsent()], is_grave=True)


def mails_of_tomorrow(count: int) -> Item:
    words = ngettext(
        "The mails of this day are used up: %(count)s mail waits until tomorrow",
        "The mails of this day are used up: %(count)s mails wait until tomorrow",
        count,
    )
    return Item(icon="mail", words=words % {"count": count}, links=[see_unsent()], is_grave=True)


def mails_of_the_day(used: int) -> Item:
    words = gettext("The mails of this day are nearly used up: %(used)s of %(most)s")
    facts = {"used": used, "most": settings.MAILS_PER_DAY}
    link = ItemLink(words=gettext("See"), url=list_url(Message))
    return Item(icon="mail", words=words % facts, links=[link])


def reminders_of_tomorrow(count: int) -> Item:
    words = ngettext(
        "Reminders have had their half of this day's mails: %(count)s waits until tomorrow",
        "Reminders have had their half of this day's mails: %(count)s wait until tomorrow",
        count,
    )
    return Item(icon="mail", words=words % {"count": count}, links=[see_unsent()])


def see_unsent() -> ItemLink:
    return ItemLink(words=gettext("See"), url=list_url(Message, state__in="due,leased"))
