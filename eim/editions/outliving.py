"""Name what the next meeting takes over and what goes with the last one, table by table."""

from collections import Counter
from collections.abc import Iterable

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, FileField

from programme.listing.editions import present_edition
from programme.models import Edition, Meeting
from registration.models import Consent, ConsentCount

type Model = type[models.Model]

# Those that refer to others come first.
EMPTIED = [
    # Of one meeting's e-mails; why registration opened with a broken sender is its own matter.
    *("registration.Bounce", "registration.SenderHealth"),
    *("registration.Message", "registration.Letter", "registration.History", "registration.Place"),
    *("registration.Consent", "registration.Registration", "registration.Quota"),
    # Their additional texts speak of the last meeting.
    *("registration.Reminder", "registration.Throttle"),
    *("programme.StagedMove", "programme.Removal"),
    *("programme.Question", "programme.Change", "programme.Channel", "programme.Stream"),
    *("programme.Part", "programme.Presentation", "programme.Session", "programme.Person"),
    *("programme.Theme", "programme.Room", "programme.Notice", "programme.Document"),
    *("programme.Page", "programme.Meeting"),
]
KEPT = [
    # Who works here, what they did, and from where they signed in
    *("auth.User", "auth.Group", "auth.Permission", "otp_totp.TOTPDevice", "admin.LogEntry"),
    *("auth.User_groups", "auth.User_user_permissions", "auth.Group_permissions"),
    *("sessions.Session", "contenttypes.ContentType", "axes.AccessLog", "axes.AccessAttempt"),
    *("axes.AccessAttemptExpiration", "axes.AccessFailureLog"),
    *("otp_static.StaticDevice", "otp_static.StaticToken", "eim.MailLanguage"),
    *("eim.Invitation", "eim.Invitation_roles"),
    # The series of meetings, and who organises it
    *("programme.Edition", "programme.Organisation"),
    # What was promised, and the proof of it
    *("registration.Suppression", "registration.ErasureLog", "registration.ConsentCount"),
    # Who wants to be told of the next meeting
    "registration.NewsAddress",
    # The site itself
    *("registration.Relay", "registration.BounceMailbox", "registration.Heartbeat"),
    "eim.ClockStart",
]


def emptied_models() -> list[Model]:
    return [apps.get_model(label) for label in EMPTIED]


def lock_tables() -> None:
    """Keep everybody from writing rows that refer to those that go; readers read on.

    SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    quote = connection.ops.quote_name
    # The quotas first: whoever has locked them writes into the other tables.
    models = sorted(emptied_models(), key=lambda model: model._meta.label != "registration.Quota")
    names = ", ".join(quote(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def empty_tables() -> Counter[Model]:
    """Delete all rows that go, and return how many they were.

    Rows alone: the keys of later ones go on from there, for links in old e-mails name rows by key.
    """
    emptied: Counter[Model] = Counter()
    with connection.cursor() as cursor:
        for model in emptied_models():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
            emptied[model] = cursor.rowcount
    return emptied


def kept_counts() -> Counter[Model]:
    models = [apps.get_model(label) for label in KEPT]
    return Counter({model: model._base_manager.count() for model in models})


def keep_edition(meeting: Meeting) -> None:
    """Write what is known of the meeting into its row among the editions.

    Of one that did not take place as planned its number and year alone: its days were not held.
    """
    row = Edition.objects.filter(number=meeting.number).first()
    if meeting.takes_place:
        present_edition(meeting, row).save()
    elif row is None:
        Edition.objects.create(number=meeting.number, year=meeting.first_day.year)


def keep_counts_of_consents(number: int) -> None:
    """Count how many agreed to which text, and how many of them took it back."""
    columns = ("purpose", "text_version", "language")
    counted = Consent.objects.order_by().values(*columns)
    counted = counted.annotate(agreed=Count("pk"), withdrawn=Count("withdrawn_at"))
    rows = [ConsentCount(meeting_number=number, **values) for values in counted]
    ConsentCount.objects.bulk_create(rows)


def uploads_of(models: Iterable[Model]) -> set[str]:
    """Return the names of the files that rows of these tables refer to."""
    names: set[str] = set()
    for model in models:
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                names |= set(model._base_manager.values_list(field.attname, flat=True))
    return names - {""}
