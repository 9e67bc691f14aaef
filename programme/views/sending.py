"""Whether a form that came can be used, and whether it came from our own page."""

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext

from programme.decorators import SiteRequest


def accepts(request: SiteRequest, form: Form) -> bool:
    """Whether the form came, can be used, and came from our own page."""
    if is_unproven(request):
        form.add_error(
            None,
            gettext(
                "Your browser did not send this page's cookie, so we could not be sure it was you. "
                "Please send the page again; if this message comes back, allow cookies for "
                "this site."
            ),
        )
    return form.is_valid()


def refusal_status(request: SiteRequest, form: Form) -> int:
    if is_unproven(request):
        return 403
    return 422 if form.is_bound else 200


def is_unproven(request: HttpRequest) -> bool:
    """Its CSRF check failed: the page comes back with what was typed, and nothing is done."""
    return vars(request).get("has_failed_csrf_check", False)
