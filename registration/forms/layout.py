"""The order and the headings of the fields of the form of registration."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django.forms import Form
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registration.answers import Use, answers_for


class Fold(Div):
    """Fields that most people leave as they are: unfolded where somebody did not, or has to."""

    template = "eim/layout/fold.html"

    def __init__(self, summary: str | Promise, *names: str) -> None:
        super().__init__(*names)
        self.summary = summary
        self.names = names
        self.is_open = False

    def render(self, form: Form, *arguments: Any, **options: Any) -> SafeString:
        self.is_open = any(is_touched(form, name) for name in self.names)
        return super().render(form, *arguments, **options)


def is_touched(form: Form, name: str) -> bool:
    """Return whether a field has an error, or another value than in an empty form."""
    field = form[name]
    return bool(field.errors) or str(field.value() or "") != str(field.field.initial or "")


def layout_of_sign_up() -> FormHelper:
    helper = FormHelper()
    helper.attrs = {"novalidate": ""}
    helper.layout = Layout(
        Fieldset(_("About you"), *answers_for(Use.ABOUT_YOU)),
        Fieldset(
            _("How you will take part"),
            Field("attendance", template="registration/_attendance_choice.html"),
            Field("workshops", template="registration/_place_options.html"),
            Field("services", template="registration/_place_options.html"),
            Fold(
                _("Access needs, and language of our e-mails"),
                *("needs", "needs_consent", "mail_language"),
            ),
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
