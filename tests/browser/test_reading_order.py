"""Chromium passes the parts of a page to a screen reader, with their names and in order.

The folder `outlines` has what is expected, word for word. Where a page was changed on purpose, read
the difference aloud, and write it there.
"""

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation
from modeltranslation.translator import translator

from programme.models import Meeting
from tests import factories
from tests.browser.states import FIRST_OTHERS_IN_DRILL

OUTLINES = Path(__file__).with_name("outlines")
MEASURES = Path(__file__).with_name("measures.js").read_text()
PARTS = ("heading", "banner", "main", "navigation", "region", "complementary", "contentinfo")


@pytest.fixture
def programme(meeting):
    """Write a little of everything, with names of its own in each language."""
    theme = factories.theme(
        name_es="Cuidar", name_pt="Cuidar", name_en="Care", day=factories.FIRST_DAY
    )
    room = factories.room(name_es="Auditorio", name_pt="Auditório", name_en="Auditorium")
    opening = factories.session(
        **{"slug": "opening", "theme": theme, "room": room, "abstract_en": "How it began."},
        **{"title_es": "Apertura", "title_pt": "Abertura", "title_en": "Opening"},
        **{"interpretation_languages": ["pt", "en"], "sign_languages": ["pys"]},
        caption_languages=["es"],
    )
    ana = factories.person(name="Ana Duarte", slug="ana", institution="Museo del Agua")
    factories.part(session=opening, person=ana)
    river = {"title_es": "Un río", "title_pt": "Um rio", "title_en": "A river", "country": "UY"}
    factories.presentation(session=opening, institution="Casa del Río", **river)
    clay = factories.workshop(
        slug="clay",
        title_es="Barro",
        title_pt="Barro",
        title_en="Clay",
        theme=theme,
        starts_at=factories.moment("15:00"),
    )
    factories.quota(size=20)
    factories.quota(session=clay, size=12)
    factories.session(
        slug="closing", title_es="Cierre", title_pt="Encerramento", title_en="Closing", day=None
    )
    stream = factories.stream(room=room)
    factories.channel(stream=stream, language="es")
    factories.channel(stream=stream, language="pt", kind="audio")
    factories.organisation(name="Red de Museos")


def outline(page, part="body"):
    """Roles, names and texts in their order; where links lead is no matter of reading."""
    lines = page.locator(part).aria_snapshot().splitlines()
    return "\n".join(line for line in lines if "- /url:" not in line)


def expected(name):
    return (OUTLINES / f"{name}.txt").read_text().rstrip("\n")


def open_programme(page):
    page.goto(reverse("programme:session-list"))


def open_session(page):
    page.goto(reverse("programme:session-detail", args=["opening"]))


def open_form_with_faults(page):
    page.goto(reverse("registration:sign-up"))
    page.locator("main form [type=submit]").first.click()
    page.locator("#error-summary").wait_for()


def open_live(page):
    page.goto(reverse("programme:live"))


PAGES = {
    "programme": open_programme,
    "session": open_session,
    "form-with-faults": open_form_with_faults,
    "live": open_live,
}


@pytest.fixture
def while_on(time_machine):
    time_machine.move_to(factories.moment("10:30"), tick=True)
    Meeting.objects.update(registration_closes_at=factories.moment("18:00"))


def test_pages_are_read_in_this_order(page, programme, while_on):
    read = {}
    with translation.override("en"):
        for name, come_to in PAGES.items():
            come_to(page)
            read[name] = outline(page)

    assert read == {name: expected(name) for name in PAGES}


@pytest.mark.parametrize("code", FIRST_OTHERS_IN_DRILL)
def test_headings_and_landmarks_are_named_in_each_language(page, programme, while_on, code):
    read = []
    with translation.override(code):
        for come_to in PAGES.values():
            come_to(page)
            read += [page.title(), *headings_and_landmarks(page), ""]

    assert "\n".join(read).rstrip() == expected(code)


