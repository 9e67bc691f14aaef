"""Edit accounts and groups of organisers."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from eim.back_office.accounts.permissions import (
    grantable_by,
    may_touch,
    may_touch_group,
    words_of,
)
from eim.back_office.colleagues.resetting import LooksAfterSecondSteps

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
        if groups := self.fields.get("groups"):
            own = [g.pk for g in Group.objects.all() if may_touch_group(self.actor, g)]
            cast(Any, groups).queryset = Group.objects.filter(pk__in=own)
            groups.help_text = _("The account may do all that its groups may do.")

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


class OwnGroupAdmin(WithActor, GroupAdmin):
    form = GroupForm

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        own = super().has_change_permission(request, obj)
        return own and may_touch_group(cast(User, request.user), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        own = super().has_delete_permission(request, obj)
        return own and may_touch_group(cast(User, request.user), obj)


class AccountAdmin(LooksAfterSecondSteps, WithActor, UserAdmin):
    """Only a superuser makes or touches superusers; others only accounts that can do no more."""

    form = AccountForm
    readonly_fields = ["last_login", "date_joined"]
    list_display = ["username", "email", "first_name", "last_name", "is_staff", "is_superuser"]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if cast(User, request.user).is_superuser:
            return fieldsets
        return [
            (title, {**options, "fields": [f for f in options["fields"] if f != "is_superuser"]})
            for title, options in fieldsets
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        own = super().has_change_permission(request, obj)
        return own and may_touch(cast(User, request.user), obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        own = super().has_delete_permission(request, obj)
        return own and may_touch(cast(User, request.user), obj)
