"""Write the rows behind the pages that are tested: invented meetings that look like real ones."""

from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db.models import F
from PIL import Image

from eim import clock
from programme.models import Meeting, Organisation, Page, Person, Presentation, Session
from registration import actions, outbox
from registration.models import Message, Quota, Registration
from tests import factories
from tests.browser import stored
from tests.registration.helpers import confirmed, message_about, sign_up

# Moments of the sample meeting: before it, on its second day and its last, after it and long after.
BEFORE = "2024-11-20T09:00-05:00"
MORNING = "2024-11-26T08:00-05:00"
SESSION_ON = "2024-11-26T10:15-05:00"
BREAK = "2024-11-26T13:30-05:00"
EVENING = "2024-11-26T20:00-05:00"
LAST_EVENING = "2024-11-27T20:00-05:00"
AFTER = "2024-11-30T12:00-05:00"
PAST = "2026-11-29T09:00-05:00"

CLOSED = {
    "registration_opens_at": "2024-10-01T09:00-05:00",
    "registration_closes_at": "2024-11-19T09:00-05:00",
}
REASON = (
    "Las lluvias cerraron la sede. Las fechas nuevas se anuncian aquí **antes del 15 de enero**."
)
POSTPONED = {"standing": "postponed", "standing_reason_es": REASON}
CANCELLED_MEETING = {"standing": "cancelled", "standing_reason_es": REASON}

HOUR = timedelta(hours=1)

PENDING, SEATED, WAITING = "Inês Tavares Lobo", "Micaela Huanca Torres", "Tomás Ibáñez Rivas"
ONLINE, CANCELLED = "Beatriz Nogueira Prado", "Álvaro Cárdenas Soto"

TABLE = "## {}\n\n{}\n\n| 1 | 2 |\n|---|---|\n| 201 | 20 min |\n| 412 | 35 min |\n\n- <https://example.org>"


def full(visitor):
    """Write everything that a meeting can have, some days before it begins."""
    stored.once("full", lambda: write_all(visitor))


def write_all(visitor):
    call_command("sample_meeting", *visitor.crowd, stdout=StringIO())
    Meeting.objects.update(is_sample=False)
    name_sessions()
    write_rare_cases()
    move_and_cancel()
    add_pictures()
    full_workshop = Quota.objects.filter(session__slug="full")
    full_workshop.update(size=F("taken"))
    add_people(Quota.objects.in_person().get(), full_workshop.get())
    add_questions(Session.objects.get(slug="on-air"))
    factories.bounce(registration=Registration.objects.get(full_name=SEATED), reason="full")


def name_sessions():
    """Give the sessions that `states` opens the slugs that it expects."""
    moment = datetime.fromisoformat(SESSION_ON)
    day_before = moment.date() - timedelta(days=1)
    sessions = Session.objects.order_by("pk")
    hybrid = sessions.filter(format=Session.Format.HYBRID)
    workshops = iter(sessions.filter(kind=Session.Kind.WORKSHOP))
    chosen = {
        "experiences": hybrid.filter(kind=Session.Kind.EXPERIENCES).first(),
        "on-air": hybrid.filter(starts_at__lte=moment, ends_at__gt=moment).first(),
        "workshop": next(workshops),
        "full": next(workshops),
        "cancelled": sessions.get(state=Session.State.CANCELLED),
        "no-hours": sessions.get(day__isnull=False, starts_at=None),
        "no-day": sessions.get(day=None),
        "recorded": hybrid.filter(day=day_before, kind=Session.Kind.ROUND_TABLE).first(),
    }
    for slug, session in chosen.items():
        Session.objects.filter(pk=session.pk).update(slug=slug)


def write_rare_cases():
    """Write texts in only one language, very long words, a table, files, a recording."""
    Session.objects.filter(slug="no-hours").update(
        title_es="Una-palabra-extraordinariamente-larga-que-no-cabe", title_pt="", title_en=""
    )
    Session.objects.filter(slug="recorded").update(
        recording_url="https://youtu.be/ejemplo-009",
        recording_captions=["es", "pt"],
        transcript_url="https://example.org/transcript",
        materials_url="https://example.org/slides",
    )
    only_in_portuguese = Presentation.objects.filter(session__slug="experiences").last()
    only_in_portuguese.title_es = only_in_portuguese.title_en = ""
    only_in_portuguese.save()
    texts = {
        f"text_{code}": TABLE.format("Bus", "Lima – Pachacámac") for code in ("es", "pt", "en")
    }
    Page.objects.create(slug="viaje", title_es="Cómo llegar", title_pt="Como chegar", **texts)
    factories.document(title_es="Declaración", title_pt="Declaração", title_en="Declaration")
    write_editions()
    factories.document(title_es="Programa de mano", title_en="Leaflet", language="pt")


def write_editions():
    """Write an edition of which nothing is known, one with everything, and a later one."""
    number = Meeting.objects.get().number
    factories.edition(number=1, year=2007)
    shown = factories.edition(
        **{"number": number - 1, "year": 2022, "country": "MX", "place_es": "Ciudad de México"},
        **{"first_day": date(2022, 9, 26), "last_day": date(2022, 9, 28)},
        **{"theme_line_es": "El museo urgente", "people": 412, "countries": 18},
        **{"result_title_es": "Declaración", "result_url": "https://museos.example/d"},
        url="https://museos.example/2022",
        sources="Ibermuseos: https://museos.example/a\nEl Diario, 29/9/2022",
        picture_alt_es="La apertura",
    )
    shown.picture.save("picture.webp", picture("#4f6b3a", 1200, 800))
    factories.edition(number=number + 1, year=2030, place_es="Quito", country="EC")


