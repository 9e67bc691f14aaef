"""Note whether the sender of the e-mails can work, for the back office to say so."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend

from eim import clock
from registration.models import SenderHealth
from registration.outbox.sender.records import BROKEN, Code, Found, found, has_sender, look_up

# Not asked again before: a page of the back office waits for the answers.
FRESH = timedelta(minutes=10)


def look_up_sender() -> Found:
    """Ask about the sender now, note what is broken, and return all that was found."""
    now, sender = clock.now(), present_sender()
    if not is_for_real():
        return []
    records = [found(Code.NO_SENDER)]
    if has_sender(settings.DEFAULT_FROM_EMAIL):
        records = look_up(settings.NAME_SERVER, settings.DKIM_SELECTOR)
    note_records(records, sender, now)
    return records


def is_for_real() -> bool:
    """Return whether e-mails are sent: those of a trial are printed, or written to files."""
    return isinstance(mailers.default, EmailBackend)


def present_sender() -> str:
    return f"{settings.DEFAULT_FROM_EMAIL} {settings.BOUNCE_ADDRESS} {settings.DKIM_SELECTOR}"


def note_records(records: Found, sender: str, now: datetime) -> None:
    """Write what is broken; where no name server answers, what was known stays."""
    if any(record.code == Code.NO_ANSWER for record in records):
        return
    broken = [{"code": r.code, "facts": r.facts} for r in records if r.code in BROKEN]
    facts: dict[str, object] = {"faults": broken, "looked_at": now}
    known = SenderHealth.known()
    if known and known.sender == sender:
        SenderHealth.objects.filter(pk=known.pk).update(**facts)
        return
    # What was excused is another sender.
    facts |= {"sender": sender, "excuse": "", "excused_by": None, "excused_at": None}
    SenderHealth.objects.update_or_create(pk=1, defaults=facts)


def look_up_if_old() -> None:
    """Ask about the sender, unless it was asked a moment ago. Call it outside of any lock."""
    known = SenderHealth.known()
    is_fresh = known and known.sender == present_sender()
    if not (known and is_fresh and clock.now() - known.looked_at < FRESH):
        look_up_sender()
