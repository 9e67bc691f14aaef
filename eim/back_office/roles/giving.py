"""Write the ready roles into the database, and add what they may do since.

Only ever adds: what somebody has given or taken by hand stays.
"""

from itertools import count
from typing import Any

from django.contrib.auth.management import create_permissions

from eim.back_office.roles.table import ROLES


def create_ready_roles(apps: Any) -> None:
    """Create the groups of the roles, with the permissions that there are by now."""
    create_all_permissions(apps)
    Group = apps.get_model("auth", "Group")
    for role in ROLES:
        keep_apart(Group, role.code, role.labels)
        Group.objects.get_or_create(name=role.code)
    complete_ready_roles(apps)


def create_all_permissions(apps: Any) -> None:
    """Create what Django creates only when all migrations have run."""
    for app_config in apps.get_app_configs():
        # Those of a migration have no module, and would be passed over.
        module = getattr(app_config, "models_module", None)
        app_config.models_module = module or True
        create_permissions(app_config, apps=apps, verbosity=0)
        app_config.models_module = module


def keep_apart(Group: Any, code: str, labels: frozenset[str]) -> None:
    """Give another name to a group of the organisers' own that is called as a role."""
    group = Group.objects.filter(name=code).first()
    # A weaker one too: its people would silently be given more.
    if group is None or labels_in_database(group) == labels or not group.user_set.exists():
        return
    names = (f"{code} {number}" for number in count(2))
    group.name = next(name for name in names if not Group.objects.filter(name=name).exists())
    group.save()


def labels_in_database(group: Any) -> set[str]:
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def complete_ready_roles(apps: Any) -> None:
    """Add to each role the permissions that it lacks: those of a model that came later."""
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    keys = {f"{app}.{codename}": pk for app, codename, pk in rows}
    for role in ROLES:
        for group in Group.objects.filter(name=role.code):
            lacking = role.labels - labels_in_database(group)
            group.permissions.add(*(keys[label] for label in lacking if label in keys))


def delete_unused_ready_roles(apps: Any) -> None:
    """Delete the groups of the roles, but not what somebody's account depends on."""
    codes = [role.code for role in ROLES]
    apps.get_model("auth", "Group").objects.filter(name__in=codes, user=None).delete()
