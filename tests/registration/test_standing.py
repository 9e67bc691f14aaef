"""The meeting is postponed, cancelled, or takes place after all: pages, mails, calendars."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar
from lxml import html

from programme.models import Meeting
from registration import outbox, tokens
from registration.actions import change_standing, remind
from registration.models import Message, Registration
from tests import factories
from tests.factories import NOW
from tests.reading import headings, read, text, words
from tests.registration.helpers import VALID, confirmed, events, mails, started_field, states

pytestmark = pytest.mark.django_db

PAGE = "/admin/programme/meeting/1/standing/"
NOT_HELD = ["postponed", "cancelled"]
# Of each language: the address of the page, and its heading if the meeting is postponed.
NOTICES = {
    "/es/aviso/": "El encuentro se aplazó",
    "/pt/aviso/": "O encontro foi adiado",
    "/en/notice/": "The meeting is postponed",
}


@pytest.fixture(autouse=True)
def meeting(db):
    return factories.meeting()


@pytest.fixture
def people():
    """Create a confirmed person, and all kinds of people who must get no mail."""
    factories.registration(full_name="Ana", mail_language="pt")
    factories.registration(full_name="Pendiente", state="pending")
    factories.registration(full_name="Sin comprobar", unproven_since=NOW)
    factories.registration(full_name="Cancelada", state="cancelled")
    factories.registration(full_name="Sin correo", email="", email_key=None)


def read_of(response):
    return html.fromstring(response.content.decode())


def stand(standing, **facts):
    Meeting.objects.update(standing=standing, **facts)


def press(client, standing, **reasons):
    page = read(client, PAGE)
    opened = page.xpath("string(//input[@name='_opened']/@value)")
    return client.post(PAGE, {"standing": standing, "_opened": opened, **reasons})


# What organisers do


def test_postponing_writes_once_to_confirmed_people_with_a_proven_address(staff_client, people):
    press(staff_client, "postponed", standing_reason_es="La sede se inunda.")
    press(staff_client, "postponed", standing_reason_es="La sede se inundó.")

    row = Meeting.objects.get()
    assert (row.standing, row.standing_revision) == ("postponed", 1)
    assert row.standing_reason_es == "La sede se inundó."
    assert mails() == [("meeting_postponed", "Ana")]
    ana = Registration.objects.get(full_name="Ana")
    assert events(ana) == ["standing_told"]


def test_each_change_is_written_once_and_only_the_last_one_is_sent(organiser, people):
    for standing in ("postponed", "postponed", "as_planned", "postponed", "cancelled"):
        change_standing(standing, by=organiser)

    messages = Message.objects.order_by("pk")
    found = [(message.kind, outbox.send(message)) for message in messages]

    assert found == [
        ("meeting_postponed", outbox.SKIPPED),
        ("meeting_held", outbox.SKIPPED),
        ("meeting_postponed", outbox.SKIPPED),
        ("meeting_cancelled", outbox.SENT),
    ]


def test_page_says_first_how_many_get_a_mail(staff_client, people):
    page = read(staff_client, PAGE)

    assert words(page.xpath("//div[@id='content-main']//form/ul/li"))[:2] == [
        "Si aquí elige otra cosa, 1 persona recibe un correo enseguida, con el motivo: la que "
        "confirmó y cuya dirección está comprobada.",
        "3 inscripciones más no tienen una dirección comprobada: no se les escribe, y las páginas "
        "a las que llevan sus enlaces lo dicen.",
    ]


def test_postponing_needs_a_reason_and_changes_nothing_without(staff_client, people):
    response = press(staff_client, "postponed")

    assert response.status_code == 200
    assert "Diga por qué, al menos en un idioma" in text(read_of(response))
    assert Meeting.objects.get().standing == "as_planned"
    assert mails() == []


def test_colleague_without_permission_postpones_nothing(sign_in, people):
    client = sign_in(factories.user(permissions=["programme.view_meeting"]))

    response = client.post(PAGE, {"standing": "cancelled", "standing_reason_es": "No."})

    assert response.status_code == 403
    assert Meeting.objects.get().standing == "as_planned"


def test_form_of_the_meeting_leaves_the_standing_to_its_own_page(staff_client):
    page = read(staff_client, "/admin/programme/meeting/1/change/")

    assert page.xpath("//*[starts-with(@name, 'standing')]") == []
    assert page.xpath(f"//a[@href='{PAGE}']") != []


# What visitors read


@pytest.mark.parametrize("path", NOTICES)
def test_notice_says_what_why_and_what_follows_in_each_language(client, path):
    stand("postponed", standing_reason_es="La sede se **inunda**.")

    page = read(client, path)

    assert headings(page, 1) == [NOTICES[path]]
    assert words(page.xpath("//main//strong")) == ["inunda"]
    assert len(headings(page, 2)) == 2


def test_notice_of_a_meeting_that_is_held_says_when_and_where(client):
    page = read(client, "/en/notice/")

    assert text(page).startswith(
        "The meeting takes place 12th Ibero-American Meeting of Museums. "
        "18 to 20 November 2026, Museo del Barro, Asunción."
    )


@pytest.mark.parametrize("standing", NOT_HELD)
@pytest.mark.parametrize("path", ["/es/", "/es/programa/", "/es/sede/", "/es/inscripcion/"])
def test_every_page_leads_to_the_notice_and_none_to_the_form(client, standing, path):
    stand(standing)

    page = read(client, path)

    assert page.xpath("//div[contains(@class, 'is-urgent')]//a/@href") == ["/es/aviso/"]
    assert page.xpath("//a[@href='/es/inscripcion/'][not(@hreflang)]") == []


def test_meeting_that_is_held_has_no_banner(client):
    assert read(client, "/es/").xpath("//div[contains(@class, 'banner')]") == []


def test_sitemap_lists_the_notice_while_there_is_one(client):
    before = client.get("/sitemap.xml").content
    stand("cancelled")

    after = client.get("/sitemap.xml").content

    assert (b"/es/aviso/" in before, b"/es/aviso/" in after) == (False, True)


@pytest.mark.parametrize(
    ("standing", "code"), [("postponed", "Postponed"), ("cancelled", "Cancelled")]
)
def test_search_engines_learn_of_the_meeting_and_its_sessions(client, standing, code):
    stand(standing)
    session = factories.session()

    blocks = [
        json.loads(read(client, path).xpath("string(//script[@type='application/ld+json'])"))
        for path in ("/es/", session.get_absolute_url())
    ]

    assert [block["eventStatus"] for block in blocks] == [f"https://schema.org/Event{code}"] * 2


# The form


@pytest.mark.parametrize("standing", NOT_HELD)
def test_form_is_closed_with_a_sentence(client, standing):
    stand(standing)

    page = read(client, "/en/registration/")

    assert headings(page, 1) == [f"The meeting is {standing}"]
    assert page.xpath("//main//form") == []


def test_form_sent_after_postponing_is_refused_and_keeps_what_was_typed(client):
    started = started_field(client, "/es/inscripcion/")
    stand("postponed")

    response = client.post("/es/inscripcion/", VALID | {"started": started})

    page = read_of(response)
    assert response.status_code == 422
    assert "El encuentro se aplazó: la inscripción está cerrada." in text(page)
    assert page.xpath("string(//input[@name='full_name']/@value)") == VALID["full_name"]
    assert not Registration.objects.exists()


# Mails and calendars


@pytest.mark.parametrize("standing", NOT_HELD)
def test_reminders_stop_and_those_that_wait_are_skipped(standing, time_machine):
    registration = factories.registration(confirmed_at=NOW)
    waiting = factories.message(kind="week_before", registration=registration)
    factories.reminder(about="week_before", is_on=True)
    factories.reminder(about="unconfirmed", is_on=True)
    factories.registration(state="pending")
    stand(standing)
    time_machine.move_to(factories.moment("09:00") - timedelta(days=6), tick=False)

    assert remind() == 0
    assert outbox.send(waiting) == outbox.SKIPPED


def test_calendar_marks_sessions_and_counts_each_change(client, organiser):
    factories.session(code="A", revision=2)
    found = []

    for standing in ("as_planned", "postponed", "as_planned", "cancelled"):
        change_standing(standing, by=organiser)
        event = Calendar.from_ical(client.get("/programme.ics").content).walk("VEVENT")[0]
        found.append((str(event["status"]), event["sequence"]))

    assert found == [("CONFIRMED", 2), ("TENTATIVE", 3), ("CONFIRMED", 4), ("CANCELLED", 5)]


def test_schedule_lists_no_session_that_does_not_take_place(client):
    factories.session(title_es="La apertura")
    before = client.get("/schedule.json").json()
    stand("cancelled")

    after = client.get("/schedule.json").json()

    rooms = [[d["rooms"] for d in s["schedule"]["conference"]["days"]] for s in (before, after)]
    assert (any(rooms[0]), any(rooms[1])) == (True, False)


def test_mail_of_another_kind_says_that_the_meeting_is_postponed(people, mailoutbox):
    message = factories.message(
        kind="confirmed", registration=Registration.objects.get(full_name="Ana")
    )
    stand("postponed")

    outbox.send(message)

    [mail] = mailoutbox
    assert "O encontro foi adiado. Porquê, e o que se segue:" in mail.body
    assert "/pt/aviso/" in mail.body
    assert "2026" not in mail.body.split("----")[1]


def test_mail_about_the_standing_has_the_reason_as_plain_text(people, mailoutbox):
    stand("postponed", standing_reason_pt="Água & **lama**:\n\n- no *auditório*\n- na sala")
    message = factories.message(
        kind="meeting_postponed", registration=Registration.objects.get(full_name="Ana")
    )

    outbox.send(message)

    [mail] = mailoutbox
    assert "\nÁgua & lama:\n\n- no auditório\n- na sala\n" in mail.body


# Broken off in the middle


def test_what_had_ended_before_the_meeting_was_cancelled_was_held(client, organiser, time_machine):
    held = factories.session(slug="held", title_en="Held", starts_at=factories.moment("9:00"))
    factories.session(slug="lost", title_en="Lost", starts_at=factories.moment("15:00"))
    time_machine.move_to(factories.moment("12:00"), tick=False)

    change_standing("cancelled", by=organiser)
    time_machine.move_to(factories.moment("12:00", day=2), tick=False)
    change_standing("postponed", by=organiser)

    events = Calendar.from_ical(client.get("/programme.ics").content).walk("VEVENT")
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "TENTATIVE"]
    days = client.get("/schedule.json").json()["schedule"]["conference"]["days"]
    assert [e["title"] for d in days for room in d["rooms"].values() for e in room] == [held.title]
    pages = [read(client, f"/en/programme/{slug}/") for slug in ("held", "lost")]
    assert ["It was planned for" in text(page) for page in pages] == [False, True]


def test_meeting_that_takes_place_after_all_was_never_broken_off(organiser):
    change_standing("postponed", by=organiser)
    first = Meeting.objects.get()
    change_standing("as_planned", by=organiser)
    last = Meeting.objects.get()

    assert first.broken_off_at == first.standing_since == NOW
    assert (last.broken_off_at, last.standing_since) == (None, NOW)


def test_postponed_meeting_takes_place_again_only_with_new_days(staff_client):
    today = NOW.date()
    over, new = today - timedelta(days=200), today + timedelta(days=200)
    stand("postponed", standing_reason_es="Agua.", first_day=over, last_day=over)

    refused = press(staff_client, "as_planned", standing_reason_es="Agua.")
    stood = Meeting.objects.get().standing
    Meeting.objects.update(last_day=new)
    press(staff_client, "as_planned", standing_reason_es="Agua.")

    assert "Escriba primero los días nuevos" in text(read_of(refused))
    assert (stood, Meeting.objects.get().standing) == ("postponed", "as_planned")


# After the days that were planned


@pytest.fixture
def clay():
    return factories.quota(session=factories.workshop(day=None, title_en="Clay"), size=5)


@pytest.fixture
def attendee(clay):
    return confirmed(factories.quota(size=5), clay)


def link(name, registration, *args):
    with translation.override("en"):
        return reverse(f"registration:{name}", args=[tokens.own_token(registration), *args])


@pytest.mark.parametrize("day", [5, 60, 700])
def test_places_of_a_postponed_meeting_are_still_released(
    client, attendee, clay, time_machine, day
):
    stand("postponed")
    time_machine.move_to(factories.moment("12:00", day=day))

    page = client.get(link("own", attendee))
    client.post(link("give-back", attendee, clay.code), {"answer": "give-back"})

    assert (page.status_code, page.context["is_over"]) == (200, False)
    assert states(attendee)[clay.pk] == "released"


@pytest.mark.parametrize("day", [-20, 5])
def test_own_page_of_a_cancelled_meeting_becomes_a_record(
    client, attendee, clay, time_machine, day
):
    stand("cancelled")
    time_machine.move_to(factories.moment("12:00", day=day))

    page = client.get(link("own", attendee))
    client.post(link("give-back", attendee, clay.code), {"answer": "give-back"})

    assert "The meeting is cancelled. You can still see what you had chosen" in page.text
    assert "The meeting is over" not in page.text
    assert states(attendee)[clay.pk] == "confirmed"


def test_own_page_of_a_cancelled_meeting_closes_with_the_reason(client, attendee, time_machine):
    stand("cancelled")
    time_machine.move_to(factories.moment("12:00", day=60))

    closed = client.get(link("own", attendee))

    assert closed.status_code == 410
    assert "The meeting is cancelled. What we keep about you" in closed.text
    assert "more than a month ago" not in closed.text
