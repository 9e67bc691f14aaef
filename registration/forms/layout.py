"""The order and the headings of the fields of the form of registration."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout
from django.utils.translation import gettext_lazy as _


def layout_of_sign_up() -> FormHelper:
    helper = FormHelper()
    helper.attrs = {"novalidate": ""}
    helper.layout = Layout(
        Fieldset(_("About you"), "full_name", "email", "country", "institution", "occupation"),
        Fieldset(
            _("How you will take part"),
            Field("attendance", wrapper_class="is-pair"),
            Field("workshops", template="registration/_workshops.html"),
            Field("services", template="registration/_choices_if_any.html"),
            Field("waitlist", template="registration/_choices_if_any.html"),
        ),
        Fieldset(
            _("To look after you well"),
            "needs",
            "needs_consent",
            "mail_language",
            "professional",
            "consent",
            Field("website", template="programme/_decoy.html"),
            "started",
            "asked_about",
        ),
        HTML("{% include 'registration/_send_button.html' %}"),
    )
    return helper
