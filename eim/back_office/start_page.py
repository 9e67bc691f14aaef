"""Assemble the start page: figures, and what organisers should attend to."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from eim.back_office import figures
from eim.back_office.attention import items_for
from eim.back_office.chart import chart
from programme.models import Meeting
from programme.wording.dates import moment_words


def start_page(user: User, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """Return the page's context: nothing is counted that this user may not see."""
    context: dict[str, Any] = {
        "title": moment_words(now, meeting),
        "attention_items": items_for(user, meeting, now),
    }
    if user.has_perm("registration.view_registration"):
        context |= {
            "people": figures.people_counts(),
            "per_day": chart(figures.confirmed_per_day(meeting, now)),
        }
    if user.has_perm("registration.view_message"):
        context["mails"] = figures.mail_counts()
    if user.has_perm("registration.view_quota"):
        context["seated_sessions"] = list(figures.seated_sessions())
    return context
