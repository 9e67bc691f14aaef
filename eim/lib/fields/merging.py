"""Forms that merge what was typed with what others have saved since their page was opened.

The page carries the values with which it was opened. When it is sent, a field that was not touched
takes the value that the row has now. A field that was touched, and that somebody else has changed
too, is refused once: the page comes back with what was typed, and saving it again is meant.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from eim.lib.fields.cleaned import with_keys
from eim.lib.fields.kept_uploads import KeepsUploads
from eim.lib.fields.opened_values import (
    dump_values,
    is_touched,
    load_values,
    neutral,
    send_present_value,
)

OPENED = "_opened"
SHOWN_TEXT = 400


def column_values(row: models.Model) -> dict[str, Any]:
    return {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}


class MergingForm(KeepsUploads, forms.ModelForm):
    # Fields that were typed and that somebody else has changed too; that only somebody else has.
    conflicts: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    # Whether it was to be deleted, or has been, while somebody else changed it.
    is_deletion_refused = False
    is_gone = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = column_values(self.instance)
        # Before cleaning, which writes what was typed into the instance.
        self.row_words = str(self.instance) if self.instance.pk else ""
        if self.is_bound and not self.instance._state.adding:
            self.merge()

    @property
    def opened(self) -> dict[str, Any]:
        """Return the values that the page carried when it was sent."""
        return load_values(self.data.get(self.add_prefix(OPENED), ""))

    @property
    def carried(self) -> SafeString:
        """Return the hidden input with which the page carries the present values."""
        values = (self.add_prefix(OPENED), dump_values(self))
        return format_html('<input type="hidden" name="{}" value="{}">', *values)

    def merge(self) -> None:
        data: Any = self.data
        data = data if getattr(data, "_mutable", False) else data.copy()
        self.data, opened = data, self.opened
        fields = [b for b in self if b.name in opened and not b.field.disabled]
        touched = {b.name for b in fields if is_touched(b, opened[b.name])}
        others = {b.name for b in fields if neutral(b.initial) != opened[b.name]}
        for bound in [*fields, *self.new_fields(opened)]:
            if bound.name not in touched:
                send_present_value(bound, data)
        both = [b for b in fields if b.name in touched & others]
        self.conflicts = tuple(b.name for b in both if is_touched(b, neutral(b.initial)))
        self.merged = tuple(b.name for b in fields if b.name in others - touched)
        delete = self.add_prefix("DELETE")
        if others and data.get(delete):
            del data[delete]
            self.is_deletion_refused = True

    def new_fields(self, opened: dict[str, Any]) -> list[forms.BoundField]:
        """Return the fields that the row has got since the page was opened without them."""
        if not opened:
            return []
        known = {*opened, "DELETE"}
        return [b for b in self if b.name not in known and not b.field.disabled]

    @property
    def touched_since_opened(self) -> bool:
        opened = self.opened
        return any(is_touched(self[name], opened[name]) for name in opened if name in self.fields)

    def _post_clean(self) -> None:
        super()._post_clean()
        for name in self.conflicts:
            self.add_error(name, self.conflict_words(name))
        if self.is_deletion_refused:
            self.add_error(None, self.deletion_words())
        if self.is_gone:
            self.add_error(None, self.gone_words())

    def refused_files(self) -> set[str]:
        """Return the refused files without those that only somebody else has changed too."""
        return super().refused_files() - set(self.conflicts)

    def save(self, *, commit: bool = True) -> Any:  # type: ignore[override]
        """Write only the columns that differ from those of the row as it was read."""
        if not commit or self.instance._state.adding or self.errors:
            return super().save(commit=commit)
        self.instance.save(update_fields=self.changed_columns())
        self._save_m2m()  # type: ignore[attr-defined]
        return self.instance

    def changed_columns(self) -> list[str]:
        """Return the columns to which the form, or `clean` of the row, has given other values."""
        present = column_values(self.instance)
        changed = [name for name, value in present.items() if value != self.stored[name]]
        return [*with_keys(type(self.instance), changed)]

    # Sentences

    def author_words(self, names: Iterable[str]) -> str:
        """Return who has changed these fields, and when; without names, who deleted the row."""
        return gettext("somebody else")

    def merged_words(self) -> str:
        """Return what others have changed since the page was opened, and nobody here has."""
        labels = ", ".join(str(self.fields[name].label) for name in self.merged)
        sentence = gettext(
            "While this page was open, %(who)s changed “%(row)s”: %(fields)s. Those changes are "
            "kept, beside yours."
        )
        who = self.author_words(self.merged)
        return sentence % {"who": who, "row": self.row_words, "fields": labels}

    def conflict_words(self, name: str) -> str:
        sentence = gettext(
            "While this page was open, %(who)s changed this. It is now: “%(now)s”. What you "
            "entered is still here: save again to put it in place of that."
        )
        return sentence % {"who": self.author_words([name]), "now": self.present_words(name)}

    def deletion_words(self) -> str:
        sentence = gettext(
            "While this page was open, %(who)s changed this entry, so it was not deleted: tick "
            "“Delete” again if it is still to go."
        )
        return sentence % {"who": self.author_words(self.merged + self.conflicts)}

    def gone_words(self) -> str:
        sentence = gettext(
            "While this page was open, %(who)s deleted this entry. What you entered is still "
            "here: save again to add it anew."
        )
        return sentence % {"who": self.author_words([])}

    def present_words(self, name: str) -> str:
        """Return the present value of the row as a person reads it."""
        field, value = self.fields[name], self[name].initial
        values = value if isinstance(value, list | models.QuerySet) else [value]
        if isinstance(field, forms.ModelChoiceField) and not isinstance(value, list):
            values = list(field.queryset.filter(pk=value)) if value else []  # type: ignore[union-attr]
        choices = {} if isinstance(field, forms.ModelChoiceField) else choices_of(field)
        shown = [choices.get(str(one)) or words_of(one) for one in values]
        words = ", ".join(filter(None, shown)) or gettext("empty")
        return words if len(words) <= SHOWN_TEXT else f"{words[:SHOWN_TEXT]}…"


def choices_of(field: forms.Field) -> dict[str, str]:
    pairs: Any = flatten_choices(getattr(field, "choices", ()))
    return {str(value): str(words) for value, words in pairs if value}


def words_of(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return "" if value is None else str(localize(value))
