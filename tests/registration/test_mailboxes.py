"""A mailbox serves five people, each with one registration, also after corrections."""

import pytest

from registration import actions, tokens
from registration.actions import mailboxes
from registration.models import Registration
from tests import factories
from tests.registration.helpers import confirmed, correction, events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]

ANA, HOME, AWAY = "Ana Benítez", "ana@museo.example", "ana@muse.example"
ENDED = ["cancelled", "expired"]


def ana(**facts):
    return factories.registration(**{"full_name": ANA, "email": HOME} | facts)


def rename(registration, full_name, by):
    """Rename a person, as the organiser `by`, or else as the person on their own page."""
    if by:
        return actions.correct(registration, correction(registration, full_name=full_name), by=by)
    return actions.change_details(registration, {"full_name": full_name})


def move(registration, email, by):
    """Move a person, as the organiser `by`, or else as the person, who proves the new mailbox."""
    if by:
        return actions.correct(registration, correction(registration, email=email), by=by)
    actions.change_address(registration, email)
    token = tokens.new_address_token(registration, email)
    return actions.take_new_address(tokens.read_new_address(token))


@pytest.fixture(params=["organiser", "person"])
def by(request, organiser):
    return organiser if request.param == "organiser" else None


@pytest.mark.parametrize("end", ENDED)
def test_ended_registration_gives_way_when_its_person_moves_to_its_address(by, end):
    before, registration = ana(state=end), ana(email=AWAY)

    move(registration, HOME, by)

    registration.refresh_from_db()
    before.refresh_from_db()
    assert list(Registration.objects.for_mailbox(HOME)) == [registration]
    assert (registration.email, registration.mailbox_slot) == (HOME, 1)
    assert (before.email_key, before.name_key, before.state) == (None, "ana benitez", end)


@pytest.mark.parametrize("end", ENDED)
def test_ended_registration_gives_way_when_its_person_is_renamed_to_its_name(by, end):
    before, registration = ana(state=end), ana(full_name="Anna Benites")

    rename(registration, "ANA Benitez", by)

    registration.refresh_from_db()
    before.refresh_from_db()
    assert list(Registration.objects.of_person(HOME, ANA)) == [registration]
    assert (before.email_key, before.name_key, before.state) == (None, "ana benitez", end)


@pytest.mark.parametrize("state", Registration.LIVE)
def test_move_onto_a_live_registration_is_refused_in_the_words_of_the_reader(by, state):
    ana(state=state)
    registration = ana(email=AWAY)

    with pytest.raises(actions.Known) as refusal:
        move(registration, HOME, by)

    assert str(refusal.value).startswith("This person" if by else "You ")
    registration.refresh_from_db()
    assert (registration.email, registration.link_version) == (AWAY, 1)


@pytest.mark.parametrize("state", Registration.LIVE)
def test_rename_onto_a_live_registration_is_refused_in_the_words_of_the_reader(by, state):
    other, registration = ana(state=state), ana(full_name="Anna Benites")

    with pytest.raises(actions.Known) as refusal:
        rename(registration, ANA, by)

    assert refusal.value.registration == other
    assert str(refusal.value).startswith("This person" if by else "You ")
    registration.refresh_from_db()
    assert registration.full_name == "Anna Benites"


def test_nobody_moves_into_a_full_mailbox(by):
    for _n in range(5):
        factories.registration(email=HOME)
    registration = ana(email=AWAY)

    with pytest.raises(actions.MailboxFull) as refusal:
        move(registration, HOME, by)

    assert str(refusal.value) == "5 people are already registered with this address."
    registration.refresh_from_db()
    assert registration.email == AWAY


def test_moved_registration_takes_the_first_free_slot(by):
    first, second, _third = [factories.registration(email=HOME) for _n in range(3)]
    actions.cancel(second)
    registration = ana(email=AWAY)

    move(registration, HOME, by)

    registration.refresh_from_db()
    assert (first.mailbox_slot, registration.mailbox_slot) == (1, 2)


def test_ended_registration_moves_into_a_full_mailbox_without_a_slot(organiser):
    for _n in range(5):
        factories.registration(email=HOME)
    registration = ana(email=AWAY, state="cancelled")

    move(registration, HOME, organiser)

    registration.refresh_from_db()
    assert (registration.email, registration.mailbox_slot) == (HOME, None)


def test_ended_registration_is_not_moved_onto_a_live_one_of_the_same_person(organiser):
    ana()
    registration = ana(email=AWAY, state="cancelled")

    with pytest.raises(actions.Known):
        move(registration, HOME, organiser)


def test_registration_that_gave_way_can_be_corrected_and_stays_out_of_its_mailbox(by):
    before, registration = ana(state="cancelled"), ana(email=AWAY)
    move(registration, HOME, by)

    rename(before, "Ana Benítez Rojas", by)
    rename(before, ANA, by)

    before.refresh_from_db()
    assert (before.full_name, before.email_key, before.name_key) == (ANA, None, "ana benitez")
    assert len(events(before)) == 2


def test_sentence_and_slots_follow_the_size_of_a_mailbox(monkeypatch, organiser):
    monkeypatch.setattr(mailboxes, "MAILBOX_SIZE", 2)
    for n in (1, 2):
        confirmed(full_name=f"Persona {chr(64 + n)}", email=HOME)
    registration = confirmed(email=AWAY)

    with pytest.raises(actions.MailboxFull, match="^2 people are already registered"):
        move(registration, HOME, organiser)
