import email
import re
from email.policy import SMTP

import pytest
from icalendar import Calendar
from lxml import html

from programme.models import Meeting
from registration import mails, tokens
from registration.models import Message, Place
from tests import factories

LANGUAGES = ["es", "pt", "en"]
KINDS = list(Message.Kind)
LINK = re.compile(r"https?://[^\s\"'<>]+")
BLOCKS = ["h1", "h2", "p", "td", "tr", "table", "br", "li"]


@pytest.fixture(autouse=True)
def themes(meeting):
    factories.theme(colour="cochineal")
    factories.theme(motif="spiral")


def message_of(kind, *, language="es", **facts):
    """A message that is true: with a place that was called, or given back, just now."""
    states = {"pending": "pending", "cancelled": "cancelled"}
    registration = factories.registration(
        state=states.get(kind, "confirmed"), attendance="in_person", mail_language=language, **facts
    )
    place_states = {"pending": Place.State.HELD, "cancelled": Place.State.RELEASED}
    workshop = factories.workshop(
        title_es="Archivo oral", room=factories.room(name_es="Sala Guaraní")
    )
    for quota in (None, factories.quota(session=workshop)):
        factories.place(
            registration=registration,
            quota=quota,
            state=place_states.get(kind, Place.State.CONFIRMED),
        )
    history = factories.history(registration=registration)
    return factories.message(kind=kind, registration=registration, history=history)


def sent(message):
    """As the recipient's program reads it from the wire."""
    return email.message_from_bytes(
        mails.render(message).message(policy=SMTP).as_bytes(), policy=SMTP
    )


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def words_of(source):
    """What one reads of an HTML part, block by block."""
    tree = html.document_fromstring(source)
    for element in tree.xpath("//style | //title | //*[contains(@class, 'fallback')]"):
        element.drop_tree()
    for element in tree.iter(*BLOCKS):
        element.tail = " " + (element.tail or "")
    return " ".join(tree.text_content().split())


def single_words(text):
    words = {word.strip("*·.,:-“”") for word in LINK.sub("", text).split()}
    return words - {""}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_mail_has_the_headers_of_an_automatic_one(kind, language):
    message = message_of(kind, language=language)

    mail = sent(message)

    assert {
        name: mail[name] for name in mail if name not in ("Subject", "Date", "Content-Type")
    } == {
        "From": "EIM <eim@museums.example>",
        "To": message.registration.email,
        "Reply-To": "encuentro@museos.example",
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
        "MIME-Version": "1.0",
    }
    assert mail["Date"].datetime.tzinfo is not None
    assert 0 < len(mail["Subject"]) <= 60


def test_mail_of_a_meeting_without_a_contact_has_no_reply_to():
    message = message_of("confirmed")
    Meeting.objects.update(contact_email="")

    assert sent(message)["Reply-To"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_mail_gives_the_text_first_and_the_pictures_to_the_html(kind):
    mail = sent(message_of(kind))

    kinds = [part.get_content_type() for part in mail.walk()]
    pictures = ["image/png"] * (2 if kind == "confirmed" else 1)
    body = ["multipart/alternative", "text/plain", "multipart/related", "text/html", *pictures]
    has_calendar = kind in ("confirmed", "promoted")
    assert kinds == (["multipart/mixed", *body, "text/calendar"] if has_calendar else body)
    cids = [part["Content-ID"].strip("<>") for part in mail.walk() if part["Content-ID"]]
    assert re.findall(r'src="cid:([^"]+)"', html_of(mail)) == cids


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_mail_is_small_and_links_only_to_this_site(kind, language):
    mail = sent(message_of(kind, language=language))

    assert max(map(len, mail.as_bytes().split(b"\r\n"))) <= 998
    assert len(html_of(mail).encode()) < 30_000
    assert len(mail.as_bytes()) < 100_000
    links = LINK.findall(text_of(mail)) + LINK.findall(html_of(mail))
    assert {link.split("/")[2] for link in links} == {"testserver"}
    assert {link.split("/")[3] for link in links} == {language}
    assert html.document_fromstring(html_of(mail)).get("lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_mail_says_the_same_in_text_as_in_html(kind, language):
    mail = sent(message_of(kind, language=language))

    text, source = text_of(mail), html_of(mail)

    assert set(LINK.findall(text)) == set(LINK.findall(source))
    assert single_words(text) == single_words(words_of(source))


def test_pending_mail_repeats_nothing_that_anybody_typed():
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


def test_confirmed_mail_says_what_was_chosen_and_how_it_stands():
    message = message_of("confirmed", language="en", full_name="Ñusta Benítez")
    waited = factories.quota(session=factories.workshop(title_es="Mediación", starts_at=None))
    factories.place(quota=waited, state=Place.State.WAITING)
    factories.place(quota=waited, registration=message.registration, state=Place.State.WAITING)

    mail = sent(message)

    text = text_of(mail)
    assert "You are registered, Ñusta Benítez\n" in text
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
    assert "Watch the stream: http://testserver/en/live/" in text
    assert "How to get there" not in text


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


def test_promoted_mail_tells_once_of_all_that_came_at_one_moment():
    first = message_of("promoted")
    history = factories.history(registration=first.registration)
    second = factories.message(kind="promoted", registration=first.registration, history=history)

    assert mails.is_still_true(first)
    assert not mails.is_still_true(second)
    assert "Archivo oral" in text_of(sent(first))


def test_mailbox_mail_names_only_who_confirmed():
    facts = {"email": "museo@museo.example", "email_key": "museo@museo.example"}
    host = factories.registration(full_name="Ana Paz", mail_language="en", **facts)
    factories.registration(full_name="Berta Sol", state="pending", **facts)

    text = text_of(sent(factories.message(kind="mailbox", registration=host)))

    assert f"* Ana Paz:\nhttp://testserver/en/registration/mine/{tokens.own_token(host)}/" in text
    assert "Berta" not in text
    assert "1 more has not confirmed the address yet" in text


def test_cancelled_mail_after_registration_closed_names_the_contact(time_machine):
    message = message_of("cancelled", language="en")
    time_machine.move_to(factories.moment("9:00"), tick=False)

    text = text_of(sent(message))

    assert "* Archivo oral: Given back\n" in text
    assert "If it was a mistake, write to encuentro@museos.example." in text
    assert "sign up again" not in text


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
def test_message_is_true_while_the_registration_is_so(kind, state, is_true):
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

    with django_assert_num_queries(6):
        mails.render(message)
