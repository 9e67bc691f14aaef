"""The list of speakers, and one speaker's page."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programme.decorators import SiteRequest, public, reads_query
from programme.forms import FindPeople
from programme.listing import initials
from programme.listing.speakers import listed_speakers
from programme.models import Part, Person


@public
@require_safe
@reads_query(*FindPeople.parameters())
def speaker_list(request: SiteRequest) -> HttpResponse:
    people = initials.in_order(listed_speakers())
    form = FindPeople(request.GET, people=people)
    context = {
        "initials": initials.initials(people, form.matches),
        "form": form,
        "find_query": form.query,
    }
    return render(request, "programme/speaker_list.html", context)


@public
@require_safe
def speaker_detail(request: SiteRequest, slug: str) -> HttpResponse:
    person = get_object_or_404(speakers(), slug=slug)
    return render(request, "programme/speaker_detail.html", {"person": person})


def speakers() -> QuerySet[Person]:
    parts = Part.objects.visible().select_related("session__theme", "presentation__session__theme")
    return Person.objects.in_programme().prefetch_related(Prefetch("parts", parts))
