"""People change by themselves: seats, services, in person or online, coming or not."""

from datetime import timedelta

import pytest

from programme.models import Session
from registration import actions
from registration.models import Place, Quota, Registration
from tests import factories
from tests.registration.helpers import confirmed, events, fresh, mails, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=3)


@pytest.fixture
def clay(in_person):
    return factories.quota(session=factories.workshop(title="Clay"), size=1)


@pytest.fixture
def paper(in_person):
    """Open a workshop on another day than the clay."""
    starts_at = factories.moment("10:00", day=2)
    return factories.quota(session=factories.workshop(title="Paper", starts_at=starts_at), size=1)


@pytest.fixture
def bus(in_person):
    return factories.quota(service_code="bus", size=2)


def numbers(registration):
    return {place.quota_id: place.number for place in registration.places.all()}


def change(registration, *quotas, waitlist=()):
    return actions.change_places(registration, fresh(*quotas), waitlist=waitlist)


# Seats and services


def test_change_takes_new_places_and_gives_back_the_others(in_person, clay, paper, bus):
    registration = confirmed(in_person, clay)

    change(registration, paper, bus)

    assert states(registration) == {
        in_person.pk: "confirmed",
        clay.pk: "released",
        paper.pk: "confirmed",
        bus.pk: "confirmed",
    }
    assert [taken(quota) for quota in (in_person, clay, paper, bus)] == [1, 0, 1, 1]
    assert events(registration)[-1] == "changed"


def test_change_keeps_the_numbers_of_current_places(in_person, clay, paper):
    confirmed(in_person, clay, n=1)
    registration = confirmed(in_person, clay, n=2, waitlist=[clay.code])
    confirmed(in_person, clay, n=3, waitlist=[clay.code])
    before = numbers(registration)

    change(registration, clay, paper)

    assert numbers(registration) == before | {paper.pk: 1}
    assert states(registration)[clay.pk] == "waiting"


def test_change_to_the_current_places_writes_nothing(in_person, clay):
    registration = confirmed(in_person, clay)
    before = events(registration)

    change(registration, clay)
    change(registration, clay)

    assert events(registration) == before


def test_change_is_all_or_nothing(in_person, clay, paper, bus):
    confirmed(in_person, paper, n=1)
    registration = confirmed(in_person, clay, n=2)

    with pytest.raises(actions.Full) as full:
        change(registration, paper, bus)

    assert full.value.quotas == [paper]
    assert states(registration) == {in_person.pk: "confirmed", clay.pk: "confirmed"}
    assert taken(bus) == 0


def test_change_joins_a_waiting_list_that_is_accepted(in_person, paper):
    confirmed(in_person, paper, n=1)
    registration = confirmed(in_person, n=2)

    change(registration, paper, waitlist=[paper.code])

    assert states(registration)[paper.pk] == "waiting"


def test_seat_chosen_while_one_waits_for_the_place_in_person_waits_with_it(meeting):
    in_person = factories.quota(size=0)
    clay = factories.quota(session=factories.workshop(), size=5)
    registration = confirmed(in_person, waitlist=["in_person"])

    change(registration, clay)
    assert states(registration) == {in_person.pk: "waiting", clay.pk: "waiting"}

    actions.set_size(in_person, 1)

    assert states(registration) == {in_person.pk: "confirmed", clay.pk: "confirmed"}


def test_seat_that_is_given_back_goes_to_the_first_who_waits(in_person, clay):
    holder = confirmed(in_person, clay, n=1)
    waiting = confirmed(in_person, clay, n=2, waitlist=[clay.code])

    change(holder)

    assert states(waiting)[clay.pk] == "confirmed"
    assert mails()[-1] == ("promoted", waiting.full_name)


def test_every_clash_is_named_with_its_hours_and_nothing_is_changed(in_person):
    three = [
        factories.quota(session=factories.workshop(title_en=title)) for title in ("A", "B", "C")
    ]
    registration = confirmed(in_person)

    with pytest.raises(actions.Refusal) as refusal:
        change(registration, *three)

    said = str(refusal.value)
    assert [f"“{one}” (" in said for one in "ABC"] == [True] * 3
    assert said.count("overlap") == 3
    assert said.count("10:00") == 6
    assert states(registration) == {in_person.pk: "confirmed"}


