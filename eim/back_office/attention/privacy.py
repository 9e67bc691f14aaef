from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from programme.models import Meeting
from registration.actions import terms
from registration.models import Registration

# The worker erases every hour: data that is older than this means that no worker runs.
TIME_TO_ERASE = timedelta(hours=2)


def overdue_erasures(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    due = terms(meeting, now - TIME_TO_ERASE)
    may_see_needs = user.has_perm("registration.view_needs")
    if count := max(due["personal"].due, due["needs"].due if may_see_needs else 0):
        words = ngettext(
            "The data of %(count)s person should have been erased by now: is the worker running?",
            "The data of %(count)s people should have been erased by now: is the worker running?",
            count,
        )
        link = ItemLink(words=gettext("See"), url=list_url(Registration))
        yield Item(icon="person", words=words % {"count": count}, links=[link], is_grave=True)
