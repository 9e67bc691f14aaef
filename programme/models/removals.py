"""Store what organisers have removed from the site, with their reasons.

A removed text or file moves into the row of its removal, and its own columns are left empty: what
is not there appears on no page, in no feed, and in no frozen copy. Imports no other model.
"""

import secrets
from collections.abc import Iterable
from functools import reduce
from operator import or_
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eim.lib.site_languages import SITE_CODES, translated_columns

# Removed files are below it; no address serves them.
FOLDER = "removed"


class RemovedPart(models.TextChoices):
    # No value may be a part of another: `removed_parts` is searched for them.
    TEXT = "text", _("text")
    PICTURE = "picture", _("picture")
    LINKS = "links", _("links")
    MATERIALS = "materials", _("materials")
    RECORDING = "recording", _("recording")
    DOCUMENT = "document", _("document")
    QUESTION = "question", _("question")


class RemovalReason(models.TextChoices):
    OFFENSIVE = "offensive", _("it is offensive")
    UNTRUE = "untrue", _("it is untrue")
    UNRELATED = "unrelated", _("it has nothing to do with the meeting")
    RIGHTS = "rights", _("it infringes somebody’s rights")
    OTHER = "other", _("another reason")


# What can be removed of a row, by the name of its model, and the fields that this empties.
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "session": {
        RemovedPart.TEXT: ("abstract", "search_words"),
        RemovedPart.RECORDING: ("recording_url", "recording_captions", "transcript_url"),
        RemovedPart.MATERIALS: ("materials_url",),
    },
    "presentation": {
        RemovedPart.TEXT: ("summary",),
        RemovedPart.PICTURE: ("picture", "picture_alt"),
    },
    "person": {
        RemovedPart.TEXT: ("biography",),
        RemovedPart.PICTURE: ("photo",),
        RemovedPart.LINKS: ("links",),
    },
    "document": {RemovedPart.DOCUMENT: ("summary", "file", "url")},
    "question": {RemovedPart.QUESTION: ("state",)},
}


def fields_by_part(row: models.Model) -> dict[str, tuple[str, ...]]:
    return PARTS[str(row._meta.model_name)]


def stored_columns(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    """Return the columns of fields: a translated one has one for each language."""
    columns: list[str] = []
    for name in fields:
        is_translated = hasattr(model, f"{name}_{SITE_CODES[0]}")
        columns += translated_columns(name) if is_translated else [name]
    return columns


def removed_parts_column() -> models.CharField:
    """Return the column of a row that names its removed parts, for pages and files that load."""
    return models.CharField(max_length=60, blank=True, default="", db_default="", editable=False)


def withheld_fields(row: models.Model) -> dict[str, tuple[str, ...]]:
    """Return the fields of a row's removed parts, by the part."""
    removed = getattr(row, "removed_parts", "").split()
    return {part: fields_by_part(row)[part] for part in removed}


def removed_path(instance: Any, filename: str) -> str:
    """Return a name that nobody can guess, with the file's own at its end."""
    return f"{FOLDER}/{secrets.token_hex(16)}/{PurePath(filename).name}"


def one_part_of_one_thing() -> Q:
    """Return the condition that a removal has one target, and that the part is one of its."""
    of_each = (
        Q(part__in=list(map(str, parts)), **{f"{other}__isnull": other != name for other in PARTS})
        for name, parts in PARTS.items()
    )
    return reduce(or_, of_each)


class RemovalQuerySet(models.QuerySet["Removal"]):
    def open(self) -> "RemovalQuerySet":
        """Return removals that nobody has undone: what they took is still off the site."""
        return self.filter(brought_back_at__isnull=True)

    def of(self, row: models.Model) -> "RemovalQuerySet":
        return self.filter(**{str(row._meta.model_name): row.pk})

    def with_targets(self) -> "RemovalQuerySet":
        return self.select_related(*PARTS, "removed_by", "brought_back_by")


class Removal(models.Model):
    """A text, file, address or question that organisers took off the site; undone or not."""

    Part = RemovedPart
    Reason = RemovalReason

    session = models.ForeignKey(
        "programme.Session", models.CASCADE, null=True, blank=True, related_name="removals"
    )
    presentation = models.ForeignKey(
        "programme.Presentation", models.CASCADE, null=True, blank=True, related_name="removals"
    )
    person = models.ForeignKey(
        "programme.Person", models.CASCADE, null=True, blank=True, related_name="removals"
    )
    document = models.ForeignKey(
        "programme.Document", models.CASCADE, null=True, blank=True, related_name="removals"
    )
    question = models.ForeignKey(
        "programme.Question", models.CASCADE, null=True, blank=True, related_name="removals"
    )
    part = models.CharField(_("what was removed"), max_length=20, choices=RemovedPart.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=RemovalReason.choices)
    words = models.TextField(_("in your words"), max_length=2000)
    words_for_sender = models.TextField(_("words for the sender"), max_length=2000, blank=True)
    removed_at = models.DateTimeField(_("removed on"))
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("removed by"),
    )
    brought_back_at = models.DateTimeField(_("brought back on"), null=True)
    brought_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("brought back by"),
    )
    # The values of the emptied columns, until they are brought back; a file's is its former name.
    kept = models.JSONField(default=dict, editable=False)
    file = models.FileField(upload_to=removed_path, max_length=200, blank=True, editable=False)

    objects = RemovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        ordering = ["-removed_at", "-pk"]
        default_permissions = ("view",)
        permissions = [
            ("remove_content", _("Can remove texts, pictures and files from the site")),
            ("moderate_question", _("Can remove questions from the moderators’ list")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=one_part_of_one_thing(),
                name="removal_is_of_one_part_of_one_thing",
                violation_error_message=_("A removal is of one part of one thing."),
            ),
            models.CheckConstraint(
                condition=Q(reason__in=RemovalReason.values), name="removal_reason_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="removal_has_its_words",
                violation_error_message=_("Say in your words why it is removed."),
            ),
            models.CheckConstraint(
                condition=Q(brought_back_at__gte=F("removed_at")),
                name="removal_is_undone_after_it",
            ),
            models.CheckConstraint(
                condition=Q(brought_back_by__isnull=True) | Q(brought_back_at__isnull=False),
                name="removal_is_undone_at_some_time",
            ),
            # Of anything else a part may be entered again, and removed again.
            models.UniqueConstraint(
                fields=["question", "part"],
                condition=Q(brought_back_at__isnull=True),
                name="part_of_a_question_is_removed_once_at_a_time",
                violation_error_message=_("This is removed already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.get_part_display()}"

    @property
    def target_name(self) -> str:
        """Return the name of the field in which the removal has its target."""
        return next(name for name in PARTS if getattr(self, f"{name}_id"))

    @property
    def target(self) -> Any:
        return getattr(self, self.target_name)

    @property
    def is_open(self) -> bool:
        """Twin of `RemovalQuerySet.open`."""
        return self.brought_back_at is None

    @property
    def permission(self) -> str:
        return permission_to_remove(self.target_name)


def permission_to_remove(model_name: str) -> str:
    """Return the permission to remove what rows of a model are, and to bring it back."""
    deed = "moderate_question" if model_name == "question" else "remove_content"
    return f"programme.{deed}"
