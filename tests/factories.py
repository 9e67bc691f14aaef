"""Create rows for tests. All defaults are valid; a test names only the facts that it is about.

The meeting is deliberately not the one that the site was first made for: a test that finds a
fact of that meeting has found it in the code, where no such fact may be.
"""

from datetime import date, datetime, timedelta
from itertools import count
from unicodedata import normalize
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db.models import F, Max

from eim import clock
from eim.back_office.roles.giving import create_ready_roles
from eim.lib.hashing import keyed_hash
from programme.models import (
    Change,
    Channel,
    Document,
    Edition,
    Meeting,
    Notice,
    Organisation,
    Page,
    Part,
    Person,
    Presentation,
    Question,
    Removal,
    Room,
    Session,
    StagedMove,
    Stream,
    Theme,
)
from registration.models import (
    Bounce,
    Consent,
    ConsentCount,
    ErasureLog,
    History,
    Letter,
    Message,
    NewsAddress,
    Place,
    Quota,
    Registration,
    Reminder,
    Suppression,
)
from registration.models.letters import UNFROZEN

ZONE = ZoneInfo("America/Asuncion")
FIRST_DAY = date(2026, 11, 18)
LAST_DAY = date(2026, 11, 20)
# The time at which tests run: registration is open, the meeting has not begun.
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZONE)

_numbers = count(1)


def moment(hours: str, *, day: int = 1) -> datetime:
    """Return a time at the venue: `moment("10:00", day=2)` is on the meeting's second day."""
    hour, minute = map(int, hours.split(":"))
    chosen = FIRST_DAY + timedelta(days=day - 1)
    return datetime(chosen.year, chosen.month, chosen.day, hour, minute, tzinfo=ZONE)


def _row(defaults, facts):
    """Merge the test's facts into the defaults; `title=` sets the Spanish title."""
    spanish = {f"{name}_es": name for name in facts if f"{name}_es" in defaults}
    named = {name: facts.pop(plain) for name, plain in spanish.items()}
    return defaults | named | facts


# The programme


def meeting(**facts):
    defaults = {
        "pk": 1,
        "number": 12,
        "short_name": "EIM 12",
        "name_es": "12.º Encuentro Iberoamericano de Museos",
        "name_pt": "12.º Encontro Ibero-Americano de Museus",
        "name_en": "12th Ibero-American Meeting of Museums",
        "theme_line_es": "Museos que cuidan",
        "theme_line_pt": "Museus que cuidam",
        "theme_line_en": "Museums that care",
        "first_day": FIRST_DAY,
        "last_day": LAST_DAY,
        "time_zone": ZONE.key,
        "city_es": "Asunción",
        "country": "PY",
        "venue_name": "Museo del Barro",
        "venue_address": "Grabadores del Cabichuí 2716, Asunción",
        "registration_opens_at": datetime(2026, 8, 1, 9, 0, tzinfo=ZONE),
        "registration_closes_at": datetime(2026, 11, 16, 18, 0, tzinfo=ZONE),
        "contact_email": "encuentro@museos.example",
    }
    return Meeting.objects.create(**_row(defaults, facts))


def organisation(**facts):
    n = next(_numbers)
    defaults = {"name": f"Red de Museos {n}", "role": Organisation.Role.ORGANISES}
    return Organisation.objects.create(**_row(defaults, facts))


def notice(**facts):
    return Notice.objects.create(**_row({"text_es": "La sede abre a las ocho."}, facts))


def document(**facts):
    defaults = {"title_es": f"Declaración {next(_numbers)}", "language": "es"}
    if "file" not in facts:
        defaults["url"] = "https://museos.example/declaracion.pdf"
    return Document.objects.create(**_row(defaults, facts))


def edition(**facts):
    """Create an edition of which no more is known than has to be."""
    facts.setdefault("number", next(_numbers) + 100)
    return Edition.objects.create(**_row({"year": 2007, "place_es": ""}, facts))


def page(**facts):
    n = next(_numbers)
    defaults = {"slug": f"pagina-{n}", "title_es": f"Página {n}", "text_es": "Cómo llegar."}
    return Page.objects.create(**_row(defaults, facts))


