"""Show a page again, with what was typed, if what it uploads cannot be stored."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from eim.lib.fields.kept_uploads import KEPT, refusing_files
from eim.lib.uploads.storage import StorageAway, upload_storage

logger = logging.getLogger(__name__)


class StoresUploads(admin.ModelAdmin):
    """Outermost: what fails inside has left nothing in the database."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.FILES or any(name.endswith(KEPT) for name in request.POST)):
            return super().changeform_view(request, *args, **kwargs)
        # Asked before the page takes its locks: others would wait with it.
        if upload_storage().is_reachable():
            try:
                return super().changeform_view(request, *args, **kwargs)
            except StorageAway as fault:
                logger.warning("An upload could not be stored: %s", fault)
        with refusal_of_files():
            return super().changeform_view(request, *args, **kwargs)


@contextmanager
def refusal_of_files() -> Iterator[None]:
    """Let forms refuse every file, each with a sentence at its field."""
    token = refusing_files.set(True)
    try:
        yield
    finally:
        refusing_files.reset(token)
