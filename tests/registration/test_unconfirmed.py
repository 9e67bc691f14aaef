"""Check that typing an address shuts nobody out of a mailbox, its mails, or a quota."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from eim import clock
from eim.lib.form_age import started_now
from registration import actions, throttling, tokens
from registration.models import Message, Place, Registration
from registration.models.mailboxes import mailbox_of
from tests import factories
from tests.registration.helpers import (
    VALID,
    confirmed,
    correction,
    events,
    fresh,
    mails,
    network,
    sign_up,
    states,
    taken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

FORM = "/en/registration/"
HOME = "192.0.2.7"
INVENTED = [f"Zoe {chr(65 + n)}" for n in range(26)]


def post(full_name, *, address=HOME, email="rosa@museo.example", client=None, **answers):
    started = started_now(clock.now() - timedelta(minutes=1))
    facts = VALID | {"full_name": full_name, "email": email, "started": started} | answers
    return (client or Client()).post(FORM, facts, REMOTE_ADDR=address)


def page(name, token):
    return reverse(f"registration:{name}", args=[token])


def hostile_addresses(kind, count):
    return {
        "one network": ["203.0.113.9"] * count,
        "one block": [f"2001:db8:1:{n:x}::1" for n in range(count)],
        "many networks": [f"198.51.{n}.1" for n in range(count)],
    }[kind]


# A mailbox


@pytest.mark.parametrize("kind", ["one network", "one block", "many networks"])
def test_twelve_hostile_posts_keep_nobody_out_of_their_own_mailbox(client, kind):
    for name, address in zip(INVENTED, hostile_addresses(kind, 12), strict=False):
        assert post(name, address=address).status_code == 302

    assert post("Rosa Quispe Mamani", client=client).url == "/en/registration/your-mail/"
    rosa = Registration.objects.get(full_name="Rosa Quispe Mamani")
    assert [m.kind for m in rosa.messages.all()] == ["pending"]
    answer = client.post(reverse("registration:enter-code"), {"code": tokens.code(rosa)})

    rosa.refresh_from_db()
    assert (rosa.state, rosa.mailbox_slot) == ("confirmed", 1)
    assert "Rosa Quispe Mamani" in client.get(answer.url).text


def test_mails_that_one_block_can_cause_end_and_leave_no_row():
    for name, address in zip(INVENTED, hostile_addresses("one block", 12), strict=False):
        post(name, address=address)

    assert Registration.objects.count() == Message.objects.count() == 10


def test_mails_of_all_networks_together_end_too(settings):
    settings.MAILS_PER_ADDRESS = 2
    for name, address in zip(INVENTED, hostile_addresses("many networks", 12), strict=False):
        post(name, address=address)

    assert Registration.objects.count() == Message.objects.count() == 6


def test_reader_who_cancels_what_strangers_typed_can_be_written_to_again(settings, client):
    settings.MAILS_PER_ADDRESS = 2
    for name, address in zip(INVENTED, hostile_addresses("many networks", 12), strict=False):
        post(name, address=address)
    hostile = Registration.objects.first()
    link = page("withdraw", tokens.withdraw_token(hostile))

    assert client.get(link).status_code == 200
    hostile.refresh_from_db()
    assert hostile.state == "pending"
    assert client.post(link).status_code == client.post(link).status_code == 200
    post("Rosa Quispe Mamani")

    hostile.refresh_from_db()
    assert (hostile.state, events(hostile)) == ("cancelled", ["signed_up", "cancelled"])
    assert mails()[-1] == ("pending", "Rosa Quispe Mamani")


def test_lost_links_have_mails_of_their_own(settings, client):
    settings.MAILS_PER_ADDRESS = 1
    rosa = confirmed(network="192.0.2.7")
    for name, address in zip(INVENTED, hostile_addresses("many networks", 12), strict=False):
        post(name, address=address)

    client.post("/en/registration/lost-link/", {"email": rosa.email})

    assert mails()[-1] == ("mailbox", "Rosa Quispe Mamani")


@pytest.mark.parametrize("end", ["confirmed", "another", "forged"])
def test_link_that_cancels_is_only_for_what_nobody_confirmed_in_this_mailbox(client, end):
    rosa = sign_up()
    token = tokens.withdraw_token(rosa)
    if end == "confirmed":
        actions.confirm(rosa.pk, rosa.link_version)
    if end == "another":
        Registration.objects.update(email_key="eva@museo.example")

    link = page("withdraw", "forged" if end == "forged" else token)
    answers = [client.get(link).status_code, client.post(link).status_code]

    assert answers == [410, 410]
    assert Registration.objects.live().count() == 1


def test_page_of_the_link_that_confirms_leads_to_the_one_that_cancels(client):
    rosa = sign_up()

    text = client.get(page("confirm", tokens.confirm_token(rosa))).text

    assert page("withdraw", tokens.withdraw_token(rosa)) in text


def test_link_of_an_address_corrected_since_leads_nowhere(client, organiser):
    rosa = sign_up(email="slip@museo.example")
    link = page("confirm", tokens.confirm_token(rosa))
    right = correction(rosa, email="rosa@museo.example")
    rosa = actions.correct(rosa, right, by=organiser)

    response = client.get(link)

    assert (response.status_code, client.post(link).status_code) == (410, 410)
    assert page("withdraw", tokens.withdraw_token(rosa)) not in response.text


def test_sixth_person_who_confirms_is_told_that_the_mailbox_is_full(client):
    sixth = sign_up(full_name="Persona F", email="museo@museo.example")
    for name in INVENTED[:5]:
        confirmed(full_name=name, email="museo@museo.example")

    response = client.post(page("confirm", tokens.confirm_token(sixth)))

    assert response.status_code == 410
    assert "5 people are already registered with this address." in response.text
    sixth.refresh_from_db()
    assert sixth.state == "pending"


def test_organiser_who_confirms_a_sixth_person_is_told_that_the_mailbox_is_full(organiser):
    sixth = sign_up(full_name="Persona F", email="museo@museo.example")
    for name in INVENTED[:5]:
        confirmed(full_name=name, email="museo@museo.example")

    with pytest.raises(actions.MailboxFull):
        actions.confirm_by_hand(sixth, by=organiser)


# Its mails


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("ana@museo.example", "ana+1@museo.example", True),
        ("ana@museo.example", "ANA+museo+2@Museo.Example", True),
        ("ana@museo.example", "a.na@museo.example", False),
        ("ana@gmail.com", "a.n.a+7@googlemail.com", True),
        ("ana@mus\u00e9.example", "ana@xn--mus-dma.example", True),
        ("ana@museo.example", "ana@museo.example.", True),
        ("ana@museo.example", "eva@museo.example", False),
        ("+1@museo.example", "+2@museo.example", False),
        ("ana@" + "x" * 70 + ".example", "ana+1@" + "x" * 70 + ".example", True),
        ("ana", "eva", False),
    ],
)
def test_addresses_of_one_mailbox_are_told(one, other, is_same):
    assert (mailbox_of(one) == mailbox_of(other)) == is_same


def test_person_is_written_to_ten_times_however_the_address_is_tagged():
    for n in range(12):
        post("Rosa Quispe Mamani", email=f"rosa+{n}@gmail.com")
    for name in ("r.osa", "ro.sa", "r.o.s.a"):
        post("Rosa Quispe Mamani", email=f"{name}@googlemail.com")

    assert Message.objects.count() == 10


def test_window_slides_and_counts_nothing_that_was_refused(time_machine):
    home = network("home")
    noon = clock.now()

    def allowed(hours, times):
        time_machine.move_to(noon + timedelta(hours=hours))
        return sum(throttling.may_write_to("a@b.example", home, clock.now()) for _n in range(times))

    # Just before and just after midnight of UTC, when a window of days would begin again.
    assert [allowed(11, 9), allowed(12.1, 5), allowed(20, 5), allowed(34, 5)] == [9, 1, 0, 0]
    assert allowed(37.5, 20) == 9


# A quota


def test_one_block_holds_at_most_the_ceiling_and_others_still_get_a_seat(meeting):
    in_person = factories.quota(size=450)
    workshop = factories.quota(session=factories.workshop(), size=30)
    for n in range(3):
        confirmed(in_person, workshop, n=n)
    for n in range(27):
        address = f"2001:db8:1:{n % 6:x}::1"
        wanted = {"attendance": "in_person", "workshops": [workshop.code]}
        post(INVENTED[n % 26], address=address, email=f"x{n}@museo.example", **wanted)

    # Half of the 27 seats that nobody has confirmed; 20 people of the block in person.
    assert Place.objects.held().filter(quota=workshop).count() == 13
    assert Place.objects.held().filter(quota=in_person).count() == 20
    assert Registration.objects.pending().count() == 27
    rosa = confirmed(in_person, workshop)
    assert states(rosa) == {in_person.pk: "confirmed", workshop.pk: "confirmed"}


def test_network_holds_places_for_five_people_and_its_block_for_twenty(meeting):
    in_person = factories.quota(size=450)
    for n in range(30):
        sign_up(in_person, n=n, network=network(f"network {n % 5}", "block"))

    assert taken(in_person) == 20
    elsewhere = sign_up(in_person, n=31, network=network("elsewhere"))
    assert states(elsewhere) == {in_person.pk: "held"}


def test_what_is_not_held_is_accepted_without_the_waiting_list_and_given_at_confirmation(meeting):
    in_person = factories.quota(size=2)
    sign_up(in_person, n=1)

    second = sign_up(in_person, n=2)

    assert states(second) == {in_person.pk: "waiting"}
    actions.confirm(second.pk, 1)
    assert states(second) == {in_person.pk: "confirmed"}
    assert [kind for kind, _ in mails()] == ["pending", "pending", "confirmed"]


def test_last_place_goes_to_the_first_who_confirms(meeting):
    in_person = factories.quota(size=1)
    first, second = sign_up(in_person, n=1), sign_up(in_person, n=2)

    actions.confirm(second.pk, 1)
    actions.confirm(first.pk, 1)

    assert states(second) == {in_person.pk: "confirmed"}
    assert states(first) == {in_person.pk: "waiting"}
    assert fresh(in_person)[0].is_full
