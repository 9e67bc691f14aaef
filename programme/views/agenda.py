"""The page of a visitor's own agenda."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programme.decorators import SiteRequest, public


@public
@require_safe
def my_agenda(request: SiteRequest) -> HttpResponse:
    """Serve the same page to everybody: agenda.js fills it from the browser's localStorage."""
    return render(request, "programme/my_agenda.html")
