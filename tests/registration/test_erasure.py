"""Personal data are erased on request or when their time is over; counts remain."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.urls import reverse

from programme.models import Meeting, Question
from registration import actions, tokens
from registration.models import Consent, ErasureLog, History, Message, Registration
from tests import factories
from tests.factories import LAST_DAY
from tests.registration.helpers import confirmed, events, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

NEEDS = "Bucle magnético"


@pytest.fixture
def days_after(time_machine):
    """Move the clock to noon at the venue, so many days after the meeting's last day."""

    def move(days):
        time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=days), tick=False)

    return move


def erasures():
    return [(e.cause, e.people) for e in ErasureLog.objects.order_by("pk")]


def personal(registration):
    names = ["full_name", "email", "email_key", "name_key", "institution", "needs"]
    rows = Registration.objects.values_list(*names, "network", "network_block")
    return rows.get(pk=registration.pk)


NOTHING = ("", "", None, None, "", "", "", "")


def purged():
    call_command("purge_personal_data")
    return erasures()


# At the person's wish


def test_erasing_oneself_releases_every_place():
    places = factories.quota(size=1)
    first = confirmed(places, n=1, needs=NEEDS)
    second = confirmed(places, n=2, waitlist=["in_person"])

    actions.erase(first)

    assert personal(first) == NOTHING
    assert states(first) == {places.pk: "released"}
    assert states(second) == {places.pk: "confirmed"}
    assert taken(places) == 1
    assert erasures() == [("person", 1)]


def test_erased_person_stays_in_the_counts():
    registration = confirmed(country="BO")

    actions.erase(registration)

    row = Registration.objects.get()
    assert (row.state, row.country, row.occupation) == ("cancelled", "BO", "education")
    assert row.confirmed_at is not None
    assert events(row) == ["signed_up", "confirmed", "cancelled", "erased"]


def test_person_erased_after_the_meeting_stays_counted_as_confirmed(days_after):
    registration = confirmed()
    days_after(1)

    actions.erase(registration)

    assert personal(registration) == NOTHING
    assert Registration.objects.confirmed().count() == 1


def test_erasing_empties_notes_errors_and_logs_about_the_person():
    registration = confirmed()
    factories.history(registration=registration, event="corrected", note="Rosa llamó")
    factories.message(registration=registration, last_error="<rosa@museo.example>: 550")
    content_type = ContentType.objects.get_for_model(Registration)
    LogEntry.objects.create(
        user=factories.user(),
        content_type=content_type,
        object_id=str(registration.pk),
        object_repr="Rosa Quispe Mamani",
        action_flag=2,
    )

    actions.erase(registration)

    assert set(History.objects.values_list("note", flat=True)) == {""}
    assert set(Message.objects.values_list("last_error", flat=True)) == {""}
    assert LogEntry.objects.get().object_repr == "…"


def test_erasing_withdraws_every_consent():
    registration = confirmed(needs=NEEDS)
    factories.consent(registration=registration, purpose="certificate")

    actions.erase(registration)

    assert not Consent.objects.live().exists()


def test_erasing_twice_is_logged_once():
    registration = confirmed()
    actions.erase(registration)

    actions.erase(registration)

    assert erasures() == [("person", 1)]


def test_erased_person_can_sign_up_again():
    actions.erase(confirmed())

    assert confirmed().state == "confirmed"


# When its time is over


def test_access_needs_are_erased_thirty_days_after_the_meeting(days_after):
    registration = confirmed(needs=NEEDS)
    days_after(30)
    assert purged() == []

    days_after(31)

    assert purged() == [("needs", 1)]
    row = Registration.objects.get()
    assert (row.needs, row.full_name) == ("", "Rosa Quispe Mamani")
    assert events(registration)[-1] == "needs_erased"
    assert not Consent.objects.live().filter(purpose="needs").exists()


def test_everything_personal_is_erased_a_hundred_and_eighty_days_after_the_meeting(days_after):
    registration = confirmed()
    cancelled = actions.cancel(confirmed(n=2))
    days_after(180)
    assert purged() == []

    days_after(181)

    assert purged() == [("personal", 2)]
    assert {personal(registration), personal(cancelled)} == {NOTHING}
    assert Registration.objects.confirmed().count() == 1


def test_periods_are_settings(days_after, settings):
    settings.NEEDS_KEPT_DAYS = settings.PERSONAL_KEPT_DAYS = 2
    confirmed(needs=NEEDS)
    days_after(3)

    assert purged() == [("needs", 1), ("personal", 1)]


