"""The back office in the organisers' words: first steps, languages, history, second steps."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from eim.back_office.attention.first_steps import has_sender
from programme.models import Meeting
from tests import factories
from tests.back_office import address, form_of


def steps(client):
    found = client.get("/admin/").context["first_steps"]
    return {step.words: (step.is_done, step.url) for step in found}


# First steps


def test_empty_site_says_what_is_missing(staff_client, office_in_english, settings):
    settings.DEFAULT_FROM_EMAIL = "EIM <eim@localhost>"

    found = steps(staff_client)

    assert {is_done for is_done, _url in found.values()} == {False}
    assert len(found) == 9
    assert found["Write down the meeting: its name, its days, its venue"][1] == reverse(
        "admin:programme_meeting_add"
    )


def test_steps_that_are_done_are_ticked_and_all_done_are_gone(
    staff_client, office_in_english, settings, meeting
):
    settings.DEFAULT_FROM_EMAIL = "EIM <eim@museos.org>"
    Meeting.objects.update(contact_email="eim@museos.org", privacy_notice_es="Cuidamos sus datos.")
    factories.session(room=factories.room())
    factories.quota()

    missing = [words for words, (is_done, _url) in steps(staff_client).items() if not is_done]
    factories.user(is_superuser=True)

    assert missing == [
        "Give a second person the role “Coordination”: one alone may lose their telephone"
    ]
    assert steps(staff_client) == {}
    assert b"Nothing besides" not in staff_client.get("/admin/").content


def test_steps_lead_only_where_the_person_may_go(sign_in, office_in_english, meeting):
    found = steps(sign_in(factories.user(permissions=["programme.add_room"])))

    assert [words for words, (_is_done, url) in found.items() if url] == ["Add the rooms"]


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("EIM <eim@museos.org>", True),
        ("eim@localhost", False),
        ("EIM <eim@museos.example>", False),
        ("", False),
    ],
)
def test_sender_that_can_be_answered(sender, expected):
    assert has_sender(sender) is expected


def test_live_control_of_an_empty_site_leads_to_the_start_page(staff_client, office_in_english):
    response = staff_client.get(reverse("admin:programme_stream_live"), follow=True)

    assert response.redirect_chain == [("/admin/", 302)]
    assert "There is nothing to control yet: first write down the meeting." in [
        str(message) for message in response.context["messages"]
    ]


def test_list_of_meetings_leads_to_the_one_meeting(staff_client, meeting):
    response = staff_client.get(reverse("admin:programme_meeting_changelist"))

    assert response.url == address(meeting)


def test_code_of_a_new_session_continues_the_last_one(staff_client, meeting):
    url = reverse("admin:programme_session_add")
    codes = []
    for code in (None, "A-12", "A-13", "CIERRE"):
        if code:
            factories.session(code=code)
        codes.append(staff_client.get(url).context["adminform"].form["code"].value())

    assert codes == ["S-1", "A-13", "A-14", "S-1"]


# Language


def test_organiser_chooses_a_language_and_stays_on_the_page(staff_client, meeting):
    page = address(meeting)

    chosen = staff_client.post(reverse("admin:language"), {"language": "pt", "next": page})
    response = staff_client.get(page, headers={"accept-language": "en"})

    assert (chosen.status_code, chosen.url) == (302, page)
    assert response.headers["Content-Language"] == "pt"
    assert "Modificar encontro" in response.content.decode()
    assert staff_client.get("/es/").headers["Content-Language"] == "es"


@pytest.mark.parametrize("target", ["https://museos.example/", "//museos.example/", ""])
def test_language_leads_to_no_other_site(staff_client, meeting, target):
    response = staff_client.post(reverse("admin:language"), {"language": "xx", "next": target})

    assert response.url == "/admin/"
    assert "office_language" not in response.cookies


def test_languages_stand_in_the_header_by_their_own_names(staff_client, meeting):
    page = staff_client.get("/admin/", headers={"accept-language": "es"}).content.decode()

    assert all(name in page for name in ("Español", "Português", "English"))
    assert 'value="es" lang="es" aria-current="true"' in page


def test_dates_of_fields_are_written_as_the_language_does(staff_client, meeting):
    shown = {}
    for language in ("es", "pt"):
        page = staff_client.get(address(meeting), headers={"accept-language": language})
        shown[language] = f'value="{meeting.first_day:%d/%m/%Y}"' in page.content.decode()

    assert shown == {"es": True, "pt": True}


# History and names


@pytest.mark.parametrize("language", ["es", "pt"])
def test_history_names_fields_in_the_language_of_the_page(staff_client, meeting, language):
    session = factories.session()
    changed = form_of(staff_client, address(session)) | {"starts_at_1": "9:00", "title_pt": "Um"}
    staff_client.post(address(session), changed)

    pages = [
        staff_client.get(url, headers={"accept-language": language}).content.decode()
        for url in (address(session, "history"), "/admin/")
    ]

    assert [all(w in page for w in ("Starts", "Title")) for page in pages] == [False, False]
    words = {"es": ("Empieza", "Título (Portugués)"), "pt": ("Começa", "Título (Português)")}
    assert [all(w in page for w in words[language]) for page in pages] == [True, True]


def test_log_names_roles_in_the_organisers_language(staff_client, meeting):
    session, person = factories.session(), factories.person(name="Ana Rey")
    data = form_of(staff_client, address(session)) | {
        "parts-TOTAL_FORMS": "1",
        "parts-0-person": person.pk,
        "parts-0-role": "facilitates",
        "parts-0-order": "1",
        "parts-0-session": session.pk,
    }

    staff_client.post(address(session), data, headers={"accept-language": "es"})

    assert "Ana Rey: facilita" in LogEntry.objects.get().change_message


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Segundos pasos"), ("pt", "Segundos passos")]
)
def test_pages_of_second_steps_are_in_the_organisers_language(
    staff_client, meeting, organiser, language, words
):
    device = TOTPDevice.objects.get()
    pages = (reverse("admin:otp_totp_totpdevice_changelist"), address(device))

    texts = [
        staff_client.get(page, headers={"accept-language": language}).content.decode()
        for page in pages
    ]

    assert [words in text for text in texts] == [True, True]
    english = ("TOTP", "Otp", "Confirmed", "Created at")
    assert [word for word in english for text in texts if word in text] == []


LISTED = {
    "es": ("Español, Portugués", "Lengua de señas peruana (LSP)"),
    "pt": ("Espanhol, Português", "Língua de sinais peruana (LSP)"),
    "en": ("Spanish, Portuguese", "Peruvian Sign Language"),
}


@pytest.mark.parametrize("language", LISTED)
def test_lists_of_languages_that_cannot_be_changed_are_in_words(sign_in, meeting, language):
    session = factories.session(languages=["es", "pt"], sign_languages=["prl"])
    reader = factories.user(username="lee", permissions=["programme.view_session"])
    translator = factories.user(
        username="traduce", permissions=["programme.view_session", "programme.translate_texts"]
    )

    for client in (sign_in(reader), sign_in(translator)):
        page = client.get(address(session), headers={"accept-language": language})
        fixed = html.fromstring(page.content.decode()).xpath
        shown = {
            name: [
                cell.text_content().strip()
                for cell in fixed(f"//*[contains(@class, 'field-{name}')]//*[@class='readonly']")
            ]
            for name in ("languages", "sign_languages", "caption_languages")
        }

        assert shown == {
            "languages": [LISTED[language][0]],
            "sign_languages": [LISTED[language][1]],
            "caption_languages": ["–"],
        }


def test_access_needs_have_a_filter_in_words(staff_client, meeting):
    factories.registration(needs="Bucle magnético")
    factories.registration()
    url = reverse("admin:registration_registration_changelist")

    page = staff_client.get(url, headers={"accept-language": "es"})
    counts = [
        staff_client.get(url, {"needs": value}).context["cl"].result_count
        for value in ("yes", "no", "x")
    ]

    assert "con necesidades de accesibilidad" in page.content.decode()
    assert "Vacío" not in page.content.decode()
    assert counts == [1, 1, 2]
