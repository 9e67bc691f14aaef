from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django_otp.plugins.otp_static.models import StaticDevice

from eim.back_office.attention.items import Item, ItemLink
from eim.back_office.colleagues.second_steps import FEW
from programme.models import Meeting


def few_recovery_codes(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find an account whose codes are nearly used up, or that never had any.

    The demo asks for no second step, so that nobody there misses the codes.
    """
    device = StaticDevice.objects.filter(user=user).annotate(left=Count("token_set")).first()
    left = vars(device)["left"] if device else 0
    if settings.DEMO or left >= FEW:
        return
    link = ItemLink(words=link_in_words(left), url=reverse("admin:my-codes"))
    yield Item(icon="person", words=codes_in_words(left), links=[link])


def codes_in_words(left: int) -> str:
    if not left:
        return gettext(
            "You have no recovery codes: if you lose your telephone, you cannot sign in by yourself"
        )
    words = ngettext(
        "You have %(count)s recovery code left", "You have %(count)s recovery codes left", left
    )
    return words % {"count": left}


def link_in_words(left: int) -> str:
    return gettext("Make ten new ones") if left else gettext("Make ten recovery codes")
