"""The permissions that do something in the back office, in plain words."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

APPS = ("programme", "registration")
WORDS = {
    "view": _("See: %(things)s"),
    "add": _("Add: %(things)s"),
    "change": _("Change: %(things)s"),
    "delete": _("Delete: %(things)s"),
}
# Permissions of a model besides those four.
OWN_WORDS: dict[str, Promise] = {
    "registration.export_registration": _("Download lists of attendees"),
    "registration.view_needs": _("See access needs: they tell of people’s health"),
    "registration.erase_registration": _("Erase the personal data of an attendee"),
    "registration.send_letter": _("Send letters, pause and stop them, say yes to those of others"),
    "programme.remove_content": _("Remove texts, pictures and files from the site"),
    "programme.moderate_question": _("Open the moderators’ lists and remove questions from them"),
    "programme.translate_texts": _("Write the texts of the programme in the other languages"),
    "admin.view_logentry": _("See who did what"),
}
# Asked for by pages that are not those of a model.
OF_OWN_PAGES = {"admin.view_logentry"}
# Of no use: the desk adds people for those who may change registrations.
ASKED_NOWHERE = {
    "registration.add_registration",
    # Pages on which everything is fixed.
    "axes.change_accessattempt",
    "axes.change_accesslog",
    "axes.change_accessfailurelog",
}


def edited_models() -> dict[type[Model], Any]:
    """Return each model with a page or rows on a page, in the order of the start page."""
    found: dict[type[Model], Any] = {}
    for model, page in admin.site._registry.items():
        found[model] = page
        for inline in page.inlines:
            own = inline(model, admin.site)
            if is_possible(own, "change"):
                found.setdefault(inline.model, own)
    return found


def is_possible(page: Any, action: str) -> bool:
    """Return whether a superuser may do it: some pages are only for reading."""
    request = SimpleNamespace(user=User(is_superuser=True, is_active=True))
    ask = getattr(page, f"has_{action}_permission")
    is_page_that_adds = action == "add" and isinstance(page, admin.ModelAdmin)
    return bool(ask(request) if is_page_that_adds else ask(request, None))


def effective_permissions() -> list[Permission]:
    """Return the permissions that some page of the back office asks for."""
    models = edited_models()
    useless = {
        f"{model._meta.app_label}.{action}_{model._meta.model_name}"
        for model, page in models.items()
        for action in ("add", "change", "delete")
        if not is_possible(page, action)
    }
    labels = [(model._meta.app_label, model._meta.model_name) for model in models]
    rows = Permission.objects.select_related("content_type").order_by("pk")
    kept = [
        row
        for row in rows
        if label_of(row) in OF_OWN_PAGES
        or (key_of(row) in labels and label_of(row) not in useless - ALWAYS | ASKED_NOWHERE)
    ]
    return sorted(kept, key=position_of)


def position_of(permission: Permission) -> tuple[Any, ...]:
    """Sort as the start page does: the programme first, then registration, then accounts."""
    label, model = key_of(permission)
    return APPS.index(label) if label in APPS else len(APPS), words_of_things(permission), model


# Pages that forbid an action only as long as there is a row, or to somebody without a row.
ALWAYS = {"programme.add_meeting", "registration.delete_quota"}


def key_of(permission: Permission) -> tuple[str, str]:
    return permission.content_type.app_label, permission.content_type.model


def label_of(permission: Permission) -> str:
    """Return the name by which code asks for a permission: programme.change_session."""
    return f"{permission.content_type.app_label}.{permission.codename}"


def grantable_by(actor: User) -> list[Permission]:
    """Return the permissions that a person may give to others: those that the person has."""
    own = actor.get_all_permissions()
    return [row for row in effective_permissions() if actor.is_superuser or label_of(row) in own]


def words_of(permission: Permission) -> str:
    label = label_of(permission)
    if label in OWN_WORDS:
        return str(OWN_WORDS[label])
    things = words_of_things(permission)
    action = permission.codename.partition("_")[0]
    return str(WORDS[action]) % {"things": things} if action in WORDS else permission.name


def words_of_things(permission: Permission) -> str:
    model = permission.content_type.model_class()
    return str(model._meta.verbose_name_plural if model else permission.content_type.model)


def labels_of_group(group: Group) -> set[str]:
    return {label_of(row) for row in group.permissions.select_related("content_type")}


def may_touch(actor: User, user: User | None) -> bool:
    """Return whether the actor may change an account: not if it can do more than the actor."""
    if actor.is_superuser or user is None:
        return True
    if user.is_superuser:
        return False
    return permissions_of(user) <= actor.get_all_permissions()


def permissions_of(user: User) -> set[str]:
    """Return the permissions of an account, also of one that is switched off for now."""
    rows: Iterable[Permission] = Permission.objects.filter(user=user) | Permission.objects.filter(
        group__user=user
    )
    return {label_of(row) for row in rows.select_related("content_type")}  # type: ignore[attr-defined]


def may_touch_group(actor: User, group: Group | None) -> bool:
    if actor.is_superuser or group is None:
        return True
    return labels_of_group(group) <= actor.get_all_permissions()
