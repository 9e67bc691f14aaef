"""Name colleagues so that nobody passes for another one: a name can be changed, see My account."""

from django.contrib.auth.models import User

# What stands in brackets is the user name, and nothing that somebody wrote as their name.
BRACKETS = dict.fromkeys(map(ord, "()"))


def name_of(user: User | None) -> str:
    """Return “Eva Quispe (eva.quispe)”; the user name alone of an account without a name."""
    if user is None:
        return ""
    name, account = user.get_full_name().translate(BRACKETS), user.get_username()
    return f"{name} ({account})" if name else account


def plain_name_of(user: User | None) -> str:
    """Return the name alone, for people outside: the user name is half of signing in."""
    return (user.get_full_name() or user.get_username()) if user else ""
