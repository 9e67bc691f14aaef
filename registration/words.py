"""How places are spoken of: on the form and one's own page with figures, elsewhere without."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from registration.models import Quota


def places_words(quota: Quota | None) -> str:
    if quota is None:
        return gettext("Not open yet")
    if quota.is_full:
        return gettext("Full")
    return ngettext(
        "%(free)s of %(size)s places is left",
        "%(free)s of %(size)s places are left",
        quota.free,
    ) % {"free": quota.free, "size": quota.size}


def waiting_words(quota: Quota) -> SafeString:
    """`quota` comes from `with_waiting()`."""
    waiting = vars(quota)["waiting"]
    number = gettext("You would be number %(number)s on the waiting list") % {"number": waiting + 1}
    return choice(quota, number)


def choice(name: object, words: str) -> SafeString:
    """An option's name with what there is to say about it."""
    return format_html("<strong>{}</strong> <small>{}</small>", name, words)
