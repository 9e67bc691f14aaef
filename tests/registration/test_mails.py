from datetime import timedelta

import pytest
from icalendar import Calendar
from lxml import html

from programme.models import Meeting
from registration import mails, tokens
from registration.models import History, Message, Place, Quota
from tests import factories
from tests.registration.helpers import message_about
from tests.registration.letters import html_of, message_of, sent, text_of, words_of


@pytest.fixture(autouse=True)
def themes(meeting):
    factories.theme(colour="cochineal")
    factories.theme(motif="spiral")


def test_mail_of_a_meeting_without_a_contact_has_no_reply_to():
    message = message_of("confirmed")
    Meeting.objects.update(contact_email="")

    assert sent(message)["Reply-To"] is None


def test_pending_mail_contains_nothing_that_was_typed():
    message = message_of("pending", full_name="Premio Gratis", institution="Casa Regalo")

    whole = sent(message).as_string()

    mail = sent(message)
    for typed in ("Premio", "Gratis", "Casa", "Regalo"):
        assert typed not in whole + text_of(mail) + html_of(mail)


def test_pending_mail_has_the_link_the_code_and_both_terms():
    message = message_of("pending", language="en")

    text = " ".join(text_of(sent(message)).split())

    code = tokens.code(message.registration)
    token = tokens.confirm_token(message.registration)
    assert f"{code[:3]} {code[3:]}" in text
    assert f"http://testserver/en/registration/confirm/{token}/" in text
    assert "reserved for you until Tuesday 1 September, 10:00, Asunción time." in text
    assert "not confirmed by Thursday 3 September, 9:00, Asunción time" in text


def test_pending_mail_of_an_online_person_speaks_of_no_places():
    registration = factories.registration(state="pending", mail_language="en")

    text = text_of(sent(factories.message(kind="pending", registration=registration)))

    assert "reserved for you" not in text
    assert "waiting list" not in text


NOT_RESERVED = "Places that are not reserved yet are given to you when you confirm"
IN_LINE = "You are on the waiting list for whatever was full."


@pytest.mark.parametrize(
    ("size", "told"), [(20, (True, False)), (1, (False, True)), (2, (True, False))]
)
def test_pending_mail_tells_what_is_full_from_what_is_only_not_reserved(size, told):
    quota = factories.quota(session=factories.workshop(), size=size)
    factories.place(quota=quota)
    message = message_of("pending", language="en")
    factories.place(quota=quota, registration=message.registration, state="waiting")

    text = text_of(sent(message))

    assert (NOT_RESERVED in text, IN_LINE in text) == told


def test_pending_mail_after_the_hour_of_the_hold_promises_no_waiting_list(time_machine):
    message = message_of("unconfirmed", language="en")
    message.registration.places.update(state="waiting")
    Quota.objects.update(taken=0)
    time_machine.shift(2 * 3600)

    text = text_of(sent(message))

    assert (NOT_RESERVED in text, IN_LINE in text) == (True, False)


@pytest.mark.parametrize("others", [0, 1])
def test_promoted_mail_says_that_others_wait_only_if_they_do(others):
    quota = factories.quota(session=factories.workshop())
    message = message_about("promoted", quota, mail_language="en")
    for _n in range(others):
        factories.place(quota=quota, state="waiting")

    mail = sent(message)

    found = [" ".join(words.split()) for words in (text_of(mail), html_of(mail))]
    assert ["others are waiting" in words for words in found] == [bool(others)] * 2


def test_confirmed_mail_says_what_was_chosen_and_how_it_stands():
    message = message_of("confirmed", language="en", full_name="Ñusta Benítez")
    waited = factories.quota(session=factories.workshop(title_es="Mediación", starts_at=None))
    factories.place(quota=waited, state=Place.State.WAITING)
    factories.place(quota=waited, registration=message.registration, state=Place.State.WAITING)

    mail = sent(message)

    text = text_of(mail)
    assert "Ñusta Benítez, your registration is confirmed\n" in text
    assert (
        "* In person, in Asunción: Yours\n"
        "  Museo del Barro. 18 to 20 November 2026\n"
        "* Archivo oral: Yours\n"
        "  Wednesday 18 November, from 10:00 to 11:00, Asunción time · Sala Guaraní\n"
        "* Mediación: On the waiting list, number 2\n"
        "  Wednesday 18 November, time to be confirmed\n"
    ) in text
    assert message.registration.spaced_reference in text
    assert f"/registration/mine/{tokens.own_token(message.registration)}/" in text
    assert '<span lang="es">Archivo oral</span>' in html_of(mail)


