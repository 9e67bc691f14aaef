"""The pages of roles: ready ones are read, those of the organisers are edited."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from eim.back_office.accounts.pages import GroupForm, WithActor
from eim.back_office.accounts.permissions import may_touch_group
from eim.back_office.roles.groups import (
    CODES,
    is_ready,
    permission_words,
    sentence_of,
    words_of,
)

READ = ("words", "sentence", "colleagues", "in_detail")


class RoleAdmin(WithActor, GroupAdmin):
    """Nobody changes a ready role, so that its sentence stays true; organisers make others."""

    form = GroupForm
    fields = ("name", "permissions")
    readonly_fields = READ
    list_display = ["words", "sentence", "people"]
    search_fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        rows = super().get_queryset(request).prefetch_related("permissions__content_type")
        return rows.annotate(position=position_in_table(), people_count=Count("user"))

    def get_ordering(self, request: HttpRequest) -> Any:
        """Sort by an expression: other pages sort their choices alike, without our columns."""
        return [position_in_table().asc(), "name"]

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return READ
        return super().get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        own = super().has_change_permission(request, obj)
        return own and not is_ready_row(obj) and may_touch_group(cast(User, request.user), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        own = super().has_delete_permission(request, obj)
        return own and not is_ready_row(obj) and may_touch_group(cast(User, request.user), obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if any(map(is_ready, objs)):
            sentence = gettext(
                "A ready role stays: without people it does nothing. Take it from their accounts."
            )
            self.message_user(request, sentence, messages.ERROR)
        return super().get_deleted_objects(objs, request)

    @admin.display(description=pgettext_lazy("account", "role"), ordering="position")
    def words(self, group: Group) -> str:
        return words_of(group)

    @admin.display(description=_("what it may do"))
    def sentence(self, group: Group) -> str:
        return sentence_of(group)

    @admin.display(description=_("accounts"), ordering="people_count")
    def people(self, group: Group) -> int:
        return cast(Any, group).people_count

    @admin.display(description=_("accounts"))
    def colleagues(self, group: Group) -> str:
        return ", ".join(user.get_username() for user in group.user_set.order_by("username"))

    @admin.display(description=_("in detail"))
    def in_detail(self, group: Group) -> SafeString:
        return format_html_join("", "<div>{}</div>", ([words] for words in permission_words(group)))


def is_ready_row(group: Group | None) -> bool:
    return group is not None and is_ready(group)


def position_in_table() -> Case:
    """Sort ready roles as their table does, and the organisers' own after them."""
    places = [When(name=code, then=Value(number)) for number, code in enumerate(CODES)]
    return Case(*places, default=Value(len(CODES)), output_field=IntegerField())
