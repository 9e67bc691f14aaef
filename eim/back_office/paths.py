"""Tell the requests for the back office, whose path the operator chooses."""

from django.conf import settings
from django.http import HttpRequest


def is_of_back_office(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}/")
