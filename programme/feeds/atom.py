"""Write the changes of the programme as an Atom feed."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language, gettext

from programme.feeds.calendars import printable
from programme.models import Change, Meeting
from programme.wording.news import reason, sentence


class ChangesFeed(Atom1Feed):
    """Date the feed by the last change: Django dates a feed without entries by the request."""

    def latest_post_date(self) -> datetime:
        return self.feed["changed_at"]


def changes_atom(changes: Iterable[Change], meeting: Meeting, address: str) -> str:
    page = settings.SITE_URL + reverse("programme:change-list")
    feed = ChangesFeed(
        title=printable(gettext("What has changed: %(meeting)s") % {"meeting": meeting.name}),
        link=page,
        description="",
        language=get_language(),
        feed_url=address,
        feed_guid=f"{page}#{meeting.number}",
        changed_at=meeting.changed_at or meeting.begins_at,
    )
    for change in changes:
        url = settings.SITE_URL + change.session.get_absolute_url()
        feed.add_item(
            title=printable(change.session.title),
            link=url,
            # Django declares it as HTML.
            description=escape(printable(entry_text(change, meeting))),
            unique_id=f"{url}#{meeting.number}-change-{change.pk}",
            pubdate=change.changed_at,
            updateddate=change.changed_at,
        )
    return feed.writeString("utf-8")


def entry_text(change: Change, meeting: Meeting) -> str:
    return " ".join(filter(None, [sentence(change, meeting), reason(change)]))
