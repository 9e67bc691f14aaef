"""Serve style sheets, scripts and fonts, also those of a version that is just being installed."""

import os

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """Serve what was collected, whether before this process started or after.

    While a new version takes over, its pages come from new processes, and what they link to may be
    asked of an old one, or of a machine that is yet to be reloaded.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not self.autorefresh and request.path_info not in self.files:
            self.add_if_new(request.path_info)
        response: HttpResponseBase = super().__call__(request)
        return response

    def add_if_new(self, url: str) -> None:
        if not url.startswith(self.static_prefix) or not self.url_is_canonical(url):
            return
        path = os.path.join(self.static_root, url.removeprefix(self.static_prefix))
        if os.path.isfile(path):
            self.add_file_to_dictionary(url, path)
