from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, Min, Q, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eim.lib.normalising import email_key
from programme.models.meeting import Standing
from registration.models.history import History
from registration.models.registrations import Registration

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LEASE = timedelta(minutes=10)
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
# Faults of the relay cost no attempt: the mail is tried again for so long.
GIVE_UP_AFTER = timedelta(days=5)
# A mail that waits for longer means that no worker runs, or that the relay takes no mails.
LATE_AFTER = timedelta(minutes=15)


class Kind(models.TextChoices):
    PENDING = "pending", _("Confirm your e-mail address")
    CONFIRMED = "confirmed", _("Your registration is confirmed")
    ALREADY = "already", _("You are already registered")
    MOVED = "moved", _("Confirm your new e-mail address")
    NEW_ADDRESS = "new_address", _("Is this your new e-mail address?")
    ADDRESS_LEFT = "address_left", _("Our e-mails now go to another address")
    DESK = "desk", _("Confirm that this address is yours")
    MAILBOX = "mailbox", _("Who is registered with this address")
    PROMOTED = "promoted", _("There is a place for you")
    CANCELLED = "cancelled", _("Your registration has been cancelled")
    UNCONFIRMED = "unconfirmed", _("Your registration is not confirmed yet")
    WEEK_BEFORE = "week_before", _("See you soon: are you coming?")
    DAYS_BEFORE = "days_before", _("It is about to begin: are you coming?")
    SESSION_CANCELLED = "session_cancelled", _("One of your sessions has been cancelled")
    SESSION_MOVED = "session_moved", _("One of your sessions has moved")
    MEETING_POSTPONED = "meeting_postponed", _("The meeting is postponed")
    MEETING_CANCELLED = "meeting_cancelled", _("The meeting is cancelled")
    MEETING_HELD = "meeting_held", _("The meeting takes place")
    FRESH_LINK = "fresh_link", _("The link to your data")


# Sent to everybody once the meeting's standing has changed, as long as it is still this one.
BY_STANDING = {
    Standing.POSTPONED: Kind.MEETING_POSTPONED,
    Standing.CANCELLED: Kind.MEETING_CANCELLED,
    Standing.AS_PLANNED: Kind.MEETING_HELD,
}
# Sent to everybody at once, for hours: mails that a person waits for go first.
TO_EVERYBODY = (Kind.WEEK_BEFORE, Kind.DAYS_BEFORE, *BY_STANDING.values())
# Sent by the clock, and not because of what the person did: a reader can have no more of these.
REMINDERS = (Kind.UNCONFIRMED, Kind.WEEK_BEFORE, Kind.DAYS_BEFORE)
# Sent to the unproven address of a confirmed person: each asks for the proof.
PROVING = (Kind.MOVED, Kind.DESK)
# Sent to an address that the registration does not have yet, or has no longer.
ELSEWHERE = (Kind.NEW_ADDRESS, Kind.ADDRESS_LEFT)


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Counts of mails attempted within a minute and a day, which the mail relay limits."""

    minute: int
    day: int
    # Mails of the day that go to everybody.
    reminders: int

    @property
    def is_minute_used_up(self) -> bool:
        return self.minute >= settings.MAILS_PER_MINUTE

    @property
    def is_day_used_up(self) -> bool:
        return self.day >= settings.MAILS_PER_DAY

    @property
    def is_day_nearly_used_up(self) -> bool:
        """Return whether four fifths are used: early enough to have the budget raised."""
        return self.day * 5 >= settings.MAILS_PER_DAY * 4

    @property
    def are_reminders_used_up(self) -> bool:
        """Return whether half of the day's mails were reminders: the other half is for the rest."""
        return self.reminders >= settings.MAILS_PER_DAY // 2


@dataclass(frozen=True, kw_only=True)
class Waits:
    """A count of mails that wait, and the moment since when the first of them does."""

    count: int
    since: datetime | None


def minutes_for(count: int) -> int:
    """Return how many minutes so many mails take at the rate that the relay takes."""
    return ceil(count / max(settings.MAILS_PER_MINUTE, 1))


def outlast_holds(count: int) -> bool:
    """Return whether the last of so many mails comes after the places it speaks of are free."""
    return minutes_for(count) > settings.HOLD_MINUTES


