"""A sample meeting of the usual size, written once for all these tests."""

from datetime import date, datetime

import pytest
import time_machine
from django.db import transaction
from django.db.models import Q

from programme.models import Channel, Meeting, Part, Person, Presentation, Room, Session, Stream
from registration.models import Quota
from tests import factories
from tests.sampling import kinds, sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usual_sample")]


@pytest.fixture(scope="module")
def usual_sample(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(factories.NOW, tick=False):
            sample()
        yield
        transaction.set_rollback(True)


def test_sample_meeting_has_a_full_programme():
    counts = [model.objects.count() for model in (Session, Person, Room, Stream, Channel)]
    assert counts == [60, 90, 4, 6, 33]
    assert Person.objects.in_programme().count() == 90
    assert (kinds()["workshop"], kinds()["visit"], kinds()["break"]) == (6, 2, 6)
    assert (kinds()["opening"], kinds()["closing"]) == (1, 1)
    assert Presentation.objects.filter(parts__role=Part.Role.PRESENTS).count() > 30


def test_sample_meeting_is_marked_and_open():
    meeting = Meeting.objects.get()
    assert (meeting.is_sample, meeting.number) == (True, 99)
    assert (meeting.first_day, meeting.last_day) == (date(2024, 11, 25), date(2024, 11, 27))
    now = datetime.fromisoformat("2024-11-20T09:00-05:00")
    assert meeting.registration_state(now) == "open"
    assert list(Quota.objects.in_person().values_list("size", flat=True)) == [450]
    assert list(Quota.objects.seats().values_list("size", flat=True)) == [25] * 6 + [30] * 2


def test_sample_meeting_has_what_is_rare():
    cancelled = Session.objects.get(state=Session.State.CANCELLED)
    assert cancelled.cancellation_reason_es == "Quien modera no puede viajar."
    assert Session.objects.filter(day=None).count() == 1
    assert Session.objects.filter(starts_at=None).exclude(day=None).count() == 1
    assert Session.objects.filter(Q(title_pt=None) | Q(title_en=None)).count() > 5
    assert set(Channel.objects.values_list("kind", flat=True)) == set(Channel.Kind.values)
    signed = Session.objects.exclude(sign_languages=[])
    assert {tuple(session.sign_languages) for session in signed} == {("prl",), ("bzs",)}
    assert {s.format for s in Session.objects.all()} == {"hybrid", "in_person", "online"}


def test_sample_meeting_is_live_on_its_second_morning():
    now = datetime.fromisoformat("2024-11-26T10:15-05:00")
    streamed = Session.objects.published().followed_online().select_related("room")
    rooms = {session.room.code for session in streamed if session.is_on(now)}
    assert rooms == {"auditorio", "sala-del-agua"}


def test_sample_meeting_of_the_usual_size_has_a_part_for_everybody():
    assert Person.objects.in_programme().count() == Person.objects.count() == 90
    assert (Session.objects.count(), kinds()["workshop"]) == (60, 6)
