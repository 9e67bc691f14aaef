from datetime import datetime, time

from django.db import models
from django.db.models import Count, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from eim.lib.hashing import Network
from programme.models import Meeting, Session
from registration.models.history import History
from registration.models.registrations import Registration, hold_limit

# Every registration reads these twice: each column more costs both programs time.
OWN_COLUMNS = ("kind", "service_code", "name", "size", "taken")
CHECKED_COLUMNS = ("code", "first_code", "title", "state", "day", "starts_at", "ends_at")


class QuotaQuerySet(models.QuerySet["Quota"]):
    def in_person(self) -> "QuotaQuerySet":
        return self.filter(kind=Quota.Kind.IN_PERSON)

    def seats(self) -> "QuotaQuerySet":
        """Filter seats of sessions that take place."""
        return self.filter(kind=Quota.Kind.SESSION, session__state=Session.State.PUBLISHED)

    def services(self) -> "QuotaQuerySet":
        return self.filter(kind=Quota.Kind.SERVICE)

    def with_sessions(self) -> "QuotaQuerySet":
        return self.select_related("session__room", "session__theme")

    def with_checked_columns(self) -> "QuotaQuerySet":
        """Join what is checked of a session; read neither its texts nor its room and theme."""
        columns = [f"session__{name}" for name in CHECKED_COLUMNS]
        return self.select_related("session").only(*OWN_COLUMNS, *columns)

    def with_waiting(self) -> "QuotaQuerySet":
        """Annotate `waiting`: how many people wait."""
        return self.annotate(waiting=_numbers("COUNT", Place.objects.waiting()))

    def with_held(self) -> "QuotaQuerySet":
        """Annotate `held`: how many places are not confirmed yet."""
        return self.annotate(held=_numbers("COUNT", Place.objects.held()))

    def with_figures(self) -> "QuotaQuerySet":
        return self.with_waiting().with_held()

    def with_last_number(self) -> "QuotaQuerySet":
        """Annotate `last_number`: the highest number given; 0 if none. Read it under the lock."""
        return self.annotate(last_number=Coalesce(_numbers("MAX", Place.objects.all()), 0))


def _numbers(function: str, places: "PlaceQuerySet") -> Subquery:
    """Return a subquery for MAX or COUNT of the places' numbers of each quota, by the index.

    A join would have to group by every other column that is read, and Django's aggregates add a
    GROUP BY to the subquery; a plain `Func` does not.
    """
    rows = places.filter(quota=OuterRef("pk")).order_by()
    number = Func("number", function=function, output_field=models.IntegerField())
    return Subquery(rows.annotate(answer=number).values("answer"))


class Quota(models.Model):
    """The size of one limited thing, and the number of its places that are taken."""

    class Kind(models.TextChoices):
        IN_PERSON = "in_person", _("places in person")
        SESSION = "session", _("seats of a session")
        SERVICE = "service", _("service")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    session = models.OneToOneField(
        Session,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quota",
        verbose_name=_("session"),
    )
    service_code = models.SlugField(
        _("code"),
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        help_text=_("A short name of a service for web addresses and files, such as bus."),
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)

    # Annotated by `with_waiting()`, `with_held()`, `with_last_number()`
    waiting: int
    held: int
    last_number: int

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("size")),
                name="quota_is_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(kind="in_person", session__isnull=True, service_code__isnull=True)
                | Q(kind="session", session__isnull=False, service_code__isnull=True)
                | Q(kind="service", session__isnull=True, service_code__isnull=False),
                name="quota_is_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="in_person"),
                name="in_person_has_one_quota",
            ),
        ]

    def __str__(self) -> str:
        if self.is_in_person:
            return gettext("Places in person")
        return self.session.title if self.session else self.name

    @property
    def code(self) -> str:
        """Return what forms post and links of mails hold, which a corrected code does not change.

        It is the first code of the session, the code of the service, or `in_person`.
        """
        return self.session.calendar_code if self.session else self.service_code or self.kind

    @property
    def is_in_person(self) -> bool:
        """Twin of `QuotaQuerySet.in_person`."""
        return self.kind == self.Kind.IN_PERSON

    @property
    def free(self) -> int:
        return self.size - self.taken

    @property
    def is_full(self) -> bool:
        return self.taken >= self.size

    @property
    def may_be_held(self) -> bool:
        """Return whether one more unconfirmed person may hold a place; it comes from `with_held()`.

        Together they hold at most half of what no confirmed person has: who only types addresses
        shuts nobody out.
        """
        return 2 * (self.held + 1) <= self.free + self.held

    def has_begun(self, now: datetime) -> bool:
        return self.session is not None and self.session.has_begun(now)

    def has_ended(self, now: datetime) -> bool:
        return bool(self.session and self.session.ends_at and self.session.ends_at <= now)

    def begins_at(self, meeting: Meeting) -> datetime:
        """Return when its session or the meeting begins, as far as is known."""
        if self.session and self.session.starts_at:
            return self.session.starts_at
        day = self.session.day if self.session and self.session.day else meeting.first_day
        return datetime.combine(day, time.min, meeting.zone)


