"""The site as gunicorn calls it."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.core.wsgi import get_wsgi_application

from eim.lib.logs.request_ids import request_id, sane_or_new
from eim.serving.chunks import MOST_OF_FORM
from eim.serving.routes import route_of

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


def with_request_id(site: Application) -> Application:
    """Number each request: in its answer, in the lines that are logged meanwhile, and after it.

    Around everything else, so that also what no page of ours answers has one; and no header of a
    page that is kept.
    """

    def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        number = sane_or_new(environ.get("HTTP_X_REQUEST_ID"))
        environ["eim.request_id"] = number
        environ["eim.route"] = route_of(environ.get("PATH_INFO", ""))
        request_id.set(number)

        def start(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            return start_response(status, [*headers, ("X-Request-ID", number)], *fault)

        return site(environ, start)

    return application


application = with_request_id(with_length(get_wsgi_application()))
