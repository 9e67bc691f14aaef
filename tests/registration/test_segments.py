"""Segments of letters, compared with a filter in plain Python, and the sentences about them."""

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.models import Meeting
from registration import actions
from registration.actions.mailings.letters import send_letter
from registration.letters.segments import recipients_in, recipients_of, sentence
from registration.models.mailboxes import mailbox_hash
from tests import factories
from tests.registration import segment_oracle as oracle

pytestmark = pytest.mark.django_db

IN_EVERY_RUN = settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
IN_THE_DRILL = settings(IN_EVERY_RUN, max_examples=300)
PEOPLE = {
    "attendees": oracle.ATTENDEES,
    "speakers": oracle.SPEAKERS,
    "news": oracle.SUBSCRIBERS,
}


# Rows of the oracle's people


def stop_mails(email, stopped):
    if stopped == "all":
        actions.suppress(email, "asked")
    elif stopped:
        actions.suppress_reminders(mailbox_hash(email))


def write_attendee(n, person, quotas):
    email = f"a{n}@museo.example" if person.has_address else ""
    moments = {
        "confirmed_at": factories.NOW if person.was_ever_confirmed else None,
        "erased_at": factories.NOW if person.is_erased else None,
        "unproven_since": None if person.is_proven else factories.NOW,
    }
    if person.state == "confirmed":
        moments["confirmed_at"] = factories.NOW
    row = factories.registration(
        **moments,
        state=person.state,
        full_name=f"Persona {n}",
        email=email,
        email_key=email or None,
        attendance=person.attendance,
        category=person.category,
        country=person.country,
        mail_language=person.language,
    )
    for quota, state in zip(quotas.values(), person.places, strict=True):
        if state:
            factories.place(registration=row, quota=quota, state=state)
    stop_mails(f"a{n}@museo.example", person.stopped)
    return row.pk


def write_speaker(n, person, quotas):
    email = f"s{n}@museo.example"
    row = factories.person(
        email=email if person.has_address else "",
        country=person.country,
        mail_language=person.language,
    )
    for state, is_of_presentation in person.parts:
        session = factories.session(state=state)
        shown = factories.presentation(session=session) if is_of_presentation else None
        factories.part(person=row, **({"presentation": shown} if shown else {"session": session}))
    stop_mails(email, person.stopped)
    return row.pk


def write_subscriber(n, person, quotas):
    email = f"n{n}@museo.example"
    row = factories.news_address(address=email, email_key=email, language=person.language)
    stop_mails(email, person.stopped)
    return row.pk


WRITE = {"attendees": write_attendee, "speakers": write_speaker, "news": write_subscriber}


def stored(segment, quotas):
    """Return the segment as a letter holds it: places by the key of their quota."""
    if "place" not in segment:
        return segment
    how, letter = segment["place"]
    return {**segment, "place": f"{how}-{quotas[letter].pk}"}


def compare(audience, people, segments, *, sends=False):
    """Compare who gets a letter with the oracle, for each segment; then undo everything."""
    with transaction.atomic():
        quotas = {letter: factories.quota(service_code=letter.lower()) for letter in oracle.SEATS}
        # Others, to whom no letter to this audience goes.
        for other in {*PEOPLE} - {audience}:
            write_somebody_of(other, quotas)
        written = [(WRITE[audience](n, one, quotas), one) for n, one in enumerate(people)]
        for segment in segments:
            expected = sorted(
                key for key, one in written if oracle.gets_it(one, audience, segment, "pt")
            )
            found = [row.pk for row in recipients_in(audience, stored(segment, quotas))]
            assert found == expected, segment
            if sends and expected:
                letter = factories.letter(audience=audience, segment=stored(segment, quotas))
                assert sent_to(send_letter(letter, by=letter.created_by), audience) == expected
        transaction.set_rollback(True)


