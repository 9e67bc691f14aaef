from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django_otp.plugins.otp_static.models import StaticDevice

from eim.back_office.attention.items import Item, ItemLink
from eim.back_office.colleagues.second_steps import FEW
from programme.models import Meeting


def few_recovery_codes(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find an account whose codes are nearly used up; "My account" tells who never had any."""
    device = StaticDevice.objects.filter(user=user).annotate(left=Count("token_set")).first()
    if device is None or vars(device)["left"] >= FEW:
        return
    left = vars(device)["left"]
    words = ngettext(
        "You have %(count)s recovery code left", "You have %(count)s recovery codes left", left
    )
    link = ItemLink(words=gettext("Make ten new ones"), url=reverse("admin:my-codes"))
    yield Item(icon="person", words=words % {"count": left}, links=[link])
