"""The site of the back office: who comes in, and in which order things stand there."""

from typing import Any, cast

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.back_office.bad_requests import checked
from eim.back_office.sign_in import SecondStepForm, ShortName
from eim.back_office.start_page import start_page
from eim.back_office.third_party_strings import ScriptWords
from programme.models import Meeting, Theme

OWN_APPS = ("programme", "registration")
# In the order in which a meeting is made; whatever is not named follows by its name.
MODEL_ORDER = (
    ("Meeting", "Session", "Presentation", "Person", "Room", "Theme", "Stream")
    + ("Question", "Change")
    + ("Notice", "Page", "Document", "Organisation")
    + ("Registration", "Quota", "Message")
    + ("User", "Group", "TOTPDevice")
)
# Of packages that leave no word for them in our catalogues.
OTHER_NAMES = {"TOTPDevice": _("Second steps")}


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

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any
    ) -> None:
        super().register(model_or_iterable, checked(admin_class or ModelAdmin), **options)

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