def write_somebody_of(audience, quotas):
    somebody = {
        "attendees": oracle.Attendee(
            *("confirmed", True, True, True, False, "online", "attendee", "CL", "es"),
            (None, None),
            "",
        ),
        "speakers": oracle.Speaker(True, (("published", False),), "CL", "es", ""),
        "news": oracle.Subscriber("es", ""),
    }
    WRITE[audience](1000, somebody[audience], quotas)


def sent_to(letter, audience):
    column = {"attendees": "registration", "speakers": "person", "news": "news_address"}[audience]
    return sorted(letter.messages.values_list(column, flat=True))


@pytest.fixture
def in_portuguese(meeting):
    """Let the meeting's first language be another one than that of the settings."""
    Meeting.objects.update(first_language="pt")


def compare_in_many_runs(audience, profile, *, most, sends=False):
    @profile
    @given(
        st.lists(PEOPLE[audience], max_size=most),
        st.lists(oracle.segments(audience), min_size=3, max_size=6),
    )
    def run(people, segments):
        compare(audience, people, segments, sends=sends)

    run()


@pytest.mark.parametrize("audience", PEOPLE)
def test_segment_is_what_a_plain_filter_finds(in_portuguese, audience):
    compare_in_many_runs(audience, IN_EVERY_RUN, most=5)


@pytest.mark.drill
@pytest.mark.parametrize("audience", PEOPLE)
def test_segment_and_what_is_sent_are_what_a_plain_filter_finds(in_portuguese, audience):
    compare_in_many_runs(audience, IN_THE_DRILL, most=10, sends=True)


def test_segment_with_what_nobody_knows_is_of_nobody(meeting):
    factories.registration(country="CL")
    factories.news_address(language="es")

    found = [recipients_in("attendees", segment).count() for segment in oracle.NONSENSE]
    others = [
        recipients_in("news", {"attendance": "online"}).count(),
        recipients_in("speakers", {"state": "confirmed"}).count(),
        recipients_in("everybody", {}).count(),
        recipients_in("attendees", ["state"]).count(),
    ]

    assert found == [0] * len(oracle.NONSENSE)
    assert others == [0, 0, 0, 0]


def test_two_people_of_a_mailbox_get_a_letter_each_and_one_in_two_places_gets_one(meeting):
    quotas = [factories.quota(service_code=code) for code in ("bus", "lunch")]
    both = factories.registration(email="sala@museo.example")
    other = factories.registration(email="sala@museo.example")
    for quota in quotas:
        factories.place(quota=quota, registration=both)

    assert [*recipients_in("attendees", {})] == [both, other]
    assert [*recipients_in("attendees", {"place": f"has-{quotas[1].pk}"})] == [both]


def test_mailbox_that_wants_no_mail_gets_none_at_another_of_its_addresses(meeting):
    factories.registration(email="a.na+cl@gmail.com")
    factories.registration(email="ana@museo.example")

    actions.suppress("ana@gmail.com", "asked")

    assert [row.email for row in recipients_in("attendees", {})] == ["ana@museo.example"]


def test_nobody_outside_the_segment_gets_a_row(meeting):
    workshop = factories.quota(session=factories.workshop())
    inside = factories.registration(attendance="in_person", country="CL")
    factories.place(quota=workshop, registration=inside)
    for facts in ({"country": "CL"}, {"country": "CL", "attendance": "in_person"}):
        factories.registration(**facts)
    waits = factories.registration(attendance="in_person", country="CL")
    factories.place(quota=workshop, registration=waits, state="waiting")
    abroad = factories.registration(attendance="in_person", country="BR")
    factories.place(quota=workshop, registration=abroad)
    segment = {"attendance": "in_person", "country": ["CL"], "place": f"has-{workshop.pk}"}

    letter = factories.letter(segment=segment)
    send_letter(letter, by=letter.created_by)

    assert sent_to(letter, "attendees") == [inside.pk]


# Sentences


def said(language, audience, segment, count):
    with translation.override(language):
        return sentence(audience, segment, count)


