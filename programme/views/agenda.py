from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programme.decorators import SiteRequest, public


@public
@require_safe
def my_agenda(request: SiteRequest) -> HttpResponse:
    """The same for everybody: what one has chosen stands in one's browser and nowhere else."""
    return render(request, "programme/my_agenda.html")
