"""More people than a room holds, and a speaker in two rooms: said, and never in silence."""

import pytest

from programme.wording.overlaps import people_overlapping
from registration.wording.crowding import crowded_sessions
from tests import factories
from tests.back_office import address, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english", "meeting")]


def told(client):
    return [str(message) for message in client.get("/admin/programme/session/").context["messages"]]


def sentences(found):
    return [one.words for one in found]


def test_seats_above_the_capacity_of_the_room_are_said_on_saving(staff_client):
    session = factories.workshop(title="Barro", room=factories.room(name="Sala", capacity=80))
    data = form_of(staff_client, address(session)) | {"seats": "100"}

    staff_client.post(address(session), data)

    assert "“Barro” has 100 seats, and “Sala” holds 80." in told(staff_client)


def test_hall_smaller_than_the_places_in_person_is_said():
    factories.quota(size=400)
    hall = factories.room(name="Auditorio", capacity=80)
    factories.session(title="Apertura", room=hall)

    assert sentences(crowded_sessions()) == [
        "“Apertura” is open to all 400 people in person, and “Auditorio” holds 80."
    ]


def test_sessions_at_the_same_time_share_the_people():
    factories.quota(size=400)
    for _n in range(2):
        factories.session(room=factories.room(capacity=80))

    assert crowded_sessions() == []


def test_rooms_without_a_capacity_and_sessions_online_are_never_crowded():
    factories.quota(size=400)
    factories.session(room=factories.room(capacity=None))
    factories.session(room=factories.room(capacity=5), format="online", day=None, starts_at=None)

    assert crowded_sessions() == []


def test_smaller_room_and_more_places_are_said_on_their_pages(staff_client):
    places = factories.quota(size=70)
    room = factories.room(name="Auditorio", capacity=80)
    factories.session(title="Apertura", room=room)

    staff_client.post(address(room), form_of(staff_client, address(room)) | {"capacity": "60"})
    of_room = told(staff_client)
    staff_client.post(address(places), form_of(staff_client, address(places)) | {"size": "90"})
    of_places = told(staff_client)

    words = "“Apertura” is open to all {} people in person, and “Auditorio” holds 60."
    assert (words.format(70) in of_room, words.format(90) in of_places) == (True, True)


def speaker_in_two_rooms():
    person = factories.person(name="Ana Rey")
    first, second = (factories.session(title=t, room=factories.room()) for t in ("Uno", "Dos"))
    factories.part(session=first, person=person)
    shown = factories.presentation(session=second)
    factories.part(presentation=shown, person=person)
    return first, second, shown


BOTH = "Ana Rey is in “Uno” and in “Dos” at the same time."


def test_speaker_in_two_rooms_at_one_hour_is_said_with_both_sessions(staff_client):
    first, second, shown = speaker_in_two_rooms()

    pages = []
    for row in (first, second, shown):
        staff_client.post(address(row), form_of(staff_client, address(row)))
        pages.append(BOTH in told(staff_client))

    assert pages == [True, True, True]
    assert sentences(people_overlapping()) == [BOTH]


def test_speaker_in_a_draft_or_at_another_hour_overlaps_nothing():
    person = factories.person()
    for facts in ({}, {"state": "draft"}, {"starts_at": factories.moment("11:00")}):
        factories.part(session=factories.session(**facts), person=person)

    assert people_overlapping() == []


def test_overlaps_and_crowded_rooms_need_attention(staff_client):
    factories.quota(size=400)
    speaker_in_two_rooms()
    hall = factories.room(name="Auditorio", capacity=80)
    factories.session(title="Cierre", room=hall, starts_at=factories.moment("17:00"))

    items = [item.words for item in staff_client.get("/admin/").context["attention_items"]]

    assert BOTH in items
    assert "“Cierre” is open to all 400 people in person, and “Auditorio” holds 80." in items
