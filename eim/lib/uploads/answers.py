"""Answer while the storage of uploads is away."""

from django.http import HttpResponse

RETRY_AFTER = 5  # seconds


def file_unavailable() -> HttpResponse:
    """Tell a browser that what it asks for may come later; it shows the rest of its page."""
    headers = {"Retry-After": str(RETRY_AFTER)}
    return HttpResponse("unavailable\n", content_type="text/plain", headers=headers, status=503)