def waits_since() -> Case:
    """Return when the mail was written, or asked for again.

    What its own recipient's server did not take yet waits for its next attempt.
    """
    leased = Q(state="leased")
    is_recipients_fault = Q(attempts__gt=1) | Q(attempts=1) & ~leased
    written = Coalesce("rescheduled_at", "created_at")
    return Case(When(is_recipients_fault, then=F("next_attempt_at")), default=written)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """Filter mails to send now, also those whose lease ended because their worker died."""
        ready = Q(state=Message.State.DUE, next_attempt_at__lte=now)
        abandoned = Q(state=Message.State.LEASED, leased_until__lte=now)
        return self.filter(ready | abandoned).order_by("next_attempt_at", "pk")

    def most_awaited_but(self, keys: Collection[int], domains: Iterable[str]) -> "Message | None":
        """Return the mail to send first: of these, or to these domains, only without another."""
        if not keys:
            return self.most_awaited()
        others = self.exclude(pk__in=keys)
        elsewhere = others.not_to(domains).most_awaited()
        return elsewhere or others.most_awaited() or self.most_awaited()

    def not_to(self, domains: Iterable[str]) -> "MessageQuerySet":
        """Leave out mails to these domains."""
        rows = self
        for domain in domains:
            at = f"@{domain}"
            own = Q(to="", registration__email_key__endswith=at)
            rows = rows.exclude(own | Q(to__iendswith=at))
        return rows

    def most_awaited(self) -> "Message | None":
        return self.awaited().first() or self.to_everybody().first()

    def awaited(self) -> "MessageQuerySet":
        """Filter mails that a person waits for."""
        return self.exclude(kind__in=TO_EVERYBODY)

    def to_everybody(self) -> "MessageQuerySet":
        """Filter the kinds that go to everybody. Twin of `is_to_everybody`."""
        return self.filter(kind__in=TO_EVERYBODY)

    def unsent(self) -> "MessageQuerySet":
        return self.filter(state__in=[Message.State.DUE, Message.State.LEASED])

    def late(self, now: datetime) -> "MessageQuerySet":
        """Filter mails that wait too long, but for those to everybody, which take hours anyway."""
        unsent = self.unsent().exclude(kind__in=TO_EVERYBODY)
        return unsent.filter(LessThan(waits_since(), now - LATE_AFTER))

    def waits(self) -> "Waits":
        """Count the mails, and tell since when the first of them waits."""
        counts = self.order_by().aggregate(count=Count("pk"), since=Min(waits_since()))
        return Waits(**counts)

    def attempts(self, now: datetime) -> Attempts:
        of_day = self.order_by().filter(attempted_at__gt=now - DAY)
        of_minute = Count("pk", filter=Q(attempted_at__gt=now - MINUTE))
        to_everybody = Count("pk", filter=Q(kind__in=TO_EVERYBODY))
        counts = of_day.aggregate(day=Count("pk"), minute=of_minute, reminders=to_everybody)
        return Attempts(**counts)


class Message(models.Model):
    """A mail to one attendee, written in the transaction that it is about, rendered when sent."""

    Kind = Kind

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("message", "to be sent")
        LEASED = "leased", pgettext_lazy("message", "being sent")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        SKIPPED = "skipped", pgettext_lazy("message", "no longer needed")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        related_name="messages",
        verbose_name=_("registration"),
    )
    history = models.ForeignKey(
        History, models.PROTECT, related_name="messages", verbose_name=_("because of")
    )
    # Only where it is another address than the registration's.
    to = models.EmailField(_("to"), blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("written"))
    # Only after organisers asked to send it again.
    rescheduled_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempted_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "registration", "history"],
                name="message_is_written_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="message_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state="leased", leased_until__isnull=False)
                | (~Q(state="leased") & Q(leased_until__isnull=True)),
                name="message_is_leased_with_a_term",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(to="") | Q(kind__in=["new_address", "address_left"]),
                name="message_goes_to_its_registration",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="message_by_term"),
            models.Index(fields=["attempted_at"], name="message_by_last_attempt"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def address(self) -> str:
        """Return where the mail goes; empty once the data are erased."""
        return self.to if self.kind in ELSEWHERE else self.registration.email

    @property
    def mailbox(self) -> str:
        return email_key(self.address)

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]

    @property
    def is_worth_trying_since(self) -> datetime:
        """Return the moment from which the days of trying are counted."""
        return self.rescheduled_at or self.created_at

    @property
    def is_reminder(self) -> bool:
        return self.kind in REMINDERS

    @property
    def is_to_everybody(self) -> bool:
        return self.kind in TO_EVERYBODY