def theme(**facts):
    n = next(_numbers)
    defaults = {
        "code": f"eje-{n}",
        "name_es": f"Eje {n}",
        "motif": "diamond",
        "colour": "indigo",
        "order": n,
    }
    return Theme.objects.create(**_row(defaults, facts))


def room(**facts):
    n = next(_numbers)
    defaults = {"code": f"sala-{n}", "name_es": f"Sala {n}", "capacity": 80, "order": n}
    return Room.objects.create(**_row(defaults, facts))


def session(**facts):
    """Create a published session, by default from 10:00 to 11:00 on the first day.

    `starts_at` alone makes it last an hour; `starts_at=None` leaves its hours open, `day=None` also
    its day. A workshop is in person by default. `language` is the only one, or "" for none.
    """
    if "language" in facts:
        code = facts.pop("language")
        facts["languages"] = [code] if code else []
    n = next(_numbers)
    defaults = {
        "code": f"S-{n}",
        "slug": f"sesion-{n}",
        "title_es": f"Sesión {n}",
        "kind": Session.Kind.LECTURE,
        "state": Session.State.PUBLISHED,
        "languages": ["es"],
        **_hours(**{name: facts[name] for name in ("day", "starts_at") if name in facts}),
    }
    if facts.get("kind") == Session.Kind.WORKSHOP:
        defaults["format"] = Session.Format.IN_PERSON
    return Session.objects.create(**_row(defaults, facts))


def _hours(*, day=FIRST_DAY, starts_at=...):
    if starts_at is ...:
        starts_at = day and datetime(day.year, day.month, day.day, 10, 0, tzinfo=ZONE)
    if starts_at is None:
        return {"day": day, "starts_at": None, "ends_at": None}
    own_day = starts_at.astimezone(ZONE).date()
    return {"day": own_day, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}


def workshop(**facts):
    return session(kind=Session.Kind.WORKSHOP, **facts)


def presentation(**facts):
    n = next(_numbers)
    defaults = {"title_es": f"Experiencia {n}", "order": n}
    facts.setdefault("session", None)
    facts["session"] = facts["session"] or session()
    return Presentation.objects.create(**_row(defaults, facts))


def person(**facts):
    n = next(_numbers)
    defaults = {"name": f"Persona {n}", "slug": f"persona-{n}", "country": "PY"}
    return Person.objects.create(**_row(defaults, facts))


def part(**facts):
    defaults = {"role": Part.Role.SPEAKS}
    facts["person"] = facts.get("person") or person()
    if not (facts.get("session") or facts.get("presentation")):
        facts["session"] = session()
    return Part.objects.create(**_row(defaults, facts))


def change(**facts):
    """Create a change of an hour ago, by default a move from 10:00 to 11:00 on the first day."""
    defaults = {
        "changed_at": clock.now() - timedelta(hours=1),
        **{f"was_{name}": value for name, value in _hours().items()},
        "was_state": Session.State.PUBLISHED,
        **_hours(starts_at=moment("11:00")),
        "state": Session.State.PUBLISHED,
    }
    facts["session"] = facts.get("session") or session()
    return Change.objects.create(**_row(defaults, facts))


def stream(**facts):
    facts["room"] = facts.get("room") or room()
    return Stream.objects.create(**_row({"day": FIRST_DAY}, facts))


def channel(**facts):
    defaults = {"kind": Channel.Kind.VIDEO, "language": "es"}
    if facts.get("provider") == Channel.Provider.LINK:
        defaults["url"] = "https://television.example/en-vivo"
    else:
        defaults |= {"provider": Channel.Provider.YOUTUBE, "video_id": "aqz-KE-bpKQ"}
    facts["stream"] = facts.get("stream") or stream()
    return Channel.objects.create(**_row(defaults, facts))


def question(**facts):
    n = next(_numbers)
    defaults = {"text": f"¿Y el barrio {n}?", "language": "es", "asked_at": clock.now()}
    facts["session"] = facts.get("session") or session()
    return Question.objects.create(**_row(defaults, facts))


def removal(**facts):
    """Create the record of a removal, by default of a session's text; its row is not changed."""
    defaults = {
        "part": Removal.Part.TEXT,
        "reason": Removal.Reason.OTHER,
        "words": "Lo pidió el museo.",
        "removed_at": clock.now(),
    }
    if not any(name in facts for name in ("presentation", "person", "document", "question")):
        facts["session"] = facts.get("session") or session()
    return Removal.objects.create(**_row(defaults, facts))


