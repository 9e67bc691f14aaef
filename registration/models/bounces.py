"""Store e-mails that came back, and the state of the mailbox in which the reports arrive."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registration.models.messages import Message


class BounceKind(models.TextChoices):
    FAILED = "failed", _("it came back")
    GIVEN_UP = "given_up", _("it did not arrive, after days of trying")
    DELAYED = "delayed", _("it is delayed")
    COMPLAINT = "complaint", _("its reader reported it as spam")
    CHALLENGE = "challenge", _("their mailbox asks the sender to prove to be a person")


class BounceReason(models.TextChoices):
    UNKNOWN = "unknown", _("the mailbox does not exist")
    DOMAIN = "domain", _("what follows the @ does not exist, or takes no e-mails")
    FULL = "full", _("the mailbox is full")
    DISABLED = "disabled", _("the mailbox has been switched off")
    SPAM = "spam", _("their server refuses it as spam, or by another rule of its own")
    SIZE = "size", _("it is too large for them")
    TIME = "time", _("their server did not answer")
    LOOP = "loop", _("it is forwarded in a circle")
    OTHER = "other", _("their server does not say why")


class MailboxFault(models.TextChoices):
    UNREACHABLE = "unreachable", _("Its server cannot be reached.")
    ENCRYPTION = "encryption", _("No encrypted connection to its server can be made.")
    SLOW = "slow", _("Its server does not answer in time.")
    BROKEN = "broken", _("Its server breaks off the connection.")
    LOGIN = "login", _("Its server does not accept our user name and password.")
    REFUSING = "refusing", _("Its server does not open it: is there such a folder?")


# A report of a later line replaces one of an earlier line about the same e-mail.
BY_GRAVITY = (
    BounceKind.DELAYED,
    BounceKind.CHALLENGE,
    BounceKind.GIVEN_UP,
    BounceKind.FAILED,
    BounceKind.COMPLAINT,
)
# What organisers can do something about.
UNDELIVERED = (BounceKind.FAILED, BounceKind.GIVEN_UP, BounceKind.CHALLENGE)
# Nothing that its reader does not wait for is sent to the mailbox any more.
STOPPING = (BounceKind.FAILED, BounceKind.COMPLAINT)
# Refusals that speak of the e-mail, or of its sender: the next one may be taken.
OF_THE_MAIL = (BounceReason.SPAM, BounceReason.SIZE)
# Nobody reads the mailbox, now or later.
NOBODY_THERE = (BounceReason.UNKNOWN, BounceReason.DOMAIN)
LONGEST_ANSWER = 300


class BounceQuerySet(models.QuerySet["Bounce"]):
    def standing(self) -> "BounceQuerySet":
        """Filter those since which nothing has shown that the mailbox can be reached."""
        return self.filter(cleared_at=None)

    def stopping(self) -> "BounceQuerySet":
        """Filter those after which no reminder, letter or news goes to the mailbox."""
        of_the_mail = Q(kind=BounceKind.FAILED, reason__in=OF_THE_MAIL)
        return self.filter(kind__in=STOPPING).exclude(of_the_mail)

    def undelivered(self) -> "BounceQuerySet":
        return self.filter(kind__in=UNDELIVERED)

    def sent_to(self, mailboxes: list[str]) -> "BounceQuerySet":
        """Filter by keyed hashes of the mailboxes to which the e-mails went."""
        return self.filter(message__sent_to__in=mailboxes)

    def with_recipients(self) -> "BounceQuerySet":
        """Join the recipients of the e-mails. Twin of that of `MessageQuerySet`."""
        return self.select_related(
            "message__registration", "message__person", "message__news_address"
        )

    def clear(self, now: datetime) -> int:
        """Note that these mailboxes can be reached; return how many reports it concerns."""
        return self.standing().update(cleared_at=now)


class Bounce(models.Model):
    """A report of what became of an e-mail after its server had taken it, or when it refused it."""

    Kind = BounceKind

    Reason = BounceReason

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="bounce", verbose_name=_("message")
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=BounceKind.choices)
    reason = models.CharField(_("why"), max_length=20, choices=BounceReason.choices)
    # RFC 3463, such as 5.1.1; empty if the report has none.
    status = models.CharField(_("code"), max_length=12, blank=True)
    # The words of the server, without e-mail addresses.
    answer = models.CharField(_("their server’s words"), max_length=LONGEST_ANSWER, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    # None: by a server.
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
    # The address was corrected, or proven again, or organisers know better.
    cleared_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail that came back")
        verbose_name_plural = _("e-mails that came back")
        ordering = ["-reported_at", "-pk"]
        # Whoever may see or change messages may do so here.
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BounceKind.values), name="bounce_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=BounceReason.values), name="bounce_reason_is_known"
            ),
        ]
        indexes = [models.Index(fields=["cleared_at", "kind"], name="bounce_by_end")]

    def __str__(self) -> str:
        if self.kind in (BounceKind.COMPLAINT, BounceKind.CHALLENGE):
            return self.get_kind_display()
        return f"{self.get_kind_display()}: {self.get_reason_display()}"

    @property
    def is_standing(self) -> bool:
        """Twin of `BounceQuerySet.standing`."""
        return self.cleared_at is None


class BounceMailbox(models.Model):
    """The state of the mailbox of bounces when the worker last looked into it."""

    Fault = MailboxFault

    looked_at = models.DateTimeField()
    # E-mails that nobody but a person can understand: they are flagged there.
    not_understood = models.PositiveIntegerField(default=0)
    # Empty if it could be read.
    fault = models.CharField(max_length=20, choices=MailboxFault.choices, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_fault_display() or str(self.not_understood)

    @classmethod
    def known(cls) -> "BounceMailbox | None":
        """Return the one row; None if it was never looked into."""
        return cls.objects.first()
