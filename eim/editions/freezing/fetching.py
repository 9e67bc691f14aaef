"""Ask the site for its pages and files in this process, as a visitor who is nobody."""

import posixpath
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIHandler

from eim.editions.freezing.refusals import CannotFreeze


class Site:
    """The site as it answers in this process: no network, no cookies, no language of a browser."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()

    def read(self, path: str, query: str = "") -> bytes:
        """Return the body of an address, or raise `CannotFreeze` if it is not there."""
        status: list[str] = []

        def start_response(line: str, headers: Any, exc_info: Any = None) -> Callable:
            status.append(line)
            return lambda data: None

        response = self.handler(environ_of(path, query), start_response)
        try:
            body = b"".join(response)
        finally:
            response.close()
        if not status[0].startswith("200 "):
            raise CannotFreeze(f"The site answered {path} with {status[0]}. Nothing was written.")
        return body


def environ_of(path: str, query: str) -> dict[str, Any]:
    """Return a request as a server passes it on, by the address of the site in the settings."""
    address = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": address.hostname,
        "SERVER_PORT": str(address.port or (443 if address.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": address.netloc,
        "HTTP_X_FORWARDED_PROTO": address.scheme,
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
    }


def is_static(path: str) -> bool:
    return path.startswith(static_root())


def static_root() -> str:
    return posixpath.join("/", settings.STATIC_URL)


def read_static(path: str) -> bytes:
    """Return a style sheet, script, font or picture as the site sends it."""
    name = path.removeprefix(static_root())
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return bytes(file.read())
    if found := finders.find(name):
        return Path(str(found)).read_bytes()
    raise CannotFreeze(f"{quote(path)} is not among the static files: run collectstatic first.")
