"""The site as gunicorn calls it."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.core.wsgi import get_wsgi_application

type Application = Callable[..., Iterable[bytes]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eim.settings")

# Of a body that does not say its length. No browser sends one, but some programs and proxies do.
MOST_OF_CHUNKS = 64 * 1024


def with_length(site: Application) -> Application:
    """Give a length to bodies in chunks: Django takes a body without one for an empty one.

    A body that is too large keeps its Transfer-Encoding, and eim/middleware/limits.py refuses it.
    """

    def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"].read(MOST_OF_CHUNKS + 1)
            if len(body) <= MOST_OF_CHUNKS:
                del environ["HTTP_TRANSFER_ENCODING"]
                environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        return site(environ, start_response)

    return application


application = with_length(get_wsgi_application())
