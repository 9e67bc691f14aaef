"""The page “What changed”."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programme.decorators import SiteRequest, public
from programme.models import Change
from programme.wording.news import news

LISTED = 200


@public
@require_safe
def change_list(request: SiteRequest) -> HttpResponse:
    """List the newest changes; the template groups them by day."""
    changes = Change.objects.news()[:LISTED]
    context = {"news": [news(change, request.meeting) for change in changes]}
    return render(request, "programme/change_list.html", context)