def test_name_for_the_certificate_is_kept_while_the_consent_holds(days_after):
    registration = confirmed()
    consent = factories.consent(registration=registration, purpose="certificate")
    days_after(181)

    assert purged() == [("personal", 1)]
    assert personal(registration) == (
        *("Rosa Quispe Mamani", "", None, "rosa quispe mamani"),
        *NOTHING[4:],
    )

    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=consent.given_at)

    assert purged() == [("personal", 1), ("personal", 1)]
    assert personal(registration) == NOTHING


def test_link_from_the_desk_changes_nothing_after_the_erasure(days_after, client, organiser):
    registration = actions.confirm_by_hand(sign_up(), by=organiser)
    days_after(181)
    actions.purge()

    client.post(reverse("registration:confirm", args=[tokens.confirm_token(registration)]))

    assert events(registration)[-1] == "erased"


def test_name_of_a_cancelled_registration_is_not_kept_for_a_certificate(days_after):
    registration = confirmed()
    factories.consent(registration=registration, purpose="certificate")
    actions.cancel(registration)
    days_after(181)

    purged()

    assert personal(registration) == NOTHING


def test_erasing_removes_the_name_from_questions(days_after, capsys):
    question = factories.question(text="Who?", name="Ana", network="a" * 64, network_block="b" * 64)
    days_after(181)

    purged()

    rows = Question.objects.values_list("text", "name", "network", "network_block")
    assert rows.get(pk=question.pk) == ("Who?", "", "", "")
    line = "Names with questions: kept until 2027-05-19; 1 question erased."
    assert line in capsys.readouterr().out.splitlines()


def test_worker_removes_the_names_from_questions(days_after):
    factories.question(name="Ana")
    days_after(180)
    actions.purge_when_due()
    kept = Question.objects.with_personal_data().count()
    days_after(181)

    actions.purge_when_due()

    assert (kept, Question.objects.with_personal_data().count()) == (1, 0)


def test_erasing_what_is_due_twice_is_logged_once(days_after):
    confirmed(needs=NEEDS)
    days_after(200)
    first = purged()

    assert purged() == first


def test_preview_says_what_is_due_and_erases_nothing(days_after, capsys):
    registration = confirmed(needs=NEEDS)
    days_after(31)

    call_command("purge_personal_data", "--dry-run")

    assert capsys.readouterr().out.splitlines() == [
        "Access needs: kept until 2026-12-20; 1 person would be erased.",
        "People's own pages: open until 2026-12-20.",
        "List of participants: open until 2026-12-20.",
        "Personal data: kept until 2027-05-19; 0 people would be erased.",
        "Names with questions: kept until 2027-05-19; 0 questions would be erased.",
        "Recipients of letters: kept until 2027-05-19; 0 e-mails would be erased.",
        "Addresses of speakers: kept until 2027-05-19; 0 people would be erased.",
        "Addresses for news: kept 4 years after the last consent; 0 addresses would be erased.",
        "Organisers' deeds: kept 730 days; the worker deletes older ones.",
    ]
    assert Registration.objects.get(pk=registration.pk).needs == NEEDS
    assert LAST_DAY.isoformat() == "2026-11-20"


@pytest.mark.drill
@pytest.mark.parametrize("people", [1, 600])
def test_erasing_many_costs_a_few_statements_more(
    people, days_after, django_assert_max_num_queries
):
    for _n in range(people):
        factories.registration()
    days_after(181)

    with django_assert_max_num_queries(40):
        purged()

    assert set(Registration.objects.values_list("full_name", flat=True)) == {""}


def test_postponed_meeting_erases_nothing_by_its_former_days(days_after, capsys):
    confirmed(needs=NEEDS)
    factories.question(name="Rosa")
    Meeting.objects.update(standing="postponed")
    days_after(900)

    assert purged() == []
    assert "Access needs: kept until new dates are known; 0 people" in capsys.readouterr().out
    assert Question.objects.get().name == "Rosa"


def test_postponed_meeting_erases_by_its_new_days(days_after):
    confirmed(needs=NEEDS)
    new = {"first_day": LAST_DAY + timedelta(days=100), "last_day": LAST_DAY + timedelta(days=102)}
    Meeting.objects.update(standing="as_planned", **new)
    days_after(102 + 30)
    early = purged()
    days_after(102 + 31)

    assert (early, purged()) == ([], [("needs", 1)])


def test_meeting_cancelled_long_after_its_days_erases_from_then(days_after, organiser):
    confirmed(needs=NEEDS)
    Meeting.objects.update(standing="postponed")
    days_after(400)
    actions.change_standing("cancelled", by=organiser)
    days_after(430)
    early = purged()
    days_after(431)

    assert (early, purged()) == ([], [("needs", 1)])
