"""The page of who did what."""

from collections.abc import Iterator
from itertools import batched
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from eim.back_office.deeds.filters import DeedsForm
from eim.back_office.deeds.reading import Deed, read_deeds
from eim.back_office.deeds.sources import deeds_found
from eim.back_office.searching import has_all
from eim.lib.normalising import fold

SEE_DEEDS = "admin.view_logentry"
PER_PAGE = 50
# So many are read at once where words are searched for.
AT_ONCE = 500


def deeds_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    reader = cast(User, request.user)
    if not reader.has_perm(SEE_DEEDS):
        raise PermissionDenied
    form = DeedsForm(request.GET)
    form.is_valid()
    page = page_of_deeds(form, reader, request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": gettext("Who did what"),
        "form": form,
        "page": page,
        "deeds": page.object_list,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return TemplateResponse(request, "admin/deeds.html", context)


def page_of_deeds(form: DeedsForm, reader: User, number: Any) -> Page[Any]:
    rows = deeds_found(form.wanted)
    if words := fold(form.searched).split():
        return Paginator(list(deeds_with(words, rows, reader)), PER_PAGE).get_page(number)
    page = Paginator(rows, PER_PAGE).get_page(number)
    page.object_list = read_deeds(page.object_list, reader)
    return page


def deeds_with(words: list[str], rows: Any, reader: User) -> Iterator[Deed]:
    """Yield the deeds in whose line, as the reader sees it, all words occur."""
    for batch in batched(list(rows), AT_ONCE):
        for deed in read_deeds(batch, reader):
            if has_all(words, fold(deed.text)):
                yield deed


def entry_of_start_page(user: User) -> list[dict[str, Any]]:
    """Return the line of the start page that leads to the deeds, for those who may see them."""
    if not user.has_perm(SEE_DEEDS):
        return []
    url = reverse("admin:deeds")
    name = gettext("Who did what")
    perms = {"add": False, "change": False, "delete": False, "view": True}
    line = {"name": name, "object_name": "LogEntry", "perms": perms, "admin_url": url}
    return [{**line, "add_url": None, "view_only": True}]
