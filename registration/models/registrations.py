import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, StringAgg, Subquery, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from eim.lib.fields.cleaned import CleanedColumn
from eim.lib.fields.email_addresses import AddressColumn
from eim.lib.normalising import EMAIL_LENGTH, NAME_LENGTH, email_key, name_key
from programme.models import Person
from registration.models.consents import Consent
from registration.models.mailboxes import MAILBOX_SIZE

# Without 0/O, 1/I/L and U: it is read aloud at the door and typed from paper.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_TRIES = 5


def new_reference() -> str:
    """Draw twelve characters, 58 bits: nobody can guess one."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _n in range(12))


def hold_limit(now: datetime) -> datetime:
    """Return the time of sign-up up to which places are no longer held. Twin of `held_until`."""
    return now - timedelta(minutes=settings.HOLD_MINUTES)


class Occupation(models.TextChoices):
    DIRECTION = "direction", _("Museum direction or management")
    COLLECTIONS = "collections", _("Collections, conservation or documentation")
    EDUCATION = "education", _("Education or mediation")
    EXHIBITIONS = "exhibitions", _("Exhibitions or curatorship")
    COMMUNITY = "community", _("Community museum or memory site")
    COMMUNICATION = "communication", _("Communication or audiences")
    ADMINISTRATION = "administration", _("Public administration of culture")
    RESEARCH = "research", _("Teaching or research")
    STUDENT = "student", _("Student")
    OTHER = "other", _("Other")


class Category(models.TextChoices):
    ATTENDEE = "attendee", _("attendee")
    SPEAKER = "speaker", _("speaker")
    DELEGATION = "delegation", _("official delegation")
    PRESS = "press", _("press")
    ORGANISATION = "organisation", _("organisation")
    VOLUNTEER = "volunteer", _("volunteer")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def pending(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.PENDING)

    def confirmed(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.CONFIRMED)

    def live(self) -> "RegistrationQuerySet":
        """Filter pending and confirmed ones. Twin of `is_live`."""
        return self.filter(state__in=Registration.LIVE)

    def for_mailbox(self, email_key: str) -> "RegistrationQuerySet":
        return self.filter(email_key=email_key)

    def of_person(self, email: str, full_name: str) -> "RegistrationQuerySet":
        """Filter by name and address, which are unique together."""
        return self.for_mailbox(email_key(email)).filter(name_key=name_key(full_name))

    def ever_confirmed(self) -> "RegistrationQuerySet":
        """Filter those that were confirmed at some time, cancelled since or not."""
        return self.filter(confirmed_at__isnull=False)

    def with_links(self, now: datetime) -> "RegistrationQuerySet":
        """Filter those for which a link in a mail works: not lapsed ones."""
        lapsed = Registration.objects.lapsed(now)
        is_unknown = Q(confirmed_at=None) | Q(unproven_since__isnull=False)
        never = is_unknown & ~Q(state__in=Registration.LIVE)
        return self.exclude(never).exclude(pk__in=lapsed)

    def with_purposes(self) -> "RegistrationQuerySet":
        """Annotate `purposes`: those of the live consents, separated by commas."""
        live = Consent.objects.live().filter(registration=OuterRef("pk")).order_by()
        together = live.values("registration").annotate(all=StringAgg("purpose", Value(",")))
        return self.annotate(purposes=Subquery(together.values("all")))

    def with_proven_address(self) -> "RegistrationQuerySet":
        """Filter those without an unproven address. Twin of `is_unproven`."""
        return self.filter(unproven_since=None)

    def hold_is_over(self, now: datetime) -> "RegistrationQuerySet":
        """Filter pending ones whose places are no longer held. Twin of `held_until`."""
        return self.pending().filter(submitted_at__lte=hold_limit(now))

    def not_erased(self) -> "RegistrationQuerySet":
        return self.filter(erased_at=None)

    def on_list(self) -> "RegistrationQuerySet":
        """Filter the confirmed people who agreed to stand on the list of participants."""
        agreed = Consent.objects.live().filter(purpose=Consent.Purpose.LIST)
        return self.confirmed().not_erased().filter(pk__in=agreed.values("registration"))

    def named(self) -> "RegistrationQuerySet":
        """Leave out erased ones without a name. Twin of `is_anonymous`."""
        return self.exclude(full_name="")

    def lapsed(self, now: datetime) -> "RegistrationQuerySet":
        """Filter pending ones that nobody confirmed in time. Twin of `lapses_at`."""
        limit = now - timedelta(hours=settings.LAPSE_HOURS)
        return self.pending().filter(submitted_at__lte=limit)


class Registration(models.Model):
    """One person's sign-up to the meeting."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("registration", "to be confirmed")
        CONFIRMED = "confirmed", pgettext_lazy("registration", "confirmed")
        CANCELLED = "cancelled", pgettext_lazy("registration", "cancelled")
        EXPIRED = "expired", pgettext_lazy("registration", "lapsed")

    # These may have places.
    LIVE = (State.PENDING, State.CONFIRMED)

    class Attendance(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        ONLINE = "online", _("online")

    Occupation = Occupation

    Category = Category

    # By the attendee
    full_name = CleanedColumn(_("full name"), max_length=100)
    email = AddressColumn(_("e-mail"), blank=True)
    country = CountryField(_("country"))
    institution = CleanedColumn(_("institution"), max_length=150, blank=True)
    occupation = models.CharField(_("occupation"), max_length=20, choices=Occupation.choices)
    is_professional = models.BooleanField(_("works in or studies museology"), default=False)
    attendance = models.CharField(_("attendance"), max_length=20, choices=Attendance.choices)
    needs = models.TextField(_("access needs"), max_length=1000, blank=True)
    mail_language = models.CharField(
        _("language of the e-mails"), max_length=2, choices=settings.LANGUAGES
    )

    # By the organisers
    category = models.CharField(
        _("category"),
        max_length=20,
        choices=Category.choices,
        default=Category.ATTENDEE,
    )
    person = models.OneToOneField(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registration",
        verbose_name=_("speaker in the programme"),
    )

    # By the site
    reference = models.CharField(
        _("reference"),
        max_length=12,
        unique=True,
        default=new_reference,
        editable=False,
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=State.choices,
        default=State.PENDING,
        editable=False,
    )
    # The identity of a person, together. The first is NULL without an address, once erased, and for
    # an ended registration whose person has another one under the same name and address.
    email_key = models.CharField(max_length=EMAIL_LENGTH, null=True, editable=False)
    # Lists are sorted by it. NULL once the name is erased.
    name_key = models.CharField(max_length=NAME_LENGTH, null=True, editable=False)
    # One of the MAILBOX_SIZE slots of its mailbox, from its confirmation until it ends.
    mailbox_slot = models.PositiveSmallIntegerField(null=True, editable=False)
    network = models.CharField(max_length=64, blank=True, editable=False)
    network_block = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    browser = models.CharField(max_length=64, blank=True, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    # Part of the link to the person's data, which acts once.
    fresh_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    submitted_at = models.DateTimeField(_("registered"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    # An organiser wrote the address of a confirmed person. Until its reader presses the button, no
    # mail to it contains anything that anybody typed.
    unproven_since = models.DateTimeField(
        _("address not confirmed since"), null=True, editable=False
    )
    # The address that the person wants, until its reader presses the button there.
    new_email = AddressColumn(_("new e-mail, to be confirmed"), blank=True, editable=False)
    new_email_key = models.CharField(max_length=EMAIL_LENGTH, null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    expired_at = models.DateTimeField(_("lapsed"), null=True, editable=False)
    coming_at = models.DateTimeField(_("said that they will come"), null=True, editable=False)
    # From then on nothing in the row tells whose it was.
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    # Annotated by `with_purposes()`; None without any.
    purposes: str | None

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-submitted_at", "-pk"]
        permissions = [
            ("export_registration", _("Can export attendees")),
            ("view_needs", _("Can see access needs")),
            ("erase_registration", _("Can erase attendees")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email_key", "name_key"],
                name="person_of_a_mailbox_registers_once",
            ),
            models.UniqueConstraint(
                fields=["email_key", "mailbox_slot"],
                name="mailbox_slot_serves_one_person",
            ),
            # The release before gave slots to pending ones too: after the next, none may have one.
            models.CheckConstraint(
                condition=Q(mailbox_slot__isnull=True)
                | Q(
                    mailbox_slot__range=(1, MAILBOX_SIZE),
                    state__in=["pending", "confirmed"],
                ),
                name="mailbox_serves_five_live_people",
            ),
            models.CheckConstraint(
                condition=Q(email_key__isnull=True) | Q(name_key__isnull=False),
                name="registration_with_a_mailbox_has_the_key_of_its_name",
            ),
            models.CheckConstraint(
                condition=Q(new_email_key__isnull=True, new_email="")
                | (Q(new_email_key__isnull=False, state="confirmed") & ~Q(new_email="")),
                name="new_address_is_of_a_confirmed_person",
            ),
            models.CheckConstraint(
                condition=Q(code_tries__lte=CODE_TRIES),
                name="code_is_tried_five_times_at_most",
            ),
            models.CheckConstraint(
                condition=Q(attendance__in=["in_person", "online"]),
                name="attendance_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="pending")
                | Q(state="confirmed", confirmed_at__isnull=False)
                | Q(state="cancelled", cancelled_at__isnull=False)
                | Q(state="expired", expired_at__isnull=False),
                name="registration_state_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="registration_by_state"),
            models.Index(fields=["network", "state"], name="registration_by_network"),
            models.Index(fields=["network_block", "state"], name="registration_by_block"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.reference})"

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_unproven(self) -> bool:
        """Return whether nobody has proven yet that they read the mailbox.

        Twin of `with_proven_address`.
        """
        return self.unproven_since is not None

    @property
    def is_live(self) -> bool:
        """Twin of `RegistrationQuerySet.live`."""
        return self.state in self.LIVE

    @property
    def is_anonymous(self) -> bool:
        """Return whether even the name for a certificate is erased. Twin of `named`."""
        return not self.full_name

    @property
    def is_in_person(self) -> bool:
        return self.attendance == self.Attendance.IN_PERSON

    def has_place_in_person(self) -> bool:
        return self.places.taken().in_person().exists()

    @property
    def held_until(self) -> datetime:
        """Twin of `RegistrationQuerySet.hold_is_over`."""
        return self.submitted_at + timedelta(minutes=settings.HOLD_MINUTES)

    @property
    def lapses_at(self) -> datetime:
        """Twin of `RegistrationQuerySet.lapsed`."""
        return self.submitted_at + timedelta(hours=settings.LAPSE_HOURS)

    @property
    def spaced_reference(self) -> str:
        """Return the reference in groups of four, as it is printed and read aloud."""
        return " ".join(self.reference[n : n + 4] for n in range(0, len(self.reference), 4))