def test_confirmed_mail_leads_an_online_person_to_the_stream():
    factories.session(starts_at=factories.moment("9:30"))
    registration = factories.registration(mail_language="en")

    text = text_of(sent(factories.message(kind="confirmed", registration=registration)))

    assert "* Online, from wherever you are: Confirmed\n" in text
    assert "The first session: Wednesday 18 November, from 9:30 to 10:30, Asunción time." in text
    assert "Watch the stream:\nhttp://testserver/en/live/\n" in text
    assert "How to get there" not in text


def test_confirmed_mail_to_a_person_who_waits_links_to_the_stream_and_has_no_qr_code():
    quota = factories.quota(size=1)
    registration = factories.registration(attendance="in_person", mail_language="en")
    factories.place(quota=quota, registration=registration, state=Place.State.WAITING)

    mail = sent(factories.message(kind="confirmed", registration=registration))

    text = " ".join(text_of(mail).split())
    assert "We will write to you as soon as there is a place for you in person." in text
    assert "Watch the stream: http://testserver/en/live/" in text
    assert "by this code" not in text
    assert [part["Content-ID"] for part in mail.walk() if part["Content-ID"]] == [
        "<band@testserver>"
    ]
    assert locations_of(mail) == ["http://testserver/en/live/"]


@pytest.mark.parametrize("kind", ["confirmed", "promoted", "week_before"])
def test_calendar_names_the_venue_for_people_with_a_place_in_person(kind):
    assert locations_of(sent(message_of(kind)))[-1] == (
        "Museo del Barro, Grabadores del Cabichuí 2716, Asunción"
    )


def locations_of(mail):
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [
        str(event["LOCATION"]) for event in Calendar.from_ical(part.get_content()).walk("VEVENT")
    ]


def test_text_indents_the_lines_of_a_list_item():
    title = "Un taller cuyo nombre es más largo de lo que cabe en una línea de un correo de texto"
    message = message_about("already", factories.quota(session=factories.workshop(title=title)))

    assert (
        "* Un taller cuyo nombre es más largo de lo que cabe en una línea de un\n"
        "  correo de texto: Cupo confirmado\n"
        "  Miércoles 18 de noviembre, de 10:00 a 11:00, hora de Asunción\n"
    ) in text_of(sent(message))


def test_subject_leaves_out_a_meeting_that_does_not_fit():
    Meeting.objects.update(short_name="Un nombre corto, pero no tanto")

    assert {kind: str(sent(message_of(kind))["Subject"]) for kind in ("mailbox", "promoted")} == {
        "mailbox": "Quiénes tienen inscripción con este correo",
        "promoted": "Hay un cupo para usted: Un nombre corto, pero no tanto",
    }


def test_confirmed_mail_carries_the_days_and_the_own_seats_for_the_calendar():
    message = message_of("confirmed")
    factories.quota(session=factories.workshop())

    (part,) = [p for p in sent(message).walk() if p.get_content_type() == "text/calendar"]

    calendar = Calendar.from_ical(part.get_content())
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "PUBLISH"}
    assert part.get_filename() == "eim-12.ics"
    assert calendar["METHOD"] == "PUBLISH"
    assert [(str(e["SUMMARY"]), e["DTSTART"].dt.isoformat()) for e in calendar.walk("VEVENT")] == [
        ("Archivo oral", "2026-11-18T13:00:00+00:00"),
        ("12.º Encuentro Iberoamericano de Museos", "2026-11-18"),
    ]


def test_one_promoted_mail_names_all_places_given_at_one_moment():
    first = message_of("promoted")
    history = factories.history(registration=first.registration)
    second = factories.message(kind="promoted", registration=first.registration, history=history)

    assert mails.is_still_true(first)
    assert not mails.is_still_true(second)
    assert "Archivo oral" in text_of(sent(first))


def test_promoted_mail_about_one_place_links_to_its_answer():
    quota = factories.quota(session=factories.workshop(code="CLAY"))
    message = message_about("promoted", quota, mail_language="en")

    text = text_of(sent(message))

    own = f"http://testserver/en/registration/mine/{tokens.own_token(message.registration)}"
    assert f"Tell us whether you are coming:\n{own}/places/CLAY/\n" in text


