"""What the start page of the back office says, and to whom."""

from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.urls import reverse
from lxml import html

from eim.matters import SOON, matters
from programme.models import Meeting, Session
from registration.models import Message, Place, Registration
from tests import factories

pytestmark = pytest.mark.usefixtures("office_in_english")

NOW = factories.NOW
NEEDS_TERM, PERSONAL_TERM = site_settings.NEEDS_KEPT_DAYS, site_settings.PERSONAL_KEPT_DAYS

EVERYTHING = [
    "programme.view_session",
    "programme.view_stream",
    "registration.view_message",
    "registration.view_needs",
    "registration.view_quota",
    "registration.view_registration",
]


@pytest.fixture
def start(staff_client, meeting):
    """A function that opens the page for somebody who may do everything."""
    return lambda: staff_client.get("/admin/")


def lines(response):
    """The matters' words, in their order."""
    return [matter.words for matter in response.context["matters"]]


def icons(found):
    return [matter.icon for matter in found]


def links(response):
    return [link.url for matter in response.context["matters"] for link in matter.links]


def without_texts_to_translate():
    """Rows of the factories are in Spanish alone."""
    english = {"name_en": "Meeting", "city_en": "Asunción", "city_pt": "Assunção"}
    Meeting.objects.update(**english)


# To attend to


def test_nothing_to_attend_to(start):
    without_texts_to_translate()

    response = start()

    assert lines(response) == []
    assert b"Nothing to attend to." in response.content


def test_failed_mails_lead_to_their_list(start):
    without_texts_to_translate()
    factories.message(state=Message.State.FAILED)
    factories.message(state=Message.State.SENT)

    response = start()

    assert lines(response) == ["1 mail failed after every try"]
    assert links(response) == ["/admin/registration/message/?state__exact=failed"]


def test_late_mails_are_those_that_no_worker_sends(start):
    without_texts_to_translate()
    factories.message(next_attempt_at=NOW - timedelta(minutes=16))
    factories.message(next_attempt_at=NOW - timedelta(minutes=14))

    assert lines(start()) == ["1 mail should have left long ago: does the worker run?"]


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (3, "1 mail should have left long ago: does the worker run?"),
        (4, "The mails of this day are nearly used up: 4 of 5"),
        (5, "The mails of this day are used up: 2 mails wait until tomorrow"),
    ],
)
def test_mails_of_the_day_are_used_up_by_four_fifths_or_whole(start, settings, tried, said):
    without_texts_to_translate()
    settings.MAILS_PER_DAY = 5
    factories.message(state=Message.State.SENT, attempted_at=NOW - timedelta(days=1))
    for _n in range(tried):
        factories.message(state=Message.State.SENT, attempted_at=NOW - timedelta(hours=23))
    factories.message()
    factories.message(next_attempt_at=NOW - timedelta(hours=1) * (tried != 4))

    response = start()

    assert lines(response) == [said]
    address = "/admin/registration/message/"
    assert links(response) == [address if tried == 4 else f"{address}?state__in=due%2Cleased"]


def test_reminders_that_have_had_their_half_wait_until_tomorrow(start, settings):
    without_texts_to_translate()
    settings.MAILS_PER_DAY = 10
    tried = {"kind": "week_before", "attempted_at": NOW - timedelta(hours=23)}
    for _n in range(4):
        factories.message(state=Message.State.SENT, **tried)
    for _n in range(2):
        factories.message(kind="week_before")
    assert lines(start()) == []
    factories.message(state=Message.State.SENT, **tried)

    response = start()

    assert lines(response) == [
        "Reminders have had their half of this day's mails: 2 wait until tomorrow"
    ]
    assert links(response) == ["/admin/registration/message/?state__in=due%2Cleased"]


DUE = {
    "the worker has an hour": (NEEDS_TERM, timedelta(hours=1), []),
    "access needs": (NEEDS_TERM, timedelta(hours=2), [1]),
    "everything": (PERSONAL_TERM, timedelta(hours=2), [2]),
}


