"""Groups as organisers read them: a ready role in their language, one of their own by its name."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from eim.back_office.accounts import permissions
from eim.back_office.roles.table import BY_CODE, ROLES

CODES = [role.code for role in ROLES]
# Of a group that organisers made, so many permissions are read out.
READ_OUT = 8


def is_ready(group: Group) -> bool:
    return group.name in BY_CODE


def words_of(group: Group) -> str:
    """Return the name of a role in the language of the page, or what organisers called it."""
    return str(BY_CODE[group.name].name) if is_ready(group) else group.name


def sentence_of(group: Group) -> str:
    """Return what a role may do; of a group that organisers made, its permissions."""
    if is_ready(group):
        return str(BY_CODE[group.name].sentence)
    words = permission_words(group)
    if not words:
        return gettext("May do nothing yet.")
    rest = len(words) - READ_OUT
    if rest > 0:
        more = ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest}
        words = [*words[:READ_OUT], more]
    return "; ".join(words)


def permission_words(group: Group) -> list[str]:
    """Return in words what a group may do, in the order of the start page."""
    rows = sorted(group.permissions.all(), key=permissions.position_of)
    return [permissions.words_of(row) for row in rows]


def offered_to(actor: User) -> list[Group]:
    """Return the groups that a person may give to others: those that can do no more."""
    own = actor.get_all_permissions()
    groups = in_order(Group.objects.prefetch_related("permissions__content_type"))
    return [group for group in groups if actor.is_superuser or labels_of(group) <= own]


def held_by(user: User) -> list[Group]:
    return in_order(user.groups.all())


def labels_of(group: Group) -> set[str]:
    return {permissions.label_of(row) for row in group.permissions.all()}


def in_order(groups: Iterable[Group] | QuerySet[Group]) -> list[Group]:
    """Sort ready roles as their table does, then the organisers' own by name."""

    def position(group: Group) -> tuple[int, str]:
        return (CODES.index(group.name) if is_ready(group) else len(CODES), group.name)

    return sorted(groups, key=position)
