"""Protect forms for everybody from programs, without an account or a puzzle."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.lib.form_age import FASTEST, SLOWEST, age_of, started_now
from eim.lib.forms.carried import CarriedForm


class GuardedForm(CarriedForm):
    """A form with a honeypot field and a signed opening time; see `refuse_machines`."""

    # The honeypot: people do not see it, programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, initial: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["started"].initial = started_now(clock.now())

    def refuse_machines(self) -> None:
        """Add an error if a program may have sent this; call at the end of `clean`.

        The errors let a person send the form again, with everything that they typed.
        """
        age = age_of(self.cleaned_data.get("started", ""), clock.now())
        if age is not None and FASTEST <= age <= SLOWEST and not self.cleaned_data.get("website"):
            return
        self.data = cast(QueryDict, self.data).copy()
        self.data["website"] = ""
        if age is None or age > SLOWEST:
            self.data["started"] = started_now(clock.now())
        if self.errors:
            return  # The form is shown again anyway; one error is enough.
        if age is None or age > SLOWEST:
            sentence = gettext("This page was open for a long time. Please send it again.")
            self.add_error(None, sentence)
        elif age < FASTEST:
            self.add_error(
                None,
                gettext("That was very fast. Nothing is lost: please send the page again."),
            )
        else:
            self.add_error(None, gettext("Please send the page again."))
