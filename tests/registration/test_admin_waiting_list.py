"""The page of a quota: its places, why people wait, and what organisers do about it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programme.models import Session
from registration import actions
from registration.admin.quota_bar import quota_bar
from registration.models import Place, Quota, Registration
from tests import factories
from tests.back_office import address
from tests.registration.helpers import confirmed, events, mails, states, taken

MAY_SEE = "registration.view_registration"
MAY_CHANGE = "registration.change_registration"
MAY_SEE_QUOTAS = "registration.view_quota"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=100)


@pytest.fixture
def workshop(in_person):
    session = factories.workshop(title="Archivo oral", starts_at=factories.moment("10:00"))
    return factories.quota(session=session, size=1)


def action_address(place, name):
    return reverse("admin:registration_quota_deed", args=[place.quota_id, place.pk, name])


def told(response_or_client):
    page = response_or_client.get(reverse("admin:registration_quota_changelist"))
    return [str(message) for message in page.context["messages"]]


def rows(client, quota, **query):
    context = client.get(address(quota), query).context
    return [(row.place.registration.full_name, row.why) for row in context["rows"]]


# The list


def test_list_counts_confirmed_held_free_and_waiting_places(staff_client, meeting):
    quota = factories.quota(size=4)
    for state in ("confirmed", "confirmed", "held", "waiting", "released"):
        factories.place(quota=quota, state=state)

    page = staff_client.get(reverse("admin:registration_quota_changelist")).content.decode()

    figures = {"size": 4, "confirmed": 2, "held": 1, "free": 1, "waiting": 1}
    for name, figure in figures.items():
        assert f'<td class="field-{name}">{figure}</td>' in page


FULL, HALF, FREE, STROKE = "h10v12h-10z", "m2 2v4h6v-4z", "m2 2v8h6v-8z", "h3v12h-3z"


@pytest.mark.parametrize(
    ("size", "confirmed_ones", "held", "waiting", "cells"),
    [
        (4, 2, 1, 3, (4, 1, 1, 3)),
        (0, 0, 0, 0, (0, 0, 0, 0)),
        (3, 0, 3, 0, (3, 3, 0, 0)),
        (450, 1, 1, 0, (25, 0, 24, 0)),
        (450, 300, 1, 500, (25, 1, 9, 20)),
    ],
)
def test_bar_draws_confirmed_held_free_and_waiting_places(
    size, confirmed_ones, held, waiting, cells
):
    quota = Quota(kind="in_person", size=size, taken=confirmed_ones + held)
    vars(quota).update(held=held, waiting=waiting)

    drawn = quota_bar(quota)

    assert tuple(drawn.count(part) for part in (FULL, HALF, FREE, STROKE)) == cells


# Who waits, and why


def test_waiting_list_says_why_each_person_waits(staff_client, in_person, workshop):
    holder = confirmed(in_person, workshop, n=1, full_name="Ana")
    at_same_time = factories.quota(
        session=factories.workshop(title="Conservar", starts_at=factories.moment("10:30"))
    )
    names = ("Eva", "Luz", "Rosa", "Sol")
    line = {
        name: confirmed(in_person, workshop, n=n, full_name=name, waitlist=[workshop.code])
        for n, name in enumerate(names, start=2)
    }
    factories.place(quota=at_same_time, registration=line["Eva"])
    Registration.objects.filter(pk=line["Luz"].pk).update(attendance="online")
    line["Rosa"].places.filter(quota=in_person).update(state="released")

    assert rows(staff_client, workshop) == [
        (
            "Eva",
            "Is elsewhere at that time: “Conservar” (from 10:30 to 11:30, Asunción time).",
        ),
        ("Luz", "Takes part online."),
        ("Rosa", "Has no place in person yet."),
        ("Sol", "Full: number 4 on the waiting list."),
    ]
    assert rows(staff_client, workshop, show="confirmed") == [("Ana", "")]
    assert states(holder)[workshop.pk] == "confirmed"


@pytest.mark.parametrize(
    ("hours_before", "why"),
    [
        (25, "Full: number 1 on the waiting list."),
        (
            23,
            "It begins within 24 hours, or has begun: nobody is written to. People take free "
            "places on their own page, or you give them.",
        ),
        (-0.5, "It has begun."),
        (-1, "It has ended."),
    ],
)
def test_waiting_list_says_when_nobody_is_called_any_more(
    organiser, sign_in, in_person, workshop, time_machine, hours_before, why
):
    confirmed(in_person, workshop, n=1)
    confirmed(in_person, workshop, n=2, full_name="Eva", waitlist=[workshop.code])

    time_machine.move_to(workshop.session.starts_at - timedelta(hours=hours_before))

    assert rows(sign_in(organiser), workshop) == [("Eva", why)]


def test_promotion_passes_over_the_people_of_whom_the_page_names_an_obstacle(
    staff_client, in_person, workshop
):
    Quota.objects.filter(pk=workshop.pk).update(size=0)
    names = ("Ana", "Eva", "Luz", "Sol")
    ana, eva, *_others = [
        confirmed(in_person, workshop, n=n, full_name=name, waitlist=[workshop.code])
        for n, name in enumerate(names)
    ]
    Registration.objects.filter(pk=ana.pk).update(attendance="online")
    eva.places.filter(quota=in_person).update(state="released")
    kept = [name for name, why in rows(staff_client, workshop) if not why.startswith("Full")]

    staff_client.post(address(workshop), {"size": 9})

    assert kept == ["Ana", "Eva"]
    assert [name for name, _why in rows(staff_client, workshop, show="waiting")] == kept


def test_waiting_list_says_that_the_session_does_not_take_place(staff_client, in_person, workshop):
    confirmed(in_person, workshop, n=1)
    confirmed(in_person, workshop, n=2, full_name="Eva", waitlist=[workshop.code])
    Session.objects.filter(pk=workshop.session_id).update(state="draft")

    assert rows(staff_client, workshop) == [("Eva", "The session has been cancelled.")]


def test_waiting_list_says_that_a_registration_is_not_confirmed(staff_client, in_person):
    registration = factories.registration(state="pending", attendance="in_person", full_name="Eva")
    factories.place(quota=in_person, state="waiting", registration=registration)

    assert rows(staff_client, in_person) == [("Eva", "The registration is not confirmed yet.")]


def test_waiting_list_has_pages_and_counts_on_from_page_to_page(staff_client, in_person):
    Quota.objects.filter(pk=in_person.pk).update(size=0)
    for n in range(51):
        person = factories.registration(attendance="in_person", full_name=f"Ana {n:02}")
        factories.place(quota=in_person, state="waiting", registration=person)

    page = staff_client.get(address(in_person), {"page": "2"})

    assert [row.why for row in page.context["rows"]] == ["Full: number 51 on the waiting list."]
    assert "Page 2 of 2" in page.content.decode()
    assert len(rows(staff_client, in_person, page="nada", show="nada")) == 50


@pytest.mark.parametrize("count", [1, 8])
def test_page_of_a_quota_queries_do_not_grow(
    staff_client, in_person, workshop, count, django_assert_num_queries
):
    confirmed(in_person, workshop, n=99)
    for n in range(count):
        confirmed(in_person, workshop, n=n, waitlist=[workshop.code])
    staff_client.get(address(workshop))

    with django_assert_num_queries(13):
        page = staff_client.get(address(workshop))

    assert len(page.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 8])
def test_page_of_a_person_queries_do_not_grow(
    staff_client, in_person, count, django_assert_num_queries
):
    rosa = confirmed(in_person)
    for _n in range(count):
        workshop = factories.quota(session=factories.workshop(), size=0)
        factories.place(quota=workshop, registration=rosa, state="waiting")
        factories.message(registration=rosa)
    staff_client.get(address(rosa))

    with django_assert_num_queries(14):
        page = staff_client.get(address(rosa))

    assert len(page.context["rows"]) == count + 1


# What is done about it


def test_person_is_moved_up_from_the_page_of_the_quota(staff_client, organiser, in_person):
    Quota.objects.filter(pk=in_person.pk).update(size=0)
    line = [
        confirmed(in_person, n=n, full_name=name, waitlist=["in_person"])
        for n, name in enumerate(["Ana", "Eva", "Luz"])
    ]

    response = staff_client.post(action_address(line[2].places.get(), "up"), {"reason": ""})

    assert response.url == address(in_person)
    assert [name for name, _why in rows(staff_client, in_person)] == ["Ana", "Luz", "Eva"]
    assert line[2].history.last().actor == organiser


@pytest.mark.parametrize("name", ["up", "head", "give", "out"])
def test_page_before_an_action_names_the_person_and_changes_nothing(
    staff_client, in_person, workshop, name
):
    confirmed(in_person, workshop, n=1)
    rosa = confirmed(in_person, workshop, n=2, full_name="Rosa", waitlist=[workshop.code])
    before = events(rosa)

    page = staff_client.get(action_address(rosa.places.get(quota=workshop), name))

    assert "Rosa" in page.content.decode()
    assert (states(rosa)[workshop.pk], events(rosa)) == ("waiting", before)


def test_place_is_given_from_the_page_of_the_person(staff_client, in_person, workshop):
    rosa = confirmed(in_person, n=2)
    place = factories.place(quota=workshop, registration=rosa, state="waiting")

    response = staff_client.post(
        f"{action_address(place, 'give')}?from=person", {"reason": "Da el taller."}
    )

    assert response.url == address(rosa)
    assert states(rosa)[workshop.pk] == "confirmed"
    assert rosa.history.last().note == "Da el taller."


def test_place_of_a_full_quota_is_not_given_and_the_page_says_what_to_do(
    staff_client, in_person, workshop
):
    confirmed(in_person, workshop, n=1)
    rosa = confirmed(in_person, workshop, n=2, waitlist=[workshop.code])

    staff_client.post(action_address(rosa.places.get(quota=workshop), "give"), {"reason": ""})

    assert told(staff_client) == [
        "“Archivo oral” has no places left: first increase their number, or take one back."
    ]
    assert states(rosa)[workshop.pk] == "waiting"


def test_place_is_taken_back_only_with_a_reason(staff_client, in_person):
    rosa = confirmed(in_person)
    url = action_address(rosa.places.get(), "take")

    refused = staff_client.post(url, {"reason": ""})
    assert (refused.status_code, taken(in_person)) == (200, 1)
    assert list(refused.context["form"].errors) == ["reason"]

    staff_client.post(url, {"reason": "No vendrá."})
    assert (taken(in_person), states(rosa)) == (0, {in_person.pk: "released"})
    assert [kind for kind, _name in mails()] == ["pending", "confirmed"]


def test_person_taken_off_the_waiting_list_no_longer_waits(staff_client, in_person, workshop):
    confirmed(in_person, workshop, n=1)
    rosa = confirmed(in_person, workshop, n=2, waitlist=[workshop.code])

    staff_client.post(
        action_address(rosa.places.get(quota=workshop), "out"), {"reason": "Lo pidió."}
    )

    assert states(rosa) == {in_person.pk: "confirmed", workshop.pk: "released"}
    assert taken(workshop) == 1


def test_released_place_offers_no_action(staff_client, in_person):
    rosa = confirmed(in_person)
    staff_client.post(action_address(rosa.places.get(), "take"), {"reason": "No vendrá."})

    page = staff_client.get(address(rosa)).content.decode()

    assert ("released" in page, action_address(rosa.places.get(), "take") in page) == (
        True,
        False,
    )


def test_action_needs_a_known_name_and_a_current_place_of_the_quota(
    staff_client, in_person, workshop
):
    place = confirmed(in_person).places.get()
    elsewhere = reverse("admin:registration_quota_deed", args=[workshop.pk, place.pk, "take"])

    assert staff_client.get(elsewhere).status_code == 404
    assert staff_client.get(action_address(place, "eat")).status_code == 404
    Place.objects.update(state="released")
    assert staff_client.get(action_address(place, "take")).status_code == 404


def test_reader_sees_the_waiting_list_and_cannot_act(sign_in, in_person):
    reader = sign_in(factories.user(permissions=[MAY_SEE, MAY_SEE_QUOTAS]))
    keeper = sign_in(factories.user(permissions=[MAY_SEE_QUOTAS, "registration.change_quota"]))
    place = confirmed(in_person, full_name="Rosa").places.get()

    seen = reader.get(address(in_person)).content.decode()
    hidden = keeper.get(address(in_person)).content.decode()

    assert ("Rosa" in seen, "Take back" in seen) == (True, False)
    assert "Rosa" not in hidden
    statuses = [
        c.post(action_address(place, "take"), {"reason": "x"}).status_code for c in (reader, keeper)
    ]
    assert statuses == [403, 403]
    assert taken(in_person) == 1


# A person's page


def test_history_lists_events_and_mails_in_order_of_time(
    staff_client, organiser, in_person, time_machine
):
    rosa = confirmed(in_person)
    time_machine.shift(60)
    staff_client.post(action_address(rosa.places.get(), "take"), {"reason": "No vendrá."})

    history = staff_client.get(address(rosa)).context["history"]

    assert [(told.what, told.by) for told in history] == [
        ("registered", ""),
        ("confirmed", ""),
        ("E-mail: Confirm your e-mail address", ""),
        ("E-mail: Your registration is confirmed", ""),
        ("place taken back by the organisers: Places in person", "organiza"),
    ]
    assert history[-1].note == "No vendrá."


@pytest.mark.parametrize("may_see", [False, True])
def test_events_about_needs_are_shown_only_with_the_permission_to_see_needs(
    sign_in, in_person, may_see
):
    rosa = confirmed(in_person, needs="Bucle magnético")
    actions.set_consents(rosa, ["news"], text_version="1", language="es")
    factories.history(registration=rosa, event="needs_erased")
    seen = ["registration.view_registration", *["registration.view_needs"] * may_see]

    client = sign_in(factories.user(permissions=seen))
    notes = [
        (t.what, t.note) for t in client.get(address(rosa)).context["history"] if not t.message
    ]

    hidden = [("gave or withdrew a consent", "+news -needs"), ("access needs erased", "")]
    assert notes == [("registered", ""), ("confirmed", ""), *hidden * may_see]


def test_page_of_a_person_says_why_they_wait(staff_client, in_person, workshop):
    confirmed(in_person, workshop, n=1)
    rosa = confirmed(in_person, workshop, n=2, waitlist=[workshop.code])

    page = staff_client.get(address(rosa))

    assert [(row.place.state, row.why) for row in page.context["rows"]] == [
        ("confirmed", ""),
        ("waiting", "Full: number 1 on the waiting list."),
    ]
    assert "Full: number 1 on the waiting list." in page.content.decode()


@pytest.mark.parametrize("may_act", [False, True])
def test_page_of_a_person_offers_actions_only_with_the_permission_to_act(
    sign_in, in_person, may_act
):
    colleague = sign_in(factories.user(permissions=[MAY_SEE, *[MAY_CHANGE] * may_act]))
    rosa = confirmed(in_person)

    page = colleague.get(address(rosa)).content.decode()

    assert (action_address(rosa.places.get(), "take") in page) == may_act


def test_page_of_a_person_says_that_they_will_come(staff_client, meeting):
    rosa = factories.registration(coming_at=factories.moment("09:00"))

    page = staff_client.get(address(rosa)).content.decode()

    assert "Said that they will come" in page
    assert "Nov. 18, 2026, 9 a.m." in page
