import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.defaults import bad_request
from django_otp import devices_for_user
from django_otp.admin import OTPAdminAuthenticationForm
from django_otp.models import Device

from eim import clock
from eim.borrowed import ScriptWords
from eim.chart import chart
from eim.figures import confirmed_per_day, mails, people, seated_sessions
from eim.matters import matters
from programme.models import Meeting, Theme
from programme.when import moment_words

logger = logging.getLogger(__name__)

OWN_APPS = ("programme", "registration")
# In the order in which a meeting is made; whatever is not named follows by its name.
MODEL_ORDER = (
    ("Meeting", "Session", "Presentation", "Person", "Room", "Theme", "Stream")
    + ("Notice", "Page", "Document", "Organisation")
    + ("Registration", "Quota", "Message")
    + ("User", "Group", "TOTPDevice")
)


# Of packages that leave no word for them in our catalogues.
OTHER_NAMES = {"TOTPDevice": _("Second steps")}


class ShortName(AdminAuthenticationForm):
    """Django writes the limit on the page and does not check it; the log of attempts is as wide."""

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if len(name) > (User._meta.get_field("username").max_length or 0):
            raise self.get_invalid_login_error()
        return name


class SecondStepForm(ShortName, OTPAdminAuthenticationForm):
    """Name, password and the code of an app, on one page.

    Which app needs no question: nearly everybody has one.
    """

    otp_device = forms.CharField(label=_("Which of your apps"), required=False, widget=forms.Select)
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
        "token_required": _("Write the six digits that your authenticator app shows."),
        "invalid_token": _("This code is not the right one, or not any more: write the next one."),
        "device_required": _("Say which of your apps the code is from."),
        "n_failed_attempts": ngettext_lazy(
            "Wait a moment after %(failure_count)d wrong code, then write the next one.",
            "Wait a moment after %(failure_count)d wrong codes, then write the next one.",
            "failure_count",
        ),
        "verification_not_allowed": _("Wait a moment, then write the next code."),
    }

    def clean_otp_token(self) -> str:
        """Apps show it as “123 456”."""
        return "".join(self.cleaned_data["otp_token"].split())

    def clean_otp(self, user: User | None) -> None:
        if user and not list(devices_for_user(user)):
            raise forms.ValidationError(
                gettext(
                    "Your account has no second step yet. Ask whoever runs this site "
                    "to give you one: it takes them a minute."
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


# What a database or Django makes of an address or a choice that no page of ours offers.
NONSENSE = (DataError, OverflowError, ValueError)


def sensible[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """A filter or a choice that somebody made up is a bad request, not a fault of the site."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast(HttpRequest, args[0])
        # SQLite tells a broken pattern by the same error as a broken database.
        if any(name.endswith("regex") for name in request.GET):
            return bad_request(request, ValueError("No filter of ours is a pattern."))
        try:
            return view(*args, **kwargs)
        except NONSENSE as fault:
            if not request.GET and ACTION_CHECKBOX_NAME not in request.POST:
                raise
            logger.warning("Nonsense asked of %s", request.path, exc_info=True)
            return bad_request(request, fault)

    return wrapper


class StaffSite(AdminSite):
    """The back office: behind a second step, but for the demo, which anybody may try."""

    site_title = _("Organisers")
    site_header = _("Organisers")
    index_title = _("Back office")
    empty_value_display = "–"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form = ShortName
        if not settings.DEMO:
            self.login_form = SecondStepForm
            self.login_template = "admin/login_second_step.html"

    def admin_view(self, view: Any, *args: Any, **kwargs: Any) -> Any:
        return super().admin_view(sensible(view), *args, **kwargs)

    def has_permission(self, request: HttpRequest) -> bool:
        is_second_step_done = settings.DEMO or request.user.is_verified()  # type: ignore[union-attr]
        return super().has_permission(request) and is_second_step_done

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        band = {"meeting": Meeting.objects.first(), "themes": list(Theme.objects.all())}
        return {**super().each_context(request), **band}

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return cast(HttpResponse, ScriptWords.as_view()(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """First what organisers come for; whatever has to do with accounts together, at the end."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            for model in app["models"]:
                model["name"] = OTHER_NAMES.get(model["object_name"], model["name"])
            app["models"].sort(key=place_in_order)
        if app_label:
            return apps
        own = [app for label in OWN_APPS for app in apps if app["app_label"] == label]
        rest = [app for app in apps if app["app_label"] not in OWN_APPS]
        if not rest:
            return own
        rest.sort(key=lambda app: app["app_label"] != "auth")
        models = sorted((model for app in rest for model in app["models"]), key=place_in_order)
        accounts = {"name": gettext("Accounts"), "app_label": "accounts", "models": models}
        return [*own, {**rest[0], **accounts}]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        meeting = Meeting.objects.first()
        shown = start_page(cast(User, request.user), meeting, clock.now()) if meeting else {}
        return super().index(request, {**shown, **(extra_context or {})})


def place_in_order(model: dict[str, Any]) -> tuple[int, str]:
    name = model["object_name"]
    return MODEL_ORDER.index(name) if name in MODEL_ORDER else len(MODEL_ORDER), str(model["name"])


def start_page(user: User, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """Nothing is counted that this user may not see."""
    shown: dict[str, Any] = {
        "title": moment_words(now, meeting),
        "matters": matters(user, meeting, now),
    }
    if user.has_perm("registration.view_registration"):
        shown |= {"people": people(), "per_day": chart(confirmed_per_day(meeting, now))}
    if user.has_perm("registration.view_message"):
        shown["mails"] = mails()
    if user.has_perm("registration.view_quota"):
        shown["seated_sessions"] = list(seated_sessions())
    return shown


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: object
) -> HttpResponse:
    """After too many wrong passwords; django-axes asks for it."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "admin/locked_out.html", {"minutes": minutes}, status=429)
