"""The start page of the back office: its items, its figures, and who sees them."""

from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.urls import reverse
from lxml import html

from eim.back_office.attention import items_for
from eim.back_office.attention.sessions import SOON
from programme.models import Meeting, Session
from registration.models import Heartbeat, Message, Place, Registration, Relay
from registration.models.relay import SEVERAL
from tests import factories
from tests.colleagues import codes_for

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
def sign_in(sign_in):
    """Sign in people who have recovery codes, of which the page has nothing to say."""

    def with_codes(user):
        codes_for(user)
        return sign_in(user)

    return with_codes


@pytest.fixture
def start(staff_client, meeting):
    """Return a function that opens the page as an organiser with all permissions."""
    return lambda: staff_client.get("/admin/")


def lines(response):
    """Return the words of what is to be attended to, in the order of the page."""
    return [item.words for item in response.context["attention_items"]]


def icons(found):
    return [item.icon for item in found]


def links(response):
    return [link.url for item in response.context["attention_items"] for link in item.links]


def without_texts_to_translate():
    """Translate the meeting, which the factory writes only in Spanish."""
    english = {"name_en": "Meeting", "city_en": "Asunción", "city_pt": "Assunção"}
    Meeting.objects.update(**english)


# To attend to


def test_nothing_to_attend_to(start):
    without_texts_to_translate()

    response = start()

    assert lines(response) == []
    assert b"Nothing besides the first steps." in response.content


def test_failed_mails_lead_to_their_list(start):
    without_texts_to_translate()
    factories.message(state=Message.State.FAILED)
    factories.message(state=Message.State.SENT)

    response = start()

    assert lines(response) == ["1 e-mail could not be sent after every attempt"]
    assert links(response) == ["/admin/registration/message/?state__exact=failed"]


def test_late_mails_are_reported(start):
    without_texts_to_translate()
    factories.message(created_at=NOW - timedelta(minutes=16))
    factories.message(created_at=NOW - timedelta(minutes=14))

    written = "written: Tuesday 1 September, 8:44"
    assert lines(start()) == [
        f"1 e-mail should have gone out long ago ({written}): is the worker running?"
    ]


@pytest.mark.parametrize(("count", "tried"), [(2, 0), (3, 0), (3, 1)])
def test_more_awaited_mails_than_fit_into_a_hold_are_reported(start, settings, count, tried):
    without_texts_to_translate()
    settings.MAILS_PER_MINUTE, settings.HOLD_MINUTES = 1, 2
    for _n in range(count):
        factories.message(created_at=NOW - timedelta(minutes=16), kind="pending")
        factories.message(kind="days_before")
    for _n in range(tried):
        factories.message(state="sent", attempted_at=NOW)

    slow = (
        "3 e-mails that people wait for take 3 minutes at 1 a minute, and a place is held for 2: "
        "have MAILS_PER_MINUTE raised, if the mail server takes more"
    )
    found = lines(start())

    assert [words for words in found if "wait for take" in words] == [slow] * (count > 2)
    # A worker that sends as many as it may runs.
    assert any("is the worker running?" in words for words in found) == (not tried)


def test_relay_that_refuses_mails_is_reported_with_its_words(start):
    without_texts_to_translate()
    factories.message(created_at=NOW - timedelta(hours=1))
    factories.message(state=Message.State.LEASED, attempts=1)
    relay = Relay.objects.create(
        refusals=SEVERAL - 1,
        refused_since=NOW - timedelta(hours=1),
        fault="login",
        answer="535 5.7.8 no",
    )
    [late] = lines(start())
    assert "is the worker running?" in late

    Relay.objects.update(refusals=SEVERAL)

    assert relay.answer in lines(start())[0]
    assert lines(start()) == [
        "The mail server takes no e-mails (since: Tuesday 1 September, 8:00), and 2 wait. "
        "It does not accept our user name and password. (535 5.7.8 no)"
    ]


@pytest.mark.parametrize(("seconds", "count"), [(180, 0), (181, 1)])
def test_worker_that_no_longer_reports_is_reported(start, seconds, count):
    without_texts_to_translate()
    seen = NOW - timedelta(seconds=seconds)
    Heartbeat.objects.create(name=Heartbeat.WORKER, succeeded_at=seen)

    words = (
        "The worker, which sends the e-mails and keeps house, has not reported (since: "
        "Tuesday 1 September, 8:56)"
    )
    assert lines(start()) == [words] * count


def test_housekeeping_that_fails_is_reported(start):
    without_texts_to_translate()
    for name in ("lapses", "reminders", "a job of an older version"):
        Heartbeat.objects.create(name=name, failed_at=NOW)
    Heartbeat.objects.create(name="uploads", failed_at=NOW, succeeded_at=NOW)

    words = "The worker cannot do part of its work, and its log says why: overdue places, reminders"
    assert lines(start()) == [words]


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (
            3,
            "1 e-mail should have gone out long ago (written: Tuesday 1 September, 8:00): is the "
            "worker running?",
        ),
        (4, "The day’s e-mails are nearly used up: 4 of 5"),
        (5, "The day’s e-mails are used up: 2 e-mails wait until tomorrow"),
    ],
)
def test_daily_limit_of_mails_is_reported_from_four_fifths(start, settings, tried, said):
    without_texts_to_translate()
    settings.MAILS_PER_DAY = 5
    factories.message(state=Message.State.SENT, attempted_at=NOW - timedelta(days=1))
    for _n in range(tried):
        factories.message(state=Message.State.SENT, attempted_at=NOW - timedelta(hours=23))
    factories.message()
    factories.message(created_at=NOW - timedelta(hours=1) * (tried != 4))

    response = start()

    assert lines(response) == [said]
    address = "/admin/registration/message/"
    assert links(response) == [address if tried == 4 else f"{address}?state__in=due%2Cleased"]


