"""Organisers set up another meeting by the back office alone: nothing of the 11th is left."""

import re
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as site_settings
from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar
from lxml import html

from programme.models import Meeting, Session
from registration import actions, mails
from registration.models import Message, Quota
from tests.registration.helpers import application

pytestmark = pytest.mark.drill

LISBON = ZoneInfo("Europe/Lisbon")
# Words of the 11th Meeting. Of lists of countries and of time zones the options do not count.
FOREIGN = re.compile(
    r"\bLima\b|Per[uú]\b|peruan|MUNA\b|Lur[ií]n|Pachac|2024"
    r"|\bXI\b|\b11\.?\s?(?:[ºª°]|th|EIM)|EIM 11"
    r"|Afectos|Afetos|Affections|Aprendizajes|Aprendizagens|Memorias|Memórias|Ibermus|\bUSD\b"
    r"|Asunci|Lengua de señas peruana",
    re.IGNORECASE,
)
SECOND_LANGUAGE = {"pt": "en", "en": "pt"}
TEXTS = {
    "pt": {
        "name": "12.º Encontro Ibero-Americano de Museus",
        "theme_line": "Museus abertos ao mar",
        "city": "Lisboa",
        "notice": "O auditório abre às nove.",
        "page": "Onde ficar",
        "slug": "onde-ficar",
        "room": "Auditório",
        "theme": "Marés",
        "titles": ["Abertura", "Cerâmica", "Visita ao museu", "Redes", "Navios", "Encerramento"],
    },
    "en": {
        "name": "12th Ibero-American Meeting of Museums",
        "theme_line": "Museums open to the sea",
        "city": "Lisbon",
        "notice": "The auditorium opens at nine.",
        "page": "Where to stay",
        "slug": "where-to-stay",
        "room": "Auditorium",
        "theme": "Tides",
        "titles": ["Opening", "Ceramics", "Visit to the museum", "Nets", "Ships", "Closing"],
    },
}


class Office:
    """Fill in and save the forms of the back office as an organiser does, in one language."""

    def __init__(self, page, code):
        self.page, self.code, self.texts = page, code, TEXTS[code]

    def text(self, name, words):
        return {f"{name}_{self.code}": words}

    def add(self, model, **fields):
        self.page.goto(reverse(f"admin:{model}_add"))
        for folded in reversed(self.page.locator("details:not([open]) > summary").all()):
            folded.click()
        for name, value in fields.items():
            self.enter(name, value)
        self.page.locator("[name=_save]").click()
        self.page.wait_for_url(lambda address: not address.endswith("/add/"))
        assert self.page.locator(".errornote").count() == 0

    def enter(self, name, value):
        if isinstance(value, list):
            for one in value:
                self.page.locator(f"[name='{name}'][value='{one}']").check()
            return
        field = self.page.locator(f"[name='{name}']")
        if field.evaluate("field => field.localName") == "select":
            field.select_option(**value if isinstance(value, dict) else {"value": value})
        else:
            field.fill(value)


@pytest.fixture
def office(page_of_its_own, request, live_server, first_language, time_machine):
    time_machine.move_to(datetime(2027, 6, 1, 9, 30, tzinfo=LISBON), tick=False)
    # Signs in only now: a session ends after hours.
    staff_client = request.getfixturevalue("staff_client")
    name = site_settings.SESSION_COOKIE_NAME
    page_of_its_own.context.add_cookies(
        [{"name": name, "value": staff_client.cookies[name].value, "url": live_server.url}]
    )
    page_of_its_own.set_default_timeout(10_000)
    return Office(page_of_its_own, first_language)


@pytest.fixture(params=["pt", "en"])
def first_language(request):
    return request.param


def set_up(office):
    """Enter a meeting of four days, with one of each thing that visitors see."""
    texts, text = office.texts, office.text
    office.add(
        "programme_meeting",
        first_language=office.code,
        number="12",
        short_name="EIM 12",
        **text("name", texts["name"]),
        **text("theme_line", texts["theme_line"]),
        contact_email="encontro@museu.example",
        first_day="2027-10-04",
        last_day="2027-10-07",
        time_zone="Europe/Lisbon",
        **text("city", texts["city"]),
        country="PT",
        venue_name="Museu de Marinha",
        venue_address="Praça do Império, Lisboa",
        registration_opens_at_0="2027-06-01",
        registration_opens_at_1="10:00",
        **text("privacy_notice", "Guardamos pouco."),
    )
    office.add("programme_organisation", name="Rede de Museus do Mar", role="organises")
    office.add("programme_notice", **text("text", texts["notice"]), severity="urgent")
    # The end of the address fills itself from the title.
    office.add("programme_page", **text("title", texts["page"]), **text("text", "A pé."))
    marks = {"motif": "path", "colour": "indigo"}
    office.add("programme_theme", code="mar", **text("name", texts["theme"]), **marks)
    office.add("programme_room", code="aud", **text("name", texts["room"]), capacity="200")
    office.add("programme_person", name="Rui Sá", slug="rui-sa", country="PT")
    add_sessions(office)
    office.add("registration_quota", kind=Quota.Kind.IN_PERSON, size="100")


