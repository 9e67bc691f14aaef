from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """Take the six digits from the mail."""

    code = forms.CharField(
        label=_("Code from the e-mail"),
        help_text=_("Six digits."),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the six digits from the e-mail.")},
    )

    def clean_code(self) -> str:
        """Accept spaces and hyphens between the digits."""
        digits = "".join(c for c in self.cleaned_data["code"] if c not in " -\u00a0\u2007\u202f")
        if not (digits.isascii() and digits.isdecimal() and len(digits) == 6):
            raise ValidationError(gettext("The code has six digits: enter all of them."))
        return digits
