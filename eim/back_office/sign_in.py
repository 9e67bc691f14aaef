"""Sign organisers in with user name, password and a one-time code, all on one page."""

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django_otp.admin import OTPAdminAuthenticationForm
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.colleagues import second_steps


class PasswordForm(AdminAuthenticationForm):
    def clean_username(self) -> str:
        # Django only writes the limit into the page; the column of django-axes is no wider.
        name: str = self.cleaned_data["username"]
        if len(name) > (User._meta.get_field("username").max_length or 0):
            raise self.get_invalid_login_error()
        return name


class SecondStepForm(PasswordForm, OTPAdminAuthenticationForm):
    """Ask for the code too; for the app that shows it only if the user has several."""

    otp_device = forms.CharField(
        label=_("Which of your authenticator apps"), required=False, widget=forms.Select
    )
    otp_token = forms.CharField(
        label=_("Code from your app"),
        required=False,
        help_text=_("Six digits, from the authenticator app on your phone."),
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "aria-describedby": "id_otp_token_helptext",
            }
        ),
    )
    # Its name lets no page and no log carry what was typed.
    recovery_otp_token = forms.CharField(
        label=_("Recovery code"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            {
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "aria-describedby": "id_recovery_otp_token_helptext",
            }
        ),
        help_text=_("One of the ten that you kept when you set up the second step."),
    )
    otp_error_messages = {
        **OTPAdminAuthenticationForm.otp_error_messages,
        "token_required": _("Enter the six digits that your authenticator app shows."),
        "invalid_token": _("This code is wrong or has expired: enter the next one."),
        "device_required": _("Choose the app that shows this code."),
        "n_failed_attempts": ngettext_lazy(
            "Wait a moment after %(failure_count)d wrong code, then enter the next one.",
            "Wait a moment after %(failure_count)d wrong codes, then enter the next one.",
            "failure_count",
        ),
        "verification_not_allowed": _("Wait a moment, then enter the next code."),
    }

    def clean_otp_token(self) -> str:
        """Remove the space with which apps show a code: “123 456”."""
        return "".join(self.cleaned_data["otp_token"].split())

    def clean_otp(self, user: User | None) -> None:
        """Accept a recovery code in the place of the app's; wrong ones count for django-axes."""
        if user is None:
            return
        if typed := self.cleaned_data.get("recovery_otp_token"):
            return self.clean_recovery_code(user, typed)
        if not second_steps.has_second_step(user):
            raise forms.ValidationError(
                gettext(
                    "Your account has no second step yet. Ask another organiser to send you the "
                    "link for it (or whoever runs this site): it takes a minute."
                ),
                code="no_device",
            )
        try:
            super().clean_otp(user)
        except forms.ValidationError as error:
            if error.code == "invalid_token":
                self.count_failure(user)
            raise

    def clean_recovery_code(self, user: User, typed: str) -> None:
        device = second_steps.used_recovery_code(user, typed)
        if device is None:
            self.count_failure(user)
            raise forms.ValidationError(
                gettext("This recovery code is wrong or was used: wait a moment, then try another.")
            )
        vars(user)["otp_device"] = device
        tell_codes_left(self.request, second_steps.codes_left(user))

    def count_failure(self, user: User) -> None:
        """Count a wrong second step as a wrong password: after five the name is locked."""
        credentials = {"username": user.get_username()}
        AxesProxyHandler.user_login_failed(self.__class__, credentials, self.request)

    def _chosen_device(self, user: User) -> Device | None:
        # Locked: nobody else uses the code meanwhile.
        devices = list(apps_of(user).select_for_update())
        if len(devices) == 1:
            return devices[0]
        chosen = super()._chosen_device(user)
        return chosen if isinstance(chosen, TOTPDevice) else None

    @staticmethod
    def device_choices(user: User) -> list[tuple[str, str]]:
        return [("", "---------"), *((app.persistent_id, app.name) for app in apps_of(user))]

    @property
    def has_several_apps(self) -> bool:
        return len(self.fields["otp_device"].widget.choices) > 2


def apps_of(user: User) -> QuerySet[TOTPDevice]:
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk")


def tell_codes_left(request: HttpRequest, left: int) -> None:
    """Say how many recovery codes are left, and where to make new ones."""
    words = ngettext(
        "You signed in with a recovery code: %(count)s is left.",
        "You signed in with a recovery code: %(count)s are left.",
        left,
    )
    link = format_html('<a href="{}">{}</a>', reverse("admin:my-account"), gettext("My account"))
    level = messages.WARNING if left < second_steps.FEW else messages.INFO
    sentence = gettext("Lost your telephone? Replace it, or make new codes:")
    told = format_html("{} {} {}", words % {"count": left}, sentence, link)
    messages.add_message(request, level, told)


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: object
) -> HttpResponse:
    """Answer too many wrong passwords; django-axes calls this view."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "admin/locked_out.html", {"minutes": minutes}, status=429)
