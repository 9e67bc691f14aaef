"""Serve the baseline: constant bytes from Django without middleware, 30 kB or as many as asked."""

from functools import cache

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["localhost"])


@cache
def content(size: int) -> bytes:
    return b"x" * size


def page(_request: HttpRequest, size: int = 30_000) -> HttpResponse:
    return HttpResponse(content(size))


urlpatterns = [path("", page), path("<int:size>/", page)]
application = get_wsgi_application()
