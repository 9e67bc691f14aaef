"""Reminders, which the worker writes by the clock."""

from datetime import timedelta

import pytest

from programme.models import Meeting
from programme.models.meeting import Standing
from registration import actions, outbox
from registration.actions import suppressions
from registration.actions.mailings import reminders
from registration.models import Message, Reminder, Suppression
from tests import factories
from tests.factories import LAST_DAY, NOW
from tests.registration.helpers import confirmed, events, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

# The meeting begins on 18 November; the first question goes out at nine, seven days before.
WEEK_BEFORE = factories.moment("9:00") - timedelta(days=7)
TWO_DAYS_BEFORE = factories.moment("9:00") - timedelta(days=2)
SECOND = timedelta(seconds=1)


def reminded(registration):
    kinds = Message.objects.filter(registration=registration).values_list("kind", flat=True)
    return sorted(set(kinds) & set(Reminder.About.values))


def kinds_to(registration):
    rows = Message.objects.filter(registration=registration, kind__in=Reminder.About.values)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def send_all():
    while outbox.send_next():
        pass


def test_unconfirmed_registration_is_reminded_once_after_a_day(time_machine):
    registration = sign_up()
    time_machine.move_to(NOW + timedelta(hours=24) - SECOND, tick=False)
    assert actions.remind() == 0

    time_machine.move_to(NOW + timedelta(hours=24), tick=False)

    assert (actions.remind(), actions.remind()) == (1, 0)
    assert reminded(registration) == ["unconfirmed"]
    assert events(registration) == ["signed_up", "reminded"]


def test_lapsed_registration_is_not_reminded(time_machine):
    sign_up()
    time_machine.move_to(NOW + timedelta(hours=48), tick=False)

    assert actions.remind() == 0


def test_person_who_signs_up_again_is_reminded_again(time_machine):
    registration = sign_up()
    time_machine.move_to(NOW + timedelta(hours=24), tick=False)
    actions.remind()
    time_machine.move_to(NOW + timedelta(hours=49), tick=False)
    actions.sweep()
    sign_up()
    time_machine.move_to(NOW + timedelta(hours=74), tick=False)

    assert actions.remind() == 1
    assert Message.objects.filter(registration=registration, kind="unconfirmed").count() == 2


@pytest.mark.parametrize(
    ("moment", "kinds"),
    [
        (WEEK_BEFORE - SECOND, []),
        (WEEK_BEFORE, ["week_before"]),
        (WEEK_BEFORE + reminders.LATEST - SECOND, ["week_before"]),
        (WEEK_BEFORE + reminders.LATEST, []),
        (TWO_DAYS_BEFORE, ["days_before"]),
        (factories.moment("0:00") - SECOND, ["days_before"]),
        (factories.moment("0:00"), []),
    ],
)
def test_people_are_asked_as_many_days_before_as_the_reminder_says(moment, kinds, time_machine):
    online, in_person = confirmed(n=1), confirmed(factories.quota(), n=2)
    time_machine.move_to(moment, tick=False)

    actions.remind()

    assert (reminded(online), reminded(in_person)) == (kinds, kinds)


def test_person_is_asked_each_question_once(time_machine):
    registration = confirmed()
    for hours in (0, 1, 24, 5 * 24, 5 * 24 + 1):
        time_machine.move_to(WEEK_BEFORE + timedelta(hours=hours), tick=False)
        actions.remind()

    kinds = Message.objects.filter(registration=registration).values_list("kind", flat=True)
    assert sorted(kinds) == ["confirmed", "days_before", "pending", "week_before"]


def test_people_reminded_before_a_postponement_are_reminded_of_the_new_days(time_machine):
    registration = confirmed()
    time_machine.move_to(WEEK_BEFORE, tick=False)
    actions.remind()
    later = timedelta(days=120)
    Meeting.objects.update(first_day=factories.FIRST_DAY + later, last_day=LAST_DAY + later)
    asked = []
    for moment in (WEEK_BEFORE + later, TWO_DAYS_BEFORE + later):
        time_machine.move_to(moment, tick=False)
        asked.append((actions.remind(), actions.remind()))

    assert asked == [(1, 0), (1, 0)]
    assert kinds_to(registration) == ["week_before", "week_before", "days_before"]


@pytest.mark.parametrize(
    ("is_sent", "again"), [(False, 1), (True, 0)], ids=["skipped meanwhile", "sent before"]
)
def test_reminder_within_its_days_is_repeated_only_if_a_postponement_kept_it_back(
    time_machine, is_sent, again
):
    registration, by = confirmed(), factories.user()
    send_all()
    time_machine.move_to(WEEK_BEFORE, tick=False)
    actions.remind()
    if is_sent:
        send_all()
    for hours, standing in [(1, Standing.POSTPONED), (3, Standing.AS_PLANNED)]:
        time_machine.move_to(WEEK_BEFORE + timedelta(hours=hours), tick=False)
        actions.change_standing(standing, by=by)
        send_all()
    time_machine.move_to(WEEK_BEFORE + timedelta(hours=4), tick=False)

    assert (actions.remind(), actions.remind()) == (again, 0)
    assert kinds_to(registration) == ["week_before"] * (1 + again)


def test_person_whose_mailbox_is_not_written_to_is_not_asked_again_and_again(time_machine):
    registration = confirmed()
    suppressions.suppress(registration.email_key, Suppression.Reason.ASKED)
    time_machine.move_to(WEEK_BEFORE, tick=False)
    rounds = []
    for _n in range(3):
        rounds.append(actions.remind())
        send_all()

    assert rounds == [1, 0, 0]


def test_person_who_waits_for_a_place_in_person_is_not_asked(time_machine):
    places = factories.quota(size=0)
    waiting = confirmed(places, waitlist=["in_person"])
    time_machine.move_to(WEEK_BEFORE, tick=False)

    assert actions.remind() == 0
    assert reminded(waiting) == []


def test_person_who_signed_up_after_the_question_went_out_is_not_asked(time_machine):
    time_machine.move_to(WEEK_BEFORE + timedelta(hours=1), tick=False)
    confirmed()

    assert actions.remind() == 0


@pytest.mark.parametrize("state", ["pending", "cancelled", "expired"])
def test_person_who_does_not_take_part_is_not_asked(state, time_machine):
    factories.registration(state=state, submitted_at=NOW - timedelta(days=9))
    time_machine.move_to(WEEK_BEFORE, tick=False)

    assert actions.remind() == 0


def test_organisers_switch_a_reminder_off_and_move_it(time_machine):
    registration = confirmed()
    Reminder.ensured()
    Reminder.objects.filter(about="week_before").update(lead=10)
    Reminder.objects.filter(about="days_before").update(is_on=False)
    for days in (10, 7, 2):
        time_machine.move_to(factories.moment("9:00") - timedelta(days=days), tick=False)
        actions.remind()

    assert reminded(registration) == ["week_before"]
    asked = Message.objects.get(registration=registration, kind="week_before")
    assert asked.created_at == factories.moment("9:00") - timedelta(days=10)


def test_reminders_come_in_rounds_of_a_hundred(time_machine, monkeypatch):
    monkeypatch.setattr(reminders, "AT_ONCE", 2)
    for _n in range(5):
        factories.registration()
    time_machine.move_to(WEEK_BEFORE, tick=False)

    assert [actions.remind() for _n in range(4)] == [2, 2, 1, 0]


def test_nothing_due_takes_no_lock(django_assert_num_queries):
    Reminder.ensured()
    with django_assert_num_queries(3):  # meeting, reminders, the unconfirmed
        assert actions.remind() == 0