def staged_move(**facts):
    """Create a staged move, by default of a session to noon of the second day."""
    own = facts["session"] = facts.get("session") or session()
    defaults = {
        "session_code": own.code,
        "session_title": str(own),
        "over_revision": own.revision,
        "room": own.room,
        "staged_at": clock.now(),
        **_hours(starts_at=moment("12:00", day=2)),
    }
    return StagedMove.objects.create(**_row(defaults, facts))


# Registration


def registration(**facts):
    """Create a registration, by default confirmed, online, and alone in its mailbox.

    `state=` also sets the time of that state, such as `cancelled_at`.
    """
    n = next(_numbers)
    state = facts.setdefault("state", Registration.State.CONFIRMED)
    full_name = facts.setdefault("full_name", f"Ana Benítez {n}")
    email = facts.setdefault("email", f"ana{n}@museo.example")
    now = clock.now()
    defaults = {
        "country": "PY",
        "institution": "Museo del Barro",
        "occupation": Registration.Occupation.EDUCATION,
        "is_professional": True,
        "attendance": Registration.Attendance.ONLINE,
        "mail_language": "es",
        "email_key": (full_name and email.lower()) or None,
        "name_key": _plain(full_name) or None,
        "submitted_at": now,
        "mailbox_slot": None,
    }
    if state != Registration.State.PENDING:
        defaults[f"{state}_at"] = now
    mailbox = facts.get("email_key", defaults["email_key"])
    if state == Registration.State.CONFIRMED and mailbox:
        defaults["mailbox_slot"] = _free_slot(mailbox)
    return Registration.objects.create(**_row(defaults, facts))


def _plain(text):
    letters = normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in letters if not "\u0300" <= c <= "\u036f").split())


def _free_slot(email_key):
    same = Registration.objects.for_mailbox(email_key)
    return (same.aggregate(last=Max("mailbox_slot"))["last"] or 0) + 1


def consent(**facts):
    defaults = {
        "purpose": Consent.Purpose.PRIVACY,
        "text_version": "1",
        "language": "es",
        "given_at": clock.now(),
    }
    if not facts.get("person"):
        facts["registration"] = facts.get("registration") or registration()
    return Consent.objects.create(**_row(defaults, facts))


def consent_count(**facts):
    defaults = {"meeting_number": 11, "purpose": Consent.Purpose.PRIVACY, "text_version": "1"}
    return ConsentCount.objects.create(**_row(defaults | {"language": "es", "agreed": 1}, facts))


def history(**facts):
    defaults = {"event": History.Event.SIGNED_UP, "happened_at": clock.now()}
    facts["registration"] = facts.get("registration") or registration()
    return History.objects.create(**_row(defaults, facts))


def message(**facts):
    """Create a message, by default due now; `state=` also sets the time of that state.

    One of a letter goes to `registration=`, `person=` or `news_address=`; of the others only that
    about an address for news goes there.
    """
    now = clock.now()
    defaults = {
        "kind": Message.Kind.CONFIRMED,
        "created_at": now,
        "next_attempt_at": now,
        "message_id": f"<{next(_numbers)}@museums.example>",
    }
    if facts.get("state") == Message.State.LEASED:
        defaults["leased_until"] = now + timedelta(minutes=10)
    if facts.get("state") == Message.State.SENT:
        defaults["sent_at"] = now
    if not (facts.get("person") or facts.get("news_address")):
        facts["registration"] = facts.get("registration") or registration()
    if facts.get("kind") == Message.Kind.LETTER:
        facts["letter"] = facts.get("letter") or letter(state=Letter.State.SENDING)
    elif facts.get("kind") != Message.Kind.NEWS_KEPT:
        facts["history"] = facts.get("history") or history(registration=facts["registration"])
    return Message.objects.create(**_row(defaults, facts))


def bounce(**facts):
    """Create a report that an e-mail came back from its recipient's present mailbox."""
    defaults = {"kind": "failed", "reason": "unknown", "reported_at": clock.now()}
    if "message" not in facts:
        person = facts.pop("registration", None) or registration()
        hashed = keyed_hash("mailbox", person.email_key or "")
        facts["message"] = message(registration=person, state="sent", sent_to=hashed)
    return Bounce.objects.create(**_row(defaults, facts))


