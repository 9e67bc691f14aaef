"""Tell the apps which frozen editions this site has."""

from collections.abc import Callable
from typing import cast

from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from eim.editions.archive import archive
from programme.decorators import SiteRequest

type View = Callable[..., HttpResponse]


def archived_numbers(get_response: View) -> View:
    """Set `request.archived_numbers`, which is read from the folder only if somebody asks."""

    def middleware(request: SiteRequest) -> HttpResponse:
        request.archived_numbers = cast(frozenset[int], SimpleLazyObject(archive.numbers))
        return get_response(request)

    return middleware
