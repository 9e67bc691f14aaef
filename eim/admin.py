from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.accounts.pages import AccountAdmin
from eim.back_office.colleagues.invitations import InvitationAdmin
from eim.back_office.mail_health.bounces import BounceAdmin
from eim.back_office.roles.pages import RoleAdmin
from eim.models import Invitation
from registration.models import Bounce

admin.site.unregister([User, Group])
admin.site.register(User, AccountAdmin)
admin.site.register(Group, RoleAdmin)
admin.site.register(Bounce, BounceAdmin)
admin.site.register(Invitation, InvitationAdmin)

FIELDS = ("user", "name", "confirmed", "created_at", "last_used_at")


@admin.register(TOTPDevice)
class DeviceAdmin(admin.ModelAdmin):
    """List second steps, and lead to where a lost one is reset: its owner is told there.

    Replaces the page of django-otp, which shows the secret to every superuser.
    """

    list_display = FIELDS
    search_fields = ["user__username", "user__first_name", "user__last_name", "user__email"]
    list_select_related = ["user"]
    show_full_result_count = False
    change_form_template = "admin/colleagues/device.html"
    fields = FIELDS
    readonly_fields = FIELDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[TOTPDevice]:
        return super().get_queryset(request).defer("key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TOTPDevice | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TOTPDevice | None = None) -> bool:
        return False
