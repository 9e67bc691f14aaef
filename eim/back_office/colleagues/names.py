"""Name colleagues so that nobody passes for another one: a name can be changed, see My account."""

from django.contrib.auth.models import User


def name_of(user: User | None) -> str:
    """Return “Eva Quispe (eva.quispe)”; the user name alone of an account without a name."""
    if user is None:
        return ""
    name, account = user.get_full_name(), user.get_username()
    return f"{name} ({account})" if name else account
