"""Addresses and choices that no page of ours offers are refused, not taken for faults."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request

logger = logging.getLogger(__name__)

# What a database or Django makes of them.
NONSENSE = (DataError, OverflowError, ValueError)


def sensible[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """A filter or a choice that somebody made up is a bad request, not a fault of the site."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast(HttpRequest, args[0])
        # SQLite tells a broken pattern by the same error as a broken database.
        if any(name.endswith("regex") for name in request.GET):
            return bad_request(request, ValueError("No filter of ours is a pattern."))
        try:
            return view(*args, **kwargs)
        except NONSENSE as fault:
            if not request.GET and ACTION_CHECKBOX_NAME not in request.POST:
                raise
            logger.warning("Nonsense asked of %s", request.path, exc_info=True)
            return bad_request(request, fault)

    return wrapper