class PlaceQuerySet(models.QuerySet["Place"]):
    def taken(self) -> "PlaceQuerySet":
        """Twin of `is_taken`."""
        return self.filter(state__in=Place.TAKEN)

    def held(self) -> "PlaceQuerySet":
        return self.filter(state=Place.State.HELD)

    def overdue_or_near(self, network: Network | None, now: datetime) -> "PlaceQuerySet":
        """Filter held places that are overdue, or of this network or its block, by the indexes."""
        of_interest = Q(registration__submitted_at__lte=hold_limit(now))
        if network:
            of_interest |= Q(registration__network__in=network.own_hashes)
            of_interest |= Q(registration__network_block__in=network.block_hashes)
        rows = self.held().filter(of_interest, registration__state=Registration.State.PENDING)
        # Every sign-up runs this query: read no more columns than needed.
        rows = rows.select_related("registration").order_by()
        return rows.only("quota", "registration__submitted_at", "registration__network")

    def waiting(self) -> "PlaceQuerySet":
        return self.filter(state=Place.State.WAITING)

    def in_person(self) -> "PlaceQuerySet":
        return self.filter(quota__kind=Quota.Kind.IN_PERSON)

    def current(self) -> "PlaceQuerySet":
        return self.exclude(state=Place.State.RELEASED)

    def released(self) -> "PlaceQuerySet":
        return self.filter(state=Place.State.RELEASED)

    def up_to(self, place: "Place") -> "PlaceQuerySet":
        """Filter the places of its quota with its number or a lower one."""
        return self.filter(quota=place.quota_id, number__lte=place.number).order_by("number")

    def of_sessions_not_held(self) -> "PlaceQuerySet":
        """Filter places of sessions that are cancelled or drafts again."""
        states = [Session.State.CANCELLED, Session.State.DRAFT]
        return self.filter(quota__session__state__in=states)

    def for_history(self, history: History) -> "PlaceQuerySet":
        """Filter places that last changed with this history."""
        return self.filter(changed_at=history.happened_at)

    def others_waiting_for(self, places: "PlaceQuerySet") -> "PlaceQuerySet":
        """Filter the waiting places of other people in the quotas of one person's places."""
        others = self.waiting().filter(quota__in=places.values("quota"))
        return others.exclude(registration__in=places.values("registration"))

    def with_quotas(self) -> "PlaceQuerySet":
        return self.select_related("quota__session__room", "quota__session__theme")

    def with_positions(self) -> "PlaceQuerySet":
        """Annotate `position` and `line_length`: the place in the queue, and its length."""
        line = Place.objects.waiting().filter(quota=OuterRef("quota")).order_by().values("quota")
        before = line.filter(number__lte=OuterRef("number"))
        return self.annotate(
            position=Subquery(before.annotate(count=Count("pk")).values("count")),
            line_length=Subquery(line.annotate(count=Count("pk")).values("count")),
        )


class Place(models.Model):
    """One unit of a quota that a person has, waits for or gave back."""

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("place", "reserved")
        CONFIRMED = "confirmed", pgettext_lazy("place", "confirmed")
        WAITING = "waiting", pgettext_lazy("place", "waiting")
        RELEASED = "released", pgettext_lazy("place", "released")

    # Counted in `Quota.taken`.
    TAKEN = (State.HELD, State.CONFIRMED)

    quota = models.ForeignKey(Quota, models.PROTECT, related_name="places", verbose_name=_("quota"))
    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        related_name="places",
        verbose_name=_("registration"),
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices)
    number = models.PositiveIntegerField(_("number on the list"))
    changed_at = models.DateTimeField(_("since"))

    # Annotated by `with_positions()`
    position: int
    line_length: int

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["quota", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["quota", "registration"], name="person_has_one_place_of_a_quota"
            ),
            models.UniqueConstraint(
                fields=["quota", "number"], name="number_in_line_is_given_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "confirmed", "waiting", "released"]),
                name="place_state_is_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "quota", "number"], name="place_in_line")]

    def __str__(self) -> str:
        return f"{self.quota}: {self.get_state_display()}"

    @property
    def is_taken(self) -> bool:
        """Twin of `PlaceQuerySet.taken`."""
        return self.state in self.TAKEN

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def has_room(self) -> bool:
        """Return whether its quota has a place for it; it comes from `with_positions()`.

        A place waits although there is room while its person has not confirmed.
        """
        return self.quota.free >= self.position
