"""The last 24 hours: nobody is called, and who asks first for what is free has it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registration import actions, tokens
from registration.mails import is_still_true, render
from registration.models import Message, Quota
from tests import factories
from tests.registration.helpers import confirmed, events, mails, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

START = factories.moment("10:00", day=2)


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=9)


@pytest.fixture
def clay(in_person):
    session = factories.workshop(title_en="Clay", starts_at=START, ends_at=START.replace(hour=11))
    return factories.quota(session=session, size=1)


@pytest.fixture
def free(in_person, clay, time_machine):
    """Ana and Eva wait, in this order, for the one seat: it becomes free the evening before."""
    holder = confirmed(in_person, clay, n=1)
    line = [
        confirmed(in_person, clay, n=n, full_name=name, mail_language="en", waitlist=[clay.code])
        for n, name in enumerate(("Ana", "Eva"), start=2)
    ]
    time_machine.move_to(START - timedelta(hours=20))
    actions.give_back(holder, clay)
    return line


def link(name, registration, *args):
    return reverse(f"registration:{name}", args=[tokens.own_token(registration), *args])


def test_free_place_stays_free_until_somebody_asks_for_it(clay, free):
    assert [states(person)[clay.pk] for person in free] == ["waiting", "waiting"]
    assert taken(clay) == 0


def test_free_place_of_the_last_day_goes_to_whoever_asks_first(clay, free):
    _ana, eva = free

    actions.take_free_place(eva, clay)

    assert states(eva)[clay.pk] == "confirmed"
    assert taken(clay) == 1
    assert events(eva)[-1] == "took_free"
    message = Message.objects.latest("pk")
    assert (message.kind, message.registration, is_still_true(message)) == ("promoted", eva, True)
    assert "A place was free, and you have taken it." in render(message).body


def test_who_comes_second_is_told_and_stays_in_line(clay, free):
    ana, eva = free
    actions.take_free_place(eva, clay)

    with pytest.raises(actions.Refusal, match="somebody else was faster"):
        actions.take_free_place(ana, clay)

    assert (states(ana)[clay.pk], taken(clay)) == ("waiting", 1)


def test_free_place_taken_twice_is_taken_once(clay, free):
    for _n in range(2):
        actions.take_free_place(free[0], clay)

    assert taken(clay) == 1
    assert events(free[0]).count("took_free") == 1


def test_what_is_not_waited_for_is_not_taken(in_person, clay, free):
    bus = factories.quota(service_code="bus", size=5)

    with pytest.raises(actions.Refusal, match="no longer among your places"):
        actions.take_free_place(free[0], bus)

    assert taken(bus) == 0


@pytest.mark.parametrize(
    ("hinder", "why"),
    [
        (lambda person, clay: clash(person), "Is elsewhere at that time"),
        (lambda person, clay: drop_in_person(person), "Has no place in person yet"),
    ],
    ids=["clash", "not in person"],
)
def test_free_place_of_the_last_day_is_refused_to_whoever_may_not_have_it(clay, free, hinder, why):
    ana, _eva = free
    hinder(ana, clay)

    with pytest.raises(actions.Refusal, match=why):
        actions.take_free_place(ana, clay)

    assert taken(clay) == 0


def clash(person):
    other = factories.workshop(starts_at=START, ends_at=START + timedelta(hours=1))
    factories.place(quota=factories.quota(session=other), registration=person)


def drop_in_person(person):
    places = person.places.filter(quota__kind="in_person")
    Quota.objects.in_person().update(taken=0)
    places.update(state="released")


def test_nobody_takes_what_has_begun(clay, free, time_machine):
    time_machine.move_to(START)

    with pytest.raises(actions.Refusal, match="It has begun"):
        actions.take_free_place(free[0], clay)

    assert taken(clay) == 0


def test_place_in_person_is_taken_while_the_meeting_lasts(meeting, time_machine):
    in_person = factories.quota(size=1)
    holder = confirmed(in_person, n=1)
    waits = confirmed(in_person, n=2, waitlist=["in_person"])
    time_machine.move_to(factories.moment("08:00", day=2))
    actions.go_online(holder)

    actions.take_free_place(waits, in_person)

    assert (states(waits), taken(in_person)) == ({in_person.pk: "confirmed"}, 1)


def test_place_in_person_is_not_taken_after_the_meeting(meeting, time_machine):
    in_person = factories.quota(size=1)
    confirmed(in_person, n=1)
    waits = confirmed(in_person, n=2, waitlist=["in_person"])
    Quota.objects.update(size=2)
    time_machine.move_to(factories.moment("08:00", day=4))

    with pytest.raises(actions.Refusal, match="The meeting is over"):
        actions.take_free_place(waits, in_person)


def test_newcomer_may_take_a_free_place_of_the_last_day_before_the_line(
    in_person, clay, free, time_machine
):
    newcomer = confirmed(in_person, clay, n=9)

    assert states(newcomer)[clay.pk] == "confirmed"
    assert [states(person)[clay.pk] for person in free] == ["waiting", "waiting"]


# On one's own page


def test_page_offers_what_is_free_and_the_button_takes_it(client, clay, free):
    ana, eva = free
    assert link("take", ana, clay.code) in client.get(link("own", ana)).text

    response = client.post(link("take", ana, clay.code))

    page = client.get(response.url)
    assert [str(m) for m in page.context["messages"]] == [
        "The place is yours, and a mail is on its way."
    ]
    assert link("take", eva, clay.code) not in client.get(link("own", eva)).text
    assert mails()[-1] == ("promoted", "Ana")


def test_button_of_who_comes_second_leads_back_with_a_sentence(client, clay, free):
    ana, eva = free
    actions.take_free_place(ana, clay)

    response = client.post(link("take", eva, clay.code))

    page = client.get(response.url)
    assert [str(m) for m in page.context["messages"]] == [
        "“Clay”: somebody else was faster. You stay on the waiting list."
    ]


@pytest.mark.parametrize("hours", [25, 0], ids=["before the last day", "begun"])
def test_page_offers_nothing_at_other_hours(client, in_person, clay, free, time_machine, hours):
    time_machine.move_to(START - timedelta(hours=hours))
    ana, _eva = free

    assert link("take", ana, clay.code) not in client.get(link("own", ana)).text


def test_page_offers_nothing_while_it_is_full(client, in_person, clay, time_machine):
    confirmed(in_person, clay, n=1)
    ana = confirmed(in_person, clay, n=2, waitlist=[clay.code])
    time_machine.move_to(START - timedelta(hours=20))

    page = client.get(link("own", ana)).text

    assert link("take", ana, clay.code) not in page
    assert "look here whether one is free, and take it" in page


@pytest.mark.parametrize("code", ["nothing", "in_person"])
def test_button_for_what_one_does_not_wait_for_changes_nothing(client, clay, free, code):
    ana, _eva = free

    response = client.post(link("take", ana, code))

    assert response.status_code == 302
    assert "took_free" not in events(ana)