def test_two_seats_moved_onto_one_another_stay_and_more_can_be_chosen(in_person, clay, paper, bus):
    registration = confirmed(in_person, clay, paper)
    Session.objects.filter(quota=paper).update(
        day=factories.FIRST_DAY,
        starts_at=factories.moment("10:30"),
        ends_at=factories.moment("11:30"),
    )

    change(registration, clay, paper, bus)

    assert set(states(registration).values()) == {"confirmed"}


@pytest.mark.parametrize("direction", ["taken", "given back"])
def test_seat_of_a_session_that_has_begun_stays_as_it_is(in_person, clay, time_machine, direction):
    had = [clay] if direction == "given back" else []
    registration = confirmed(in_person, *had)
    before = states(registration)
    time_machine.move_to(factories.moment("10:00"))

    with pytest.raises(actions.Refusal, match="Clay.* has begun"):
        change(registration, *([] if had else [clay]))

    assert states(registration) == before


def test_session_that_is_cancelled_meanwhile_is_refused(in_person, clay):
    registration = confirmed(in_person)
    Session.objects.filter(quota=clay).update(state="cancelled", cancellation_reason="Lluvia")

    with pytest.raises(actions.Refusal, match="has been cancelled"):
        change(registration, clay)


def test_online_person_cannot_choose_a_seat(in_person, clay):
    registration = confirmed()

    with pytest.raises(actions.Refusal, match="in person"):
        change(registration, clay)

    assert states(registration) == {}


# In person and online


def test_going_online_gives_everything_to_those_who_wait(meeting):
    in_person = factories.quota(size=1)
    clay = factories.quota(session=factories.workshop(), size=1)
    registration = confirmed(in_person, clay, n=1)
    waiting = confirmed(in_person, clay, n=2, waitlist=["in_person", clay.code])

    registration = actions.go_online(registration)

    assert registration.attendance == "online"
    assert set(states(registration).values()) == {"released"}
    assert states(waiting) == {in_person.pk: "confirmed", clay.pk: "confirmed"}


def test_coming_back_takes_a_free_place_and_asks_for_nothing_else(in_person, clay):
    registration = actions.go_online(confirmed(in_person, clay))

    registration = actions.come_in_person(registration)

    assert registration.attendance == "in_person"
    assert states(registration) == {in_person.pk: "confirmed", clay.pk: "released"}
    assert events(registration)[-2:] == ["went_online", "came_back"]


def test_coming_back_to_a_full_meeting_waits_as_the_last(meeting):
    in_person = factories.quota(size=1)
    registration = actions.go_online(confirmed(in_person, n=1))
    confirmed(in_person, n=2)
    before = confirmed(in_person, n=3, waitlist=["in_person"])

    actions.come_in_person(registration)

    assert states(registration) == {in_person.pk: "waiting"}
    assert numbers(registration)[in_person.pk] > numbers(before)[in_person.pk]


def test_coming_in_person_is_refused_while_it_is_not_open(meeting):
    registration = confirmed()

    with pytest.raises(actions.Refusal, match="not open"):
        actions.come_in_person(registration)

    registration.refresh_from_db()
    assert registration.attendance == "online"


def test_coming_in_person_without_a_place_takes_one_and_the_seat_that_waits_for_it(in_person, clay):
    registration = confirmed(in_person, clay)
    Place.objects.filter(quota=in_person).update(state="released")
    Place.objects.filter(quota=clay).update(state="waiting")
    Quota.objects.update(taken=0)

    actions.come_in_person(registration)

    assert states(registration) == {in_person.pk: "confirmed", clay.pk: "confirmed"}


# One place


def test_giving_back_one_place_keeps_the_others(in_person, clay, paper):
    registration = confirmed(in_person, clay, paper)

    actions.give_back(registration, clay)

    assert states(registration) == {
        in_person.pk: "confirmed",
        clay.pk: "released",
        paper.pk: "confirmed",
    }
    last = registration.history.last()
    assert (last.event, last.quota) == ("gave_back", clay)


def test_waiting_list_is_left(in_person, clay):
    confirmed(in_person, clay, n=1)
    registration = confirmed(in_person, clay, n=2, waitlist=[clay.code])

    actions.give_back(registration, clay)

    assert states(registration)[clay.pk] == "released"
    assert taken(clay) == 1


