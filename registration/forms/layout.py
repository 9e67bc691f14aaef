"""The order and the headings of the fields of the form of registration."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django.forms import Form
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registration.answers import Use, answers_for
from registration.forms.options import Options

PLACES = "registration/_place_options.html"


class Support(Div):
    """Fold away what most people leave as it is, unless somebody did not, or has to correct it."""

    template = "registration/_support.html"
    is_open = False

    def __init__(self, services: Options) -> None:
        super().__init__(
            Field("services", template=PLACES), "needs", "needs_consent", "mail_language"
        )
        self.services = services

    def render(self, form: Form, *arguments: Any, **options: Any) -> SafeString:
        names = [pointer.name for pointer in self.get_field_names()]
        is_chosen = bool(self.services.in_front)
        self.is_open = is_chosen or any(is_touched(form, name) for name in names)
        return super().render(form, *arguments, **options)


def is_touched(form: Form, name: str) -> bool:
    """Return whether a field has an error, or another value than in an empty form."""
    field = form[name]
    return bool(field.errors) or str(field.value() or "") != str(field.field.initial or "")


def layout_of_sign_up(services: Options) -> FormHelper:
    helper = FormHelper()
    helper.attrs = {"novalidate": ""}
    helper.layout = Layout(
        Fieldset(_("About you"), *answers_for(Use.ABOUT_YOU)),
        Fieldset(
            _("How you will take part"),
            Field("attendance", template="registration/_attendance_choice.html"),
            Field("workshops", template=PLACES),
            Support(services),
        ),
        Fieldset(
            _("Consent"),
            "professional",
            "consent",
            Field("website", template="programme/_decoy.html"),
            "started",
            "asked_about",
        ),
        HTML("{% include 'registration/_send_button.html' %}"),
    )
    return helper
