"""Define the admin site of the back office: access, order of models, start page."""

from functools import partial
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.back_office.attention.first_steps import first_steps
from eim.back_office.bad_requests import CheckedLists
from eim.back_office.board.pages import addresses_of_board
from eim.back_office.colleagues import notes
from eim.back_office.colleagues.addresses import addresses_of_accounts
from eim.back_office.colleagues.mails import tell_or_warn
from eim.back_office.deeds.page import deeds_page, entry_of_start_page
from eim.back_office.language import choose_language
from eim.back_office.log_words import TranslatedHistory
from eim.back_office.mail_health.page import health_page, send_trial
from eim.back_office.merging import MergesChanges, WritesChangedColumns
from eim.back_office.roles.read_only import ShowsCodesInWords
from eim.back_office.roles.translating import TranslatesTexts
from eim.back_office.searching import FoldedSearch
from eim.back_office.sign_in import PasswordForm, SecondStepForm
from eim.back_office.start_page import start_page
from eim.back_office.storing import StoresUploads
from eim.back_office.third_party_strings import ScriptCatalog
from eim.lib.languages import OWN_NAMES
from eim.lib.site_languages import SITE_CODES
from programme.models import Meeting, Theme

OWN_APPS = ("programme", "registration")
# In the order in which organisers set up a meeting; other models follow, sorted by name.
MODEL_ORDER = (
    ("Meeting", "Session", "Presentation", "Person", "Room", "Theme", "Stream")
    + ("Question", "Removal", "Change")
    + ("Notice", "Page", "Document", "Edition", "Organisation")
    + ("Registration", "Quota", "Letter", "Message", "Bounce")
    + ("User", "Invitation", "Group", "TOTPDevice")
)
# The page of django-otp shows recovery codes; ours are hashes, and their owner's alone.
WITHOUT_PAGES = ("StaticDevice",)


class StaffSite(AdminSite):
    """Ask for a second step, except in the demo, which is open to everybody."""

    site_title = _("Organisers")
    site_header = _("Organisers")
    index_title = _("Back office")
    empty_value_display = "–"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form = PasswordForm
        if not settings.DEMO:
            self.login_form = SecondStepForm
            self.login_template = "admin/login_second_step.html"

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any
    ) -> None:
        if getattr(model_or_iterable, "__name__", "") in WITHOUT_PAGES:
            return
        super().register(model_or_iterable, complete(admin_class or ModelAdmin), **options)

    def has_permission(self, request: HttpRequest) -> bool:
        is_second_step_done = settings.DEMO or request.user.is_verified()  # type: ignore[union-attr]
        return super().has_permission(request) and is_second_step_done

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        header = {
            "meeting": Meeting.objects.first(),
            "themes": list(Theme.objects.all()),
            "own_languages": [(code, OWN_NAMES[code]) for code in SITE_CODES],
        }
        return {**super().each_context(request), **header}

    def get_urls(self) -> list[Any]:
        own = [
            path("language/", self.admin_view(choose_language), name="language"),
            path("deeds/", self.admin_view(partial(deeds_page, self)), name="deeds"),
            path("mails/", self.admin_view(partial(health_page, site=self)), name="mail_health"),
            path("mails/trial/", self.admin_view(send_trial), name="mail_trial"),
        ]
        guard = self.admin_view
        return [
            *own,
            *addresses_of_board(guard),
            *addresses_of_accounts(guard),
            *super().get_urls(),
        ]

    password_change_template = "admin/colleagues/password_change_form.html"
    password_change_done_template = "admin/colleagues/password_change_done.html"

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Change one's own password, and tell so by mail: it may have been somebody else."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            user = cast(User, request.user)
            tell_or_warn(request, user, notes.password_was_changed(user))
        return response

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return cast(HttpResponse, ScriptCatalog.as_view()(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List our own apps first, then everything about accounts in one group."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=position_of)
        if app_label:
            return apps
        own = [app for label in OWN_APPS for app in apps if app["app_label"] == label]
        rest = [app for app in apps if app["app_label"] not in OWN_APPS]
        rest.sort(key=lambda app: app["app_label"] != "auth")
        models = sorted((model for app in rest for model in app["models"]), key=position_of)
        models += entry_of_start_page(cast(User, request.user))
        if not models:
            return own
        accounts = {"name": gettext("Accounts"), "app_label": "accounts", "models": models}
        frame = rest[0] if rest else {"app_url": models[0]["admin_url"], "has_module_perms": True}
        return [*own, {**frame, **accounts}]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        user, meeting, now = cast(User, request.user), Meeting.objects.first(), clock.now()
        context = start_page(user, meeting, now) if meeting else {}
        context["first_steps"] = first_steps(user, meeting, now)
        return super().index(request, {**context, **(extra_context or {})})


def complete(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """Return the class with what every page has here, whichever package it comes from."""
    names = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
    own = (TranslatesTexts, StoresUploads, CheckedLists, TranslatedHistory, MergesChanges)
    bases = (*own, admin_class, ShowsCodesInWords, FoldedSearch, WritesChangedColumns)
    return type(admin_class.__name__, bases, names)


def position_of(model: dict[str, Any]) -> tuple[int, str]:
    name = model["object_name"]
    return MODEL_ORDER.index(name) if name in MODEL_ORDER else len(MODEL_ORDER), str(model["name"])
