"""A row of everything that has a page in the back office, and the address of each page."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.models import Invitation
from programme.models import Meeting, Page
from registration.models import Bounce, Letter, Place
from tests import factories

NEEDS = "Silla de ruedas"


def everything():
    """Create a row of each model that has a page; return those that addresses are made of."""
    meeting = Meeting.objects.first() or factories.meeting()
    session = factories.workshop(theme=factories.theme(), room=factories.room())
    presentation = factories.presentation(session=session)
    factories.part(session=session)
    factories.part(presentation=presentation)
    channel = factories.channel()
    for make in ("organisation", "notice", "document", "page", "edition"):
        getattr(factories, make)()
    seats = factories.quota(session=session)
    place = factories.place(quota=seats, state=Place.State.WAITING)
    person = factories.registration(needs=NEEDS, attendance="in_person")
    factories.consent(registration=person)
    factories.bounce(message=factories.message(registration=person))
    factories.news_address()
    factories.question(session=session)
    factories.change(session=session)
    move = factories.staged_move()
    factories.removal(session=session)
    factories.reminder(words_es="Traiga su pase.")
    for make in ("suppression", "erasure", "consent_count"):
        getattr(factories, make)()
    eva = factories.user(username="eva", email="eva@museo.example", password="x")
    TOTPDevice.objects.create(user=eva, name="teléfono")
    own = Group.objects.create(name="Voluntariado")
    AccessAttempt.objects.create(username="eva", ip_address="192.0.2.7", failures_since_start=1)
    Invitation.objects.create(
        name="Iris",
        address="iris@museo.example",
        email_key="iris@museo.example",
        language="es",
        invited_by=eva,
        invited_at=factories.NOW,
    )
    for model in (AccessFailureLog, AccessLog):
        model.objects.create(username="eva", ip_address="192.0.2.7")
    Letter.objects.create(
        subject_es="Llegar", text_es="En bus.", created_by=eva, created_at=factories.NOW
    )
    return {
        "programme_meeting": meeting,
        "programme_session": session,
        "programme_stream": channel.stream,
        "registration_registration": person,
        "registration_quota": seats,
        "place": place,
        "move": move,
        "auth_user": eva,
        "auth_group": own,
    }


def patterns(found, before=""):
    for pattern in found:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield pattern.name, route
        else:
            yield from patterns(pattern.url_patterns, route)


def names_of_addresses():
    """Return the names of all addresses of the back office.

    Without name are only redirects to a row's page, and what answers all other addresses.
    """
    return {name for name, _route in patterns(admin.site.get_urls()) if name}


# What an address is made of, where it is not the key of a row of its model.
OWN_ARGUMENTS = {
    "app_list": lambda rows: ["programme"],
    "view_on_site": lambda rows: [
        ContentType.objects.get_for_model(Page).pk,
        Page.objects.get().pk,
    ],
    "registration_quota_deed": lambda rows: [rows["place"].quota_id, rows["place"].pk, "give"],
    "registration_registration_sheet": lambda rows: [factories.FIRST_DAY],
    "registration_bounce_mark": lambda rows: [Bounce.objects.get().message_id],
    "registration_letter_deed": lambda rows: [Letter.objects.get().pk, "send"],
    "prove": lambda rows: ["my-codes"],
    "board-move": lambda rows: [rows["programme_session"].pk],
    "board-keep": lambda rows: [rows["move"].pk],
    "board-undo": lambda rows: [rows["move"].pk],
    **{name: lambda rows: ["nothing"] for name in ("welcome", "second-step", "new-password")},
}
QUERIES = {
    "registration_letter_mail": "?as=es",
    "autocomplete": "?app_label=programme&model_name=presentation&field_name=session",
}
MODELS = {f"{m._meta.app_label}_{m._meta.model_name}": m for m in admin.site._registry}


def address_of(name, rows):
    return reverse(f"admin:{name}", args=arguments_of(name, rows)) + QUERIES.get(name, "")


def arguments_of(name, rows):
    if name in OWN_ARGUMENTS:
        return OWN_ARGUMENTS[name](rows)
    label = next((label for label in MODELS if name.startswith(f"{label}_")), "")
    is_of_all = name.removeprefix(f"{label}_") in ("changelist", "add", "export")
    if not label or is_of_all or name == "programme_stream_live":
        return []
    row = rows.get(label) or MODELS[label]._default_manager.first()
    return [row.pk]
