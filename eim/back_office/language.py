"""Let organisers choose the language of the back office, whatever their browser prefers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from eim.lib.site_languages import SITE_CODES

COOKIE = "office_language"
YEAR = 365 * 24 * 60 * 60


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie of the back office, and go back to the page."""
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    response = redirect(asked if asked and is_ours else reverse("admin:index"))
    if (code := request.POST.get("language")) in SITE_CODES:
        remember_language(response, str(code))
    return response


def remember_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        COOKIE,
        code,
        max_age=YEAR,
        path=f"/{settings.ADMIN_PATH}/",
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