def test_reminders_that_used_half_of_the_daily_limit_are_reported(start, settings):
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
        "Reminders and letters have used their half of the day’s e-mails: 2 wait until tomorrow"
    ]
    assert links(response) == ["/admin/registration/message/?state__in=due%2Cleased"]


DUE = {
    "the worker has an hour": (NEEDS_TERM, timedelta(hours=1), []),
    "access needs": (NEEDS_TERM, timedelta(hours=2), [1]),
    "everything": (PERSONAL_TERM, timedelta(hours=2), [2]),
}


@pytest.mark.parametrize(("days", "later", "people"), DUE.values(), ids=DUE)
def test_overdue_erasures_are_reported(organiser, meeting, days, later, people):
    factories.registration(needs="Bucle")
    factories.registration()
    moment = factories.moment("0:00", day=days + 4) + later

    found = [item.words for item in items_for(organiser, meeting, moment)]

    words = "The data of {} should have been erased by now: is the worker running?"
    persons = {1: "1 person", 2: "2 people"}
    assert [line for line in found if "erased" in line] == [
        words.format(persons[count]) for count in people
    ]


def test_overdue_access_needs_are_for_users_who_may_see_them(meeting):
    factories.registration(needs="Bucle")
    user = factories.user(permissions=["registration.view_registration"])
    codes_for(user)
    later = factories.moment("12:00", day=NEEDS_TERM + 4)

    assert items_for(user, meeting, later) == []


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
def test_channel_is_not_missed_where_no_session_is_streamed(start, facts):
    factories.session(**{"room": factories.room()} | facts)

    assert not [line for line in lines(start()) if "channel" in line]


def test_channel_is_not_missed_if_it_exists_or_its_day_is_over(organiser, meeting):
    stream = factories.stream()
    factories.channel(stream=stream)
    factories.session(room=stream.room)
    factories.session(room=stream.room, day=factories.LAST_DAY)

    said = {
        day: "screen" in icons(items_for(organiser, meeting, factories.moment("12:00", day=day)))
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


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("21:59", []),
        ("22:00", ["“Charla” lasts 12 hours: is its end right?"]),
    ],
)
def test_session_that_lasts_half_a_day_is_asked_about(start, ends, told):
    factories.session(
        title="Charla", starts_at=factories.moment("10:00"), ends_at=factories.moment(ends)
    )

    assert [line for line in lines(start()) if "Charla" in line] == told


def test_sessions_without_hours_and_seats_are_counted_as_their_lists_do(start, staff_client):
    factories.session(starts_at=None)
    factories.session(starts_at=None, state="draft")
    factories.workshop()
    factories.quota(session=factories.workshop())
    factories.session(kind=Session.Kind.VISIT)

    response = start()

    found = {m.words: m.links[0].url for m in response.context["attention_items"]}
    seats = found["2 workshops and visits have no seats open for registration"]
    hours = found["1 session without a time"]
    assert [listed(staff_client, url) for url in (seats, hours)] == [2, 1]


@pytest.mark.parametrize(
    ("verb", "words"), [("view_session", "See"), ("change_session", "Open seats")]
)
def test_link_offers_to_open_seats_with_permission(meeting, verb, words):
    factories.workshop()
    permissions = {"programme.view_session", f"programme.{verb}"}
    user = factories.user(permissions=list(permissions))

    (found,) = [item for item in items_for(user, meeting, NOW) if item.icon == "person_outline"]

    assert [link.words for link in found.links] == [words]


def listed(client, url):
    """Return the number of rows of the list at this address."""
    return client.get(url).context["cl"].queryset.count()


@pytest.mark.parametrize(("before", "said"), [(SOON, True), (SOON + timedelta(days=1), False)])
def test_seats_are_missed_from_two_weeks_before_registration(start, before, said):
    factories.workshop()
    Meeting.objects.update(registration_opens_at=NOW + before)

    assert ("1 workshop or visit has no seats open for registration" in lines(start())) is said


def test_seats_and_hours_are_not_missed_after_the_meeting(organiser, meeting):
    factories.workshop(starts_at=None)

    before = icons(items_for(organiser, meeting, NOW))
    after = icons(items_for(organiser, meeting, factories.moment("12:00", day=4)))

    assert (before[:2], after) == (["person_outline", "wait"], before[2:])


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

    found = {m.words: m.links[0].url for m in start().context["attention_items"]}

    assert listed(staff_client, found["1 person has described their access needs"]) == 1


