from datetime import date

import pytest
from django.core.management import CommandError

from programme.models import Meeting, Person, Session
from registration.models import Consent, History, Message, Place, Quota, Registration
from tests import factories
from tests.sampling import kinds, sample

pytestmark = pytest.mark.django_db


def sample_with(registrations):
    sample("--sessions", "24", "--people", "12", "--registrations", f"{registrations}")


@pytest.mark.parametrize(("sessions", "people"), [(24, 12), (60, 40)])
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
    sample("--start", "2027-03-01", "--sessions", "24", "--people", "12")

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


@pytest.mark.drill
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


@pytest.mark.drill
def test_sample_registrations_send_no_mail():
    sample_with(50)

    assert Message.objects.count() == 0
    assert Registration.objects.exclude(email__endswith="@example.org").count() == 0
    assert Consent.objects.filter(purpose="privacy").count() == 50
    assert History.objects.filter(event="signed_up").count() == 50


@pytest.mark.drill
def test_sample_registrations_are_added_up_to_the_given_number():
    sample_with(30)

    sample_with(45)

    assert Registration.objects.count() == 45
    assert Registration.objects.values("email").distinct().count() == 45


@pytest.mark.drill
def test_sample_registrations_do_not_change_others():
    sample_with(0)
    own = factories.registration(attendance="in_person")
    factories.place(registration=own)

    sample_with(20)

    quota = Quota.objects.get(kind="in_person")
    assert quota.taken == quota.places.taken().count()
    assert own.places.get().number == 1