def test_sentence_agrees_with_its_people_in_each_language(meeting):
    workshop = factories.quota(session=factories.workshop(title="Barro", title_pt="Barro"))
    segment = {
        "attendance": "in_person",
        "place": f"has-{workshop.pk}",
        "country": ["CL", "PY"],
        "language": "es",
    }

    found = [said(code, "attendees", segment, n) for code in ("es", "pt", "en") for n in (31, 1)]

    assert found == [
        "Confirmadas, presenciales, con cupo en el taller «Barro», de Chile o Paraguay, con "
        "correos en español: 31 personas",
        "Confirmada, presencial, con cupo en el taller «Barro», de Chile o Paraguay, con correos "
        "en español: 1 persona",
        "Confirmadas, presenciais, com vaga na oficina “Barro”, do Chile ou do Paraguai, com "
        "e-mails em espanhol: 31 pessoas",
        "Confirmada, presencial, com vaga na oficina “Barro”, do Chile ou do Paraguai, com "
        "e-mails em espanhol: 1 pessoa",
        "Confirmed, in person, with a place in the workshop “Barro”, from Chile or Paraguay, with "
        "e-mails in Spanish: 31 people",
        "Confirmed, in person, with a place in the workshop “Barro”, from Chile or Paraguay, with "
        "e-mails in Spanish: 1 person",
    ]


@pytest.mark.parametrize(
    ("language", "countries", "expected"),
    [
        ("es", ["HN", "GT"], "de Guatemala u Honduras"),
        ("es", ["DO", "CL"], "de Chile o de la República Dominicana"),
        ("es", ["CU", "CL", "BO"], "de Bolivia, Chile o Cuba"),
        ("pt", ["CU", "CL", "BO"], "da Bolívia, do Chile ou de Cuba"),
        ("pt", ["US"], "dos Estados Unidos da América"),
        ("en", ["US"], "from the United States of America"),
    ],
)
def test_countries_take_the_articles_of_their_language(meeting, language, countries, expected):
    words = said(language, "speakers", {"country": countries}, 2)

    assert words.split(", ", 1)[1].rpartition(":")[0] == expected


@pytest.mark.parametrize(
    ("audience", "segment", "expected"),
    [
        ("attendees", {}, "Confirmadas: nadie"),
        ("attendees", {"state": "cancelled"}, "Con la inscripción cancelada: nadie"),
        ("attendees", {"category": "press"}, "Confirmadas, de la prensa: nadie"),
        ("speakers", {}, "Con participación en el programa: nadie"),
        ("news", {"language": "pt"}, "Que quieren noticias, con correos en portugués: nadie"),
        (
            "attendees",
            {"place": "has-99"},
            "Este comunicado tiene una condición que el sitio no conoce: no lo recibe nadie.",
        ),
    ],
)
def test_sentence_about_nobody(meeting, audience, segment, expected):
    assert said("es", audience, segment, 0) == expected


def test_sentence_names_places_by_what_they_are_of(meeting):
    visit = factories.session(kind="visit", title="Barrio", format="in_person")
    quotas = [
        factories.quota(),
        factories.quota(session=visit),
        factories.quota(session=factories.session(title="Apertura")),
        factories.quota(service_code="bus"),
    ]

    found = [
        said("es", "attendees", {"place": f"{how}-{quota.pk}"}, 2).removeprefix("Confirmadas, ")
        for how in ("has", "waits")
        for quota in quotas
    ]

    assert found == [
        "con cupo presencial: 2 personas",
        "con cupo en la visita «Barrio»: 2 personas",
        "con cupo en «Apertura»: 2 personas",
        "con cupo en «Autobús»: 2 personas",
        "en la lista de espera de los cupos presenciales: 2 personas",
        "en la lista de espera de la visita «Barrio»: 2 personas",
        "en la lista de espera de «Apertura»: 2 personas",
        "en la lista de espera de «Autobús»: 2 personas",
    ]


def test_recipients_are_those_of_the_letter(meeting):
    row = factories.registration(mail_language="pt")
    factories.registration(mail_language="es")

    assert [*recipients_of(factories.letter(segment={"language": "pt"}))] == [row]
