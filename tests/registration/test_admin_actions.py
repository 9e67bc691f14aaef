"""What organisers do to several registrations at once, or to the one they look at."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration.admin import bulk
from registration.models import Message, Quota, Registration
from tests import factories
from tests.back_office import address

pytestmark = pytest.mark.usefixtures("office_in_english")

LIST = reverse("admin:registration_registration_changelist")
MAY_SEE = "registration.view_registration"
MAY_CHANGE = "registration.change_registration"


@pytest.fixture
def colleague(sign_in, meeting):
    """Sees and corrects attendees, but not what they need."""
    return sign_in(factories.user(permissions=[MAY_SEE, MAY_CHANGE]))


def told(response):
    return [str(message) for message in response.context["messages"]]


def act(client, url, *rows, name="action", **fields):
    return client.post(url, {name: fields.pop("do"), "_selected_action": rows} | fields)


def test_resending_writes_the_mail_that_fits(colleague, meeting):
    pending = factories.registration(state="pending")
    confirmed = factories.registration()
    lapsed = factories.registration(state="expired")

    act(colleague, LIST, pending.pk, confirmed.pk, lapsed.pk, do="resend_mail")
    response = colleague.get(LIST)

    mails = {(m.registration_id, m.kind) for m in Message.objects.all()}
    assert mails == {(pending.pk, "pending"), (confirmed.pk, "confirmed")}
    assert told(response) == [
        "2 mails are on their way.",
        "1 gets no mail: it is cancelled, lapsed or without address.",
    ]


def test_resending_from_the_page_of_a_person(colleague, meeting):
    registration = factories.registration()

    act(
        colleague,
        address(registration),
        registration.pk,
        name="CHANGE_FORM-action",
        do="resend_mail",
    )

    assert Message.objects.get().registration == registration


@pytest.mark.parametrize(
    ("action", "kind"), [("resend_mail", "confirmed"), ("cancel_registrations", "cancelled")]
)
@pytest.mark.django_db(transaction=True)
def test_action_on_several_people_commits_each_by_itself(colleague, action, kind):
    rows = [factories.registration().pk for _n in range(3)]

    with CaptureQueriesContext(connection) as queries:
        act(colleague, LIST, *rows, do=action, reason="Se suspende.")

    assert [m.kind for m in Message.objects.all()] == [kind] * 3
    assert steps(queries) == ["mail", "COMMIT"] * 3


def steps(queries):
    """The mails that are written, and when they are so for good."""
    sqls = [query["sql"] for query in queries]
    mails = ["mail" if 'INSERT INTO "registration_message"' in sql else sql for sql in sqls]
    found = [sql for sql in mails if sql in ("mail", "COMMIT")]
    return found[: len(found) - found[::-1].index("mail") + 1]


@pytest.mark.parametrize("action", ["resend_mail", "cancel_registrations"])
def test_more_than_may_be_chosen_at_once_are_left_alone(colleague, monkeypatch, action):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    rows = [factories.registration().pk for _n in range(3)]

    act(colleague, LIST, *rows, do=action, reason="Se suspende.")

    assert told(colleague.get(LIST)) == ["Choose at most 2 registrations at a time."]
    assert (Message.objects.count(), Registration.objects.confirmed().count()) == (0, 3)


def test_cancelling_asks_for_a_reason_and_names_everybody(colleague, meeting):
    rosa = factories.registration(full_name="Rosa")
    gone = factories.registration(full_name="Ya no", state="cancelled")

    response = act(colleague, LIST, rosa.pk, gone.pk, do="cancel_registrations")

    page = response.content.decode()
    assert ("Rosa" in page, "Ya no" in page) == (True, False)
    assert Registration.objects.confirmed().count() == 1


def test_cancelling_gives_the_places_back(colleague, meeting):
    place = factories.place()
    rosa = place.registration

    act(colleague, LIST, rosa.pk, do="cancel_registrations", reason="Lo pidió.")

    rosa.refresh_from_db()
    assert (rosa.state, Quota.objects.get().taken) == ("cancelled", 0)
    assert [(h.event, h.note) for h in rosa.history.all()] == [("cancelled", "Lo pidió.")]
    assert [m.kind for m in Message.objects.all()] == ["cancelled"]


def test_cancelling_from_the_page_of_a_person(colleague, meeting):
    rosa = factories.registration()
    on_page = {"name": "CHANGE_FORM-action", "do": "cancel_registrations"}

    asked = act(colleague, address(rosa), rosa.pk, **on_page)
    act(colleague, address(rosa), rosa.pk, **on_page, reason="Lo pidió.")

    assert 'name="CHANGE_FORM-action" value="cancel_registrations"' in asked.content.decode()
    assert Registration.objects.get().state == "cancelled"


def test_cancelling_without_reason_asks_again(colleague, meeting):
    rosa = factories.registration()

    response = act(colleague, LIST, rosa.pk, do="cancel_registrations", reason=" ")

    assert list(response.context["form"].errors) == ["reason"]
    assert Registration.objects.get().state == "confirmed"


def test_cancelling_nobody_says_so(colleague, meeting):
    gone = factories.registration(state="cancelled")

    act(colleague, LIST, gone.pk, do="cancel_registrations")

    assert told(colleague.get(LIST)) == [
        "There is nothing to cancel: they are cancelled or lapsed already."
    ]


def test_actions_are_for_who_may_change(sign_in, meeting):
    reader = sign_in(factories.user(permissions=[MAY_SEE]))
    rosa = factories.registration()

    act(reader, LIST, rosa.pk, do="cancel_registrations", reason="Por nada.")

    assert Registration.objects.get().state == "confirmed"


def test_failed_mail_is_sent_again(staff_client, meeting):
    failed = factories.message(state="failed", attempts=6, last_error="550 no such box")
    sent = factories.message(state="sent")
    url = reverse("admin:registration_message_changelist")

    act(staff_client, url, failed.pk, sent.pk, do="send_again")

    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.attempts, sent.state) == ("due", 0, "sent")
    assert told(staff_client.get(url)) == [
        "1 mail will be sent again.",
        "1 mail is on its way or done: it was left alone.",
    ]
