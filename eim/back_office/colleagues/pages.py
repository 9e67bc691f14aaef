"""Frame the pages of accounts: in their reader's language, never stored, dead links in words."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from eim.back_office.colleagues.links import DeadLink
from eim.back_office.language import COOKIE, remember_language
from eim.lib.site_languages import SITE_CODES

type View = Callable[..., HttpResponse]

FORM_METHODS = ["GET", "HEAD", "POST"]


def open_to_all(view: View) -> View:
    """Mark a page before the sign-in page: its link, or what its session has proven, opens it."""

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DeadLink as dead:
            title = gettext("This link does not work")
            return page(request, "dead_link", title, {"sentence": str(dead)}, status=410)

    return wrapper


def sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def page(
    request: HttpRequest,
    name: str,
    title: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    facts = {**admin.site.each_context(request), "title": title, **(context or {})}
    response = TemplateResponse(request, f"admin/colleagues/{name}.html", facts, status=status)
    # Rendered here: the language of the page may end with the view.
    return response.render()


def speak(request: HttpRequest, language: str, response: HttpResponse | None = None) -> None:
    """Speak the language of the e-mail, unless another one was chosen in the back office.

    With a response, remember it there.
    """
    if request.COOKIES.get(COOKIE) in SITE_CODES:
        return
    translation.activate(language)
    if response is not None:
        remember_language(response, language)


def codes_file(user: User, codes: list[str]) -> HttpResponse:
    """Return the recovery codes as a text file, with the site and the account they are for."""
    words = gettext("Recovery codes of the account “%(account)s”, each good once:")
    head = [settings.SITE_URL, words % {"account": user.get_username()}]
    text = "\r\n".join([*head, "", *codes, ""])
    headers = {"Content-Disposition": 'attachment; filename="eim-recovery-codes.txt"'}
    plain = "text/plain; charset=utf-8"
    return HttpResponse(text, content_type=plain, headers=headers)
