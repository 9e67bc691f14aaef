"""Groups as organisers read them: a ready role in their language, one of their own by its name."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.utils.translation import gettext

from eim.back_office.accounts.permissions import label_of
from eim.back_office.roles.table import BY_CODE, ROLES


def is_ready(group: Group) -> bool:
    return group.name in BY_CODE


def words_of(group: Group) -> str:
    """Return the name of a role in the language of the page, or what organisers called it."""
    return str(BY_CODE[group.name].name) if is_ready(group) else group.name


def sentence_of(group: Group) -> str:
    """Return what a role may do; of a group that organisers made, only that they made it."""
    if is_ready(group):
        return str(BY_CODE[group.name].sentence)
    return gettext("Made by the organisers.")


def offered_to(actor: User) -> list[Group]:
    """Return the groups that a person may give to others: those that can do no more."""
    own = actor.get_all_permissions()
    groups = with_permissions(Group.objects.all())
    return [group for group in groups if actor.is_superuser or labels_of(group) <= own]


def held_by(user: User) -> list[Group]:
    return in_order(user.groups.all())


def with_permissions(groups: QuerySet[Group]) -> list[Group]:
    """Read groups with what they may do, by three queries; an empty one does nothing."""
    read = groups.prefetch_related("permissions__content_type")
    return [group for group in in_order(read) if group.permissions.all()]


def labels_of(group: Group) -> set[str]:
    return {label_of(permission) for permission in group.permissions.all()}


def in_order(groups: Iterable[Group]) -> list[Group]:
    """Sort ready roles as their table does, then the organisers' own by name."""
    codes = [role.code for role in ROLES]

    def position(group: Group) -> tuple[int, str]:
        return (codes.index(group.name) if is_ready(group) else len(codes), group.name)

    return sorted(groups, key=position)
