"""List strings that Django and django-axes show to organisers, but do not translate as we do.

Here `make messages` finds them for our own catalogues, which Django reads first. A string that a
later release translates itself can be removed.
"""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext, gettext_noop, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

PAGE_STRINGS = (
    # Django's lists, forms and deletions
    gettext_noop("- Select an option -"),
    gettext_noop("user"),
    gettext_noop("users"),
    gettext_noop("User"),
    gettext_noop("Save and add another"),
    gettext_noop("Save and continue editing"),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop("Run"),
    gettext_noop("View"),
    gettext_noop("View %s"),
    gettext_noop("Email"),
    gettext_noop("Search %(name)s"),
    gettext_noop("Filter by %(field_name)s"),
    gettext_noop("Pagination %(name)s"),
    gettext_noop("Pagination %(name)s entries"),
    gettext_noop(
        "Are you sure you want to delete the %(object_name)s “%(escaped_object)s”? "
        "All of the following related items will be deleted:"
    ),
    gettext_noop(
        "Deleting the %(object_name)s “%(escaped_object)s” would require deleting the following "
        "protected related objects:"
    ),
    gettext_noop("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    gettext_noop(
        "Enter a valid username. This value may contain only unaccented lowercase a-z and "
        "uppercase A-Z letters, numbers, and @/./+/-/_ characters."
    ),
    gettext_noop("Raw passwords are not stored, so there is no way to see the user’s password."),
    gettext_noop(
        "Whether the user will be able to authenticate using a password or not. If disabled, they "
        "may still be able to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    # django-axes
    gettext_noop("access attempt"),
    gettext_noop("access attempts"),
    gettext_noop("access failure"),
    gettext_noop("access failures"),
    gettext_noop("access log"),
    gettext_noop("access logs"),
    gettext_noop("Access lock out"),
    gettext_noop("Attempt Time"),
    gettext_noop("Clean up expired attempts"),
    gettext_noop("Failed Logins"),
    gettext_noop("Form Data"),
    gettext_noop("GET Data"),
    gettext_noop("HTTP Accept"),
    gettext_noop("IP Address"),
    gettext_noop("Locked Out"),
    gettext_noop("Logout Time"),
    gettext_noop("Meta Data"),
    gettext_noop("POST Data"),
    gettext_noop("Path"),
    gettext_noop("Session key hash (sha256)"),
    gettext_noop("User Agent"),
    gettext_noop("Username"),
)

# Django’s Portuguese writes “palavra-passe”; ours says “senha”, as people of both countries do.
PASSWORD_STRINGS = (
    gettext_noop("Change my password"),
    gettext_noop("Change password: %s"),
    gettext_noop("Disable password-based authentication"),
    gettext_noop("Enable password-based authentication"),
    gettext_noop("Enter a new password for the user <strong>%(username)s</strong>."),
    gettext_noop("Enter the same password as before, for verification."),
    gettext_noop("New password"),
    gettext_noop("New password confirmation"),
    gettext_noop("Old password"),
    gettext_noop("Password change"),
    gettext_noop("Password change successful"),
    gettext_noop("Password changed successfully."),
    gettext_noop("Password confirmation"),
    gettext_noop("Password-based authentication"),
    gettext_noop(
        "Please enter your old password, for security’s sake, and then enter your new password "
        "twice so we can verify you typed it in correctly."
    ),
    gettext_noop("Set password"),
    gettext_noop("Set password: %s"),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("The two password fields didn’t match."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("This password is too common."),
    gettext_noop("Your old password was entered incorrectly. Please enter it again."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be entirely numeric."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Your password was changed."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)

SCRIPT_STRINGS = (
    gettext_noop("%(month)s %(day)s, %(year)s"),
    gettext_noop("%s (current selection)"),
    gettext_noop("%s (today)"),
    gettext_noop("%s (today, current selection)"),
    gettext_noop("(click to clear)"),
    gettext_noop("6 a.m."),
    gettext_noop("6 p.m."),
    gettext_noop('Choose %s by selecting them and then select the "Choose" arrow button.'),
    gettext_noop("Choose all %s"),
    gettext_noop("Choose selected %s"),
    gettext_noop("Next (%(month)s %(year)s)"),
    gettext_noop("Previous (%(month)s %(year)s)"),
    gettext_noop('Remove %s by selecting them and then select the "Remove" arrow button.'),
    gettext_noop("Remove all %s"),
    gettext_noop("Remove selected %s"),
    gettext_noop("Today (%(date)s)"),
    gettext_noop("Tomorrow (%(date)s)"),
    gettext_noop("Yesterday (%(date)s)"),
    gettext_noop(
        "You have selected an action, and you haven’t made any changes on individual fields. "
        "You’re probably looking for the Run button rather than the Save button."
    ),
    gettext_noop(
        "You have selected an action, but you haven’t saved your changes to individual fields "
        "yet. Please click OK to save. You’ll need to re-run the action."
    ),
)

AHEAD = "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hour ahead.)"
BEHIND = "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hour behind.)"


OF_SECOND_STEPS = {
    "user": _("account"),
    "name": _("name of the device"),
    "confirmed": _("in use"),
    "created_at": _("set up"),
    "last_used_at": _("last used"),
}

OF_RECOVERY_CODES = {
    "StaticDevice": (_("set of recovery codes"), _("sets of recovery codes")),
    "StaticToken": (_("recovery code"), _("recovery codes")),
}


def name_second_steps() -> None:
    """Name the model of django-otp and its fields, which the package has in English only.

    Migrations do not see it: they compare what a model was written with.
    """
    device = apps.get_model("otp_totp", "TOTPDevice")
    device._meta.verbose_name = _("second step")
    device._meta.verbose_name_plural = _("second steps")
    apps.get_app_config("otp_totp").verbose_name = _("Accounts")
    for name, words in OF_SECOND_STEPS.items():
        device._meta.get_field(name).verbose_name = words
    for name, (one, several) in OF_RECOVERY_CODES.items():
        meta = apps.get_model("otp_static", name)._meta
        meta.verbose_name, meta.verbose_name_plural = one, several


class ScriptCatalog(JavaScriptCatalog):
    """Add our own translations: Django's view reads only the catalogues of its packages."""

    packages = ["django.contrib.admin"]

    def get_catalog(self) -> dict[str, Any]:
        return {**super().get_catalog(), **script_strings()}


def script_strings() -> dict[str, Any]:
    """Return one translation for each string, or a list with one for each plural form.

    Three forms are enough for every language of the site.
    """
    words: dict[str, Any] = {source: gettext(source) for source in SCRIPT_STRINGS}
    counts = (1, 2, 2)
    ahead = [
        ngettext(
            "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hour ahead.)",
            "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hours ahead.)",
            count,
        )
        for count in counts
    ]
    behind = [
        ngettext(
            "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hour behind.)",
            "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hours behind.)",
            count,
        )
        for count in counts
    ]
    return words | {AHEAD: ahead, BEHIND: behind}
