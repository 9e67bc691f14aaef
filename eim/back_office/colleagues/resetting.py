"""Take a lost second step away from a colleague's account, and mail a link to set up another."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.colleagues import notes, second_steps
from eim.back_office.colleagues.mails import language_of, mail_to, send, tell, tell_or_warn
from eim.back_office.colleagues.sessions import end_sessions
from eim.models import Invitation


class LooksAfterSecondSteps(admin.ModelAdmin):
    """Add a page that resets the second step; end the sessions of who is switched off."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.second_step_page)
        return [path("<int:pk>/second-step/", view, name="auth_user_second_step")] + list(
            super().get_urls()
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        before = User.objects.filter(pk=obj.pk).values_list("email", flat=True).first() or ""
        super().save_model(request, obj, form, change)
        if before not in ("", obj.email):
            words = notes.address_was_changed(obj)
            transaction.on_commit(lambda: send(mail_to(before, language_of(obj), words)))
        is_let_in = obj.is_active and obj.is_staff
        if not is_let_in and {"is_active", "is_staff"} & set(form.changed_data):
            end_sessions(obj)
        if obj.is_active:
            # Switched off again, it must not come back by the link of its invitation.
            Invitation.objects.unused().filter(account=obj).update(used_at=timezone.now())

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave one's own address to “My account”, which asks for the second step."""
        fields = super().get_readonly_fields(request, obj)
        is_own = obj is not None and obj.pk == request.user.pk and not settings.DEMO
        return [*fields, "email"] if is_own else fields

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let a second step, which is not deleted alone, go with its account."""
        rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return rows, counts, lacking - {TOTPDevice._meta.verbose_name}, protected

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Tell the account's owner; one's own password is changed where the old one is asked."""
        if str(request.user.pk) == str(id):
            return redirect("admin:password_change")
        response = super().user_change_password(request, id, form_url)  # type: ignore[misc]
        if request.method == "POST" and response.status_code == 302:
            user = User.objects.get(pk=id)
            tell_or_warn(request, user, notes.password_was_changed(user))
        return response

    def second_step_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what a reset does; do it by POST. A superuser's is not reset here."""
        user, actor = get_object_or_404(User, pk=pk), cast(User, request.user)
        if user.pk == actor.pk:
            return redirect("admin:my-account")
        may_look = super().has_change_permission(request)
        if not may_look or not (user.is_superuser or self.has_change_permission(request, user)):
            raise PermissionDenied
        if request.method == "POST":
            if obstacle(user):
                raise PermissionDenied
            self.reset(request, user)
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Reset the second step"),
            "subtitle": str(user),
            "opts": self.opts,
            "original": user,
            "obstacle": obstacle(user),
            "has_second_step": second_steps.has_second_step(user),
        }
        return TemplateResponse(request, "admin/colleagues/reset_second_step.html", context)

    def reset(self, request: HttpRequest, user: User) -> None:
        actor = cast(User, request.user)
        reset_second_step(user)
        self.log_change(request, user, gettext("Second step reset, link sent."))
        if tell(user, notes.step_was_reset(user, actor)):
            words = gettext("The second step is reset, and the link is on its way to %(address)s.")
            messages.success(request, words % {"address": user.email})
        else:
            words = gettext(
                "The second step is reset, but the e-mail with the link could not be sent to "
                "%(address)s: check the address, then send it again here."
            )
            messages.error(request, words % {"address": user.email})
        tell(actor, notes.you_reset_a_step(user))


@transaction.atomic
def reset_second_step(user: User) -> None:
    """End the account's telephones, its recovery codes and its sessions."""
    second_steps.end_second_step(user)
    end_sessions(user)


def obstacle(user: User) -> str:
    """Return why the second step cannot be reset by mail; empty if it can."""
    if user.is_superuser:
        return gettext(
            "This account may do everything, so nobody resets its second step here: its owner "
            "signs in with a recovery code, or whoever runs the site makes a new one in the shell "
            "(manage.py staff_device %(account)s --replace)."
        ) % {"account": user.get_username()}
    if not (user.is_active and user.is_staff):
        return gettext("This account is switched off, or may not enter the back office.")
    if not user.email:
        return gettext("This account has no e-mail address: write it down on its page first.")
    if not user.has_usable_password():
        return gettext("This account has no password: set one on its page first.")
    return ""
