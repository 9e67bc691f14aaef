"""Write anything into the address of a list or of a page that adds: it is no error 500."""

import pytest
from django.contrib import admin
from django.db.models import CharField, TextField
from django.urls import reverse

from eim.back_office.bad_requests import CheckedLists
from programme.models import Meeting, Session
from registration.models import Registration
from tests import factories
from tests.test_staff import MODELS, everything

pytestmark = pytest.mark.usefixtures("office_in_english")

NINES = "9" * 40
ENDINGS = ["", "__range", "__regex", "__in", "__year", "__isnull", "__contains", "__exact", "__gte"]
VALUES = ["1", NINES, "(", "é", "-1", "1,2", "2026-99-99", "a" * 60_000]
OWN = ["q", "o", "p", "all", "e", "_facets"]
OF_LISTS = [f"{name}={value}" for name in OWN for value in VALUES]
OF_LISTS += ["_popup=1", f"_to_field={NINES}", "_changelist_filters=%25", "=", "&&", "a=b=c"]


def page_name(model, page):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def statuses(client, address, queries):
    found = {query: client.get(address, QUERY_STRING=query).status_code for query in queries}
    return {query[:60]: status for query, status in found.items() if status not in (200, 302, 400)}


def lookups_of(model):
    names = [field.name for field in model._meta.get_fields()][:6]
    return [f"{name}{ending}={VALUES[n % 7]}" for name in names for n, ending in enumerate(ENDINGS)]


@pytest.mark.drill
def test_lists_answer_whatever_is_asked(staff_client, meeting):
    everything()

    wrong = {
        model.__name__: found
        for model in MODELS
        if (found := statuses(staff_client, page_name(model, "changelist"), lookups_of(model)))
    }

    assert wrong == {}


@pytest.mark.drill
def test_lists_answer_whatever_their_own_parameters_hold(staff_client, meeting):
    everything()
    models = [model for model in MODELS if model.__name__ in ("Session", "Registration", "Person")]

    wrong = {
        model.__name__: found
        for model in models
        if (found := statuses(staff_client, page_name(model, "changelist"), OF_LISTS))
    }

    assert wrong == {}


@pytest.mark.drill
def test_pages_that_add_answer_whatever_they_are_given(staff_client, meeting):
    everything()
    wrong = {}
    for model in MODELS:
        fields = model._meta.concrete_fields
        names = [f.name for f in fields if not isinstance(f, CharField | TextField)][:8]
        queries = [f"{name}={value}" for name in names for value in (NINES, "(")]
        queries += [f"_to_field={NINES}", "_popup=1&_source_model=x", "=&&"]
        found = statuses(staff_client, page_name(model, "add"), queries)
        wrong |= {model.__name__: found} if {*found.values()} - {403} else {}

    assert wrong == {}


def test_autocompletion_answers_whatever_is_asked(staff_client, meeting):
    everything()
    ours = "app_label=registration&model_name=registration&field_name=person"
    queries = [ours, f"{ours}&term=é&page={NINES}", f"{ours}&page=x", f"{ours}&term={'a' * 60_000}"]
    queries += ["app_label=x", "app_label=programme&model_name=session&field_name=room", ""]

    found = {
        query: staff_client.get("/admin/autocomplete/", QUERY_STRING=query).status_code
        for query in queries
    }

    assert {*found.values()} <= {200, 403, 404}


def test_made_up_filters_and_keys_of_sessions_are_answered(staff_client, meeting):
    queries = ["id__range=1", f"room={NINES}", f"room__id__exact={NINES}", "q=" + "a" * 60_000]
    prefilled = [f"room={NINES}", "starts_at=(", "languages=x", "venue_name=%C3%A9"]

    lists = [statuses(staff_client, page_name(Session, "changelist"), queries)]
    adding = [statuses(staff_client, page_name(Session, "add"), prefilled)]

    assert (lists, adding) == ([{}], [{}])


FILTERS = ["consents=1", "needs__contains=a", "needs__isempty=0", "places__quota=1", "email=a"]


def test_no_filter_tells_what_the_list_does_not_show(sign_in, meeting):
    client = sign_in(factories.user(permissions=["registration.view_registration"]))
    url = page_name(Registration, "changelist")

    answers = {query: client.get(f"{url}?{query}").status_code for query in FILTERS}

    assert answers == dict.fromkeys(FILTERS, 400)


@pytest.mark.drill
def test_every_offered_filter_works(staff_client, meeting):
    everything()
    broken = {}
    for model in MODELS:
        response = staff_client.get(page_name(model, "changelist"))
        if model is Meeting:  # its list leads to the one meeting
            continue
        for spec in response.context["cl"].filter_specs:
            for choice in spec.choices(response.context["cl"]):
                query = choice["query_string"].lstrip("?")
                answer = staff_client.get(page_name(model, "changelist"), QUERY_STRING=query)
                if answer.status_code != 200:
                    broken[model.__name__, query] = answer.status_code

    assert broken == {}


def test_every_list_has_an_allow_list_of_filters():
    pages = admin.site._registry.values()

    assert [page for page in pages if not isinstance(page, CheckedLists)] == []
