"""Name the kinds, formats and states of sessions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionKind(models.TextChoices):
    OPENING = "opening", _("Opening")
    LECTURE = "lecture", _("Lecture")
    ROUND_TABLE = "round_table", _("Round table")
    EXPERIENCES = "experiences", _("Exchange of experiences")
    CIRCLE = "circle", _("Conversation circle")
    POSTERS = "posters", _("Poster gallery")
    STAND = "stand", _("Stand")
    WORKSHOP = "workshop", _("Workshop")
    VISIT = "visit", _("Visit")
    BREAK = "break", _("Break")
    CLOSING = "closing", _("Closing")


class SessionFormat(models.TextChoices):
    HYBRID = "hybrid", _("In person and online")
    IN_PERSON = "in_person", _("In person only")
    ONLINE = "online", _("Online only")


class SessionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")


# A cancelled session stays in the programme, so that people who meant to come learn of it.
VISIBLE_STATES = (SessionState.PUBLISHED, SessionState.CANCELLED)
ONLINE_FORMATS = (SessionFormat.HYBRID, SessionFormat.ONLINE)
# A session that starts later than this gets a new start time instead of a delay.
MAX_MINUTES_LATE = 240
