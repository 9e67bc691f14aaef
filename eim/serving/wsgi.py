"""The site as gunicorn calls it."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.core.wsgi import get_wsgi_application

from eim.serving.chunks import MOST_OF_FORM

type Application = Callable[..., Iterable[bytes]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eim.settings")


def with_length(site: Application) -> Application:
    """Give a length to bodies in chunks: Django takes a body without one for an empty one.

    The worker refuses those that are larger than a form (eim/serving/chunks.py).
    """

    def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            del environ["HTTP_TRANSFER_ENCODING"]
            body = environ["wsgi.input"].read(MOST_OF_FORM + 1)
            environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        return site(environ, start_response)

    return application


application = with_length(get_wsgi_application())
