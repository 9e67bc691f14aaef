"""People registered or confirmed at the desk, and their unproven mailboxes."""

from datetime import timedelta

import pytest

from eim.lib.normalising import name_key
from registration import actions, tokens
from registration.answers import Answers
from registration.mails import is_still_true, render
from registration.models import Message, Registration
from registration.models.registrations import new_reference
from tests import factories
from tests.registration.helpers import (
    confirmed,
    events,
    fresh,
    mails,
    message_about,
    network,
    sign_up,
    states,
    taken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=100)


@pytest.fixture
def workshop(in_person):
    return factories.quota(session=factories.workshop(title="Archivo oral"), size=1)


def newcomer(*quotas, **facts):
    defaults = {
        "full_name": "Rosa Quispe Mamani",
        "email": "",
        "country": "BO",
        "institution": "Museo Nacional",
        "occupation": "education",
        "attendance": "in_person" if quotas else "online",
        "mail_language": "pt",
    }
    return actions.Newcomer(
        reference=new_reference(),
        category="press",
        answers=Answers(**defaults | facts),
        quotas=fresh(*quotas),
    )


def test_person_without_address_is_confirmed_at_once(in_person, workshop, organiser):
    rosa = actions.add_by_hand(newcomer(in_person, workshop), by=organiser)

    rosa.refresh_from_db()
    assert (rosa.state, rosa.category, rosa.confirmed_at) == ("confirmed", "press", factories.NOW)
    assert (rosa.email, rosa.email_key, rosa.mailbox_slot) == ("", None, None)
    assert rosa.name_key == name_key(rosa.full_name)
    assert states(rosa) == {in_person.pk: "confirmed", workshop.pk: "confirmed"}
    assert (taken(in_person), taken(workshop)) == (1, 1)
    assert [(h.event, h.actor) for h in rosa.history.all()] == [("added", organiser)]
    assert mails() == []


def test_two_people_without_address_may_have_the_same_name(in_person, organiser):
    for _n in range(2):
        actions.add_by_hand(newcomer(in_person), by=organiser)

    assert taken(in_person) == 2


def test_form_sent_twice_adds_one_person(in_person, organiser):
    rosa = newcomer(in_person)

    first, second = [actions.add_by_hand(rosa, by=organiser) for _n in range(2)]

    assert (first.pk, first.reference) == (second.pk, rosa.reference)
    assert taken(in_person) == 1
    assert events(first) == ["added"]


def test_person_with_an_address_is_asked_to_prove_it(in_person, organiser):
    actions.add_by_hand(newcomer(in_person, email="Rosa@museo.example"), by=organiser)

    rosa = Registration.objects.get()
    assert (rosa.email_key, rosa.name_key, rosa.mailbox_slot) == (
        "rosa@museo.example",
        "rosa quispe mamani",
        1,
    )
    assert rosa.unproven_since == factories.NOW
    assert mails() == [("desk", "Rosa Quispe Mamani")]


def test_person_who_is_confirmed_is_refused_and_named(meeting, organiser):
    rosa = confirmed()

    with pytest.raises(actions.Known, match="already registered with this address") as known:
        actions.add_by_hand(newcomer(email="rosa@museo.example"), by=organiser)

    assert known.value.registration == rosa
    assert events(rosa) == ["signed_up", "confirmed"]


def test_cancelled_registration_of_the_person_is_used_again(in_person, organiser):
    before = actions.cancel(confirmed(in_person))

    rosa = actions.add_by_hand(newcomer(in_person, email="rosa@museo.example"), by=organiser)

    rosa.refresh_from_db()
    assert (rosa.pk, rosa.state, rosa.cancelled_at) == (before.pk, "confirmed", None)
    assert (rosa.link_version, rosa.mailbox_slot) == (before.link_version + 1, 1)
    assert states(rosa) == {in_person.pk: "confirmed"}


def test_sixth_of_a_mailbox_is_refused(meeting, organiser):
    for n in range(5):
        factories.registration(
            full_name=f"Ana {n}", email="museo@museo.example", mailbox_slot=n + 1
        )

    with pytest.raises(actions.Refusal, match="5 people are already registered"):
        actions.add_by_hand(newcomer(email="museo@museo.example"), by=organiser)

    assert Registration.objects.count() == 5