def add_sessions(office):
    in_room = {"room": {"label": office.texts["room"]}}
    posters = {"kind": "posters", "format": "in_person", **in_room}
    visit = {"venue_name": "Museu do Azulejo", "venue_address": "Rua da Madre de Deus 4"}
    particulars = [
        {"kind": "opening", "languages": ["pt", "es"], "theme": {"label": office.texts["theme"]}}
        | in_room,
        {"kind": "workshop", "format": "in_person", "seats": "15", **in_room},
        {"kind": "visit", "format": "in_person", **visit},
        posters,
        posters,
        {"kind": "closing", **in_room},
    ]
    hours = [("04", "9:30", "11:00"), ("05", "9:30", "12:00"), ("06", "15:00", "17:00")]
    hours += [("07", "10:00", "11:00"), ("07", "10:00", "11:00"), ("07", "17:00", "18:00")]
    for number, facts in enumerate(particulars):
        day, starts, ends = hours[number]
        office.add(
            "programme_session",
            **office.text("title", office.texts["titles"][number]),
            code=f"S-{number + 1}",
            day=f"2027-10-{day}",
            starts_at_0=f"2027-10-{day}",
            starts_at_1=starts,
            ends_at_0=f"2027-10-{day}",
            ends_at_1=ends,
            state="published",
            **facts,
        )


def test_another_meeting_shows_nothing_of_the_first(office, client, staff_client, time_machine):
    set_up(office)
    time_machine.move_to(datetime(2027, 6, 1, 10, 30, tzinfo=LISBON), tick=False)
    messages = people_register()

    pages = {address: client.get(address) for address in public_addresses(client)}
    pages |= {one: staff_client.get(one, follow=True) for one in office_addresses()}
    texts = {address: words_of(response.content) for address, response in pages.items()}
    texts |= {f"{message.kind} mail": mail_text(message) for message in messages}

    broken = {address: page.status_code for address, page in pages.items()}
    assert {address: status for address, status in broken.items() if status != 200} == {}
    assert {place: found for place, text in texts.items() if (found := FOREIGN.findall(text))} == {}
    assert {message.kind for message in messages} == {"pending", "confirmed"}
    check_facts(office, client, pages)


def check_facts(office, client, pages):
    meeting = Meeting.objects.get()
    opens = meeting.registration_opens_at.astimezone(LISBON)
    assert f"{opens:%Y-%m-%d %H:%M}" == "2027-06-01 10:00"
    # A text that only the first language has stands on every page, marked with it.
    other = SECOND_LANGUAGE[office.code]
    page = pages[f"/{other}/{office.texts['slug']}/"].text
    assert f'<span lang="{office.code}">{office.texts["page"]}</span>' in page
    assert client.get("/").url == f"/{office.code}/"
    event = Calendar.from_ical(client.get("/programme.ics").content).walk("VEVENT")[0]
    assert str(event["UID"]).startswith("12-S-1@")
    assert str(event["SUMMARY"]) == office.texts["titles"][0]
    assert event["DTSTART"].dt.astimezone(LISBON).hour == 9
    assert Session.objects.count() == 6


def people_register():
    """Register a person for each language, and return all mails that were written."""
    in_person = Quota.objects.in_person().get()
    workshop = Quota.objects.exclude(pk=in_person.pk).get()
    for number, code in enumerate(["es", "pt", "en"]):
        facts = {"email": f"ana{number}@museu.example", "mail_language": code, "language": code}
        with translation.override(code):
            actions.sign_up(application(in_person, workshop, network=f"n{number}", **facts))
    for registration in [m.registration for m in Message.objects.filter(kind="pending")]:
        actions.confirm(registration.pk, registration.link_version)
    return list(Message.objects.all())


def mail_text(message):
    mail = mails.render(message)
    attached = [part.get_payload(decode=True).decode() for part in mail.attachments]
    bodies = [body for body, _kind in mail.alternatives]
    return "\n".join([mail.subject, mail.body, *bodies, *attached])


def public_addresses(client):
    """Return all pages of the sitemap, and the feeds in all languages."""
    named = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").text)
    feeds = ["/programme.ics", "/schedule.xml", "/schedule.json", "/programme/changes.atom"]
    with_language = [f"{feed}?lang={code}" for feed in feeds for code in ("es", "pt", "en")]
    return [*(urlsplit(one).path for one in named), *feeds, *with_language, "/sitemap.xml"]


def office_addresses():
    own = [m for m in admin.site._registry if m._meta.app_label in ("programme", "registration")]
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in own
    ]
    meeting, session = Meeting.objects.get(), Session.objects.first()
    changes = [
        reverse("admin:programme_meeting_change", args=[meeting.pk]),
        reverse("admin:programme_meeting_zone", args=[meeting.pk]),
        reverse("admin:programme_session_change", args=[session.pk]),
        reverse("admin:programme_session_code", args=[session.pk]),
    ]
    return [reverse("admin:index"), *lists, *changes]


def words_of(content):
    """Return the text of an answer, of a page without the options of its lists."""
    text = content.decode()
    if "<html" not in text:
        return text
    page = html.fromstring(text)
    for options in page.xpath("//select | //datalist | //input[@type='checkbox']/.."):
        options.drop_tree()
    return html.tostring(page, encoding="unicode")
