"""Forms of the pages about accounts and their second steps."""

import re
from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from eim.back_office.colleagues import second_steps
from eim.back_office.roles.ticks import offer_roles
from eim.lib.fields.cleaned import CleanedField
from eim.lib.fields.email_addresses import AddressField
from eim.lib.normalising import email_key, fold
from eim.models import Invitation

NAME_LENGTH = 150
# With blanks and hyphens between the letters.
LONGEST_CODE = 40


def code_input(*, is_numeric: bool = False) -> forms.TextInput:
    """Return an input without capitals and corrections; its name lets no page carry its value."""
    attributes = {"autocomplete": "one-time-code" if is_numeric else "off", "spellcheck": "false"}
    more = {"inputmode": "numeric"} if is_numeric else {"autocapitalize": "none"}
    return forms.TextInput({**attributes, **more})


class InvitationForm(forms.Form):
    name = CleanedField(label=_("Name"), max_length=NAME_LENGTH)
    address = AddressField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=settings.LANGUAGES)
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Group.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, initial={"language": get_language()})
        offer_roles(self.fields["roles"], actor)

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if user := User.objects.filter(email__iexact=address, is_active=True).first():
            words = gettext("The account “%(account)s” has this address already.")
            raise forms.ValidationError(words % {"account": user.get_username()})
        if Invitation.objects.unused().filter(email_key=email_key(address)).exists():
            raise forms.ValidationError(
                gettext(
                    "This address has been invited already: send the e-mail again from the list "
                    "of invitations."
                )
            )
        return address


class WelcomeForm(BaseUserCreationForm):
    """Choose a user name and a password; who resumes keeps the account that was begun."""

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        account = invitation.account or User(
            username=free_username(invitation.name),
            first_name=invitation.name,
            email=invitation.address,
        )
        super().__init__(data, instance=account)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["username"].label = gettext("User name")
        self.fields["username"].help_text = gettext(
            "You sign in with it: letters, digits and @ . + - _ only."
        )

    def clean_username(self) -> str:
        """Refuse a name that reads like another one: by its case, or by letters that look alike."""
        name: str = self.cleaned_data["username"]
        # Letters of other alphabets look like these: two accounts would read the same.
        if not name.isascii():
            raise forms.ValidationError(gettext("Use letters from a to z, without accents."))
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(username__iexact=name).exists():
            raise forms.ValidationError(gettext("Somebody has this user name: choose another."))
        return name

    def account(self) -> User:
        """Return the account with the new password, which is not saved yet."""
        return cast(User, self.save(commit=False))


def free_username(name: str) -> str:
    """Return a user name like “ana.quispe” that nobody has."""
    wanted = ".".join(re.sub("[^a-z0-9]", "", word) for word in fold(name).split()[:2]).strip(".")
    wanted = wanted[: NAME_LENGTH - 10] or "organiser"
    taken = set(
        User.objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    )
    taken = {one.lower() for one in taken}
    names = (f"{wanted}{number or ''}" for number in [0, *range(2, len(taken) + 3)])
    return next(one for one in names if one not in taken)


class AppCodeForm(forms.Form):
    """Ask for the code that the app shows, to prove that it has the secret."""

    otp_token = forms.CharField(
        label=_("Code from your app"),
        max_length=LONGEST_CODE,
        help_text=_("Six digits, from the authenticator app on your phone."),
        widget=code_input(is_numeric=True),
    )

    def __init__(self, data: Any = None, *, device_pk: int) -> None:
        super().__init__(data)
        self.device_pk = device_pk

    def clean_otp_token(self) -> str:
        typed: str = self.cleaned_data["otp_token"]
        if not second_steps.is_code_of_app(self.device_pk, typed):
            raise forms.ValidationError(
                gettext(
                    "This is not the code that we expect. Wait until the app shows the next one, "
                    "and check that the clock of the telephone is right."
                )
            )
        return typed


class ProofForm(forms.Form):
    """Ask whoever is signed in for the second step once more, or for a recovery code."""

    otp_token = forms.CharField(
        label=_("Code from your app, or a recovery code"),
        max_length=LONGEST_CODE,
        widget=code_input(),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_otp_token(self) -> str:
        typed: str = self.cleaned_data["otp_token"]
        if not second_steps.is_proof(self.user, typed):
            raise forms.ValidationError(
                gettext("This code is wrong or was used: wait a moment, then enter another one.")
            )
        return typed


class KeptCodesForm(forms.Form):
    are_kept = forms.BooleanField(
        label=_("I have kept these codes where I find them without my telephone"),
        error_messages={"required": _("First print the codes, save them as a file or copy them.")},
    )


class OwnPasswordForm(forms.Form):
    """Ask for the password of the account of a link; wrong ones count as at the sign-in page."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, request: HttpRequest, user: User) -> None:
        super().__init__(data)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        # What is noted of a wrong password names the page without the link's token.
        AxesProxyHandler.update_request(self.request)
        self.request.axes_path_info = reverse("admin:second-step", args=["-"])  # type: ignore[attr-defined]
        found = authenticate(self.request, username=self.user.get_username(), password=password)
        if found is None or found.pk != self.user.pk:
            raise forms.ValidationError(gettext("This is not the password of the account."))
        return password


class ForgottenForm(forms.Form):
    name = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )


class OwnDetailsForm(forms.Form):
    name = CleanedField(label=_("Name"), max_length=NAME_LENGTH)
    language = forms.ChoiceField(label=_("Language of the e-mails"), choices=settings.LANGUAGES)


class OwnAddressForm(forms.Form):
    address = AddressField(label=_("E-mail"), max_length=254)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"address": user.email})
        self.user = user

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        others = User.objects.exclude(pk=self.user.pk)
        if others.filter(email__iexact=address).exists():
            raise forms.ValidationError(gettext("Another account has this address."))
        return address
