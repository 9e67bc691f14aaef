"""Store the letters that organisers write to many people, and whom they are for."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.cleaned import CleanedColumn
from eim.lib.markdown.letters import placeholders_in
from eim.lib.site_languages import SITE_CODES, translated_columns
from programme.models import Session


class Audience(models.TextChoices):
    ATTENDEES = "attendees", _("registered people")
    SPEAKERS = "speakers", _("people of the programme")
    NEWS = "news", _("people who want news of later meetings")


class LetterState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("letter", "draft")
    ASKED = "asked", pgettext_lazy("letter", "waits for a second person")
    SENDING = "sending", pgettext_lazy("letter", "being sent")
    PAUSED = "paused", pgettext_lazy("letter", "paused")
    STOPPED = "stopped", pgettext_lazy("letter", "stopped")
    SENT = "sent", pgettext_lazy("letter", "sent")


class Placeholder(models.TextChoices):
    """A word in braces, for which the site writes what fits each recipient."""

    NAME = "name", _("the name of the recipient")
    MEETING = "meeting", _("the name of the meeting")
    DATES = "dates", _("the days of the meeting")
    CITY = "city", _("the city")
    PLACE = "place", _("the venue and its address")
    SESSION = "session", _("the session whose people the letter is for, with its time and room")
    PROGRAMME = "programme", _("a link to the programme")
    LIVE = "live", _("a link to the stream")
    OWN_PAGE = "own_page", _("a link to the recipient’s own page")


OF_EVERYBODY = (
    *(Placeholder.MEETING, Placeholder.DATES, Placeholder.CITY, Placeholder.PLACE),
    *(Placeholder.PROGRAMME, Placeholder.LIVE),
)
PLACEHOLDERS = {
    Audience.ATTENDEES: tuple(Placeholder),
    Audience.SPEAKERS: (Placeholder.NAME, *OF_EVERYBODY),
    # An address for news has neither a name nor a page.
    Audience.NEWS: OF_EVERYBODY,
}


# Nobody is a recipient yet, and the text may be changed.
UNFROZEN = (LetterState.DRAFT, LetterState.ASKED)
FROZEN = (LetterState.SENDING, LetterState.PAUSED, LetterState.STOPPED, LetterState.SENT)


class LetterQuerySet(models.QuerySet["Letter"]):
    def sending(self) -> "LetterQuerySet":
        return self.filter(state=LetterState.SENDING)

    def given_up(self) -> "LetterQuerySet":
        """Filter paused letters to people of the meeting, for when their addresses are erased."""
        return self.filter(state=LetterState.PAUSED).exclude(audience=Audience.NEWS)

    def unfinished(self) -> "LetterQuerySet":
        """Filter letters some of whose e-mails may still be sent."""
        return self.filter(state__in=[LetterState.SENDING, LetterState.PAUSED])


class Letter(models.Model):
    """A letter of the organisers: one e-mail to each person of a segment of its audience."""

    Audience = Audience

    State = LetterState

    subject = CleanedColumn(_("subject"), max_length=150, blank=True)
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    audience = models.CharField(
        _("to"), max_length=20, choices=Audience.choices, default=Audience.ATTENDEES
    )
    # Conditions that a recipient fulfils one and all.
    segment = models.JSONField(_("conditions"), default=dict, blank=True)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=LetterState.choices,
        default=LetterState.DRAFT,
        editable=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("written"), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("second person asked by"),
    )
    asked_at = models.DateTimeField(_("second person asked"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("sent by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    frozen_at = models.DateTimeField(_("sending since"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    recipients = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    # Counts of the e-mails whose rows are erased: what remains of a letter is how many it reached.
    erased_sent = models.PositiveIntegerField(default=0, editable=False)
    erased_failed = models.PositiveIntegerField(default=0, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("mail", "letter")
        verbose_name_plural = pgettext_lazy("mail", "letters")
        ordering = ["-created_at", "-pk"]
        permissions = [("send_letter", _("Can send letters"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values),
                name="letter_audience_is_known",
                violation_error_message=_("Choose who the letter is for."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFROZEN, frozen_at__isnull=True, recipients=0)
                | Q(state__in=FROZEN, frozen_at__isnull=False, recipients__gte=1),
                name="letter_has_recipients_once_it_is_sent",
                violation_error_message=_(
                    "A letter has recipients from the moment when it is sent, and not before."
                ),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="letter_is_approved_by_somebody",
                violation_error_message=_("An approval has its moment and its person."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFROZEN) | Q(approved_at__isnull=False),
                name="letter_is_sent_with_an_approval",
                violation_error_message=_("A letter is sent only once somebody has approved it."),
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True, asked_at__isnull=True)
                | Q(asked_by__isnull=False, asked_at__isnull=False),
                name="second_person_is_asked_by_somebody",
                violation_error_message=_("A question has its moment and its person."),
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(asked_at__isnull=False),
                name="letter_that_waits_was_asked_about",
                violation_error_message=_(
                    "A letter waits for a second person only once somebody was asked."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["stopped", "sent"], ended_at__isnull=False)
                | (~Q(state__in=["stopped", "sent"]) & Q(ended_at__isnull=True)),
                name="letter_that_ended_has_its_moment",
                violation_error_message=_("A letter that ended has the moment of its end."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or str(_("(no subject)"))

    def clean(self) -> None:
        """Refuse what stands in braces and is no placeholder of the audience, by its field."""
        columns = translated_columns("subject", "text")
        unknown = {column: self.unknown_placeholders(column) for column in columns}
        faults = {column: self.fault_of(names) for column, names in unknown.items() if names}
        if faults:
            raise ValidationError(faults)

    def unknown_placeholders(self, column: str) -> list[str]:
        known = self.placeholders
        return [name for name in placeholders_in(getattr(self, column) or "") if name not in known]

    def fault_of(self, unknown: list[str]) -> str:
        return gettext(
            "The site cannot fill in %(unknown)s for these recipients. It knows: %(known)s."
        ) % {
            "unknown": ", ".join(f"{{{name}}}" for name in unknown),
            "known": ", ".join(f"{{{name}}}" for name in self.placeholders),
        }

    @property
    def placeholders(self) -> list[str]:
        """Return what may stand in braces, given who the letter is for."""
        if self.audience not in PLACEHOLDERS:
            return []
        is_of_session = isinstance(self.segment, dict) and "place" in self.segment
        names = [name.value for name in PLACEHOLDERS[Audience(self.audience)]]
        return [name for name in names if name != Placeholder.SESSION or is_of_session]

    def session_about(self) -> Session | None:
        """Return the session whose places the segment names, if it names one's."""
        key = str(self.segment.get("place", "")).rpartition("-")[2]
        rows = Session.objects.with_room_and_theme()
        return rows.filter(quota=int(key)).first() if key.isdecimal() else None

    def subject_in(self, language: str) -> str:
        """Return the subject as it is written in this language, and in no other."""
        return (getattr(self, f"subject_{language}") or "").strip()

    def text_in(self, language: str) -> str:
        return (getattr(self, f"text_{language}") or "").strip()

    @property
    def written_languages(self) -> list[str]:
        """Return the languages in which it has both a subject and a text."""
        return [code for code in SITE_CODES if self.subject_in(code) and self.text_in(code)]

    @property
    def is_unfrozen(self) -> bool:
        """Return whether text and recipients may still be changed."""
        return self.state in UNFROZEN
