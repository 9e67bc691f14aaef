"""Test that a card is written again when anything that it says has changed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from lxml.html import tostring

from tests import factories
from tests.reading import read, words

HOUR = timedelta(hours=1)


@pytest.fixture
def workshop(meeting):
    """Create a session that uses all that a card has."""
    session = factories.workshop(
        title_en="Weaving together",
        theme=factories.theme(name_en="Memory", motif="diamond", colour="indigo"),
        room=factories.room(name_en="Blue room"),
        languages=["es"],
    )
    factories.part(session=session, person=factories.person(name="Rosa Quispe"))
    factories.quota(session=session, size=20)
    return session


def card(client):
    (item,) = read(client, "/en/programme/").xpath("//ul[@class='cards']/li")
    return tostring(item, encoding="unicode")


def rename(workshop, **fields):
    for path, value in fields.items():
        *rows, field = path.split("__")
        row = workshop
        for name in rows:
            row = getattr(row, name)
        setattr(row, field, value)
        row.save()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title_en": "Weaving <apart>"}, ["Weaving &lt;apart&gt;"]),
        ({"slug": "telar"}, ["/en/programme/telar/"]),
        ({"code": "T-1"}, ['data-code="T-1"']),
        ({"revised_at": factories.NOW}, ['data-revised="1788264000"']),
        ({"kind": "visit"}, ["Visit", "kind=visit"]),
        ({"theme__name_en": "Care"}, ["Workshop · Care"]),
        ({"theme__colour": "ochre"}, ["card theme-ochre", "band theme-ochre"]),
        ({"theme__motif": "steps"}, ["#p24-steps"]),
        ({"theme": None}, ["card theme-plain"]),
        ({"room__name_en": "Red room"}, ["Red room"]),
        ({"languages": ["gn"]}, ["Guarani", "language=gn"]),
        ({"state": "cancelled"}, ["is-cancelled", "Cancelled"]),
        ({"quota__size": 0}, ["Full"]),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, dict) else "",
)
def test_card_says_what_its_session_says_now(client, workshop, fields, said):
    before = card(client)
    rename(workshop, **fields)

    after = card(client)

    assert [(words in before, words in after) for words in said] == [(False, True)] * len(said)


def test_card_says_who_takes_part_now(client, workshop):
    assert "Rosa Quispe" in card(client)

    factories.part(session=workshop, person=factories.person(name="Iracema Souza"))

    assert "Rosa Quispe and Iracema Souza" in card(client)


def test_card_says_what_is_true_at_the_hour(client, workshop, time_machine):
    states = []
    for moment in (
        workshop.starts_at - HOUR,
        workshop.starts_at,
        workshop.ends_at,
        workshop.starts_at - HOUR,
    ):
        time_machine.move_to(moment, tick=False)
        shown = card(client)
        states.append(("Happening now" in shown, "card theme-indigo is-past" in shown))

    assert states == [(False, False), (True, False), (False, True), (False, False)]


def test_card_that_is_late_says_by_how_much_now(client, workshop, time_machine):
    said = []
    for minutes in (10, 25):
        rename(workshop, minutes_late=minutes)
        time_machine.move_to(workshop.starts_at, tick=False)
        said.append(f"{minutes} minutes late" in card(client))

    assert said == [True, True]


def test_same_card_is_written_in_each_language(client, workshop):
    kinds = []
    for code in ("es", "pt", "en"):
        with translation.override(code):
            page = read(client, reverse("programme:session-list"))
        kinds.append(words(page.xpath("//ul[@class='cards']//p[@class='kind']"))[0].split()[0])

    assert kinds == ["Taller", "Oficina", "Workshop"]
