"""Somebody's data are erased by an organiser."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from registration import actions
from registration.models import ErasureLog, History, Registration, Suppression
from tests import factories
from tests.back_office import address
from tests.registration.helpers import confirmed, events, mails, sign_up, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english")]

MAY_SEE = "registration.view_registration"
MAY_CHANGE = "registration.change_registration"
MAY_ERASE = "registration.erase_registration"


@pytest.fixture
def eraser(sign_in, meeting):
    return sign_in(factories.user(username="marta", permissions=[MAY_SEE, MAY_ERASE]))


def erase_address(registration):
    return reverse("admin:registration_registration_erase", args=[registration.pk])


def erased(client, registration, **fields):
    return client.post(erase_address(registration), fields or {"sure": "on"}, follow=True)


def who(registration):
    names = ["full_name", "email", "email_key", "name_key", "institution", "needs"]
    return Registration.objects.values_list(*names).get(pk=registration.pk)


NOBODY = ("", "", None, None, "", "")


def test_erasing_leaves_a_row_for_the_counts_and_who_did_it(eraser):
    places = factories.quota(size=1)
    rosa = confirmed(places, n=1, country="BO", needs="Bucle magnético")
    eva = confirmed(places, n=2, full_name="Eva", waitlist=["in_person"])

    page = erased(eraser, rosa)

    assert who(rosa) == NOBODY
    assert states(eva) == {places.pk: "confirmed"}
    row = Registration.objects.get(pk=rosa.pk)
    assert (row.state, row.country, row.occupation) == ("cancelled", "BO", "education")
    acts = [(h.event, h.actor and h.actor.username, h.note) for h in row.history.all()]
    assert acts[-2:] == [("cancelled", "marta", ""), ("erased", "marta", "")]
    assert [(e.cause, e.people) for e in ErasureLog.objects.all()] == [("person", 1)]
    assert "Rosa" not in page.content.decode()
    assert [str(message) for message in page.context["messages"]] == [
        f"The personal data of {rosa.spaced_reference} have been erased."
    ]


def test_erasing_writes_no_mail(eraser):
    rosa = confirmed(factories.quota())
    before = mails()

    erased(eraser, rosa)

    assert [kind for kind, _name in mails()] == [kind for kind, _name in before]


def test_page_asks_and_changes_nothing(eraser):
    rosa = confirmed()

    page = eraser.get(erase_address(rosa))

    assert page.status_code == 200
    assert "Rosa Quispe Mamani" in page.content.decode()
    assert who(rosa)[:2] == ("Rosa Quispe Mamani", "rosa@museo.example")
    assert events(rosa) == ["signed_up", "confirmed"]


def test_erasing_without_the_tick_asks_again(eraser):
    rosa = confirmed()

    page = erased(eraser, rosa, sure="")

    assert page.context["form"].errors == {"sure": ["Tick this if the data are to be erased."]}
    assert who(rosa)[0] == "Rosa Quispe Mamani"


@pytest.mark.parametrize("permissions", [[MAY_SEE, MAY_CHANGE], [MAY_ERASE], []])
def test_erasing_is_for_who_may_see_and_erase(sign_in, meeting, permissions):
    rosa = confirmed()
    client = sign_in(factories.user(permissions=permissions))

    answers = [client.get(erase_address(rosa)), erased(client, rosa)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert who(rosa)[0] == "Rosa Quispe Mamani"


def test_page_of_a_person_leads_there_for_who_may_erase(sign_in, eraser):
    rosa = confirmed()
    colleague = sign_in(factories.user(permissions=[MAY_SEE, MAY_CHANGE]))

    leads = [
        erase_address(rosa) in c.get(address(rosa)).content.decode() for c in (eraser, colleague)
    ]

    assert leads == [True, False]


def at_the_desk():
    return factories.registration(email="", email_key=None, name_key=None, mailbox_slot=None)


def unconfirmed():
    return sign_up(factories.quota())


def suppressed():
    rosa = confirmed()
    actions.suppress(rosa.email_key, Suppression.Reason.ASKED)
    return rosa


def lapsed():
    return factories.registration(state="expired")


@pytest.mark.parametrize("person", [at_the_desk, unconfirmed, suppressed, lapsed])
def test_everybody_can_be_erased(eraser, person):
    somebody = person()
    suppressions = list(Suppression.objects.values_list("mailbox", flat=True))

    erased(eraser, somebody)

    assert who(somebody) == NOBODY
    assert list(Suppression.objects.values_list("mailbox", flat=True)) == suppressions


def test_admin_log_names_no_erased_person(eraser):
    rosa = confirmed()
    factories.history(registration=rosa, event="corrected", note="Rosa llamó")
    LogEntry.objects.create(
        user=factories.user(),
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=str(rosa.pk),
        object_repr=str(rosa),
        action_flag=2,
    )

    erased(eraser, rosa)

    logs = LogEntry.objects.values_list("object_repr", "change_message")
    assert list(logs) == [("…", "")]
    assert set(History.objects.values_list("note", flat=True)) == {""}


def test_who_is_erased_is_not_erased_again(eraser):
    rosa = confirmed()
    erased(eraser, rosa)

    again = [eraser.get(erase_address(rosa)), erased(eraser, rosa)]

    assert [answer.status_code for answer in again] == [404, 404]
    assert erase_address(rosa) not in eraser.get(address(rosa)).content.decode()
    assert ErasureLog.objects.count() == 1
