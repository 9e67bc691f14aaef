"""Sign organisers in with user name, password and a one-time code, all on one page."""

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django_otp import devices_for_user
from django_otp.admin import OTPAdminAuthenticationForm
from django_otp.models import Device


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
        if user and not list(devices_for_user(user)):
            raise forms.ValidationError(
                gettext(
                    "Your account has no second step yet. Ask the person who runs this "
                    "site to set one up: it takes a minute."
                ),
                code="no_device",
            )
        super().clean_otp(user)

    def _chosen_device(self, user: User) -> Device | None:
        devices = list(devices_for_user(user))
        return devices[0] if len(devices) == 1 else super()._chosen_device(user)

    @property
    def has_several_apps(self) -> bool:
        return len(self.fields["otp_device"].widget.choices) > 2


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: object
) -> HttpResponse:
    """Answer too many wrong passwords; django-axes calls this view."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "admin/locked_out.html", {"minutes": minutes}, status=429)
