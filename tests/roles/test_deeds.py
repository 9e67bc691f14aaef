"""The list of who did what: in plain words, and attendees are references."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from lxml import html

from registration.actions import erase
from registration.management.housekeeping import forget_deeds
from registration.models import History
from tests import factories
from tests.back_office import address, form_of

pytestmark = pytest.mark.usefixtures("office_in_english")

DEEDS = "/admin/deeds/"


def entry(row, *, by, flag=CHANGE, message="", ago=0, about=None):
    """Write what Django would have logged so many hours ago."""
    return LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=about or str(row),
        action_flag=flag,
        change_message=message,
        action_time=timezone.now() - timedelta(hours=ago),
    )


def event(registration, what, *, by, ago=0, quota=None):
    moment = timezone.now() - timedelta(hours=ago)
    facts = {"event": what, "actor": by, "happened_at": moment, "quota": quota}
    return factories.history(registration=registration, **facts)


def lines(client, query=""):
    """Return the cells of each line but the moment."""
    page = html.fromstring(client.get(DEEDS + query).content.decode())
    rows = page.xpath("//div[@id='deeds']//tbody/tr")
    return [[" ".join(td.text_content().split()) for td in row.xpath("td")[1:]] for row in rows]


@pytest.fixture
def rosa(meeting):
    return factories.user(username="rosa", first_name="Rosa", last_name="Paz")


@pytest.fixture
def officer(of_role, meeting):
    return of_role("data")


# What it shows


def test_deeds_of_both_tables_stand_in_one_list_with_the_latest_first(officer, rosa):
    session = factories.session(title_en="Clay")
    person = factories.registration()
    entry(session, by=rosa, flag=ADDITION, message='[{"added": {}}]', ago=3)
    event(person, History.Event.CORRECTED, by=rosa, ago=2)
    entry(session, by=rosa, message='[{"changed": {"fields": ["State", "Title [pt]"]}}]', ago=1)
    entry(session, by=rosa, flag=DELETION)

    assert lines(officer) == [
        ["Rosa Paz (rosa)", "Deleted.", f"Session {session}"],
        ["Rosa Paz (rosa)", "Changed State and Title (Portuguese).", f"Session {session}"],
        [
            "Rosa Paz (rosa)",
            "Corrected by the organisers",
            f"Registration {person.spaced_reference}",
        ],
        ["Rosa Paz (rosa)", "Added.", f"Session {session}"],
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", ["Rosa Paz (rosa)", "Modificado Estado.", "Sesión Barro"]),
        ("pt", ["Rosa Paz (rosa)", "Foi modificado Estado.", "Sessão Barro"]),
    ],
)
def test_deeds_are_in_the_language_of_the_reader(sign_in, rosa, language, said):
    client = sign_in(factories.colleague("data"))
    client.cookies["office_language"] = language
    session = factories.session(title_es="Barro", title_pt="Barro")
    entry(session, by=rosa, message='[{"changed": {"fields": ["State"]}}]', about="Barro")

    assert lines(client) == [said]


def test_what_was_done_to_many_at_once_is_one_line(officer, rosa):
    quota = factories.quota(session=factories.workshop(title_en="Clay"))
    for _n in range(3):
        event(factories.registration(), History.Event.SESSION_CANCELLED, by=rosa, quota=quota)

    assert lines(officer) == [
        [
            "Rosa Paz (rosa)",
            "One of their sessions was cancelled: Clay",
            "Registration 3 registrations",
        ]
    ]


def test_what_people_and_the_clock_do_is_no_deed(officer, rosa):
    event(factories.registration(), History.Event.CANCELLED, by=None)

    response = officer.get(DEEDS)

    assert list(response.context["deeds"]) == []
    assert "Nothing was found." in response.text


def test_no_name_address_or_text_of_an_attendee_is_shown_or_found(officer, rosa):
    person = factories.registration(full_name="Inés Quispe", email="ines@museo.pe")
    question = factories.question(session=factories.session(), text="¿Quién paga?", name="Inés")
    message = factories.message(registration=person)
    event(person, History.Event.CORRECTED, by=rosa)
    History.objects.update(note="antes ines@museo.pe")
    for row in (person, question, message, factories.consent(registration=person)):
        entry(row, by=rosa, message='[{"changed": {"fields": ["State"]}}]')

    page = officer.get(DEEDS).text
    found = [len(officer.get(DEEDS, {"words": w}).context["deeds"]) for w in ("Inés", "paga", "pe")]

    assert not [text for text in ("Inés", "Quispe", "museo.pe", "paga") if text in page]
    assert person.spaced_reference in page
    assert found == [0, 0, 0]


def test_new_kind_of_row_shows_no_name_unless_it_is_known_to_tell_of_nobody(officer, rosa):
    suppressed = factories.suppression()
    entry(suppressed, by=rosa, flag=ADDITION, message='[{"added": {}}]', about="eva@museo.pe")

    assert lines(officer) == [["Rosa Paz (rosa)", "Added.", "Address we do not write to"]]


def test_erased_person_stays_a_reference(officer, rosa):
    person = factories.registration()
    entry(person, by=rosa, ago=1)
    erase(person, by=rosa)

    reference = f"Registration {person.spaced_reference}"
    assert [about for _who, _what, about in lines(officer)] == [reference] * 3


def test_colleague_who_took_the_name_of_another_is_told_apart(officer, rosa):
    session = factories.session(title="Barro")
    impostor = factories.user(username="ladrona", first_name="Rosa (Paz)")
    nameless = factories.user(username="caio")
    for ago, user in enumerate((rosa, impostor, nameless)):
        entry(session, by=user, ago=ago)

    def who(query=""):
        return [cells[0] for cells in lines(officer, query)]

    assert who() == ["Rosa Paz (rosa)", "Rosa Paz (ladrona)", "caio"]
    assert who("?words=rosa+paz") == ["Rosa Paz (rosa)", "Rosa Paz (ladrona)"]
    assert who("?words=ladrona") == ["Rosa Paz (ladrona)"]
    page = html.fromstring(officer.get(DEEDS).content.decode())
    offered = page.xpath("//select[@name='colleague']/option/text()")
    assert {"Rosa Paz (rosa)", "Rosa Paz (ladrona)", "caio"} <= set(offered)


def test_links_lead_only_where_the_reader_may_go(officer, rosa):
    session, person = factories.session(), factories.registration()
    entry(session, by=rosa, ago=1)
    event(person, History.Event.CORRECTED, by=rosa)

    page = html.fromstring(officer.get(DEEDS).content.decode())

    links = page.xpath("//div[@id='deeds']//tbody//a/@href")
    assert links == [reverse("admin:registration_registration_change", args=[person.pk])]


def test_deeds_of_real_pages_are_listed(staff_client, officer, organiser, meeting):
    session = factories.session(title_es="Barro")
    staff_client.post(address(session), form_of(staff_client, address(session)) | {"order": 4})

    assert [line[0] for line in lines(officer)] == ["organiza"]


# Searching and filtering


@pytest.fixture
def several(rosa):
    caio = factories.user(username="caio")
    session, room = factories.session(title_en="Clay"), factories.room(name_en="Hall")
    person = factories.registration()
    entry(session, by=rosa, message='[{"changed": {"fields": ["State"]}}]', ago=1)
    entry(room, by=caio, flag=ADDITION, message='[{"added": {}}]', ago=24 * 3)
    event(person, History.Event.CANCELLED, by=caio, ago=24 * 6)
    return {"rosa": rosa.pk, "caio": caio.pk, "reference": person.spaced_reference}


FILTERS = {
    "nothing": ("", ["Session", "Room", "Registration"]),
    "colleague": ("?colleague={caio}", ["Room", "Registration"]),
    "kind": ("?kind=programme.room", ["Room"]),
    "kind with a history": ("?kind=registration.registration", ["Registration"]),
    "from a day": ("?since=2026-08-29", ["Session", "Room"]),
    "to a day": ("?until=2026-08-28", ["Registration"]),
    "two days": ("?since=2026-08-27&until=2026-08-30", ["Room"]),
    "words of the deed": ("?words=CANCELLED", ["Registration"]),
    "words of the colleague and the thing": ("?words=paz+séssion", ["Session"]),
    "a reference": ("?words={reference}", ["Registration"]),
    "words and colleague": ("?words=session&colleague={caio}", []),
}


@pytest.mark.parametrize(("query", "kinds"), FILTERS.values(), ids=FILTERS)
def test_conditions_narrow_the_list(officer, several, query, kinds):
    response = officer.get(DEEDS + query.format(**several))

    assert [deed.kind for deed in response.context["deeds"]] == kinds


WRONG = {
    "?since=ayer": "Enter a valid date.",
    "?kind=nada": "Select a valid choice. nada is not one of the available choices.",
    "?colleague=0": "Select a valid choice. 0 is not one of the available choices.",
    "?since=2026-09-01&until=2026-08-01": "This day is before the first one.",
}


@pytest.mark.parametrize(("query", "sentence"), WRONG.items())
def test_wrong_condition_is_named_and_the_others_stay(officer, several, query, sentence):
    response = officer.get(f"{DEEDS}{query}&words=session")

    assert response.status_code == 200
    assert sentence in response.text
    assert 'value="session"' in response.text
    assert [deed.kind for deed in response.context["deeds"]] == ["Session"]


@pytest.mark.parametrize("query", ["?page=nada", "?page=99", "?until=9999-12-31", "?words=%25_"])
def test_made_up_addresses_are_answered(officer, several, query):
    assert officer.get(DEEDS + query).status_code == 200


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("query", ["", "?words=session"])
def test_list_takes_as_many_queries_for_any_number(
    officer, rosa, count, query, django_assert_num_queries
):
    session, person = factories.session(), factories.registration()
    for number in range(count):
        entry(session, by=rosa, ago=number)
        entry(person, by=rosa, ago=number)
        event(person, History.Event.CORRECTED, by=rosa, ago=number)
    officer.get(DEEDS)

    with django_assert_num_queries(13 if query else 14):
        response = officer.get(DEEDS + query)

    assert len(response.context["deeds"]) == min(count * (1 if query else 3), 50)


def test_list_is_for_those_with_its_permission(of_role, meeting):
    statuses = {
        code: of_role(code).get(DEEDS).status_code
        for code in ("coordination", "data", "programme", "registrations")
    }

    assert statuses == {"coordination": 200, "data": 200, "programme": 403, "registrations": 403}


def test_start_page_leads_to_it(officer, powerless_client):
    assert DEEDS in officer.get("/admin/").text
    assert DEEDS not in powerless_client.get("/admin/").text


# How long


def test_deeds_are_forgotten_after_their_term(rosa, settings, time_machine):
    settings.DEEDS_KEPT_DAYS = 730
    person = factories.registration()
    event(person, History.Event.CORRECTED, by=rosa)
    entry(person, by=rosa)
    kept = {}
    for days in (729, 731):
        time_machine.move_to(factories.NOW + timedelta(days=days))
        forget_deeds()
        kept[days] = (LogEntry.objects.count(), History.objects.get().actor)

    assert kept == {729: (1, rosa), 731: (0, None)}