def move_and_cancel():
    """Write changes that visitors read: a moved, a cancelled and a new session."""
    moved = Session.objects.get(slug="experiences")
    Session.objects.filter(pk=moved.pk).update(revision=1, revised_at=clock.now())
    now = {"day": moved.day, "starts_at": moved.starts_at, "ends_at": moved.ends_at}
    before = {"was_starts_at": moved.starts_at - HOUR, "was_ends_at": moved.ends_at - HOUR}
    factories.change(session=moved, room=moved.room, **now, **before)
    for slug, was_state in {"cancelled": "published", "on-air": "draft"}.items():
        session = Session.objects.get(slug=slug)
        now = {"day": session.day, "starts_at": session.starts_at, "ends_at": session.ends_at}
        at = clock.now() + timedelta(days=1)
        factories.change(
            session=session, changed_at=at, **now, was_state=was_state, state=session.state
        )


def add_pictures():
    speaker = Person.objects.in_programme().first()
    speaker.slug = "speaker"
    speaker.photo.save("photo.webp", picture("#8a3b12", 640, 640))
    shown = Presentation.objects.filter(session__slug="experiences").first()
    shown.picture_alt_es, shown.picture_alt_en = "Un taller en la plaza", "A workshop outdoors"
    shown.picture.save("picture.webp", picture("#4f6b3a", 1200, 800))
    host = Organisation.objects.first()
    host.logo_alt_es, host.url = host.name, "https://example.org"
    host.logo.save("logo.webp", picture("#333333", 400, 160))


def picture(colour, width, height):
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "WEBP")
    return ContentFile(file.getvalue())


def add_people(in_person, full_workshop):
    """Register a person for each state of the attendee's page."""
    workshop = Quota.objects.get(session__slug="workshop")
    service = Quota.objects.services().first()
    sign_up(n=1, full_name=PENDING)
    confirmed(in_person, workshop, service, n=2, full_name=SEATED)
    confirmed(in_person, full_workshop, n=3, full_name=WAITING, waitlist=[full_workshop.code])
    confirmed(n=4, full_name=ONLINE)
    confirmed(n=5, full_name=CANCELLED)
    actions.cancel(Registration.objects.get(full_name=CANCELLED))


QUESTIONS = [
    ("new", "es", "", "¿Qué hacen cuando una familia pide que un objeto vuelva a su casa?"),
    ("new", "pt", "Joana Prates", "Como o museu paga a quem conta a sua história?"),
    ("new", "es", "Iván R.", "¿Se puede repetir el taller en una escuela rural? " + "Sí " * 80),
    ("marked", "en", "M. Okafor", "Who decides what is left out of the archive?"),
    ("answered", "es", "", "¿Habrá grabación?"),
    ("hidden", "pt", "", "Primeira pergunta!"),
]


def add_questions(session):
    asked_at = datetime.fromisoformat(SESSION_ON) - timedelta(minutes=5)
    for state, language, name, text in QUESTIONS:
        factories.question(
            session=session,
            **{"state": state, "language": language, "name": name, "text": text.strip()},
            asked_at=asked_at,
            moved_at=None if state == "new" else asked_at,
        )


def with_mails(visitor):
    """Send one mail of each kind, in the order of Message.Kind, for the demo's list."""
    full(visitor)
    seats = Quota.objects.filter(session__slug="workshop")
    seats.update(size=F("size") + len(Message.Kind))
    quotas = [Quota.objects.in_person().get(), seats.get()]
    for kind in Message.Kind:
        message = message_about(kind, *quotas, mail_language=visitor.language)
        assert outbox.send(message) == outbox.SENT, kind


def postponed(visitor):
    """Postpone the meeting, with a reason in two languages."""
    full(visitor)
    Meeting.objects.update(
        standing="postponed",
        standing_reason_es="La sede **se inundó**.\n\n- Las nuevas fechas se dirán aquí.",
        standing_reason_pt="O local **ficou inundado** na segunda-feira.",
    )


def cancelled(visitor):
    """Cancel the meeting."""
    full(visitor)
    Meeting.objects.update(standing="cancelled", standing_reason_es="No hay sede.")


def with_banners(visitor):
    """Show the banners of rehearsal and sample data, and a notice of each severity."""
    full(visitor)
    Meeting.objects.update(is_sample=True)
    visitor.settings.CLOCK = BEFORE
    for severity in ("info", "warning", "urgent"):
        factories.notice(
            severity=severity,
            text_es="La sede abre a las ocho.",
            text_pt="O local abre às oito.",
            text_en="The venue opens at eight.",
        )


def announced(visitor):
    """Load a real programme without hours, and without dates of registration."""
    stored.once("announced", load_announced)


def load_announced():
    call_command("load_meeting", "data/eim-11.json", stdout=StringIO())


def bare(visitor):
    """Create a meeting and nothing else."""
    factories.meeting()


def nothing(visitor):
    """Leave the site without a meeting."""
