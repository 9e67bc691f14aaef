"""Letters in the back office: writing, counting, testing, the second yes, sending, stopping."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse
from django.utils import translation

from registration import tokens
from registration.letters import approval
from registration.models import Letter, Message
from tests import factories
from tests.back_office import address, form_of
from tests.reading import read, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("meeting")]

ADD = "/admin/registration/letter/add/"
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def in_spanish(office_in_english, settings):
    settings.LANGUAGE_CODE = "es"


def page(letter, name="page", *arguments):
    return reverse(f"admin:registration_letter_{name}", args=[letter.pk, *arguments])


def deed(letter, name):
    return page(letter, "deed", name)


def state(letter):
    return Letter.objects.get(pk=letter.pk).state


def deeds_noted(letter):
    entries = LogEntry.objects.filter(object_id=str(letter.pk)).order_by("pk")
    return [entry.change_message for entry in entries if not entry.change_message.startswith("[")]


def press(client, letter, **sent):
    """Send the letter from its page, as a browser does."""
    return client.post(deed(letter, "send"), {**seen(client, letter), **sent})


def seen(client, letter):
    """Return what the page before sending carries of what its reader sees."""
    shown = read(client, deed(letter, "send"))
    names = ("counted", "seen")
    return {name: "".join(shown.xpath(f"//input[@name='{name}']/@value")) for name in names}


def told(response):
    """Return what the page after a press says last."""
    return [str(message) for message in response.wsgi_request._messages][-1]


def draft(**facts):
    """Return the data that a browser sends for a new letter to attendees."""
    texts = {f"{name}_{code}": "" for name in ("subject", "text") for code in ("es", "pt", "en")}
    return texts | {"audience": "attendees", "only_state": "confirmed"} | facts


@pytest.fixture
def few(settings, monkeypatch):
    """Ask for a second yes above two people: six hundred rows would prove no more."""
    monkeypatch.setattr(approval, "SECOND_YES_ABOVE", 2)


@pytest.fixture
def crowd():
    return [factories.registration() for _n in range(3)]


@pytest.fixture
def colleague(sign_in):
    """Sign in a second person who may send letters."""
    rights = ["registration.send_letter", "registration.view_letter"]
    return sign_in(factories.user(username="colega", permissions=rights))


# Writing and counting


def test_draft_keeps_what_was_typed_with_its_segment(staff_client, organiser):
    factories.registration(country="CL")
    typed = draft(subject_pt="Oi", only_country=["CL"], only_attendance="online", _count="1")

    response = staff_client.post(ADD, typed)

    letter = Letter.objects.get()
    assert response.url == f"{address(letter)}#count"
    assert (letter.created_by, letter.subject_pt) == (organiser, "Oi")
    assert letter.segment == {"state": "confirmed", "attendance": "online", "country": ["CL"]}
    form = staff_client.get(response.url).context["adminform"].form
    assert form["only_country"].value() == ["CL"]
    assert form["only_attendance"].value() == "online"


def test_saving_twice_makes_one_draft(staff_client):
    for _n in range(2):
        response = staff_client.post(ADD, draft(text_es="Hola", only_country=[]))

    assert response.url == page(Letter.objects.get())


def test_count_says_the_sentence_and_which_language_is_missing(staff_client):
    factories.registration(country="CL", mail_language="pt")
    factories.registration(country="BO", mail_language="es")
    letter = factories.letter(segment={"country": ["CL"]}, text_pt="")

    count = read(staff_client, address(letter)).xpath("//*[@id='count']")

    assert words(count) == [
        "Quién lo recibiría ahora Confirmada, de Chile: 1 persona Portugués: 1 · falta el asunto "
        "o el texto"
    ]


def test_condition_of_another_audience_is_refused_and_nothing_lost(staff_client):
    typed = draft(audience="speakers", only_attendance="online", text_es="Hola")

    response = staff_client.post(ADD, typed)

    form = response.context["adminform"].form
    with translation.override("es"):
        only = Letter.Audience.ATTENDEES.label
        sentence = f"Solo para: {only}. Elíjalo arriba, o deje esto sin elegir."
        assert form.errors == {"only_attendance": [sentence]}
    assert form["text_es"].value() == "Hola"
    assert Letter.objects.count() == 0


def test_country_that_nobody_has_any_more_stays_a_condition(staff_client):
    letter = factories.letter(segment={"state": "confirmed", "country": ["CL"]})

    staff_client.post(address(letter), form_of(staff_client, address(letter)))

    assert Letter.objects.get().segment == {"state": "confirmed", "country": ["CL"]}


def test_unknown_placeholder_is_refused_by_its_field(staff_client):
    response = staff_client.post(ADD, draft(text_es="Hola {nombre}", subject_es="Aviso"))

    assert list(response.context["adminform"].form.errors) == ["text_es"]


def test_first_language_comes_first_and_no_text_is_required(staff_client, meeting):
    type(meeting).objects.update(first_language="pt")

    page = read(staff_client, ADD)

    fields = page.xpath("//*[starts-with(@name, 'subject_')]")
    assert [field.get("name") for field in fields] == ["subject_pt", "subject_es", "subject_en"]
    assert [field.get("required") for field in fields] == [None, None, None]


def test_letter_that_is_sent_meanwhile_leaves_what_was_typed_as_a_draft(staff_client):
    letter = factories.letter()
    typed = form_of(staff_client, address(letter)) | {"text_es": "Otra cosa"}
    Letter.objects.update(state="asked", asked_by=letter.created_by, asked_at=factories.NOW)

    response = staff_client.post(address(letter), typed)

    kept = Letter.objects.exclude(pk=letter.pk).get()
    assert (kept.text_es, kept.state) == ("Otra cosa", "draft")
    assert Letter.objects.get(pk=letter.pk).text_es == letter.text_es
    assert response.status_code == 302


# Looking


def test_page_lists_recipients_only_to_whoever_may_see_registrations(staff_client, colleague):
    factories.registration(full_name="Rosa Quispe", email="rosa@museo.example")
    letter = factories.letter()

    seen = [text(read(client, page(letter))) for client in (staff_client, colleague)]

    assert ["rosa@museo.example" in one for one in seen] == [True, False]
    assert ["Confirmada: 1 persona" in one for one in seen] == [True, True]
    row = next(iter(colleague.get(page(letter, "preview")).context["samples"]))
    samples = colleague.get(page(letter, "preview")).context["samples"]
    assert row.code == "es"
    assert [sample.code for sample in samples] == ["es", "pt", "en"]


def test_preview_shows_each_language_and_three_real_recipients(staff_client):
    people = [factories.registration(full_name=f"Ana {n}", mail_language="pt") for n in range(5)]
    letter = factories.letter(text_pt="Olá, {name}. {own_page}")

    samples = staff_client.get(page(letter, "preview")).context["samples"]
    shown = staff_client.get(page(letter, "mail"), {"as": str(people[2].pk)})

    chosen = [str(people[n].pk) for n in (0, 2, 4)]
    assert [sample.code for sample in samples] == ["es", "pt", "en", *chosen]
    assert "Olá, Ana 2." in shown.text
    with translation.override("pt"):
        assert reverse("registration:lost-link") in shown.text
    assert tokens.own_token(people[2]) not in shown.text
    assert "style-src 'unsafe-inline'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert Message.objects.count() == 0


@pytest.mark.parametrize("name", ["preview", "mail"])
def test_preview_of_somebody_outside_the_segment_is_not_there(staff_client, name):
    outside = factories.registration(country="BO")
    letter = factories.letter(segment={"country": ["CL"]})

    response = staff_client.get(page(letter, name), {"as": str(outside.pk)})

    assert response.status_code == 404


def test_letters_are_shown_to_nobody_without_a_permission(powerless_client, client):
    letter = factories.letter()
    names = ["page", "preview", "mail", "test", "again"]
    urls = [*(page(letter, name) for name in names), deed(letter, "send"), deed(letter, "stop")]

    assert {powerless_client.get(url).status_code for url in urls} == {403}
    assert {client.get(url).status_code for url in urls} == {302}


def test_whoever_may_only_look_sends_and_stops_nothing(sign_in):
    looking = sign_in(factories.user(permissions=["registration.view_letter"]))
    factories.registration()
    letter, sending = factories.letter(), factories.letter(state="sending")

    sent = looking.post(deed(letter, "send"), {"counted": "1"})
    stopped = looking.post(deed(sending, "stop"))
    tested = looking.post(page(letter, "test"), {"language": "es"})

    assert [response.status_code for response in (sent, stopped, tested)] == [403, 403, 403]
    assert (state(letter), state(sending)) == ("draft", "sending")
    assert looking.get(page(letter)).status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_list_takes_the_same_queries(staff_client, count, django_assert_num_queries):
    for _n in range(count):
        letter = factories.letter(state="sending")
        factories.message(kind="letter", letter=letter, state="sent", history=None)

    with django_assert_num_queries(12):
        response = staff_client.get("/admin/registration/letter/")

    assert response.status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_page_takes_the_same_queries(staff_client, count, django_assert_num_queries):
    for _n in range(count):
        factories.registration()
    letter = factories.letter()

    with django_assert_num_queries(18):
        staff_client.get(page(letter))


# A test to oneself


def test_test_goes_to_oneself_alone_and_once(staff_client, organiser):
    organiser.email, organiser.first_name = "organiza@museo.example", "Lía"
    organiser.save()
    factories.registration()
    letter = factories.letter(text_pt="Olá, {name}.")

    answers = [staff_client.post(page(letter, "test"), {"language": "pt"}) for _n in range(2)]

    [sent] = mail.outbox
    assert sent.to == ["organiza@museo.example"]
    assert sent.subject == f"Teste: {letter.subject_pt}"
    assert "Olá, Lía." in sent.body
    assert [response.url for response in answers] == [page(letter)] * 2
    assert Message.objects.count() == 0
    assert state(letter) == "draft"


def test_test_without_an_address_or_a_text_says_what_is_missing(staff_client, organiser):
    letter = factories.letter(text_en="")

    without_address = told(staff_client.post(page(letter, "test"), {"language": "es"}))
    organiser.email = "organiza@museo.example"
    organiser.save()
    without_text = told(staff_client.post(page(letter, "test"), {"language": "en"}))

    assert without_address == (
        "Su cuenta no tiene dirección de correo: otra persona de la organización puede escribirla."
    )
    assert without_text == "Falta el asunto o el texto en inglés."
    assert mail.outbox == []


# Sending


def test_small_letter_is_sent_by_one_press_once(staff_client, organiser, crowd):
    letter = factories.letter(created_by=organiser)

    press(staff_client, letter)
    second = staff_client.post(deed(letter, "send"), {"counted": "3"})

    assert state(letter) == "sending"
    assert Message.objects.filter(letter=letter).count() == 3
    assert deeds_noted(letter) == ["Se está enviando a 3 personas."]
    assert second.url == page(letter)


def test_segment_that_has_grown_since_the_count_is_asked_about_again(staff_client, crowd):
    letter = factories.letter()
    before = seen(staff_client, letter)
    factories.registration()

    response = staff_client.post(deed(letter, "send"), before)

    assert "había 3 destinatarios, y ahora hay 4" in response.text
    assert state(letter) == "draft"
    assert response.context["form"]["counted"].value() == "4"
    press(staff_client, letter)
    assert state(letter) == "sending"


def test_letter_that_has_changed_since_its_page_was_opened_is_not_sent(staff_client, crowd):
    letter = factories.letter()
    before = seen(staff_client, letter)
    Letter.objects.update(text_es="Mañana no hay bus.")

    response = staff_client.post(deed(letter, "send"), before)

    assert "El comunicado ha cambiado desde que usted abrió esta página" in response.text
    assert (state(letter), Message.objects.filter(letter=letter).count()) == ("draft", 0)
    press(staff_client, letter)
    assert state(letter) == "sending"


def test_letter_without_a_language_of_its_readers_is_not_sent(staff_client):
    factories.registration(mail_language="pt")
    letter = factories.letter(text_pt="")

    response = staff_client.post(deed(letter, "send"), {"counted": "1"})

    assert response.status_code == 200
    assert state(letter) == "draft"
    shown = text(read(staff_client, page(letter)))
    assert "Se puede enviar cuando esté escrito en cada idioma que alguien lee." in shown


def test_letter_to_many_waits_for_somebody_who_has_not_written_it(
    few, crowd, staff_client, organiser, colleague
):
    letter = factories.letter(created_by=organiser)

    press(staff_client, letter)
    asked = state(letter)
    press(staff_client, letter)
    by_the_author = state(letter)
    press(colleague, letter)

    assert (asked, by_the_author, state(letter)) == ("asked", "asked", "sending")
    sent = Letter.objects.get()
    assert (sent.asked_by, sent.approved_by.username) == (organiser, "colega")
    assert deeds_noted(letter) == [
        "Se pidió el sí de otra persona: 3 destinatarios.",
        "Se está enviando a 3 personas.",
    ]


def test_second_person_who_has_changed_the_letter_is_one_of_its_authors(
    few, crowd, staff_client, organiser, sign_in
):
    rights = ["send_letter", "change_letter", "view_letter", "add_letter"]
    editor = factories.user(permissions=[f"registration.{right}" for right in rights])
    letter = factories.letter(created_by=organiser)
    client = sign_in(editor)
    client.post(address(letter), form_of(client, address(letter)) | {"text_es": "Otro"})

    press(client, letter)

    assert state(letter) == "asked"


def test_author_alone_says_yes_again_after_ten_minutes_and_types_the_count(
    few, crowd, staff_client, organiser, time_machine
):
    letter = factories.letter(created_by=organiser)
    press(staff_client, letter)
    found = []

    press(staff_client, letter, typed="3")
    found.append(state(letter))
    time_machine.shift(TEN_MINUTES)
    for typed in ("", "4"):
        press(staff_client, letter, typed=typed)
        found.append(state(letter))
    press(staff_client, letter, typed="3")

    assert found == ["asked", "asked", "asked"]
    assert state(letter) == "sending"


def test_letter_that_was_taken_back_is_a_draft_and_asks_again(
    few, crowd, staff_client, organiser, colleague
):
    letter = factories.letter(created_by=organiser)
    press(staff_client, letter)

    staff_client.post(deed(letter, "withdraw"))
    taken_back = state(letter)
    press(staff_client, letter)

    assert (taken_back, state(letter)) == ("draft", "asked")


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("sending", "pause", "paused"),
        ("paused", "resume", "sending"),
        ("sending", "stop", "stopped"),
        ("paused", "stop", "stopped"),
    ],
)
def test_deed_is_done_once_and_noted(staff_client, before, name, after):
    letter = factories.letter(state=before)
    factories.message(kind="letter", letter=letter, history=None)

    pages = [staff_client.get(deed(letter, name)).status_code]
    answers = [staff_client.post(deed(letter, name)).url for _n in range(2)]

    assert pages == [200]
    assert state(letter) == after
    assert len(deeds_noted(letter)) == 1
    assert answers == [page(letter)] * 2


def test_page_of_a_letter_that_is_sent_says_progress_and_lists_what_failed(staff_client):
    letter = factories.letter(state="sending", recipients=3)
    for one in ("sent", "failed", "due"):
        factories.message(kind="letter", letter=letter, history=None, state=one)

    shown = text(read(staff_client, page(letter)))

    assert "enviados: 1 de 3" in shown
    assert "por enviar: 1" in shown
    assert "Fallaron: 1" in shown


def test_failed_ones_are_sent_again_once(staff_client):
    letter = factories.letter(state="sent", recipients=1)
    failed = factories.message(kind="letter", letter=letter, history=None, state="failed")

    for _n in range(2):
        staff_client.post(page(letter, "again"))

    assert Message.objects.get(pk=failed.pk).state == "due"
    assert deeds_noted(letter) == ["Se enviará otra vez 1 correo."]


# What the start page says


def test_start_page_says_which_letters_wait(staff_client, organiser, sign_in, time_machine):
    asked = factories.letter(state="asked", subject_es="Nueva sala")
    paused = factories.letter(state="sending", subject_es="Transporte")
    staff_client.post(deed(paused, "pause"))

    def items():
        found = sign_in(organiser).get("/admin/").context["attention_items"]
        return [(item.words, item.links[0].url) for item in found if "comunicado" in item.words]

    waits = ("El comunicado «Nueva sala» espera el sí de otra persona", deed(asked, "send"))
    assert items() == [waits]
    time_machine.shift(timedelta(days=1, minutes=1))
    left = ("El comunicado «Transporte» está en pausa desde hace más de un día", page(paused))
    assert items() == [waits, left]
