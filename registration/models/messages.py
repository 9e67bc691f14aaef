from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import models
from django.db.models import Case, Count, F, Min, Q, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eim.lib.normalising import email_key
from programme.models import Person
from programme.models.meeting import Standing
from registration.models.history import History
from registration.models.letters import Letter, LetterState
from registration.models.mail_budget import Attempts
from registration.models.news import NewsAddress
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
    LETTER = "letter", pgettext_lazy("mail", "letter")
    NEWS_KEPT = "news_kept", _("What we keep of this address")


# Sent to everybody once the meeting's standing has changed, as long as it is still this one.
BY_STANDING = {
    Standing.POSTPONED: Kind.MEETING_POSTPONED,
    Standing.CANCELLED: Kind.MEETING_CANCELLED,
    Standing.AS_PLANNED: Kind.MEETING_HELD,
}
# Sent to many at once, for hours: mails that a person waits for go first.
BULK = (Kind.WEEK_BEFORE, Kind.DAYS_BEFORE, *BY_STANDING.values(), Kind.LETTER)
# What waits for its half of a limit: whether the meeting takes place is told at once.
SHARING = tuple(kind for kind in BULK if kind not in BY_STANDING.values())
# Sent by the clock, and not because of what the person did: a reader can have no more of these.
REMINDERS = (Kind.UNCONFIRMED, Kind.WEEK_BEFORE, Kind.DAYS_BEFORE)
# Not sent to a mailbox whose e-mails come back: whatever a person waits for is tried all the same.
NOT_TO_BOUNCING = (*REMINDERS, Kind.LETTER)
# Sent to the unproven address of a confirmed person: each asks for the proof.
PROVING = (Kind.MOVED, Kind.DESK)
# Sent to an address that the registration does not have yet, or has no longer.
ELSEWHERE = (Kind.NEW_ADDRESS, Kind.ADDRESS_LEFT)


@dataclass(frozen=True, kw_only=True)
class Waits:
    """A count of mails that wait, and the moment since when the first of them does."""

    count: int
    since: datetime | None


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
        """Filter mails to send now, also those whose lease ended because their worker died.

        Those of a letter that organisers have paused wait.
        """
        ready = Q(state=Message.State.DUE, next_attempt_at__lte=now)
        abandoned = Q(state=Message.State.LEASED, leased_until__lte=now)
        rows = self.filter(ready | abandoned).exclude(letter__state=LetterState.PAUSED)
        return rows.order_by("next_attempt_at", "pk")

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
            others = Q(person__email__iendswith=at) | Q(news_address__email_key__endswith=at)
            rows = rows.exclude(own | others | Q(to__iendswith=at))
        return rows

    def most_awaited(self) -> "Message | None":
        letters_last = self.bulk().exclude(kind=Kind.LETTER)
        return self.awaited().first() or letters_last.first() or self.bulk().first()

    def awaited(self) -> "MessageQuerySet":
        """Filter mails that a person waits for."""
        return self.exclude(kind__in=BULK)

    def bulk(self) -> "MessageQuerySet":
        """Filter the kinds that go to many. Twin of `is_bulk`."""
        return self.filter(kind__in=BULK)

    def with_recipients(self) -> "MessageQuerySet":
        return self.select_related("registration", "person", "news_address")

    def unsent(self) -> "MessageQuerySet":
        return self.filter(state__in=[Message.State.DUE, Message.State.LEASED])

    def late(self, now: datetime) -> "MessageQuerySet":
        """Filter mails that wait too long, but for those to many, which take hours anyway."""
        unsent = self.unsent().awaited()
        return unsent.filter(LessThan(waits_since(), now - LATE_AFTER))

    def waits(self) -> "Waits":
        """Count the mails, and tell since when the first of them waits."""
        counts = self.order_by().aggregate(count=Count("pk"), since=Min(waits_since()))
        return Waits(**counts)

    def attempts(self, now: datetime) -> Attempts:
        of_day = self.order_by().filter(attempted_at__gt=now - DAY)
        in_minute, is_bulk = Q(attempted_at__gt=now - MINUTE), Q(kind__in=BULK)
        counts = of_day.aggregate(
            day=Count("pk"),
            minute=Count("pk", filter=in_minute),
            bulk_of_day=Count("pk", filter=is_bulk),
            bulk_of_minute=Count("pk", filter=is_bulk & in_minute),
        )
        return Attempts(**counts)