@pytest.mark.parametrize(("days", "later", "people"), DUE.values(), ids=DUE)
def test_data_whose_time_is_over_say_that_no_worker_runs(organiser, meeting, days, later, people):
    factories.registration(needs="Bucle")
    factories.registration()
    moment = factories.moment("0:00", day=days + 4) + later

    found = [matter.words for matter in matters(organiser, meeting, moment)]

    words = "The data of {} should be erased by now: does the worker run?"
    persons = {1: "1 person", 2: "2 people"}
    assert [line for line in found if "erased" in line] == [
        words.format(persons[count]) for count in people
    ]


def test_who_must_not_see_access_needs_is_not_told_that_they_are_kept(meeting):
    factories.registration(needs="Bucle")
    user = factories.user(permissions=["registration.view_registration"])
    later = factories.moment("12:00", day=NEEDS_TERM + 4)

    assert matters(user, meeting, later) == []


def test_stream_without_channel_is_named(start):
    room = factories.room(name_es="Auditorio", name_pt="Auditório", name_en="Auditorium")
    factories.session(room=room, title_pt="Uma", title_en="One")
    without_texts_to_translate()

    response = start()

    assert lines(response) == ["No channel yet: Auditorium, Wednesday 18 November"]
    assert links(response) == [f"/admin/programme/stream/add/?room={room.pk}&day=2026-11-18"]


def test_stream_without_channel_leads_to_its_page(start):
    stream = factories.stream()
    factories.session(room=stream.room)

    assert reverse("admin:programme_stream_change", args=[stream.pk]) in links(start())


@pytest.mark.parametrize(
    "facts",
    [
        {"format": "in_person"},
        {"kind": "break"},
        {"state": "draft"},
        {"room": None},
        {"day": None},
    ],
)
def test_stream_is_not_missed_where_nothing_is_followed_online(start, facts):
    factories.session(**{"room": factories.room()} | facts)

    assert not [line for line in lines(start()) if "channel" in line]


def test_channel_is_not_missed_once_it_is_there_or_its_day_is_over(organiser, meeting):
    stream = factories.stream()
    factories.channel(stream=stream)
    factories.session(room=stream.room)
    factories.session(room=stream.room, day=factories.LAST_DAY)

    said = {
        day: "screen" in icons(matters(organiser, meeting, factories.moment("12:00", day=day)))
        for day in (1, 3, 4)
    }

    assert said == {1: True, 3: True, 4: False}


def test_spare_channel_alone_is_no_channel(start):
    session = factories.session(room=factories.room())
    factories.channel(stream=factories.stream(room=session.room), is_spare=True)

    assert [line for line in lines(start()) if "No channel yet" in line]


def test_several_streams_without_channel_are_one_line(start):
    factories.session(room=factories.room(name_en="Auditorium"))
    factories.session(room=factories.room(), day=factories.LAST_DAY)

    assert "2 streams without a channel, the first: Auditorium, Wednesday 18 November" in lines(
        start()
    )


def test_sessions_without_hours_and_seats_are_counted_as_their_lists_do(start, staff_client):
    factories.session(starts_at=None)
    factories.session(starts_at=None, state="draft")
    factories.workshop()
    factories.quota(session=factories.workshop())
    factories.session(kind=Session.Kind.VISIT)

    response = start()

    found = {m.words: m.links[0].url for m in response.context["matters"]}
    seats = found["2 workshops and visits without seats to sign up for"]
    hours = found["1 session without a time"]
    assert [listed(staff_client, url) for url in (seats, hours)] == [2, 1]


@pytest.mark.parametrize(
    ("verb", "words"), [("view_session", "See"), ("change_session", "Open seats")]
)
def test_seats_are_offered_to_who_may_open_them(meeting, verb, words):
    factories.workshop()
    permissions = {"programme.view_session", f"programme.{verb}"}
    user = factories.user(permissions=list(permissions))

    (found,) = [matter for matter in matters(user, meeting, NOW) if matter.icon == "persono"]

    assert [link.words for link in found.links] == [words]


def listed(client, url):
    """How many rows the list at this address has."""
    return client.get(url).context["cl"].queryset.count()


@pytest.mark.parametrize(("before", "said"), [(SOON, True), (SOON + timedelta(days=1), False)])
def test_seats_are_asked_for_when_people_sign_up_soon(start, before, said):
    factories.workshop()
    Meeting.objects.update(registration_opens_at=NOW + before)

    assert ("1 workshop or visit without seats to sign up for" in lines(start())) is said


