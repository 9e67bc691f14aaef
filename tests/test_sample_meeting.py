from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Q
from django.utils import translation

from programme.models import Channel, Meeting, Part, Person, Presentation, Room, Session, Stream
from registration.models import Consent, History, Message, Place, Quota, Registration
from tests import factories

pytestmark = pytest.mark.django_db


class Nowhere:
    def write(self, words):
        pass


def sample(*arguments):
    with translation.override("en"):
        call_command("sample_meeting", *arguments, stdout=Nowhere())


def sample_with(registrations):
    sample("--sessions", "24", "--people", "12", "--registrations", f"{registrations}")


def kinds():
    rows = Session.objects.values_list("kind").annotate(count=Count("pk"))
    return dict(rows.order_by("kind"))


def test_sample_meeting_has_a_full_programme():
    sample()

    counts = [model.objects.count() for model in (Session, Person, Room, Stream, Channel)]
    assert counts == [60, 90, 4, 6, 33]
    assert Person.objects.in_programme().count() == 90
    assert (kinds()["workshop"], kinds()["visit"], kinds()["break"]) == (6, 2, 6)
    assert (kinds()["opening"], kinds()["closing"]) == (1, 1)
    assert Presentation.objects.filter(parts__role=Part.Role.PRESENTS).count() > 30


def test_sample_meeting_is_marked_and_open():
    sample()

    meeting = Meeting.objects.get()
    assert (meeting.is_sample, meeting.number) == (True, 99)
    assert (meeting.first_day, meeting.last_day) == (date(2024, 11, 25), date(2024, 11, 27))
    now = datetime.fromisoformat("2024-11-20T09:00-05:00")
    assert meeting.registration_state(now) == "open"
    assert list(Quota.objects.in_person().values_list("size", flat=True)) == [450]
    assert list(Quota.objects.seats().values_list("size", flat=True)) == [25] * 6 + [30] * 2


def test_sample_meeting_has_rare_cases():
    sample()

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
    sample()

    now = datetime.fromisoformat("2024-11-26T10:15-05:00")
    streamed = Session.objects.published().followed_online().select_related("room")
    rooms = {session.room.code for session in streamed if session.is_on(now)}
    assert rooms == {"auditorio", "sala-del-agua"}


@pytest.mark.parametrize(("sessions", "people"), [(24, 12), (60, 90), (130, 200)])
def test_sample_meeting_of_any_size_has_a_part_for_everybody(sessions, people):
    sample("--sessions", f"{sessions}", "--people", f"{people}")

    assert Session.objects.count() == sessions
    assert Person.objects.in_programme().count() == Person.objects.count() == people
    assert kinds()["workshop"] == 6


def test_loading_the_sample_meeting_again_changes_nothing():
    sample_with(10)
    before = list(Person.objects.values()), Meeting.objects.get().version

    sample_with(10)

    assert (list(Person.objects.values()), Meeting.objects.get().version) == before
    assert Registration.objects.count() == 10


def test_sample_meeting_starts_on_the_given_day():
    sample("--start", "2027-03-01")

    assert Meeting.objects.get().last_day == date(2027, 3, 3)
    assert set(Session.objects.exclude(day=None).values_list("day", flat=True)) == {
        date(2027, 3, 1),
        date(2027, 3, 2),
        date(2027, 3, 3),
    }


def test_sample_meeting_is_refused_beside_a_real_one(meeting):
    with pytest.raises(CommandError) as refusal:
        sample()

    sentence = "There is a real meeting in this database: the sample needs an empty one."
    assert str(refusal.value) == sentence
    assert Session.objects.count() == 0


@pytest.mark.parametrize("option", [("--sessions", "23"), ("--people", "11"), ("--people", "-1")])
def test_sample_meeting_that_is_too_small_is_refused(option):
    with pytest.raises(CommandError) as refusal:
        sample(*option)

    assert str(refusal.value) == "A sample needs at least 24 sessions and 12 people."
    assert Meeting.objects.count() == 0


def test_sample_registrations_are_counted_in_quotas():
    sample_with(1200)

    assert Registration.objects.count() == 1200
    for quota in Quota.objects.all():
        numbers = list(quota.places.order_by("number").values_list("number", flat=True))
        assert quota.taken == quota.places.taken().count()
        assert numbers == list(range(1, len(numbers) + 1))
    assert Quota.objects.get(kind="in_person").is_full
    wanted = Registration.objects.live().filter(attendance="in_person").count()
    waiting = Place.objects.waiting().filter(quota__kind="in_person").count()
    assert (wanted, waiting) == (464, 14)


def test_sample_registrations_have_places_as_on_the_site():
    sample_with(100)

    assert set(Registration.objects.values_list("state", flat=True)) == {
        "confirmed",
        "pending",
        "cancelled",
    }
    places = Place.objects.values_list("registration__state", "state").distinct().order_by("state")
    assert list(places) == [("confirmed", "confirmed"), ("pending", "held")]
    assert not Place.objects.filter(registration__attendance="online").exists()
    seated = Registration.objects.filter(places__quota__kind="session")
    assert seated.exclude(places__quota__kind="in_person").count() == 0


def test_sample_registrations_send_no_mail():
    sample_with(50)

    assert Message.objects.count() == 0
    assert Registration.objects.exclude(email__endswith="@example.org").count() == 0
    assert Consent.objects.filter(purpose="privacy").count() == 50
    assert History.objects.filter(event="signed_up").count() == 50


def test_sample_registrations_are_added_up_to_the_given_number():
    sample_with(30)

    sample_with(45)

    assert Registration.objects.count() == 45
    assert Registration.objects.values("email").distinct().count() == 45


def test_sample_registrations_do_not_change_others():
    sample_with(0)
    own = factories.registration(attendance="in_person")
    factories.place(registration=own)

    sample_with(20)

    quota = Quota.objects.get(kind="in_person")
    assert quota.taken == quota.places.taken().count()
    assert own.places.get().number == 1