def letter(**facts):
    """Create a letter in three languages, by default a draft to everybody who is confirmed.

    `state=` also sets what that state needs.
    """
    now, state = clock.now(), facts.get("state", Letter.State.DRAFT)
    facts["created_by"] = facts.get("created_by") or user()
    defaults = {
        "subject_es": "Su oficina cambia de sala",
        "subject_pt": "A sua oficina muda de sala",
        "subject_en": "Your workshop moves",
        "text_es": "Nos vemos en la Sala Guaraní.",
        "text_pt": "Até breve na Sala Guaraní.",
        "text_en": "See you in the Guaraní room.",
        "created_at": now,
    }
    if state == Letter.State.ASKED:
        defaults |= {"asked_at": now, "asked_by": facts["created_by"]}
    if state not in UNFROZEN:
        defaults |= {"approved_at": now, "approved_by": facts["created_by"]}
        defaults |= {"frozen_at": now, "recipients": 1}
    if state in (Letter.State.STOPPED, Letter.State.SENT):
        defaults["ended_at"] = now
    return Letter.objects.create(**_row(defaults, facts))


def news_address(**facts):
    address = facts.setdefault("address", f"noticias{next(_numbers)}@museo.example")
    defaults = {
        "email_key": address.lower(),
        "language": "es",
        "text_version": "1",
        "given_at": clock.now(),
    }
    return NewsAddress.objects.create(**_row(defaults, facts))


def reminder(**facts):
    defaults = {"about": Reminder.About.WEEK_BEFORE}
    row = _row(defaults, facts)
    return Reminder.objects.create(**{"lead": Reminder.LEADS[row["about"]]} | row)


def suppression(**facts):
    defaults = {"mailbox": f"{next(_numbers):064x}", "reason": "asked", "created_at": clock.now()}
    return Suppression.objects.create(**_row(defaults, facts))


def erasure(**facts):
    defaults = {"cause": ErasureLog.Cause.PERSON, "erased_at": clock.now(), "people": 1}
    return ErasureLog.objects.create(**_row(defaults, facts))


def quota(**facts):
    """Create the quota of places in person, of a session's seats, or of a service.

    `session=` makes it one of seats, `service_code=` one of a service.
    """
    if facts.get("session"):
        defaults = {"kind": Quota.Kind.SESSION, "size": 20}
    elif facts.get("service_code"):
        defaults = {"kind": Quota.Kind.SERVICE, "size": 40, "name_es": "Autobús"}
    else:
        defaults = {"kind": Quota.Kind.IN_PERSON, "size": 100}
    return Quota.objects.create(**_row(defaults, facts))


def place(**facts):
    """Create a place, by default confirmed and in person, and count it in its quota's `taken`."""
    facts["quota"] = facts.get("quota") or Quota.objects.in_person().first() or quota()
    facts["registration"] = facts.get("registration") or registration(attendance="in_person")
    line = facts["quota"].places.aggregate(last=Max("number"))["last"] or 0
    defaults = {
        "state": Place.State.CONFIRMED,
        "number": line + 1,
        "changed_at": clock.now(),
    }
    row = Place.objects.create(**_row(defaults, facts))
    if row.is_taken:
        Quota.objects.filter(pk=row.quota_id).update(taken=F("taken") + 1)
        row.quota.refresh_from_db()
    return row


# Organisers


def user(*, permissions=(), **facts):
    """Create a staff user with these permissions ("registration.view_registration") only."""
    defaults = {"username": f"equipo{next(_numbers)}", "is_staff": True}
    row = User.objects.create_user(**_row(defaults, facts))
    for name in permissions:
        app, codename = name.split(".")
        row.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return row


def colleague(code, **facts):
    """Create a member of staff with a ready role."""
    if not Group.objects.filter(name=code).exists():
        # A test with transactions of its own has emptied the table.
        create_ready_roles(apps)
    row = user(**{"username": f"{code}{next(_numbers)}"} | facts)
    row.groups.add(Group.objects.get(name=code))
    return row
