"""Edit accounts and groups of organisers."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eim.back_office.accounts.permissions import (
    grantable_by,
    may_touch,
    position_of,
    words_of,
)
from eim.back_office.colleagues.resetting import LooksAfterSecondSteps
from eim.back_office.roles.groups import held_by
from eim.back_office.roles.groups import words_of as words_of_role
from eim.back_office.roles.ticks import offer_roles
from programme.admin.fieldsets import FOLDED, without

FIELDS_IN_WORDS: dict[str, tuple[Any, Any]] = {
    "is_active": (_("switched on"), _("Switch an account off instead of deleting it.")),
    "is_staff": (_("may enter the back office"), ""),
    "is_superuser": (_("may do everything"), _("Also what is ticked nowhere below.")),
}


class GrantsOwnPermissions(forms.ModelForm):
    """Offer the permissions that the actor has; leave others as they were."""

    actor: User
    permissions_field = "permissions"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get(self.permissions_field):
            offered = grantable_by(self.actor)
            choices: Any = [(row.pk, words_of(row)) for row in offered]
            cast(Any, field).queryset = Permission.objects.filter(pk__in=[r.pk for r in offered])
            cast(Any, field).choices = choices
            field.help_text = _("Only what you may do yourself can be given.")

    def kept(self, name: str) -> QuerySet:
        """Return what was chosen, with what the row has and this person could not choose."""
        chosen: Any = self.cleaned_data[name]
        offered: Any = cast(Any, self.fields[name]).queryset
        model = offered.model
        keys = {row.pk for row in chosen}
        if self.instance.pk:
            had = getattr(self.instance, name).exclude(pk__in=offered.values("pk"))
            keys |= set(had.values_list("pk", flat=True))
        return cast(QuerySet, model.objects.filter(pk__in=keys))


class GroupForm(GrantsOwnPermissions):
    def clean_permissions(self) -> QuerySet:
        return self.kept("permissions")


class AccountForm(GrantsOwnPermissions, UserChangeForm):
    permissions_field = "user_permissions"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in FIELDS_IN_WORDS.items():
            if shown := self.fields.get(name):
                shown.label, shown.help_text = label, help_text
        if roles := self.fields.get("groups"):
            offer_roles(roles, self.actor)

    def clean_user_permissions(self) -> QuerySet:
        return self.kept("user_permissions")

    def clean_groups(self) -> QuerySet:
        return self.kept("groups")


class WithActor(admin.ModelAdmin):
    """Give the form the person who fills it in, and tick boxes for its permissions."""

    filter_horizontal = ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user  # type: ignore[attr-defined]
        return form

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class AccountAdmin(LooksAfterSecondSteps, WithActor, UserAdmin):
    """Only a superuser makes or touches superusers; others only accounts that can do no more."""

    form = AccountForm
    readonly_fields = ["last_login", "date_joined", "roles", "single_permissions"]
    list_display = ["username", "email", "first_name", "last_name", "roles", "is_superuser"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=pgettext_lazy("account", "roles"))
    def roles(self, user: User) -> str:
        return ", ".join(map(words_of_role, held_by(user)))

    @admin.display(description=_("single permissions"))
    def single_permissions(self, user: User) -> str:
        rows = user.user_permissions.select_related("content_type")
        return "; ".join(words_of(row) for row in sorted(rows, key=position_of))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Put single permissions behind “More”: a role is what one usually gives."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        if not self.has_change_permission(request, obj):
            return without(fieldsets, {"user_permissions", "groups"}) + [
                (None, {"fields": ["roles", "single_permissions"]})
            ]
        hidden = {"user_permissions"}
        if not cast(User, request.user).is_superuser:
            hidden.add("is_superuser")
        is_used = obj.user_permissions.exists()
        more = {"fields": ["user_permissions"], "classes": [] if is_used else [FOLDED]}
        return [*without(fieldsets, hidden), (_("More: single permissions"), more)]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        own = super().has_change_permission(request, obj)
        return own and may_touch(cast(User, request.user), obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let nobody delete what somebody did: such an account is switched off."""
        own = super().has_delete_permission(request, obj)
        has_deeds = obj is not None and LogEntry.objects.filter(user=obj).exists()
        return own and not has_deeds and may_touch(cast(User, request.user), obj)
