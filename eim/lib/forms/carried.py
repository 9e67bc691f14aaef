"""Carry what was typed into another language: the page's language switch sends the form."""

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest

# Posted by the buttons of the language switch, with the language of the page that they were on.
CARRIED_FROM = "carried_from"


class CarriedForm(forms.Form):
    """A form that follows its reader into another language, filled in, and without errors."""

    # The buttons of the language switch stand outside of the form's element, and name it.
    html_id = "carried-form"

    def carry(self, language_before: str) -> None:
        """Keep the data as they are, and check nothing: nobody has sent the form yet."""
        vars(self)["cleaned_data"] = {}
        vars(self)["_errors"] = ErrorDict()


def is_carried(request: HttpRequest) -> bool:
    return request.method == "POST" and CARRIED_FROM in request.POST


def carry(request: HttpRequest, form: CarriedForm) -> None:
    """Prepare the form to be shown in the language of the address."""
    form.carry(request.POST[CARRIED_FROM])
