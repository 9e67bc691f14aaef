"""Protect forms for everybody from programs, without an account or a puzzle."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.lib.form_age import FASTEST, SLOWEST, age_of, is_plausible, started_now
from eim.lib.forms.carried import CarriedForm


class GuardedForm(CarriedForm):
    """A form with a honeypot field and a signed opening time; see `refuse_machines`."""

    # Set by a view whose form carries no CSRF token: it was sent from a page of another site.
    is_from_elsewhere = False

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
        """Add an error if a program or another site may have sent this; call last in `clean`.

        The errors let a person send the form again, with everything that they typed.
        """
        age = age_of(self.cleaned_data.get("started", ""), clock.now())
        is_machine = bool(self.cleaned_data.get("website")) or not is_plausible(age)
        if not (is_machine or self.is_from_elsewhere):
            return
        self.data = cast(QueryDict, self.data).copy()
        self.data["website"] = ""
        if age is None or age > SLOWEST:
            self.data["started"] = started_now(clock.now())
        # With another error the form is shown again anyway, and its sender is not a machine.
        if self.is_from_elsewhere or not self.errors:
            self.add_error(None, self._refusal(age))

    def _refusal(self, age: float | None) -> str:
        if self.is_from_elsewhere:
            return gettext(
                "Your browser says that this did not come from our own page, so we have not taken "
                "it. What was written is below: check it, and send it again. If this message comes "
                "back, try another browser."
            )
        if age is None or age > SLOWEST:
            return gettext("This page was open for a long time. Please send it again.")
        if age < FASTEST:
            return gettext("That was very fast. Nothing is lost: please send the page again.")
        return gettext("Please send the page again.")