def test_seats_and_hours_are_not_asked_for_after_the_meeting(organiser, meeting):
    factories.workshop(starts_at=None)

    before = icons(matters(organiser, meeting, NOW))
    after = icons(matters(organiser, meeting, factories.moment("12:00", day=4)))

    assert (before[:2], after) == (["persono", "wait"], before[2:])


def test_people_who_wait_are_counted_once(start, staff_client):
    person = factories.registration(attendance="in_person")
    for quota in (factories.quota(), factories.quota(service_code="bus")):
        factories.place(quota=quota, registration=person, state=Place.State.WAITING)

    response = start()

    assert "1 person is on a waiting list" in lines(response)
    assert listed(staff_client, "/admin/registration/registration/?place=waiting") == 1
    assert response.context["people"].waiting == 1
    assert response.context["people"].waiting_lists == 2


def test_people_with_access_needs_are_counted_as_their_list_does(start, staff_client):
    factories.registration(needs="Silla de ruedas")
    factories.registration(needs="Bucle", state="cancelled")
    factories.registration()

    found = {m.words: m.links[0].url for m in start().context["matters"]}

    assert listed(staff_client, found["1 person wrote what access they need"]) == 1


def test_texts_to_translate_are_counted_as_their_lists_do(start, staff_client):
    factories.page(title_es="Viajar", title_pt="Viajar", title_en="Travel", text_es="En bus.")
    factories.theme(name_es="Afectos", name_pt="Afetos")
    without_texts_to_translate()

    response = start()

    assert lines(response) == [
        "Portuguese: 1 entry lacks a text",
        "English: 2 entries lack a text",
    ]
    counted = [link.words for matter in response.context["matters"] for link in matter.links]
    assert counted == ["Pages: 1", "Themes: 1", "Pages: 1"]
    urls = links(response)
    assert [listed(staff_client, url) for url in urls] == [1, 1, 1]


def test_free_places_of_the_last_day_lead_to_their_line(sign_in, organiser, meeting, time_machine):
    without_texts_to_translate()
    in_person = factories.quota(size=9)
    workshop = factories.workshop(title_es="Barro", title_pt="Barro", title_en="Clay")
    clay = factories.quota(session=workshop, size=1)
    for _n in (1, 2):
        person = factories.registration(attendance="in_person")
        factories.place(registration=person, quota=in_person)
        factories.place(registration=person, quota=clay, state=Place.State.WAITING)
    # Without a place in person they could not take it.
    factories.place(quota=clay, state=Place.State.WAITING)

    found = {}
    for hours in (25, 23, 0):
        time_machine.move_to(workshop.starts_at - timedelta(hours=hours))
        response = sign_in(organiser).get("/admin/")
        found[hours] = [m for m in response.context["matters"] if "24" in m.words]

    assert (found[25], found[0]) == ([], [])
    assert [m.words for m in found[23]] == [
        "Clay begins within 24 hours: 1 free, and 2 people wait"
    ]
    [link] = found[23][0].links
    assert link.url == f"/admin/registration/quota/{clay.pk}/change/?show=waiting#line"


def test_gravest_matters_come_first(start):
    something_of_everything(1)

    assert icons(start().context["matters"]) == [
        "mail",
        "mail",
        "screen",
        "persono",
        "wait",
        "wait",
        "hand",
        "talk",
        "talk",
    ]


# Who sees what


def something_of_everything(count):
    """Nine matters, whatever the count."""
    factories.quota()
    for _n in range(count):
        factories.message(state=Message.State.FAILED)
        factories.message(next_attempt_at=NOW - timedelta(hours=1))
        factories.session(room=factories.room())
        factories.session(starts_at=None)
        factories.workshop()
        seats = factories.quota(session=factories.workshop(theme=factories.theme()))
        factories.place(quota=seats, state=Place.State.WAITING)
        factories.registration(needs="Lengua de señas")
        factories.registration(state=Registration.State.PENDING)
        factories.page()


def icons_seen(client):
    return icons(client.get("/admin/").context["matters"])