def test_mailbox_mail_names_only_confirmed_people():
    facts = {"email": "museo@museo.example", "email_key": "museo@museo.example"}
    host = factories.registration(full_name="Ana Paz", mail_language="en", **facts)
    pending = factories.registration(full_name="Berta Sol", state="pending", **facts)
    gone = factories.registration(
        full_name="Cora Luz", state="cancelled", confirmed_at=factories.NOW, **facts
    )

    text = text_of(sent(factories.message(kind="mailbox", registration=host)))

    mine = "http://testserver/en/registration/mine"
    confirm = f"http://testserver/en/registration/confirm/{tokens.confirm_token(pending)}/"
    assert f"* Ana Paz:\n{mine}/{tokens.own_token(host)}/\n" in text
    assert f"* Cora Luz (cancelled):\n{mine}/{tokens.own_token(gone)}/\n" in text
    assert "* A registration of Tuesday" in text
    assert f"confirm it:\n{confirm}\n" in text
    assert "Berta" not in text


def test_mail_that_was_asked_for_says_so_and_speaks_of_no_further_person():
    host = factories.registration(full_name="Ana Paz", mail_language="en")
    history = factories.history(registration=host, event="link_lost")

    text = text_of(sent(factories.message(kind="mailbox", registration=host, history=history)))

    assert "Somebody asked for the links to the registrations with this address." in text
    assert "One more person" not in text


def test_question_to_an_online_person_gives_the_hours_where_they_are():
    room = factories.room()
    factories.session(
        room=room, starts_at=factories.moment("9:00"), ends_at=factories.moment("10:00")
    )
    factories.session(
        room=room, starts_at=factories.moment("19:00"), ends_at=factories.moment("20:30")
    )
    registration = factories.registration(country="ES", mail_language="en")

    text = text_of(sent(factories.message(kind="week_before", registration=registration)))

    assert (
        "* Wednesday 18 November, from 9:00 to 20:30, Asunción time\n"
        "  from 13:00 to 0:30 (+1 day) in Madrid\n"
    ) in text
    assert "Are you coming" in text


def test_question_to_a_person_in_person_has_directions_and_the_organisers_words():
    Meeting.objects.update(directions_en="Take [bus 12](https://elsewhere.example/).")
    factories.reminder(about="week_before", words_en="Bring a coat.")
    message = message_of("week_before", language="en")

    text = text_of(sent(message))

    assert "Bring a coat." in text
    assert "Take bus 12." in text
    assert f"/en/registration/mine/{tokens.own_token(message.registration)}/answer/" in text


def test_mail_about_a_move_names_what_it_overlaps_with():
    hours = {"starts_at": factories.moment("9:00"), "ends_at": factories.moment("11:00")}
    quotas = [
        factories.quota(session=factories.workshop(title_en=title, **hours))
        for title in ("Weaving", "Clay")
    ]

    text = text_of(sent(message_about("session_moved", *quotas, mail_language="en")))

    before, _, after = text.partition("It now overlaps with something else that you chose.")
    assert ("Clay" in before, "Weaving" in before) == (True, False)
    assert ("Clay" in after, "Weaving" in after) == (False, True)


def test_mail_about_a_move_says_where_it_was_and_where_it_is():
    session = factories.workshop(room=factories.room(name_en="Patio"))
    message = message_about("session_moved", factories.quota(session=session), mail_language="en")
    old_room = factories.room(name_en="Chapel")
    factories.change(
        session=session,
        changed_at=factories.NOW + timedelta(minutes=1),
        was_starts_at=factories.moment("15:00"),
        was_ends_at=factories.moment("16:00"),
        was_room=old_room,
    )

    text, page = text_of(sent(message)), words_of(html_of(sent(message)))

    was = "Before: Wednesday 18 November, from 15:00 to 16:00, Asunción time · Chapel"
    now = "Wednesday 18 November, from 10:00 to 11:00, Asunción time · Patio"
    for told in (" ".join(text.split()), page):
        assert was in told
        assert now in told.partition("Now:")[2]


