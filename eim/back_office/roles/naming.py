"""Call groups roles, in every language, wherever the back office writes their name."""

from django.contrib.auth.models import Group, User
from django.utils.translation import pgettext_lazy

from eim.back_office.roles.groups import words_of


def name_roles() -> None:
    """Give Django's groups the words of roles: their stored name is a code.

    Migrations do not see it: they compare what a model was written with.
    """
    Group._meta.verbose_name = pgettext_lazy("account", "role")
    Group._meta.verbose_name_plural = pgettext_lazy("account", "roles")
    User._meta.get_field("groups").verbose_name = pgettext_lazy("account", "roles")  # type: ignore[union-attr]
    Group.__str__ = words_of  # type: ignore[method-assign]