SEEN = {
    "programme.view_session": ["persono", "wait"],
    "programme.view_stream": [],
    "registration.view_message": ["mail", "mail"],
    "registration.view_needs": [],
    "registration.view_quota": [],
    "registration.view_registration": ["wait"],
    "programme.view_page": [],
}


@pytest.mark.parametrize("permission", SEEN)
def test_matters_are_for_who_may_see_them(sign_in, meeting, permission):
    something_of_everything(1)

    seen = icons_seen(sign_in(factories.user(permissions=[permission])))

    assert [icon for icon in seen if icon != "talk"] == SEEN[permission]


def test_access_needs_are_for_who_may_see_needs_and_people(sign_in, meeting):
    something_of_everything(1)
    both = ["registration.view_registration", "registration.view_needs"]

    assert icons_seen(sign_in(factories.user(permissions=both))) == ["wait", "hand"]


def test_texts_to_translate_are_of_what_one_may_see(sign_in, meeting):
    something_of_everything(1)
    client = sign_in(factories.user(permissions=["programme.view_page"]))

    found = client.get("/admin/").context["matters"]

    assert {link.words for matter in found for link in matter.links} == {"Pages: 1"}


FIGURES = {
    "registration.view_registration": {"people", "per_day"},
    "registration.view_message": {"mails"},
    "registration.view_quota": {"seated_sessions"},
    "programme.view_session": set(),
}


@pytest.mark.parametrize("permission", FIGURES)
def test_figures_are_for_who_may_see_them(sign_in, meeting, permission):
    something_of_everything(1)
    client = sign_in(factories.user(permissions=[permission]))

    response = client.get("/admin/")

    counted = {"people", "per_day", "mails", "seated_sessions"}
    assert {name for name in counted if name in response.context} == FIGURES[permission]


def test_links_lead_only_where_one_may_go(sign_in, meeting):
    something_of_everything(2)
    client = sign_in(factories.user(permissions=EVERYTHING))

    page = html.fromstring(client.get("/admin/").content.decode())

    addresses = page.xpath("//main//a/@href")
    statuses = {address: client.get(address).status_code for address in addresses}
    assert set(statuses.values()) == {200}, statuses


@pytest.mark.parametrize("count", [1, 4])
def test_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    something_of_everything(count)
    staff_client.get("/admin/")

    with django_assert_num_queries(25):
        response = staff_client.get("/admin/")

    assert len(response.context["matters"]) == 9


# Words


@pytest.mark.parametrize(
    ("language", "sentence", "number"),
    [
        ("es", "Por atender", "de 1\xa0204"),
        ("pt", "A tratar", "de 1.204"),
        ("en", "To attend to", "of 1,204"),
    ],
)
def test_page_speaks_the_organisers_language(staff_client, meeting, language, sentence, number):
    factories.quota(size=1204)

    page = staff_client.get("/admin/", headers={"accept-language": language}).content.decode()

    assert sentence in page
    assert number in page


def test_own_filters_refuse_what_they_do_not_offer(staff_client, meeting):
    factories.registration()
    lists = [
        "/admin/programme/session/?lacks=xx",
        "/admin/registration/registration/?place=nobody",
    ]
    factories.session()

    assert [listed(staff_client, address) for address in lists] == [0, 0]


def test_access_needs_are_no_filter_for_others(sign_in, meeting):
    factories.registration(needs="Bucle")
    client = sign_in(factories.user(permissions=["registration.view_registration"]))

    plain = client.get("/admin/registration/registration/").content.decode()
    asked = client.get("/admin/registration/registration/?needs__isempty=0")

    assert "needs__isempty" not in plain
    assert asked.status_code == 400


def test_session_lacks_a_language_where_another_one_has_the_text(staff_client, meeting):
    factories.session(title_es="Uno", title_pt="Um", title_en="One")
    factories.session(title_es="Dos", title_pt="Dois", title_en="Two", abstract_pt="Há.")

    counts = {
        code: listed(staff_client, f"/admin/programme/session/?lacks={code}")
        for code in ("es", "pt", "en")
    }

    assert counts == {"es": 1, "pt": 0, "en": 1}
