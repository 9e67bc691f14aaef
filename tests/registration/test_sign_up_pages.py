"""A browser goes from the form to the person's own page; bad input gets a sentence."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from programme.models import Meeting
from registration import actions, tokens
from registration.forms.sign_up import country_choices
from registration.models import Quota, Registration, Throttle
from tests import factories
from tests.reading import headings, read, text
from tests.registration.helpers import (
    VALID,
    close_registration,
    confirmed,
    errors,
    mails,
    sign_up,
    states,
)

pytestmark = pytest.mark.django_db

FORM = "/es/inscripcion/"
MAIL = "/es/inscripcion/su-correo/"
CORRECT = "/es/inscripcion/corregir/"


@pytest.fixture
def workshop(meeting):
    factories.quota(size=3)
    return factories.quota(session=factories.workshop(title="Archivo oral"), size=1)


@pytest.fixture
def post(client, meeting, time_machine):
    """Return a function that opens the form, waits, and posts it with these answers."""

    def send(url=FORM, **answers):
        html = client.get(url).text
        started = re.search(r'name="started" value="([^"]+)"', html).group(1)
        time_machine.shift(20)
        return client.post(url, {**VALID, "started": started, **answers})

    return send


def test_form_leads_to_the_mail_page_with_the_address(post, client):
    response = post()

    assert (response.status_code, response.url) == (302, MAIL)
    assert Registration.objects.get().state == "pending"
    assert "rosa@museo.example" in client.get(MAIL).text


@pytest.mark.parametrize(
    ("url", "language"),
    [("/es/inscripcion/", "es"), ("/pt/inscricao/", "pt"), ("/en/registration/", "en")],
)
def test_form_is_there_in_each_language_and_offers_it_for_the_mails(meeting, client, url, language):
    html = client.get(url).text

    assert f'<option value="{language}" selected>' in html


def test_countries_are_named_and_ordered_as_in_the_language():
    with translation.override("es"):
        _none, (_title, near), (_other, rest) = country_choices()

    assert " ".join(name for _code, name in near) == (
        "Andorra Argentina Bolivia Brasil Chile Colombia Costa Rica Cuba Ecuador El Salvador "
        "España Guatemala Honduras México Nicaragua Panamá Paraguay Perú Portugal "
        "República Dominicana Uruguay Venezuela"
    )
    islands = [name for _code, name in rest if name.startswith("Isla ")]
    assert islands == ["Isla Bouvet", "Isla de Man", "Isla de Navidad", "Isla Norfolk"]


def test_code_from_the_mail_confirms_and_shows_ones_own_page(post, client):
    post()
    registration = Registration.objects.get()
    code = tokens.code(registration)

    response = client.post(reverse("registration:enter-code"), {"code": f"{code[:3]} {code[3:]}"})

    registration.refresh_from_db()
    assert registration.state == "confirmed"
    page = client.get(response.url)
    assert registration.spaced_reference in page.text
    assert "Rosa Quispe Mamani" in page.text


def test_link_from_the_mail_acts_only_by_its_button(post, client):
    post()
    registration = Registration.objects.get()
    link = reverse("registration:confirm", args=[tokens.confirm_token(registration)])

    client.get(link)
    client.head(link)
    registration.refresh_from_db()
    assert registration.state == "pending"

    response = client.post(link)

    registration.refresh_from_db()
    assert registration.state == "confirmed"
    assert response.url == reverse("registration:own", args=[tokens.own_token(registration)])


def test_form_looks_the_same_before_and_after_somebody_registers(client, workshop):
    """Show no exact figure: it changes only for a new name, and would tell which are registered."""
    in_person = Quota.objects.in_person().get()
    actions.set_size(in_person, 100)
    actions.set_size(workshop, 30)
    before = client.get(FORM).text

    confirmed(in_person, workshop, n=1)

    assert bare_form(client.get(FORM).text) == bare_form(before)
    assert "Quedan cupos" in before
    assert before.count('viewBox="0 0 58 12"') == 1


def bare_form(html):
    return re.sub(r'name="started" value="[^"]+"', "", html)


def test_form_does_not_say_how_many_wait(client, workshop):
    in_person = Quota.objects.in_person().get()
    actions.set_size(in_person, 100)
    for n in range(3):
        confirmed(in_person, workshop, n=n, waitlist=[workshop.code])

    html = client.get(FORM).text

    assert "Cupos agotados. Si lo marca, entra en la lista de espera." in html
    assert "número" not in html


def test_double_click_makes_one_registration_and_one_mail(post, client):
    post()

    post()

    assert Registration.objects.count() == 1
    assert [kind for kind, _ in mails()] == ["pending"]


def test_known_and_unknown_address_get_the_same_answer(post, client):
    confirmed()

    known = post()
    known_page = client.get(MAIL).text
    unknown = post(full_name="Otra Persona")
    unknown_page = client.get(MAIL).text

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert bare(known_page) == bare(unknown_page)


def test_known_and_unknown_address_get_the_same_answer_where_something_is_full(post, workshop):
    in_person = Quota.objects.in_person().get()
    confirmed(in_person, workshop, n=1)
    confirmed()
    wanted = {"attendance": "in_person", "workshops": [workshop.code]}

    known, unknown = post(**wanted), post(full_name="Otra Persona", **wanted)

    assert (known.status_code, errors(known)) == (unknown.status_code, errors(unknown))
    assert known.status_code == 422


def test_known_and_unknown_address_get_the_same_answer_where_something_has_begun(
    workshop, time_machine
):
    in_person = Quota.objects.in_person().get()
    confirmed()
    time_machine.move_to(workshop.session.starts_at, tick=False)

    for name in ("Rosa Quispe Mamani", "Otra Persona"):
        with pytest.raises(actions.Refusal, match="Archivo oral"):
            sign_up(in_person, workshop, full_name=name)

    assert mails() == [("pending", "Rosa Quispe Mamani"), ("confirmed", "Rosa Quispe Mamani")]


def test_what_has_begun_is_no_longer_on_offer(post, workshop, time_machine):
    Meeting.objects.update(registration_closes_at=None)
    time_machine.move_to(workshop.session.starts_at, tick=False)

    response = post(attendance="in_person", workshops=[workshop.code])

    sentence = "Una de sus opciones ya no está disponible: elija entre estas."
    assert errors(response) == {"workshops": [sentence]}
    assert "Archivo oral" not in response.text


def test_known_and_unknown_address_get_the_same_answer_to_a_code(post, client):
    registration = confirmed()
    answers = []
    for name in ("Rosa Quispe Mamani", "Otra Persona"):
        post(full_name=name)
        answers.append(client.post(reverse("registration:enter-code"), {"code": "000000"}))

    assert [answer.status_code for answer in answers] == [422, 422]
    assert bare(answers[0].text) == bare(answers[1].text)
    registration.refresh_from_db()
    assert registration.code_tries == 0


def test_slip_sent_twice_can_still_be_corrected(post, workshop):
    wanted = {"attendance": "in_person", "workshops": [workshop.code]}
    post(email="rosa@musoe.example", **wanted)
    post(email="rosa@musoe.example", **wanted)

    post(CORRECT, **wanted)

    assert list(Registration.objects.order_by("pk").values_list("state", flat=True)) == [
        "cancelled",
        "pending",
    ]


def test_other_browser_cannot_withdraw_a_pending_registration(post, client, workshop):
    wanted = {"attendance": "in_person", "workshops": [workshop.code]}
    post(**wanted)
    client.cookies.clear()
    post(**wanted)

    post(CORRECT, email="otra@museo.example", **wanted | {"workshops": []})

    victim = Registration.objects.get(email="rosa@museo.example")
    assert victim.state == "pending"


@pytest.mark.parametrize("renewal", ["correction", "reopening"])
def test_link_to_the_own_page_stops_working_with_a_new_version(client, meeting, organiser, renewal):
    registration = confirmed()
    link = reverse("registration:own", args=[tokens.own_token(registration)])
    if renewal == "correction":
        Registration.objects.update(link_version=2)
    else:
        actions.cancel(registration)
        confirmed()

    assert client.get(link).status_code == 410


@pytest.mark.parametrize("path", [FORM, CORRECT])
def test_form_without_a_token_opens_no_form_that_is_closed(client, path):
    factories.meeting(registration_closes_at="2026-08-02T09:00Z")

    response = Client(enforce_csrf_checks=True).post(path, VALID)

    assert response.templates[0].name == "registration/not_open.html"


def test_form_that_never_closes_is_closed_once_the_last_session_is_over(client, time_machine):
    factories.meeting(registration_closes_at=None)
    factories.session(starts_at=factories.moment("9:00", day=3))
    time_machine.move_to(factories.moment("10:00", day=3), tick=False)

    page = read(client, "/en/registration/")

    assert headings(page, 1) == ["Registration is closed"]
    assert text(page, "//*[@class='lede']") == "The meeting is over."


def bare(html):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def test_wrong_code_gets_a_sentence_and_is_counted(post, client):
    post()
    wrong = "000000" if tokens.code(Registration.objects.get()) != "000000" else "111111"

    response = client.post(reverse("registration:enter-code"), {"code": wrong})

    assert response.status_code == 422
    assert list(errors(response)) == ["code"]
    assert Registration.objects.get().code_tries == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 10_000])
def test_malformed_code_gets_a_sentence_and_costs_no_try(post, client, typed):
    post()

    response = client.post(reverse("registration:enter-code"), {"code": typed})

    assert (response.status_code, list(errors(response))) == (422, ["code"])
    assert Registration.objects.get().code_tries == 0


@pytest.mark.parametrize("name", ["enter-code", "resend"])
def test_reload_or_language_switch_after_a_wrong_code_leads_back(client, meeting, name):
    response = client.get(reverse(f"registration:{name}"))

    assert (response.status_code, response.url) == (302, MAIL)


def test_lost_cookie_says_that_nothing_is_lost(post, client):
    post()
    client.cookies.clear()

    responses = [client.get(MAIL), client.post(reverse("registration:enter-code"), {"code": "1"})]

    assert [r.status_code for r in responses] == [422, 422]
    assert [r.templates[0].name for r in responses] == ["registration/cookie_lost.html"] * 2


def test_code_can_be_typed_until_the_registration_lapses(post, client, settings, time_machine):
    settings.LAPSE_HOURS = 72
    post()

    times = [factories.NOW + timedelta(hours=hours) for hours in (71, 73)]
    responses = []
    for moment in times:
        time_machine.move_to(moment)
        responses.append(client.get(MAIL).status_code)

    assert responses == [200, 422]


def test_asking_for_the_mail_again_writes_it(post, client):
    post()

    response = client.post(reverse("registration:resend"))

    assert response.url == f"{MAIL}?sent=again"
    assert [kind for kind, _ in mails()] == ["pending", "pending"]


def test_correcting_the_address_shows_what_was_typed_and_withdraws_the_slip(post, client, workshop):
    code = workshop.code
    post(email="rosa@musoe.example", attendance="in_person", workshops=[code])
    html = client.get(CORRECT).text
    assert 'value="rosa@musoe.example"' in html

    response = post(CORRECT, attendance="in_person", workshops=[code])

    assert response.status_code == 302
    assert list(Registration.objects.order_by("pk").values_list("email", "state")) == [
        ("rosa@musoe.example", "cancelled"),
        ("rosa@museo.example", "pending"),
    ]


def test_required_fields_say_so_and_one_sentence_explains_the_others(client, meeting):
    text = client.get(FORM).text
    required = re.findall(r'<(?:input|select)[^>]* name="(\w+)"[^>]* required', text)

    assert required == ["full_name", "email", "country", "occupation", "professional", "consent"]
    assert text.count('aria-invalid="false"') == len(required)
    assert re.findall('role="radiogroup" aria-required="true"', text)
    assert text.count("salvo a lo que dice «(opcional)»") == 1


def test_empty_form_names_every_required_field_and_writes_nothing(client, meeting, post):
    response = post(**dict.fromkeys(VALID, ""))

    assert response.status_code == 422
    assert list(errors(response)) == [
        "full_name",
        "email",
        "country",
        "occupation",
        "attendance",
        "mail_language",
        "professional",
        "consent",
    ]
    assert Registration.objects.count() == 0
    assert "<title>Error" in response.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("full_name", "x" * 10_000),
        ("full_name", "Rosa \uf04a"),
        ("full_name", "\u3164\u3164"),
        ("full_name", "<script>alert(1)</script>"),
        ("full_name", "=1+1"),
        ("full_name", "Gana http://premio.example"),
        ("full_name", "Gana premio.com"),
        ("full_name", "bit.ly/premio"),
        ("full_name", "Rosa 🎉"),
        ("full_name", "12345"),
        ("email", "rosa@museo"),
        ("email", "rosa"),
        ("email", "rosa@museo.example\nBcc: x@y.example"),
        ("email", "rosa@museo.example\nBcc: x"),
        ("email", "rosa@localhost"),
        ("email", "rosa@[127.0.0.1]"),
        ("email", "x" * 10_000 + "@museo.example"),
        ("country", "XX"),
        ("institution", "x" * 10_000),
        ("institution", "<b>Museo</b>"),
        ("institution", "www.premio.example"),
        ("institution", "Museo \ufdd0"),
        ("occupation", "emperor"),
        ("attendance", "by post"),
        ("workshops", "NO-SUCH"),
        ("services", "no-such"),
        ("needs", "x" * 10_000),
        ("mail_language", "xx"),
    ],
)
def test_bad_answer_gets_a_sentence_beside_its_field_and_is_kept(post, field, typed):
    response = post(**{field: typed, "needs_consent": "on"})

    assert response.status_code == 422
    assert list(errors(response)) == [field]
    assert response.context["form"][field].value() in (typed, [typed])
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    "name",
    [
        "José Ñandú-O'Higgins",
        "María de los Ángeles D’Ors",
        "阮文",
        "אברהם כהן",
        "Sukarno",
        "Juan Pablo 2",
    ],
)
def test_names_of_many_languages_are_accepted(post, name):
    assert post(full_name=name).status_code == 302
    assert Registration.objects.get().full_name == name


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("full_name", "Rosa\u00a0Quispe\u202f", "Rosa Quispe"),
        ("full_name", "Rosa\tQuispe\r\n", "Rosa Quispe"),
        ("full_name", "\u202aRosa Qui\u00adspe\u202c\x07", "Rosa Quispe"),
        ("full_name", "Jose\u0301 D’Ors", "José D’Ors"),
        ("institution", "Museo\u2028Nacional\ufeff", "Museo Nacional"),
        ("needs", "\u200bRampa,\u00a0por favor\r\nGracias", "Rampa,\u00a0por favor\nGracias"),
        ("email", "Rosa Quispe <mailto:rosa@museo.example>.", "rosa@museo.example"),
    ],
)
def test_what_cannot_be_seen_is_accepted_and_not_kept(post, field, typed, kept):
    assert post(**{field: typed, "needs_consent": "on"}).status_code == 302

    assert getattr(Registration.objects.get(), field) == kept


def test_address_with_a_sign_that_cannot_stand_there_gets_a_suggestion(post):
    response = post(email="josé@museo,example")

    assert errors(response) == {
        "email": [
            "«é», «,» no pueden estar en un correo electrónico. ¿Quiso escribir jose@museo.example?"
        ]
    }


def test_formula_in_the_institution_is_kept_as_text(post):
    post(institution="=1+1")

    assert Registration.objects.get().institution == "=1+1"


def test_online_person_cannot_choose_a_workshop(post, workshop):
    response = post(workshops=[workshop.code])

    assert (response.status_code, list(errors(response))) == (422, ["workshops"])


def test_slip_in_a_common_domain_is_asked_about_and_nothing_is_lost(post):
    response = post(email="rosa@gmial.com")

    assert response.status_code == 422
    assert errors(response) == {
        "email": [
            "¿Quiso escribir rosa@gmail.com? Si es así, corrija el correo. Si está bien como "
            "está, vuelva a enviar la página."
        ]
    }
    assert response.context["form"]["email"].value() == "rosa@gmial.com"
    assert 'name="asked_about" value="rosa@gmial.com"' in response.text
    assert not Registration.objects.exists()


def test_address_sent_again_is_accepted_and_another_slip_is_asked_about(post):
    other = post(email="rosa@gmai.com", asked_about="rosa@gmial.com")
    same = post(email="rosa@gmial.com", asked_about="rosa@gmial.com")

    assert (other.status_code, same.status_code) == (422, 302)
    assert Registration.objects.get().email == "rosa@gmial.com"


def test_overlapping_workshops_are_named_with_their_hours(post, workshop):
    other = factories.quota(session=factories.workshop(title="Conservar con poco"))

    response = post(attendance="in_person", workshops=[workshop.code, other.code])

    (sentence,) = errors(response)["workshops"]
    assert ("Archivo oral" in sentence, "Conservar con poco" in sentence) == (True, True)
    assert "10:00" in sentence


def test_waiting_list_that_is_none_is_refused_among_the_boxes(post, meeting):
    response = post(waitlist=["no-such"])

    sentence = "Una de sus opciones ya no está disponible: elija entre estas."
    assert errors(response) == {"workshops": [sentence]}
    assert Registration.objects.count() == 0


def test_workshop_and_its_waiting_list_may_be_posted_both(post, workshop):
    in_person = Quota.objects.in_person().get()
    confirmed(in_person, workshop, n=1)

    response = post(attendance="in_person", workshops=[workshop.code], waitlist=[workshop.code])

    assert response.status_code == 302
    registration = Registration.objects.get(email="rosa@museo.example")
    assert states(registration) == {in_person.pk: "held", workshop.pk: "waiting"}


def test_waiting_list_accepted_for_what_has_places_again_gives_a_place(post, workshop):
    actions.set_size(workshop, 2)

    response = post(attendance="in_person", workshops=[workshop.code], waitlist=[workshop.code])

    assert response.status_code == 302
    assert states(Registration.objects.get())[workshop.pk] == "held"


def test_in_person_is_refused_without_a_quota_for_it(post):
    response = post(attendance="in_person")

    assert list(errors(response)) == ["attendance"]


def test_access_needs_without_their_consent_are_not_taken(post):
    response = post(needs="Silla de ruedas")

    assert list(errors(response)) == ["needs_consent"]
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "wait"),
    [({"website": "https://spam.example"}, 20), ({}, 1), ({}, 5 * 60 * 60), ({"started": "x"}, 20)],
)
def test_machine_like_form_is_sent_back_and_the_second_try_passes(
    client, meeting, time_machine, answers, wait
):
    started = re.search(r'name="started" value="([^"]+)"', client.get(FORM).text).group(1)
    time_machine.shift(wait)

    first = client.post(FORM, {**VALID, "started": started, **answers})
    again = re.search(r'name="started" value="([^"]+)"', first.text).group(1)
    time_machine.shift(5)
    second = client.post(FORM, {**VALID, "started": again})

    assert (first.status_code, list(errors(first))) == (422, ["__all__"])
    assert second.status_code == 302


def test_person_whose_browser_fills_in_the_form_loses_nothing_by_being_fast(
    client, meeting, time_machine
):
    form = "/en/registration/"
    started = re.search(r'name="started" value="([^"]+)"', client.get(form).text).group(1)
    answers = {**VALID, "started": started}
    time_machine.shift(2)

    first = client.post(form, answers)
    time_machine.shift(1)
    second = client.post(form, answers)

    sentence = "That was very fast. Nothing is lost: please send the page again."
    assert errors(first) == {"__all__": [sentence]}
    assert first.context["form"].data.dict() == {**answers, "website": ""}
    assert second.status_code == 302


def test_too_many_from_one_network_keeps_what_was_typed(post, settings):
    settings.SIGNUPS_PER_NETWORK = 1
    post()

    response = post(full_name="Juana Quispe", email="juana@museo.example")

    assert response.status_code == 429
    assert 'value="Juana Quispe"' in response.text
    assert Registration.objects.count() == 1
    assert Throttle.objects.exclude(key__regex="^[0-9a-f]{64}$").count() == 0


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [
        (None, None, "unannounced"),
        ("2026-10-01", None, "before"),
        ("2026-01-01", "2026-02-01", "closed"),
    ],
)
def test_form_outside_the_time_of_registration_says_so_and_saves_nothing(
    client, opens, closes, state
):
    factories.meeting(
        registration_opens_at=opens and f"{opens}T09:00Z",
        registration_closes_at=closes and f"{closes}T09:00Z",
    )

    responses = [client.get(FORM), client.post(FORM, VALID)]

    assert [r.context["state"] for r in responses] == [state, state]
    assert Registration.objects.count() == 0


def test_pages_of_dead_ends_offer_the_form_only_while_registration_is_open(client, meeting):
    dead_link = reverse("registration:confirm", args=["x"])

    while_open = [client.get(page).text for page in (MAIL, dead_link)]
    close_registration()
    when_closed = [client.get(page).text for page in (MAIL, dead_link)]

    # One link more than the head of the page has.
    assert [page.count(f'href="{FORM}"') for page in while_open] == [2, 2]
    assert [page.count(f'href="{FORM}"') for page in when_closed] == [0, 0]
    lost_link = reverse("registration:lost-link")
    assert [lost_link in page for page in when_closed] == [True, True]


@pytest.mark.parametrize("end", ["cancelled", "lapsed"])
def test_link_of_an_ended_registration_offers_the_form_only_while_registration_is_open(
    client, meeting, time_machine, end
):
    registration = sign_up()
    if end == "cancelled":
        actions.cancel(registration)
    time_machine.shift(timedelta(days=3))
    link = reverse("registration:confirm", args=[tokens.confirm_token(registration)])

    while_open = client.post(link).text
    close_registration()
    when_closed = client.post(link).text

    # One link more than the head of the page has.
    assert (while_open.count(f'href="{FORM}"'), when_closed.count(f'href="{FORM}"')) == (2, 0)
    assert "inscribirse" not in when_closed.lower()


def test_mail_page_offers_to_correct_the_address_only_while_registration_is_open(post, client):
    post()

    while_open = client.get(MAIL).text
    close_registration()
    when_closed = client.get(MAIL).text

    assert (CORRECT in while_open, CORRECT in when_closed) == (True, False)
    assert reverse("registration:enter-code") in when_closed


@pytest.mark.parametrize("token", ["x", "WzEsMV0:forged", "W10:x", "x" * 2000])
@pytest.mark.parametrize("name", ["confirm", "own", "cancel", "own-calendar"])
def test_forged_link_leads_to_help(client, meeting, name, token):
    response = client.get(reverse(f"registration:{name}", args=[token]))

    assert (response.status_code, response.templates[0].name) == (
        410,
        "registration/dead_link.html",
    )


def test_link_of_one_purpose_does_not_work_for_another(client, meeting):
    registration = confirmed()

    own = client.get(reverse("registration:own", args=[tokens.confirm_token(registration)]))
    confirm = client.post(reverse("registration:confirm", args=[tokens.own_token(registration)]))

    assert (own.status_code, confirm.status_code) == (410, 410)


def test_own_page_of_an_unconfirmed_registration_is_closed(client, meeting):
    registration = sign_up()

    response = client.get(reverse("registration:own", args=[tokens.own_token(registration)]))

    assert response.status_code == 410


def test_own_page_closes_a_month_after_the_meeting(client, meeting, time_machine):
    link = reverse("registration:own", args=[tokens.own_token(confirmed())])
    time_machine.move_to(factories.moment("23:59", day=33))
    assert client.get(link).status_code == 200

    time_machine.move_to(factories.moment("00:01", day=34))

    assert client.get(link).status_code == 410


def test_cancelling_takes_a_page_and_a_button(client, meeting):
    registration = confirmed()
    link = reverse("registration:cancel", args=[tokens.own_token(registration)])

    client.get(link)
    registration.refresh_from_db()
    assert registration.state == "confirmed"

    response = client.post(link, follow=True)

    registration.refresh_from_db()
    assert registration.state == "cancelled"
    assert response.templates[0].name == "registration/own.html"


def test_personal_pages_are_not_stored_indexed_or_told_to_others(client, meeting):
    response = client.get(reverse("registration:own", args=[tokens.own_token(confirmed())]))

    assert (
        response.headers["Cache-Control"]
        == "max-age=0, no-cache, no-store, must-revalidate, private"
    )
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"