def test_full_quotas_are_named_and_nothing_is_written(in_person, workshop, organiser):
    confirmed(in_person, workshop)

    with pytest.raises(actions.Full) as full:
        actions.add_by_hand(newcomer(in_person, workshop, full_name="Eva"), by=organiser)

    assert full.value.quotas == [workshop]
    assert (Registration.objects.count(), taken(in_person)) == (1, 1)


def test_desk_gives_seats_in_the_last_24_hours(in_person, workshop, organiser, time_machine):
    time_machine.move_to(factories.moment("09:00") - timedelta(hours=1))

    rosa = actions.add_by_hand(newcomer(in_person, workshop), by=organiser)

    assert states(rosa)[workshop.pk] == "confirmed"


def test_desk_promotes_nobody_in_the_last_24_hours(in_person, workshop, organiser, time_machine):
    holder = confirmed(in_person, workshop, n=1)
    waits = confirmed(in_person, workshop, n=2, waitlist=[workshop.code])
    time_machine.move_to(factories.moment("09:00") - timedelta(hours=1))
    actions.cancel(holder)

    actions.add_by_hand(newcomer(in_person), by=organiser)

    assert states(waits)[workshop.pk] == "waiting"


@pytest.mark.parametrize(("minutes", "is_over"), [(30, False), (60, True)], ids=["begun", "over"])
def test_late_comer_is_added_until_the_end(
    in_person, workshop, organiser, time_machine, minutes, is_over
):
    time_machine.move_to(workshop.session.starts_at + timedelta(minutes=minutes))

    if is_over:
        with pytest.raises(actions.Refusal, match="“Archivo oral” has ended"):
            actions.add_by_hand(newcomer(in_person, workshop), by=organiser)
    else:
        actions.add_by_hand(newcomer(in_person, workshop), by=organiser)

    assert taken(workshop) == (0 if is_over else 1)


# Who has signed up, and not confirmed


def test_desk_confirms_a_pending_registration_with_what_is_ticked(in_person, workshop, organiser):
    bus = factories.quota(service_code="bus", size=1)
    rosa = sign_up(in_person, bus, institution="Museo Textil")
    number = rosa.places.get(quota=in_person).number

    at_desk = newcomer(
        in_person, workshop, email="ROSA@museo.example", full_name="Rosa QUISPE mamani"
    )
    same = actions.add_by_hand(at_desk, by=organiser)

    rosa.refresh_from_db()
    assert (same.pk, rosa.state, rosa.confirmed_at) == (rosa.pk, "confirmed", factories.NOW)
    # What they wrote of themselves stays; what the desk says of them holds.
    assert (rosa.institution, rosa.full_name, rosa.category) == (
        "Museo Textil",
        "Rosa Quispe Mamani",
        "press",
    )
    assert states(rosa) == {
        in_person.pk: "confirmed",
        workshop.pk: "confirmed",
        bus.pk: "released",
    }
    assert rosa.places.get(quota=in_person).number == number
    assert (taken(in_person), taken(workshop), taken(bus)) == (1, 1, 0)
    assert [(h.event, h.actor) for h in rosa.history.all()] == [
        ("signed_up", None),
        ("let_in", organiser),
    ]
    assert [kind for kind, _ in mails()] == ["pending", "desk"]


def test_desk_names_full_quotas_for_a_pending_registration_and_changes_nothing(
    in_person, workshop, organiser
):
    confirmed(in_person, workshop, n=1)
    rosa = sign_up(in_person)

    with pytest.raises(actions.Full) as full:
        actions.add_by_hand(newcomer(in_person, workshop, email="rosa@museo.example"), by=organiser)

    assert full.value.quotas == [workshop]
    rosa.refresh_from_db()
    assert (rosa.state, states(rosa)) == ("pending", {in_person.pk: "held"})


def test_pending_person_who_waits_keeps_their_number(in_person, workshop, organiser):
    confirmed(in_person, workshop, n=1)
    rosa = sign_up(in_person, workshop, waitlist=[workshop.code])

    actions.add_by_hand(newcomer(in_person, workshop, email="rosa@museo.example"), by=organiser)

    place = rosa.places.get(quota=workshop)
    assert (place.state, place.number) == ("waiting", 2)


def test_place_whose_hold_has_ended_is_confirmed_if_one_is_free(
    in_person, workshop, organiser, time_machine
):
    rosa = sign_up(in_person, workshop)
    time_machine.shift(timedelta(hours=3))

    actions.confirm_by_hand(rosa, by=organiser, note="Está en la puerta.")

    rosa.refresh_from_db()
    assert rosa.state == "confirmed"
    assert states(rosa) == {in_person.pk: "confirmed", workshop.pk: "confirmed"}
    let_in = rosa.history.get(event="let_in")
    assert (let_in.actor, let_in.note) == (organiser, "Está en la puerta.")
    assert [kind for kind, _ in mails()] == ["pending", "desk"]


