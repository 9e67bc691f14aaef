"""The list of participants: those who agreed to it, for everybody who is registered."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from eim import clock
from programme.decorators import SiteRequest, personal
from programme.models.phases import is_list_open
from registration.forms import FindParticipants
from registration.models import Registration
from registration.views.owner import owned_for_ever

PER_PAGE = 100
SHOWN = ("full_name", "institution", "country")


@personal
@require_safe
@owned_for_ever
def participants(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Show who agreed to be seen, whether or not the reader did; no e-mail, and no file."""
    if not registration.is_confirmed or registration.erased_at:
        return redirect("registration:own", token=token)
    if not is_list_open(request.meeting, clock.now()):
        return render(request, "registration/participants_closed.html", status=410)
    listed = list(Registration.objects.on_list().only(*SHOWN).order_by())
    form = FindParticipants(request.GET, people=listed)
    context = {
        "token": token,
        "form": form,
        "find_query": form.query,
        "page": Paginator(form.matches, PER_PAGE).get_page(request.GET.get("page")),
        "is_on_list": any(one.pk == registration.pk for one in listed),
    }
    return render(request, "registration/participants.html", context)
