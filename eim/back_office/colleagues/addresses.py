"""Addresses of accounts: some before the sign-in page, and those of one's own account."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from eim.back_office.colleagues import my_account, passwords, setting_up
from eim.back_office.colleagues.pages import open_to_all

OPEN = [
    path("welcome/<str:token>/", open_to_all(setting_up.welcome), name="welcome"),
    path("second-step/<str:token>/", open_to_all(setting_up.second_step_link), name="second-step"),
    path("set-up/telephone/", open_to_all(setting_up.telephone), name="set-up-telephone"),
    path("set-up/codes/", open_to_all(setting_up.codes), name="set-up-codes"),
    path("set-up/codes/text/", open_to_all(setting_up.codes_text), name="set-up-codes-text"),
    path("forgotten/", open_to_all(passwords.forgotten), name="forgotten-password"),
    path("new-password/<str:token>/", open_to_all(passwords.new_password), name="new-password"),
]


def addresses_of_accounts(admin_view: Callable[..., Any]) -> list[URLPattern]:
    own = [
        path(route, admin_view(view), name=name) for name, (route, view) in my_account.PAGES.items()
    ]
    return [*OPEN, *own]