def written_once_a_letter() -> list[models.UniqueConstraint]:
    """Return the constraints that let no letter be written twice to one recipient."""
    return [
        models.UniqueConstraint(
            fields=["letter", recipient],
            name=f"letter_goes_once_to_each_{recipient}",
            violation_error_message=_("This letter was already written to them."),
        )
        for recipient in ("registration", "person", "news_address")
    ]


class Message(models.Model):
    """A mail to one person, written in the transaction that it is about, rendered when sent."""

    Kind = Kind

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("message", "to be sent")
        LEASED = "leased", pgettext_lazy("message", "being sent")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        SKIPPED = "skipped", pgettext_lazy("message", "no longer needed")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    # Exactly one of the three is the recipient; all but letters go to registrations.
    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("registration"),
    )
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("person"),
    )
    news_address = models.ForeignKey(
        NewsAddress,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("address for news"),
    )
    # Why it was written: an event of the registration, or a letter.
    history = models.ForeignKey(
        History,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("because of"),
    )
    letter = models.ForeignKey(
        Letter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=pgettext_lazy("mail", "letter"),
    )
    # Only where it is another address than the registration's.
    to = models.EmailField(_("to"), blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("written"))
    # Only after organisers asked to send it again, or when the turn of one to many came.
    rescheduled_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempted_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    # A keyed hash of the mailbox: the recipient may have another one by the time it comes back.
    sent_to = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

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
            *written_once_a_letter(),
            models.CheckConstraint(
                condition=Q(person=None, news_address=None, registration__isnull=False)
                | Q(registration=None, news_address=None, person__isnull=False)
                | Q(registration=None, person=None, news_address__isnull=False),
                name="message_has_one_recipient",
                violation_error_message=_(
                    "An e-mail goes to a registration, a person or an address for news: to one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind="letter", letter__isnull=False, history=None)
                | Q(kind="news_kept", letter=None, history=None, news_address__isnull=False)
                | (
                    ~Q(kind__in=["letter", "news_kept"])
                    & Q(letter=None, history__isnull=False, registration__isnull=False)
                ),
                name="message_is_of_an_event_or_a_letter",
                violation_error_message=_(
                    "An e-mail belongs to an event of a registration, or to a letter."
                ),
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
            models.Index(fields=["sent_to"], name="message_by_mailbox"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def registrant(self) -> Registration:
        """Return the registration of a mail that is about one; letters may have none."""
        return cast(Registration, self.registration)

    @property
    def because_of(self) -> History:
        """Return the event of a mail that is about one; letters have none."""
        return cast(History, self.history)

    @property
    def told_letter(self) -> Letter:
        """Return the letter of a mail that is one's."""
        return cast(Letter, self.letter)

    @property
    def recipient(self) -> Registration | Person | NewsAddress:
        recipient = self.registration or self.person or self.news_address
        return cast(Registration | Person | NewsAddress, recipient)

    @property
    def recipient_name(self) -> str:
        """Return the name; an address for news has none."""
        if self.registration:
            return self.registration.full_name
        return self.person.name if self.person else ""

    @property
    def address(self) -> str:
        """Return where the mail goes; empty once the data are erased."""
        if self.kind in ELSEWHERE:
            return self.to
        if self.news_address:
            return self.news_address.address
        return self.person.email if self.person else self.registrant.email

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
    def own_language(self) -> str:
        """Return the recipient's language; empty for a person who has chosen none."""
        if self.news_address:
            return self.news_address.language
        return self.person.mail_language if self.person else self.registrant.mail_language

    @property
    def is_stopped_with_reminders(self) -> bool:
        """Return whether a reader who wants no reminders gets it not: not news, asked for apart."""
        return self.kind in REMINDERS or (self.kind == Kind.LETTER and not self.news_address)

    @property
    def is_bulk(self) -> bool:
        return self.kind in BULK
