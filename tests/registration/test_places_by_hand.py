"""Organisers move, give and take back single places."""

from datetime import timedelta

import pytest

from registration import actions
from registration.mails import is_still_true, render
from registration.models import Message, Place, Quota, Registration
from tests import factories
from tests.registration.helpers import confirmed, events, mails, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=100)


def waiting(registration, quota):
    return registration.places.get(quota=quota)


def line(quota):
    """Return the names of people who wait, in order."""
    places = Place.objects.waiting().filter(quota=quota).order_by("number")
    return [place.registration.full_name for place in places]


def full_line(quota, *names):
    """Make these people wait for what is full."""
    Quota.objects.filter(pk=quota.pk).update(size=0)
    return [
        confirmed(quota, n=n, full_name=name, waitlist=[quota.code]) for n, name in enumerate(names)
    ]


# Up in line


def test_person_moved_up_swaps_numbers_with_the_one_before(in_person, organiser):
    _ana, _eva, rosa = full_line(in_person, "Ana", "Eva", "Rosa")

    actions.move_up(waiting(rosa, in_person), by=organiser, note="Lleva el taller.")

    assert line(in_person) == ["Ana", "Rosa", "Eva"]
    history = rosa.history.last()
    assert (history.event, history.actor, history.quota, history.note) == (
        "moved_up",
        organiser,
        in_person,
        "Lleva el taller.",
    )


def test_person_moved_to_the_head_passes_everybody(in_person, organiser):
    *_others, rosa = full_line(in_person, "Ana", "Eva", "Luz", "Rosa")

    actions.move_up(waiting(rosa, in_person), by=organiser, to_head=True)

    assert line(in_person) == ["Rosa", "Ana", "Eva", "Luz"]


def test_moving_to_the_head_leaves_the_numbers_of_released_places(in_person, organiser):
    ana, eva, _luz, rosa = full_line(in_person, "Ana", "Eva", "Luz", "Rosa")
    actions.cancel(eva)

    actions.move_up(waiting(rosa, in_person), by=organiser, to_head=True)

    assert waiting(eva, in_person).number == 2
    assert [waiting(r, in_person).number for r in (rosa, ana)] == [1, 3]


def test_moving_the_first_person_up_writes_no_history(in_person, organiser):
    ana, _eva = full_line(in_person, "Ana", "Eva")

    actions.move_up(waiting(ana, in_person), by=organiser)

    assert line(in_person) == ["Ana", "Eva"]
    assert events(ana) == ["signed_up", "confirmed"]


def test_person_moved_up_gets_the_next_free_place(in_person, organiser):
    ana, rosa = full_line(in_person, "Ana", "Rosa")
    actions.move_up(waiting(rosa, in_person), by=organiser)

    actions.set_size(in_person, 1)

    assert states(rosa) == {in_person.pk: "confirmed"}
    assert states(ana) == {in_person.pk: "waiting"}


# A place out of turn


@pytest.fixture
def workshop(in_person):
    return factories.quota(session=factories.workshop(title="Archivo oral"), size=1)


def in_line(in_person, workshop, **facts):
    return confirmed(in_person, workshop, waitlist=[workshop.code], **facts)


def test_given_place_is_confirmed_mailed_and_recorded(in_person, workshop, organiser, time_machine):
    holder = confirmed(in_person, workshop, n=1)
    time_machine.move_to(factories.moment("09:00"))
    rosa = in_line(in_person, workshop, n=2)
    actions.cancel(holder)
    place = waiting(rosa, workshop)
    assert place.is_waiting

    actions.give_place(place, by=organiser, note="Está en la puerta.")

    assert states(rosa)[workshop.pk] == "confirmed"
    assert taken(workshop) == 1
    message = Message.objects.latest("pk")
    assert (message.kind, message.history.event, message.history.quota) == (
        "promoted",
        "place_given",
        workshop,
    )
    assert (message.history.actor, message.history.note) == (organiser, "Está en la puerta.")
    assert is_still_true(message)
    assert "Archivo oral" in render(message).body


def test_place_of_a_full_quota_is_not_given(in_person, workshop, organiser):
    confirmed(in_person, workshop, n=1)
    rosa = in_line(in_person, workshop, n=2)

    with pytest.raises(actions.Refusal, match="first increase their number"):
        actions.give_place(waiting(rosa, workshop), by=organiser)

    assert states(rosa)[workshop.pk] == "waiting"
    assert taken(workshop) == 1


def open_without_calling(quota):
    """Enlarge the quota without an action, so that nobody gets the free places."""
    Quota.objects.filter(pk=quota.pk).update(size=9)