def test_mail_about_a_second_move_says_where_it_was_when_the_person_last_knew():
    session = factories.workshop()
    quota = factories.quota(session=session)
    first = message_about("session_moved", quota, mail_language="en")
    History.objects.filter(pk=first.history.pk).update(event="session_moved")
    told = {"registration": first.registration, "quota": quota, "event": "session_moved"}
    for minutes, hour in [(-120, "8:00"), (1, "9:00"), (2, "12:00")]:
        factories.change(
            session=session,
            changed_at=factories.NOW + timedelta(minutes=minutes),
            was_starts_at=factories.moment(hour),
            was_ends_at=factories.moment("13:00"),
        )
    history = factories.history(**told, happened_at=factories.NOW + timedelta(minutes=3))
    second = factories.message(
        kind="session_moved", registration=first.registration, history=history
    )

    for message, told_hour in [(first, "9:00"), (second, "9:00")]:
        assert f"from {told_hour} to 13:00" in text_of(sent(message))

    read_at = factories.NOW + timedelta(minutes=1, seconds=30)
    History.objects.filter(pk=first.history.pk).update(happened_at=read_at)
    assert "from 12:00 to 13:00" in text_of(sent(second))


def test_link_to_the_data_is_not_sent_an_hour_later(time_machine):
    message = message_of("fresh_link")
    assert mails.is_still_true(message)

    time_machine.shift(3600)

    assert not mails.is_still_true(message)


def test_person_who_gave_the_place_back_is_not_asked():
    message = message_of("days_before")
    assert mails.is_still_true(message)

    message.registration.places.update(state=Place.State.RELEASED)

    assert not mails.is_still_true(message)


def test_mail_about_a_session_is_dropped_when_the_session_or_the_seat_has_changed():
    cancelled, moved = message_of("session_cancelled"), message_of("session_moved")
    assert (mails.is_still_true(cancelled), mails.is_still_true(moved)) == (True, True)

    cancelled.history.quota.session.state = "published"
    moved.registration.places.update(state=Place.State.RELEASED)

    assert (mails.is_still_true(cancelled), mails.is_still_true(moved)) == (False, False)


def test_cancelled_mail_after_registration_closed_names_the_contact(time_machine):
    message = message_of("cancelled", language="en")
    time_machine.move_to(factories.moment("9:00"), tick=False)

    text = text_of(sent(message))

    assert "* Archivo oral: Released\n" in text
    assert "If it was a mistake, write to encuentro@museos.example." in text
    assert "register again" not in text


@pytest.mark.parametrize(
    "name", ["Ana\r\nBcc: x@y.example", "<b>Ana</b>", "&amp;", "عَلِي", "A" * 100]
)
@pytest.mark.parametrize("kind", ["confirmed", "already", "mailbox", "promoted", "cancelled"])
def test_mail_shows_any_name_as_it_is(kind, name):
    mail = sent(message_of(kind, full_name=name))

    shown = " ".join(name.split())
    assert mail["Bcc"] is None
    assert shown in " ".join(text_of(mail).split())
    assert shown in words_of(html_of(mail))
    assert html.document_fromstring(html_of(mail)).xpath("//b") == []


@pytest.mark.parametrize(
    ("kind", "state", "is_true"),
    [
        ("pending", "pending", True),
        ("pending", "confirmed", False),
        ("pending", "expired", False),
        ("confirmed", "confirmed", True),
        ("confirmed", "cancelled", False),
        ("already", "pending", False),
        ("mailbox", "pending", True),
        ("promoted", "confirmed", False),
        ("cancelled", "cancelled", True),
        ("cancelled", "pending", False),
    ],
)
def test_message_is_true_only_in_some_states_of_the_registration(kind, state, is_true):
    registration = factories.registration(state=state)

    message = factories.message(kind=kind, registration=registration)

    assert mails.is_still_true(message) is is_true


def test_message_without_an_address_is_not_needed():
    registration = factories.registration(email="")

    assert not mails.is_still_true(factories.message(registration=registration))


def test_pending_message_after_the_lapse_is_not_needed(time_machine):
    message = message_of("pending")
    time_machine.shift(48 * 3600)

    assert not mails.is_still_true(message)


def test_promoted_message_after_the_place_was_given_back_is_not_needed():
    message = message_of("promoted")
    message.registration.places.update(state=Place.State.RELEASED)

    assert not mails.is_still_true(message)


@pytest.mark.parametrize("waiting", [0, 5])
def test_confirmed_mail_costs_the_same_however_many_lines_one_waits_in(
    waiting, django_assert_num_queries
):
    message = message_of("confirmed")
    for _n in range(waiting):
        quota = factories.quota(session=factories.workshop())
        factories.place(quota=quota, registration=message.registration, state=Place.State.WAITING)
    message = Message.objects.get(pk=message.pk)

    with django_assert_num_queries(8):
        mails.render(message)