def headings_and_landmarks(page):
    return [line for line in outline(page).splitlines() if line.lstrip(" -'").startswith(PARTS)]


def described(page):
    """Return the description of each field, which is read after its name."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return {
        node["name"]["value"]: node["description"]["value"]
        for node in nodes
        if not node["ignored"] and node.get("description", {}).get("value")
    }


def test_fields_are_described_by_their_hint_and_then_by_their_fault(page, programme):
    with translation.override("en"):
        open_form_with_faults(page)
    page.locator(".form .fold > summary").click()

    assert described(page) == {
        "Full name": "As it should appear on your pass. Error: Enter your full name.",
        "E-mail": "We will send a link and a code there to confirm your registration. "
        "Error: Enter your e-mail address.",
        "Occupation": "Error: Choose an occupation from the list.",
        "How you take part": "You can change from in person to online later. "
        "Error: Choose how you will take part.",
        "Workshops and visits (optional)": "Only for those who come in person.",
        "Access needs (optional)": "For example: sign language, wheelchair, large print. "
        "We erase it on 20 December 2026 at the latest.",
        "I declare that I work in museology, or study it": (
            "Error: The meeting is for people who work in museology or study it: "
            "tick this to continue."
        ),
        "I have read the privacy notice (version 1) and agree": (
            "Error: Tick this to continue: without your consent we may not keep your registration."
        ),
    }


FIELDS = {"textbox", "combobox", "radiogroup", "checkbox", "radio"}


def spoken(page):
    """Return what is said of each field besides its name: required, invalid."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return {
        node["name"]["value"].partition(",")[0]: {
            found["name"] for found in node["properties"] if found["value"].get("value") in YES
        }
        & {"required", "invalid"}
        for node in nodes
        if node.get("role", {}).get("value") in FIELDS and not node["ignored"]
    }


YES = (True, "true")


def test_fields_of_a_new_form_are_required_and_not_yet_invalid(page, programme):
    with translation.override("en"):
        page.goto(reverse("registration:sign-up"))
    said = spoken(page)

    assert {name for name, marks in said.items() if "invalid" in marks} == set()
    # Chromium's tools do not show it of boxes and of lists to choose from.
    assert {name for name, marks in said.items() if "required" in marks} == {
        "Full name",
        "E-mail",
        "How you take part",
    }


# Languages of parts

MARK = "Maré"


def say_all_in_portuguese():
    """Leave each text of the organisers only its Portuguese version, with a word that says so."""
    for model in translator.get_registered_models(abstract=False):
        fields = [
            field for field in translator.get_options_for_model(model).fields if field != "city"
        ]
        for field in fields:
            texts = {f"{field}_es": "", f"{field}_pt": f"{MARK} alta", f"{field}_en": ""}
            model.objects.update(**texts)


@pytest.mark.drill
def test_text_in_another_language_is_marked_with_it_and_nothing_else_is(page, programme, while_on):
    factories.notice()
    factories.document()
    factories.page(slug="travel", in_menu=True)
    factories.quota(service_code="bus")
    say_all_in_portuguese()
    addresses = [
        ("home", []),
        ("programme:session-list", []),
        ("programme:session-detail", ["opening"]),
        ("programme:speaker-detail", ["ana"]),
        ("programme:speaker-list", []),
        ("programme:live", []),
        ("programme:venue", []),
        ("programme:document-list", []),
        ("programme:privacy", []),
        ("programme:accessibility", []),
        ("programme:page-detail", ["travel"]),
        ("registration:sign-up", []),
    ]
    wrong = {}
    for name, arguments in addresses:
        with translation.override("es"):
            page.goto(reverse(name, args=arguments))
        page.evaluate(MEASURES)
        found = page.evaluate("mark => measures.wrongly_marked(mark, 'pt')", MARK)
        wrong |= {name: found} if found else {}

    assert wrong == {}
