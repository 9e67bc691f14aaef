"""The list of invitations in the back office, and the page that invites."""

from datetime import timedelta
from math import ceil
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from eim.back_office.accounts.permissions import may_touch_group
from eim.back_office.colleagues.forms import InvitationForm
from eim.back_office.colleagues.inviting import invite, renew_link, send_link, withdraw
from eim.back_office.colleagues.links import INVITATION, VALID
from eim.back_office.colleagues.pages import sent
from eim.back_office.roles import words_of
from eim.models import Invitation
from registration.actions import Refusal

FIELDS = ("name", "address", "language", "roles_in_words", "state", "invited_by", "invited_at")


class InvitationAdmin(admin.ModelAdmin):
    """List invitations to whoever may add accounts; actions alone write the rows."""

    list_display = ["name", "address", "roles_in_words", "state", "invited_by", "invited_at"]
    search_fields = ["name", "address"]
    list_select_related = ["invited_by"]
    show_full_result_count = False
    fields = FIELDS
    readonly_fields = FIELDS
    change_form_template = "admin/colleagues/invitation.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).prefetch_related("roles")

    @admin.display(description=_("roles"))
    def roles_in_words(self, invitation: Invitation) -> str:
        return ", ".join(words_of(role) for role in invitation.roles.all())

    @admin.display(description=_("state"))
    def state(self, invitation: Invitation) -> str:
        return state_of(invitation)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return cast(User, request.user).has_perm("auth.add_user")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[Any]:
        site = self.admin_site
        again, end = site.admin_view(self.again_view), site.admin_view(self.withdraw_view)
        return [
            path("<int:pk>/again/", require_POST(again), name="eim_invitation_again"),
            path("<int:pk>/withdraw/", require_POST(end), name="eim_invitation_withdraw"),
        ] + list(super().get_urls())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """Invite: outside of a transaction, which would wait for the mail server."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InvitationForm(sent(request), actor=cast(User, request.user))
        if form.is_valid() and (invitation := self.invited(request, form)):
            self.mail(request, invitation)
            return redirect("admin:eim_invitation_change", invitation.pk)
        context = self.admin_site.each_context(request)
        context |= {"title": gettext("Invite a colleague"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/colleagues/invite.html", context)

    def invited(self, request: HttpRequest, form: InvitationForm) -> Invitation | None:
        """Write the invitation; add a refusal to the form's errors and return None."""
        try:
            invitation = invite(**form.cleaned_data, by=cast(User, request.user))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None
        self.log_addition(request, invitation, gettext("Invited."))
        return invitation

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        context = {
            "title": gettext("Invitation"),
            "invitation": self.get_object(request, object_id),
        }
        return super().change_view(request, object_id, extra_context=context)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = self.found(request, pk)
        try:
            invitation = renew_link(invitation, by=cast(User, request.user))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, invitation, gettext("Sent again, with a new link."))
            self.mail(request, invitation)
        return redirect("admin:eim_invitation_change", pk)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = self.found(request, pk)
        try:
            withdraw(invitation)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, invitation, gettext("Withdrawn."))
            messages.success(request, gettext("The invitation is withdrawn: its link is dead."))
        return redirect("admin:eim_invitation_change", pk)

    def found(self, request: HttpRequest, pk: int) -> Invitation:
        """Return the row, if this person could have made it: nobody undoes what is above them."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        invitation = get_object_or_404(Invitation, pk=pk)
        actor = cast(User, request.user)
        if not all(may_touch_group(actor, role) for role in invitation.roles.all()):
            raise PermissionDenied
        return invitation

    def mail(self, request: HttpRequest, invitation: Invitation) -> None:
        facts = {"address": invitation.address}
        try:
            is_sent = send_link(invitation)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return
        if is_sent:
            words = gettext("The invitation is on its way to %(address)s.")
            messages.success(request, words % facts)
        else:
            words = gettext(
                "The invitation is kept, but the mail server did not take the e-mail to "
                "%(address)s. Check the address, and send it again in a moment."
            )
            messages.error(request, words % facts)


def state_of(invitation: Invitation) -> str:
    if invitation.used_at:
        return gettext("accepted")
    if invitation.withdrawn_at:
        return pgettext("invitation", "withdrawn")
    if invitation.sent_at is None:
        return gettext("not sent: send it again")
    left = invitation.sent_at + VALID[INVITATION] - timezone.now()
    days = ceil(left / timedelta(days=1))
    if days <= 0:
        return gettext("expired: send it again")
    words = ngettext("waits, for %(days)s more day", "waits, for %(days)s more days", days)
    return words % {"days": days}
