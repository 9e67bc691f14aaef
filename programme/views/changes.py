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
    """Day by day: regrouped by the template."""
    latest = Change.objects.news()[:LISTED]
    context = {"news": [news(change, request.meeting) for change in latest]}
    return render(request, "programme/change_list.html", context)