@pytest.mark.parametrize("end", [actions.cancel, None], ids=["cancelled", "confirmed"])
def test_only_a_pending_registration_is_confirmed_by_hand(in_person, organiser, end):
    rosa = confirmed(in_person)
    if end:
        end(rosa)
    before = events(rosa)

    with pytest.raises(actions.Refusal, match="nothing was changed"):
        actions.confirm_by_hand(rosa, by=organiser)

    assert events(rosa) == before


# The address that nobody has proven


def added(organiser, *quotas):
    """Add Rosa at the desk, with an address, in English."""
    rosa = newcomer(*quotas, email="rosa@museo.example", mail_language="en")
    return actions.add_by_hand(rosa, by=organiser)


def test_mail_of_the_desk_contains_nothing_that_was_typed(in_person, organiser):
    rosa = added(organiser, in_person)

    mail = render(Message.objects.get())

    html = str(mail.alternatives[0].content)
    words = [
        "Rosa",
        "Museo Nacional",
        rosa.reference,
        rosa.spaced_reference,
        tokens.own_token(rosa),
    ]
    assert [word in text for word in words for text in (mail.body, html)] == [False] * 10
    assert tokens.confirm_token(rosa) in mail.body
    assert tokens.stop_token(rosa) in mail.body
    assert mail.attachments == []


def test_mail_with_the_pass_is_sent_only_after_the_address_is_proven(in_person, organiser):
    rosa = added(organiser, in_person)

    actions.confirm(rosa.pk, rosa.link_version)
    actions.confirm(rosa.pk, rosa.link_version)

    rosa.refresh_from_db()
    assert rosa.unproven_since is None
    assert [kind for kind, _ in mails()] == ["desk", "confirmed"]
    desk, pass_mail = Message.objects.order_by("pk")
    assert (is_still_true(desk), is_still_true(pass_mail)) == (False, True)
    assert "Rosa" in render(pass_mail).body


def test_link_of_the_first_mail_proves_the_address_after_the_desk_too(in_person, organiser):
    rosa = sign_up(in_person)
    actions.confirm_by_hand(rosa, by=organiser)

    actions.confirm(rosa.pk, rosa.link_version)

    rosa.refresh_from_db()
    assert rosa.unproven_since is None
    assert [kind for kind, _ in mails()] == ["pending", "desk", "confirmed"]


NAMELESS = {"mailbox", "moved", "desk", "new_address", "address_left", "pending", "unconfirmed"}
# Goes to an address for news, and to no registration.
NAMELESS |= {"news_kept"}


@pytest.mark.parametrize("kind", sorted(set(Message.Kind.values) - NAMELESS))
def test_unproven_address_gets_no_other_kind_of_mail(in_person, workshop, kind):
    message = message_about(kind, in_person, workshop)
    if kind == "fresh_link":
        assert is_still_true(message)
    Registration.objects.update(unproven_since=factories.NOW)

    assert is_still_true(Message.objects.get()) is False


def test_mail_sent_again_to_an_unproven_address_asks_for_the_proof(in_person, organiser):
    rosa = added(organiser, in_person)

    actions.resend(rosa, by=organiser)
    sign_up()

    assert [kind for kind, _ in mails()] == ["desk"] * 3


def test_unproven_address_gets_no_reminder(in_person, organiser, time_machine):
    added(organiser, in_person)
    time_machine.move_to(factories.moment("10:00") - timedelta(days=7))

    assert actions.remind() == 0


def test_mail_with_lost_links_shows_no_name_before_the_address_is_proven(in_person, organiser):
    rosa = added(organiser, in_person)
    actions.ask_for_links("rosa@museo.example", network("home"))

    body = render(Message.objects.latest("pk")).body

    assert "Rosa" not in body
    assert tokens.confirm_token(rosa) in body


def test_registration_cancelled_before_the_proof_gets_no_mail(in_person, organiser):
    actions.cancel(added(organiser, in_person), by=organiser)

    actions.ask_for_links("rosa@museo.example", network("home"))

    assert [kind for kind, _ in mails()] == ["desk", "cancelled"]
    assert is_still_true(Message.objects.get(kind="cancelled")) is False
