"""Accept or refuse a submitted form, also after a failed CSRF check."""

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext

from eim.lib.forms.carried import CarriedForm, carry, is_carried
from programme.decorators import SiteRequest


def accepts(request: SiteRequest, form: Form) -> bool:
    """Return whether the form was sent from our own page and is valid.

    A form that was only carried into another language is not.
    """
    if is_carried(request) and isinstance(form, CarriedForm):
        carry(request, form)
        return False
    if has_failed_csrf_check(request):
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
    if is_carried(request):
        return 200
    if has_failed_csrf_check(request):
        return 403
    return 422 if form.is_bound else 200


def has_failed_csrf_check(request: HttpRequest) -> bool:
    """Return whether the CSRF check failed: the view shows the form again and does nothing."""
    return vars(request).get("has_failed_csrf_check", False)
