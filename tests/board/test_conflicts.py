"""Compare what follows from a plan with an oracle that shares no line with the product."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eim.back_office.board.conflicts import conflicts_of
from eim.back_office.board.plans import read_plan
from programme.models import Meeting, Session, StagedMove
from registration.models import Quota
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

KINDS = {"lecture", "posters", "break"}


@pytest.fixture
def room():
    return factories.room(name_es="Roja", capacity=20)


def named(kind=""):
    plan = read_plan(Meeting.objects.get())
    return [one.words for one in conflicts_of(plan) if kind in ("", one.kind)]


def two_at_ten(**facts):
    """Create two sessions of which a move brings the second to the hour of the first."""
    first = factories.session(title_en="Clay", **facts)
    second = factories.session(title_en="Wool", starts_at=factories.moment("16:00"), **facts)
    return first, second


def move_to(session, hour, *, day=1, minutes=60, **facts):
    start = factories.moment(hour, day=day)
    return factories.staged_move(
        session=session,
        day=start.date(),
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        **facts,
    )


def test_people_in_a_session_and_in_a_presentation_are_named(meeting):
    first, second = two_at_ten()
    iris = factories.person(name="Iris")
    factories.part(session=first, person=iris)
    factories.part(presentation=factories.presentation(session=second), person=iris)
    assert named() == []

    move_to(second, "10:30")

    assert named() == ["Iris would be in “Clay” and in “Wool” at the same time."]


def test_people_with_seats_in_both_are_counted(meeting):
    first, second = two_at_ten(kind="workshop", format="in_person")
    quotas = [factories.quota(session=one) for one in (first, second)]
    for n in range(3):
        person = factories.registration()
        for quota in quotas[: 2 if n else 1]:
            factories.place(registration=person, quota=quota)

    move_to(second, "10:30")

    assert named() == [
        "2 people have a seat in “Clay” and in “Wool”, which would be at the same time."
    ]


def test_interpreters_and_sign_languages_of_one_kind_at_once_are_named(meeting):
    _first, second = two_at_ten(interpretation_languages=["pt"], sign_languages=["prl"])

    move_to(second, "10:30")

    assert len(named("interpreters")) == len(named("signs")) == 1
    assert named("interpreters") == [
        "“Wool” needs Portuguese interpreters, and so does “Clay” at that time."
    ]


def test_hall_smaller_than_its_seats_is_named(meeting, room):
    session = factories.workshop(title_en="Clay", room=factories.room(capacity=50))
    factories.quota(session=session, size=30)

    move_to(session, "10:00", room=room)

    assert named() == ["“Clay” has 30 seats, and “Roja” holds 20."]


def test_session_beside_which_the_others_are_moved_away_may_fill_its_hall(meeting, room):
    factories.quota(size=100)
    factories.session(title_en="Clay", room=room)
    other = factories.session(room=factories.room(capacity=200))
    assert named() == []

    move_to(other, "16:00", room=None)

    assert named("hall") == ["“Clay” is open to all 100 people in person, and “Roja” holds 20."]


def test_draft_beside_a_session_does_not_make_its_hall_large_enough(meeting, room):
    factories.quota(size=100)
    session = factories.session(title_en="Clay", room=factories.room(capacity=200))
    factories.session(state="draft", starts_at=factories.moment("10:00"))

    move_to(session, "10:00", room=room)

    assert named("hall") == ["“Clay” is open to all 100 people in person, and “Roja” holds 20."]


def test_day_without_lunch_is_named_once_the_plan_fills_it(meeting):
    for hour, minutes in (("11:00", 90), ("13:20", 100)):
        session = factories.session(starts_at=factories.moment(hour))
        ends_at = session.starts_at + timedelta(minutes=minutes)
        Session.objects.filter(pk=session.pk).update(ends_at=ends_at)
    last = factories.session(starts_at=factories.moment("16:00"))
    move_to(last, "12:35", minutes=35)
    assert named("lunch") == [
        "On Wednesday 18 November nobody would have three quarters of an hour for lunch."
    ]

    Session.objects.filter(pk=last.pk).update(kind="break")

    assert named("lunch") == []


def test_person_without_lunch_is_named(meeting):
    iris = factories.person(name="Iris")
    sessions = [factories.session(title_en=name) for name in ("Clay", "Wool")]
    for session, hour in zip(sessions, ("12:00", "13:30"), strict=True):
        factories.part(session=session, person=iris)
        move_to(session, hour, minutes=80)

    assert named("lunch") == [
        "On Wednesday 18 November nobody would have three quarters of an hour for lunch.",
        "On Wednesday 18 November Iris would have no three quarters of an hour for lunch: “Clay” "
        "(12:00–13:20) and “Wool” (13:30–14:50).",
    ]


def test_day_that_is_no_longer_the_meetings_keeps_the_plan_from_being_published(meeting):
    move_to(factories.session(title_en="Clay"), "10:00", day=3)
    Meeting.objects.update(last_day=factories.FIRST_DAY + timedelta(days=1))

    (found,) = conflicts_of(read_plan(Meeting.objects.get()))

    assert (found.words, found.is_refused) == ("“Clay”: This is not a day of the meeting.", True)


def test_draft_in_a_taken_room_is_named_and_may_be_published(meeting, room):
    factories.session(title_en="Clay", room=room)
    draft = factories.session(title_en="Wool", state="draft", starts_at=factories.moment("16:00"))

    move_to(draft, "10:30", room=room)

    (found,) = conflicts_of(read_plan(Meeting.objects.get()))
    assert (found.kind, found.is_refused) == ("room", False)


# The oracle: each quarter of an hour by itself, on sets of names.

QUARTERS = st.integers(0, 20)
SESSIONS = st.lists(
    st.tuples(
        QUARTERS,
        st.integers(1, 6),
        st.integers(0, 2),
        st.sampled_from(sorted(KINDS)),
        st.sampled_from(["published", "draft"]),
        st.frozensets(st.sampled_from("abc"), max_size=2),
        st.one_of(st.none(), st.tuples(QUARTERS, st.integers(1, 6), st.integers(0, 2))),
    ),
    max_size=7,
)


def expected(rows):
    """Return the rooms and the people that are needed twice in some quarter of an hour."""
    rooms, people = set(), set()
    for quarter in range(40):
        here = []
        for n, (start, length, room, kind, state, who, move) in enumerate(rows):
            begin, lasts, where = move or (start, length, room)
            if begin <= quarter < begin + lasts:
                here.append((n, where, kind, state, who, move))
        for one in here:
            for two in here:
                if one[0] >= two[0] or not (one[5] or two[5]):
                    continue
                pair = frozenset((one[0], two[0]))
                if one[1] == two[1] and {one[2], two[2]} != {"posters"}:
                    rooms.add((pair, one[3] == two[3] == "published"))
                people |= {(pair, name) for name in one[4] & two[4]}
    return rooms, people


@pytest.mark.drill
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=SESSIONS)
def test_rooms_and_people_twice_are_those_of_the_oracle(meeting, rows):
    for model in (StagedMove, Quota, Session):
        model.objects.all().delete()
    rooms = [factories.room(capacity=None) for _n in range(3)]
    people = {name: factories.person(name=name) for name in "abc"}
    opens = factories.moment("9:00")
    numbers = {}
    for n, (start, length, room, kind, state, who, move) in enumerate(rows):
        begins = opens + timedelta(minutes=15 * start)
        session = factories.session(room=rooms[room], kind=kind, state=state, starts_at=begins)
        ends_at = begins + timedelta(minutes=15 * length)
        Session.objects.filter(pk=session.pk).update(ends_at=ends_at)
        numbers[session.pk] = n
        for name in who:
            factories.part(session=session, person=people[name])
        if move:
            start = opens + timedelta(minutes=15 * move[0])
            hours = {"starts_at": start, "ends_at": start + timedelta(minutes=15 * move[1])}
            day = factories.FIRST_DAY
            factories.staged_move(session=session, day=day, room=rooms[move[2]], **hours)
    names = {person.pk: name for name, person in people.items()}

    found = conflicts_of(read_plan(meeting))

    def pair(one):
        return frozenset(numbers[session.pk] for session in one.sessions)

    said = (
        {(pair(one), one.is_refused) for one in found if one.kind == "room"},
        {(pair(one), names[int(one.about)]) for one in found if one.kind == "person"},
    )
    assert said == expected(rows)
