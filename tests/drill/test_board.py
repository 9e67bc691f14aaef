"""The board in real processes: organisers who stage and publish at once; a plan of 200 moves."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from eim.back_office.board.conflicts import conflicts_of, seal_of
from eim.back_office.board.plans import read_plan, seen_of
from eim.back_office.board.publishing import publish
from eim.back_office.board.staging import stage
from programme.models import Change, Meeting, Session, StagedMove
from registration.actions import Refusal
from registration.models import Message, Place
from tests import factories
from tests.registration.processes import PROCESSES, at_once, leave_connections

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12
MOVES = 200
SEATED = 24


@pytest.fixture
def by():
    return factories.user(username="organiza")


def staged(session_pk, move, user):
    """Stage a move as a page that was opened a moment before; return whether it was taken."""
    session = Session.objects.get(pk=session_pk)
    earlier = StagedMove.objects.filter(session=session).first()
    try:
        stage(move, seen=seen_of(session, earlier), by=user)
    except (Refusal, ValidationError):
        return False
    return True


def published(user):
    """Publish what a page shows now; return how many sessions moved, and 0 if it was refused."""
    plan = read_plan(Meeting.objects.get())
    known = seal_of(conflicts_of(plan))
    try:
        return publish(seal=plan.seal, known=known, writes=False, by=user).sessions
    except Refusal:
        return 0


def stage_or_publish(process, keys, room):
    """Let each organiser stage moves of the same few sessions, and the first one publish."""
    user = User.objects.get(username="organiza")
    taken = moved = 0
    for n in range(ROUNDS):
        key = keys[(n + process) % len(keys)]
        start = factories.moment("9:00", day=1 + process % 3) + timedelta(minutes=75 * (n % 7))
        hours = {"starts_at": start, "ends_at": start + timedelta(minutes=5)}
        day = start.astimezone(factories.ZONE).date()
        move = StagedMove(session_id=key, day=day, room_id=room, **hours)
        taken += staged(key, move, user)
        moved += published(user) if process == 0 else 0
    leave_connections()
    return taken, moved


def test_organisers_at_once_lose_no_move_and_take_no_room_twice(meeting, by):
    room = factories.room()
    keys = [factories.session(day=None, room=room).pk for _n in range(6)]

    done = at_once(stage_or_publish, keys, room.pk)
    taken, moved = (sum(counts) for counts in zip(*done, strict=True))

    revisions = sum(Session.objects.values_list("revision", flat=True))
    # Each publication of a session is one revision: none was written twice or by halves.
    assert revisions == moved > 0
    assert taken > PROCESSES
    timed = list(Session.objects.with_hours())
    assert [
        (one, two) for one in timed for two in timed if one.pk < two.pk and one.overlaps(two)
    ] == []
    assert {move.over_revision <= move.session.revision for move in StagedMove.objects.all()} <= {
        True
    }


def stage_one_session(process, key, room):
    user = User.objects.get(username="organiza")
    session = Session.objects.get(pk=key)
    start = factories.moment("12:00") + timedelta(minutes=process)
    hours = {"starts_at": start, "ends_at": start + timedelta(minutes=30)}
    move = StagedMove(session_id=key, day=factories.FIRST_DAY, room_id=room, **hours)
    try:
        stage(move, seen=seen_of(session, None), by=user)
    except Refusal:
        return False
    finally:
        leave_connections()
    return True


def test_of_several_who_stage_the_same_session_at_once_one_is_taken(meeting, by):
    session = factories.session(room=factories.room())

    done = at_once(stage_one_session, session.pk, session.room_id)

    assert Counter(done) == {True: 1, False: PROCESSES - 1}
    assert StagedMove.objects.get().version == 1


def a_plan_of_200(by):
    """Stage a swap of the morning and the afternoon in 20 rooms of two days."""
    rooms = [factories.room(capacity=200) for _n in range(20)]
    people = [factories.registration(attendance="in_person") for _n in range(450)]
    places = []
    for n in range(MOVES):
        day, hour = 1 + n % 2, ("9:00", "10:15", "11:30", "14:00", "15:15")[n // 40]
        kind = {"kind": "workshop"} if n < SEATED else {}
        start = factories.moment(hour, day=day)
        session = factories.session(room=rooms[n % 40 // 2], starts_at=start, **kind)
        if n < SEATED:
            quota = factories.quota(session=session, size=40, taken=30)
            seated = (people[(n * 30 + k) % 450] for k in range(30))
            places += [
                Place(
                    quota=quota,
                    registration=person,
                    state=Place.State.CONFIRMED,
                    number=number,
                    changed_at=factories.NOW,
                )
                for number, person in enumerate(seated, start=1)
            ]
    Place.objects.bulk_create(places)
    turned = dict(zip(range(5), (4, 3, 2, 1, 0), strict=True))
    hours = ("9:00", "10:15", "11:30", "14:00", "15:15")
    for session in Session.objects.select_related("room"):
        wall = session.starts_at.astimezone(factories.ZONE)
        now = f"{wall.hour}:{wall.minute:02}"
        day = 1 + (wall.date() - factories.FIRST_DAY).days
        start = factories.moment(hours[turned[hours.index(now)]], day=3 - day)
        facts = {"starts_at": start, "ends_at": start + timedelta(hours=1), "day": start.date()}
        factories.staged_move(session=session, room=session.room, **facts)


def test_plan_of_200_moves_is_one_change_for_visitors(meeting, by):
    a_plan_of_200(by)
    version = Meeting.objects.get().version
    plan = read_plan(Meeting.objects.get())
    known = seal_of(conflicts_of(plan))

    done = publish(seal=plan.seal, known=known, writes=True, by=by)

    assert done.sessions == MOVES
    assert Change.objects.values("session").distinct().count() == Change.objects.count() == MOVES
    assert Meeting.objects.get().version == version + 1
    told = Message.objects.filter(kind=Message.Kind.SESSION_MOVED)
    assert told.count() == told.values("registration").distinct().count() == done.mails == 450
