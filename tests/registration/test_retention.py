"""What is kept until when: one table for the page on privacy, the purge and its preview."""

from datetime import timedelta

import pytest
from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse

from programme.forms import QuestionForm
from programme.models import Meeting, Person
from programme.wording.retention import AFTER_THE_MEETING
from registration import actions, tokens
from registration.actions.erasure.terms import ERASINGS
from registration.exports.own_data import own_data
from registration.forms import SignUpForm
from registration.management.commands.purge_personal_data import LINES
from registration.models import ErasureLog, Registration
from tests import factories
from tests.reading import read, text, words
from tests.registration.helpers import VALID, confirmed, correction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]


@pytest.fixture
def days_after(time_machine):
    def move(days):
        time_machine.move_to(factories.moment("12:00", day=3) + timedelta(days=days), tick=False)

    return move


def table(client):
    Meeting.objects.update(privacy_notice_en="We keep little.")
    rows = read(client, "/en/privacy/").xpath("//main//tbody/tr")
    return {words(row.xpath("td"))[0]: words(row.xpath("td"))[1] for row in rows}


def test_page_on_privacy_has_a_row_for_everything_with_its_day(client):
    assert table(client) == {
        "What you wrote about access needs": "20 December 2026",
        "The page of your registration, with your places: then it closes": "20 December 2026",
        "The list of participants, for everybody who is registered: then it closes": (
            "20 December 2026"
        ),
        "Everything else that tells who you are: name, e-mail address, institution": "19 May 2027",
        "The name given with a question during a session, and a trace of the network that it came "
        "from; the question itself stays": "19 May 2027",
        "Which letters of the organisers were sent to you, and whether they arrived": (
            "19 May 2027"
        ),
        "The e-mail addresses of people with a part in the programme, never published": (
            "19 May 2027"
        ),
        "The names of people who asked for theirs to be kept": (
            "Until they withdraw it, or until the site is handed on to the next meeting"
        ),
        "The e-mail addresses of people who agreed to news of later meetings, kept apart": (
            "4 years after they last agreed, or until they take it back"
        ),
        "What the organisers did on this site, and which of them it was; without your data": (
            "2 years after it was done"
        ),
    }


def test_page_on_privacy_follows_the_settings(client, settings):
    settings.NEEDS_KEPT_DAYS, settings.OWN_PAGE_DAYS, settings.LIST_KEPT_DAYS = 1, 2, 3
    settings.PERSONAL_KEPT_DAYS, settings.NEWS_KEPT_YEARS = 4, 1
    settings.DEEDS_KEPT_DAYS = 5

    days = [until.split()[0] for until in table(client).values()]

    assert days == ["21", "22", "23", "24", "24", "24", "24", "Until", "1", "5"]


def test_page_on_privacy_names_no_day_while_the_meeting_is_postponed(client):
    Meeting.objects.update(standing="postponed")

    assert list(table(client).values())[:4] == [
        "30 days after the meeting",
        "30 days after the meeting",
        "30 days after the meeting",
        "180 days after the meeting",
    ]


def test_purge_knows_every_line_of_the_table_and_no_other():
    closing = {"own_page", "participants"}

    assert {*AFTER_THE_MEETING, "news"} == {*ERASINGS, *closing} == set(LINES)


def test_addresses_of_speakers_are_erased_and_counted(days_after):
    speaker = factories.person(email="ana@museo.example", mail_language="pt")
    days_after(180)
    actions.purge()
    before = Person.objects.get(pk=speaker.pk).email
    days_after(181)

    actions.purge()

    row = Person.objects.get(pk=speaker.pk)
    assert (before, row.email, row.mail_language) == ("ana@museo.example", "", "")
    assert list(ErasureLog.objects.values_list("cause", "people")) == [("speakers", 1)]


# Minors


@pytest.mark.parametrize("path", ["/en/privacy/", "/en/registration/"])
@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        (
            "ayuda@museos.example",
            "Registration is for adults. If you are under 18, write to ayuda@museos.example.",
        ),
        ("", "Registration is for adults, from 18 years on."),
    ],
)
def test_form_and_notice_say_that_registration_is_for_adults(client, path, contact, sentence):
    Meeting.objects.update(contact_email=contact, privacy_notice_en="We keep little.")

    page = read(client, path)

    assert sentence in text(page)
    assert not page.xpath("//main//*[contains(@name, 'birth')]")


# The proof: what people typed is gone, wherever it stood


class Typed:
    """Make values that stand nowhere else, and look for them in every column of every table."""

    def __init__(self):
        self.marks = {}

    def __call__(self, name, pattern="{}"):
        self.marks[name] = f"zq{len(self.marks)}xk"
        return pattern.format(self.marks[name])

    def found(self):
        """Return the tables in which each value stands."""
        places = {name: set() for name in self.marks}
        for table in connection.introspection.table_names():
            for row in every_row(table):
                for name in (name for name, mark in self.marks.items() if mark in row):
                    places[name].add(table)
        return {name: tables for name, tables in places.items() if tables}


