"""Check what the rows say: worker, e-mails, accounts of organisers, and the meeting."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim import clock
from eim.monitoring.checks import named_checks
from eim.monitoring.doctor.findings import Finding, broken, doubtful, well
from programme.models import Meeting
from registration.management.housekeeping import JOBS
from registration.models import Heartbeat, Message, Relay
from registration.models.mail_budget import minutes_for, outlast_holds

# The checks of /status about which the doctor says more.
TOLD = {"database", "worker", "housekeeping", "mail", "backlog", "disk", "backup"}


def worker() -> Iterator[Finding]:
    """Find a worker that is silent, and jobs of its housekeeping that fail."""
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    sign = beats.get(Heartbeat.WORKER)
    if sign is None or sign.succeeded_at is None:
        yield broken(
            "No worker has ever reported, so no e-mail goes out: systemctl start eim-worker"
        )
    elif sign.is_silent(timezone.now()):
        yield broken(
            f"The worker has not reported since {sign.succeeded_at:%Y-%m-%d %H:%M} UTC, so no "
            "e-mail goes out: start it, and read its log."
        )
    else:
        yield well("The worker reports.")
    if failing := [job.name for job in JOBS if job.name in beats and beats[job.name].has_failed]:
        yield broken(f"The worker cannot do {', '.join(failing)}: its log says why.")


def waiting_mails() -> Iterator[Finding]:
    """Find e-mails that wait for too long, and what the mail server said when it refused them."""
    now, relay = clock.now(), Relay.known()
    if relay.is_failing:
        said = " ".join(filter(None, [str(relay.get_fault_display()), relay.answer]))
        yield broken(f"The mail server has refused {relay.refusals} e-mails in a row: {said}")
    late, due = Message.objects.late(now).count(), Message.objects.due(now).count()
    if late:
        yield broken(f"E-mails that should have gone out long ago: {late}. Does the worker run?")
    if due > settings.MAILS_PER_DAY:
        yield doubtful(f"E-mails that are due: {due}, more than MAILS_PER_DAY of one day.")
    awaited = Message.objects.due(now).awaited().count()
    if outlast_holds(awaited):
        yield doubtful(
            f"E-mails that people wait for: {awaited}, which take {minutes_for(awaited)} minutes "
            f"at MAILS_PER_MINUTE={settings.MAILS_PER_MINUTE}, and a place is held for "
            f"{settings.HOLD_MINUTES}: raise it, if the mail server takes more."
        )
    elif not (relay.is_failing or late):
        yield well(f"E-mails that wait: {due}.")


def other_checks() -> Iterator[Finding]:
    """Yield what else /status says is not well."""
    for name, check in named_checks().items():
        if name not in TOLD and not check["ok"]:
            yield broken(f"/status says that {name} fails: docs/operating.md, Check it, says more.")


def accounts() -> Iterator[Finding]:
    """Find organisers who cannot sign in, and a site that only one person can look after."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    chiefs = staff.filter(is_superuser=True).count()
    if not chiefs:
        yield broken("No account has every right: manage.py createsuperuser")
    elif chiefs == 1:
        yield doubtful(
            "One account alone has every right: give them to a second person, for a telephone "
            "may be lost."
        )
    devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    bare = staff.filter(~Exists(devices)).order_by("username")
    names = [] if settings.DEMO else list(bare.values_list("username", flat=True))
    for name in names:
        yield doubtful(
            f"{name} has no second step, and cannot sign in: manage.py staff_device {name}"
        )
    if chiefs > 1 and not names:
        yield well("All organisers have a second step.")


def meeting() -> Iterator[Finding]:
    """Find out whether a meeting is loaded, and whether it has what the privacy notice needs."""
    loaded = Meeting.objects.first()
    if loaded is None:
        yield doubtful("No meeting is loaded: manage.py load_meeting FILE.json")
        return
    lacks = {
        "the address to which people write about their data": loaded.contact_email,
        "the privacy notice": loaded.privacy_notice,
    }
    missing = [words for words, value in lacks.items() if not value]
    if missing:
        yield doubtful(f"The meeting lacks {' and '.join(missing)}: write it in the back office.")
    else:
        yield well("A meeting is loaded, with its contact and its privacy notice.")
    yield from zone(str(loaded.zone))


def zone(name: str) -> Iterator[Finding]:
    """Find out whether this machine knows the zone of the meeting."""
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        yield broken(f"This machine does not know the time zone {name}: apt-get install tzdata")


def zones() -> Iterator[Finding]:
    if available_timezones():
        yield well("The time zones are there.")
    else:
        yield broken("This machine has no data of time zones: apt-get install tzdata")