@pytest.mark.parametrize(
    ("obstacle", "sentence"),
    [
        ("unconfirmed", "The registration is not confirmed yet."),
        ("online", "Takes part online."),
        ("cancelled", "The session has been cancelled."),
        ("not in person", "Has no place in person yet."),
        (
            "elsewhere",
            "Is elsewhere at that time: “Conservar” (from 10:00 to 11:00, Asunción time).",
        ),
    ],
)
def test_refusal_to_give_a_place_names_the_obstacle(
    in_person, workshop, organiser, obstacle, sentence
):
    confirmed(in_person, workshop, n=1)
    other = factories.quota(session=factories.workshop(title="Conservar"))
    rosa = in_line(in_person, workshop, n=2)
    match obstacle:
        case "unconfirmed":
            Registration.objects.filter(pk=rosa.pk).update(state="pending")
        case "online":
            Registration.objects.filter(pk=rosa.pk).update(attendance="online")
        case "cancelled":
            type(workshop.session).objects.filter(pk=workshop.session_id).update(state="cancelled")
        case "not in person":
            rosa.places.filter(quota=in_person).update(state="waiting")
            Quota.objects.filter(pk=in_person.pk).update(size=1, taken=1)
        case "elsewhere":
            factories.place(quota=other, registration=rosa)
    open_without_calling(workshop)

    with pytest.raises(actions.Refusal) as refused:
        actions.give_place(waiting(rosa, workshop), by=organiser)

    assert str(refused.value) == sentence
    assert states(rosa)[workshop.pk] == "waiting"


def test_giving_a_place_to_a_person_who_has_it_is_refused_with_a_sentence(in_person, organiser):
    rosa = confirmed(in_person)

    for action in (actions.give_place, actions.move_up):
        with pytest.raises(actions.Refusal, match="is no longer waiting"):
            action(waiting(rosa, in_person), by=organiser)

    assert taken(in_person) == 1


# A place taken back


def test_seat_taken_back_goes_to_the_first_in_line(in_person, workshop, organiser):
    holder = confirmed(in_person, workshop, n=1)
    rosa = in_line(in_person, workshop, n=2)

    actions.take_back(waiting(holder, workshop), by=organiser, note="Lo cede.")

    assert states(holder) == {in_person.pk: "confirmed", workshop.pk: "released"}
    assert states(rosa)[workshop.pk] == "confirmed"
    history = holder.history.last()
    assert (history.event, history.actor, history.quota, history.note) == (
        "place_taken",
        organiser,
        workshop,
        "Lo cede.",
    )
    assert [kind for kind, name in mails() if name == holder.full_name].count("cancelled") == 0


def test_taking_back_the_place_in_person_releases_the_seats_too(in_person, workshop, organiser):
    rosa = confirmed(in_person, workshop)

    actions.take_back(waiting(rosa, in_person), by=organiser)

    rosa.refresh_from_db()
    assert (rosa.attendance, rosa.state) == ("online", "confirmed")
    assert states(rosa) == {in_person.pk: "released", workshop.pk: "released"}
    assert (taken(in_person), taken(workshop)) == (0, 0)
    assert events(rosa)[-2:] == ["place_taken", "place_taken"]


def test_taking_back_twice_releases_one_place(in_person, workshop, organiser):
    rosa = confirmed(in_person, workshop)
    place = waiting(rosa, workshop)
    actions.take_back(place, by=organiser)

    actions.take_back(place, by=organiser)

    assert taken(workshop) == 0
    assert events(rosa)[-2:] == ["promoted", "place_taken"]


def test_taking_back_a_released_place_in_person_changes_nothing(in_person, organiser):
    rosa = confirmed(in_person)
    place = waiting(rosa, in_person)
    Place.objects.update(state="released")
    Quota.objects.update(taken=0)

    actions.take_back(place, by=organiser)

    assert Registration.objects.get().attendance == "in_person"


# Late-comers


@pytest.mark.parametrize(
    ("minutes", "why"), [(30, None), (60, "It has ended.")], ids=["begun", "over"]
)
def test_late_comer_gets_a_place_until_the_end(
    in_person, workshop, organiser, time_machine, minutes, why
):
    holder = confirmed(in_person, workshop, n=1)
    rosa = in_line(in_person, workshop, n=2)
    time_machine.move_to(workshop.session.starts_at + timedelta(minutes=minutes))
    actions.take_back(waiting(holder, workshop), by=organiser)

    if why:
        with pytest.raises(actions.Refusal, match=why):
            actions.give_place(waiting(rosa, workshop), by=organiser)
    else:
        actions.give_place(waiting(rosa, workshop), by=organiser)

    assert taken(workshop) == (0 if why else 1)