def every_row(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return [" ".join(map(str, row)).casefold() for row in cursor.fetchall()]


def text_fields(form):
    kinds = (forms.CharField, forms.EmailField)
    hidden = ("started", "asked_about", "website")
    fields = form.base_fields.items()
    return {name for name, field in fields if isinstance(field, kinds) and name not in hidden}


def registered(client, time_machine, typed, person):
    """Register somebody with values of their own in each field of the form; confirm and agree."""
    email = typed(f"{person} email", "{}@museo.example")
    answers = VALID | {
        "full_name": typed(f"{person} full_name", "Rosa {} Mamani"),
        "email": email,
        "institution": typed(f"{person} institution", "Museo {}"),
        "needs": typed(f"{person} needs", "Rampa {}"),
        "needs_consent": "on",
    }
    started = read(client, "/en/registration/").xpath("//input[@name='started']/@value")[0]
    time_machine.shift(20)
    assert client.post("/en/registration/", answers | {"started": started}).status_code == 302
    registration = Registration.objects.get(email=email)
    page = reverse("registration:confirm", args=[tokens.confirm_token(registration)])
    client.post(page, {"list": "on", "news": "on"} if person == "news" else {"list": "on"})
    registration.refresh_from_db()
    return registration


def written_by_organisers(registration, typed, organiser):
    """Write what organisers, mail servers and the site's own log know of somebody."""
    corrected = correction(registration, institution=typed("correction", "Casa {}"))
    actions.correct(registration, corrected, by=organiser, note=typed("note", "Llamó {}"))
    error = typed("mail server", "550 <{}@museo.example> unknown")
    factories.message(registration=registration, last_error=error)
    LogEntry.objects.create(
        user=organiser,
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=str(registration.pk),
        object_repr=typed("log", "Rosa {}"),
        action_flag=CHANGE,
    )


def letters_to(registration, typed):
    speaker = factories.person(email=typed("speaker", "{}@museo.example"))
    letter = factories.letter(state="sent")
    for reader in ({"registration": registration}, {"person": speaker}):
        factories.message(
            kind="letter",
            letter=letter,
            state="sent",
            last_error=typed(f"bounce of {next(iter(reader))}", "<{}@museo.example> full"),
            **reader,
        )


def test_nothing_typed_is_left_but_what_the_table_keeps(
    client, time_machine, days_after, organiser
):
    typed = Typed()
    plain = registered(client, time_machine, typed, "plain")
    registered(client, time_machine, typed, "news")
    certified = registered(client, time_machine, typed, "certificate")
    actions.give_consents(certified, ["certificate"], text_version="2", language="es")
    actions.change_address(plain, typed("new address", "{}@museo.example"))
    written_by_organisers(plain, typed, organiser)
    letters_to(plain, typed)
    factories.question(
        text=typed("question", "¿Cuándo {}?"),
        name=typed("asked by", "Ana {}"),
        network=typed("network"),
        network_block=typed("network block"),
    )
    # An organiser has written another one over it.
    assert set(typed.found()) == set(typed.marks) - {"plain institution"}
    assert text_fields(SignUpForm) == {"full_name", "email", "institution", "needs"}
    assert text_fields(QuestionForm) == {"text", "name"}
    days_after(181)

    actions.purge()

    assert typed.found() == {
        "news email": {"registration_newsaddress"},
        "certificate full_name": {"registration_registration"},
        "question": {"programme_question"},
    }
    days_after(181 + 4 * 366)
    actions.purge()
    assert set(typed.found()) == {"certificate full_name", "question"}


def test_erasing_oneself_leaves_nothing_typed(client, time_machine, organiser):
    typed = Typed()
    registration = registered(client, time_machine, typed, "news")
    written_by_organisers(registration, typed, organiser)

    actions.erase(registration)

    assert typed.found() == {}


def test_registered_person_downloads_everything_typed(client, time_machine):
    typed = Typed()
    registration = registered(client, time_machine, typed, "news")
    page = reverse("registration:download-data", args=[tokens.fresh_token(registration)])

    data = client.post(page).text

    assert [name for name, mark in typed.marks.items() if mark not in data] == []


def test_speaker_who_is_registered_downloads_what_organisers_know_and_may_erase_it(organiser):
    speaker = factories.person(email="ana@museo.example", mail_language="pt")
    factories.consent(person=speaker, purpose="image")
    factories.message(kind="letter", person=speaker, state="sent")
    registration = confirmed()
    actions.set_category(registration, category="speaker", person=speaker, by=organiser)
    registration.refresh_from_db()
    own = own_data(registration, Meeting.objects.get(), factories.NOW)["speaker"]

    actions.erase(registration)

    speaker.refresh_from_db()
    assert (own["email"], own["language_of_mails"]) == ("ana@museo.example", "pt")
    assert [consent["purpose"] for consent in own["consents"]] == ["image"]
    assert [mail["subject"] for mail in own["mails"]] == ["A sua oficina muda de sala"]
    assert (speaker.email, speaker.mail_language) == ("", "")
    assert not speaker.consents.live().exists()
    assert not speaker.messages.exists()
