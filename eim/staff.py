from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.admin import OTPAdminAuthenticationForm


class StaffSite(AdminSite):
    """The back office: behind a second step, but for the demo, which anybody may try."""

    site_title = _("Organisers")
    site_header = _("Organisers")
    index_title = _("Back office")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        if not settings.DEMO:
            self.login_form = OTPAdminAuthenticationForm
            self.login_template = "admin/login_second_step.html"

    def has_permission(self, request: HttpRequest) -> bool:
        is_second_step_done = settings.DEMO or request.user.is_verified()  # type: ignore[union-attr]
        return super().has_permission(request) and is_second_step_done
