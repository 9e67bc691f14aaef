"""Find people whom e-mails do not reach, and a sender whose e-mails cannot arrive."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from programme.models import Meeting
from registration.models import Bounce, BounceMailbox, SenderHealth
from registration.wording.bounces import advice_for, present

# Most rows that are compared with their recipients' present addresses.
MOST = 1000


def undelivered_mails(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find unreachable addresses, with a line for each reason, and what waits in the mailbox."""
    rows = Bounce.objects.standing().undelivered().with_recipients()[:MOST]
    by_words: defaultdict[str, list[Bounce]] = defaultdict(list)
    for bounce in present(rows):
        by_words[str(bounce)].append(bounce)
    for bounces in sorted(by_words.values(), key=len, reverse=True):
        yield unreachable(bounces)
    if mailbox := BounceMailbox.known():
        yield from left_in(mailbox)


def unreachable(bounces: list[Bounce]) -> Item:
    first, count = bounces[0], len({bounce.message.sent_to for bounce in bounces})
    words = ngettext(
        "E-mails do not reach %(count)s address (%(why)s). %(what_to_do)s",
        "E-mails do not reach %(count)s addresses (%(why)s). %(what_to_do)s",
        count,
    )
    words %= {"count": count, "why": str(first), "what_to_do": advice_for(first)}
    filters = {"kind__exact": first.kind, "reason__exact": first.reason}
    url = list_url(Bounce, cleared_at__isempty=1, **filters)
    return Item(icon="mail", words=words, links=[ItemLink(words=gettext("See who"), url=url)])


def left_in(mailbox: BounceMailbox) -> Iterator[Item]:
    link = ItemLink(words=gettext("See"), url=reverse("admin:mail_health"))
    if mailbox.fault:
        words = gettext("The mailbox of e-mails that come back cannot be read. %(why)s")
        words %= {"why": mailbox.get_fault_display()}
        yield Item(icon="mail", words=words, links=[link], is_grave=True)
    if count := mailbox.not_understood:
        words = ngettext(
            "%(count)s e-mail in the mailbox of those that come back has to be read by a person: "
            "it is flagged there",
            "%(count)s e-mails in the mailbox of those that come back have to be read by a person: "
            "they are flagged there",
            count,
        )
        yield Item(icon="mail", words=words % {"count": count}, links=[link])


def broken_sender(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find a sender whose e-mails cannot arrive, unless somebody said why that may be so."""
    health = SenderHealth.known()
    if health and health.is_to_attend:
        words = gettext("E-mails of this site may not arrive: something is wrong with their sender")
        link = ItemLink(words=gettext("See what"), url=reverse("admin:mail_health"))
        yield Item(icon="mail", words=words, links=[link], is_grave=True)