def test_giving_back_the_place_in_person_changes_to_online(in_person, clay):
    registration = actions.give_back(confirmed(in_person, clay), in_person)

    assert registration.attendance == "online"
    assert set(states(registration).values()) == {"released"}


def test_place_that_is_no_longer_theirs_is_refused_with_a_sentence(in_person, clay):
    registration = confirmed(in_person, clay)
    actions.give_back(registration, clay)

    for act in (actions.give_back, actions.say_coming):
        with pytest.raises(actions.Refusal, match="no longer among your places"):
            act(registration, clay)


def test_place_of_a_session_that_has_begun_is_not_given_back(in_person, clay, time_machine):
    registration = confirmed(in_person, clay)
    time_machine.move_to(factories.moment("10:30"))

    with pytest.raises(actions.Refusal, match="has begun"):
        actions.give_back(registration, clay)


# Coming


def test_saying_i_will_come_is_written_once(in_person, clay, time_machine):
    registration = confirmed(in_person, clay)

    actions.say_coming(registration)
    said_at = Registration.objects.get().coming_at
    time_machine.shift(timedelta(hours=1))
    actions.say_coming(registration)
    actions.say_coming(registration, clay)
    actions.say_coming(registration, clay)

    assert said_at == factories.NOW
    assert Registration.objects.get().coming_at == said_at
    assert events(registration)[-3:] == ["promoted", "coming", "coming"]


def test_going_online_clears_the_answer_that_the_person_comes(in_person):
    registration = actions.say_coming(confirmed(in_person))

    assert actions.go_online(registration).coming_at is None


# For all of them

ACTS = {
    "changing": lambda registration, clay: change(registration, clay),
    "going online": lambda registration, clay: actions.go_online(registration),
    "coming in person": lambda registration, clay: actions.come_in_person(registration),
    "giving back": actions.give_back,
    "saying so": lambda registration, clay: actions.say_coming(registration),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_cancelled_registration_is_changed_by_nothing(in_person, clay, act):
    registration = actions.cancel(confirmed(in_person, clay))
    before = states(registration), events(registration)

    with pytest.raises(actions.Refusal, match="cancelled"):
        act(registration, clay)

    assert (states(registration), events(registration)) == before


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_nothing_is_changed_after_the_meeting(in_person, clay, act, time_machine):
    registration = confirmed(in_person, clay)
    time_machine.move_to(factories.moment("00:01", day=4))

    with pytest.raises(actions.Refusal, match="over"):
        act(registration, clay)


def test_nobody_but_an_organiser_cancels_after_the_meeting(in_person, time_machine):
    registration = confirmed(in_person)
    time_machine.move_to(factories.moment("00:01", day=4))

    with pytest.raises(actions.Refusal, match="over"):
        actions.cancel(registration)

    assert states(registration) == {in_person.pk: "confirmed"}
    assert actions.cancel(registration, by=factories.user()).state == "cancelled"


@pytest.mark.parametrize("name", ["go_online", "come_in_person"])
def test_action_done_twice_changes_nothing_the_second_time(in_person, clay, name):
    registration = confirmed(in_person, clay)
    if name == "come_in_person":
        actions.go_online(registration)

    act = getattr(actions, name)
    act(registration)
    once = states(registration), events(registration), taken(in_person)
    act(registration)

    assert (states(registration), events(registration), taken(in_person)) == once


def test_person_gets_no_mail_about_places_taken_by_their_own_action(in_person, clay, paper):
    """Give up a seat, and so get the one at the same time for which the person waited."""
    Session.objects.filter(quota=paper).update(
        day=factories.FIRST_DAY,
        starts_at=factories.moment("10:30"),
        ends_at=factories.moment("11:30"),
    )
    registration = confirmed(in_person, clay)
    factories.place(quota=paper, registration=registration, state="waiting")
    before = mails()

    actions.give_back(registration, clay)

    assert states(registration)[paper.pk] == "confirmed"
    assert mails() == before


def test_pending_registration_cannot_change_its_places(in_person, clay):
    registration = sign_up(in_person)

    with pytest.raises(actions.Refusal):
        change(registration, clay)