def test_texts_to_translate_are_counted_as_their_lists_do(start, staff_client):
    factories.page(title_es="Viajar", title_pt="Viajar", title_en="Travel", text_es="En bus.")
    factories.theme(name_es="Afectos", name_pt="Afetos")
    without_texts_to_translate()

    response = start()

    assert lines(response) == [
        "Portuguese: 1 entry lacks a text",
        "English: 2 entries lack a text",
    ]
    counted = [link.words for item in response.context["attention_items"] for link in item.links]
    assert counted == ["Pages: 1", "Themes: 1", "Pages: 1"]
    urls = links(response)
    assert [listed(staff_client, url) for url in urls] == [1, 1, 1]


def test_free_places_of_the_last_day_lead_to_their_list(sign_in, organiser, meeting, time_machine):
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
        found[hours] = [m for m in response.context["attention_items"] if "24" in m.words]

    assert (found[25], found[0]) == ([], [])
    assert [m.words for m in found[23]] == [
        "Clay begins within 24 hours: 1 free, and 2 people are waiting"
    ]
    [link] = found[23][0].links
    assert link.url == f"/admin/registration/quota/{clay.pk}/change/?show=waiting#line"


def test_most_serious_items_come_first(start):
    something_of_everything(1)

    assert icons(start().context["attention_items"]) == [
        "mail",
        "mail",
        "screen",
        "person_outline",
        "wait",
        "wait",
        "hand",
        "talk",
        "talk",
    ]


# Who sees what


def something_of_everything(count):
    """Write rows that lead to nine items, whatever the count."""
    factories.quota()
    for _n in range(count):
        factories.message(state=Message.State.FAILED)
        factories.message(created_at=NOW - timedelta(hours=1))
        factories.session(room=factories.room())
        factories.session(starts_at=None)
        factories.workshop()
        seats = factories.quota(session=factories.workshop(theme=factories.theme()))
        factories.place(quota=seats, state=Place.State.WAITING)
        factories.registration(needs="Lengua de señas")
        factories.registration(state=Registration.State.PENDING)
        factories.page()


def icons_seen(client):
    return icons(client.get("/admin/").context["attention_items"])


SEEN = {
    "programme.view_session": ["person_outline", "wait"],
    "programme.view_stream": [],
    "registration.view_message": ["mail", "mail"],
    "registration.view_needs": [],
    "registration.view_quota": [],
    "registration.view_registration": ["wait"],
    "programme.view_page": [],
}


@pytest.mark.parametrize("permission", SEEN)
def test_items_are_for_users_who_may_see_them(sign_in, meeting, permission):
    something_of_everything(1)

    seen = icons_seen(sign_in(factories.user(permissions=[permission])))

    assert [icon for icon in seen if icon != "talk"] == SEEN[permission]


def test_access_needs_require_both_permissions(sign_in, meeting):
    something_of_everything(1)
    both = ["registration.view_registration", "registration.view_needs"]

    assert icons_seen(sign_in(factories.user(permissions=both))) == ["wait", "hand"]


def test_missing_translations_are_of_models_the_user_may_see(sign_in, meeting):
    something_of_everything(1)
    client = sign_in(factories.user(permissions=["programme.view_page"]))

    found = client.get("/admin/").context["attention_items"]

    assert {link.words for item in found for link in item.links} == {"Pages: 1"}


FIGURES = {
    "registration.view_registration": {"people", "per_day"},
    "registration.view_message": {"mails"},
    "registration.view_quota": {"seated_sessions"},
    "programme.view_session": set(),
}


@pytest.mark.parametrize("permission", FIGURES)
def test_figures_are_for_users_who_may_see_them(sign_in, meeting, permission):
    something_of_everything(1)
    client = sign_in(factories.user(permissions=[permission]))

    response = client.get("/admin/")

    counted = {"people", "per_day", "mails", "seated_sessions"}
    assert {name for name in counted if name in response.context} == FIGURES[permission]


def test_links_lead_to_pages_the_user_may_open(sign_in, meeting):
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

    with django_assert_num_queries(47):
        response = staff_client.get("/admin/")

    assert len(response.context["attention_items"]) == 9


# Words


@pytest.mark.parametrize(
    ("language", "sentence", "number"),
    [
        ("es", "Por atender", "de 1\xa0204"),
        ("pt", "A tratar", "de 1.204"),
        ("en", "Needs attention", "of 1,204"),
    ],
)
def test_page_is_in_the_organisers_language(staff_client, meeting, language, sentence, number):
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
    asked = client.get("/admin/registration/registration/?needs=yes")

    assert "needs=yes" not in plain
    assert asked.status_code == 400


def test_session_lacks_a_language_where_another_one_has_the_text(staff_client, meeting):
    factories.session(title_es="Uno", title_pt="Um", title_en="One")
    factories.session(title_es="Dos", title_pt="Dois", title_en="Two", abstract_pt="Há.")

    counts = {
        code: listed(staff_client, f"/admin/programme/session/?lacks={code}")
        for code in ("es", "pt", "en")
    }

    assert counts == {"es": 1, "pt": 0, "en": 1}
