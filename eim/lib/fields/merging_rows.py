"""Sets of forms that keep what was typed into a row which somebody else has deleted."""

import re
from typing import Any

from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet

from eim.lib.fields.merging import MergingForm

# A form posts its fields as prefix-number-name.
FIELD = r"^{prefix}-(\d+)-(.+)$"


class MergingFormSet(BaseInlineFormSet):
    """Expects its form to be a MergingForm, and its data to be a copy that it may change."""

    # How many rows somebody else has deleted; those of them that were touched are new rows now.
    rows_gone: int = 0
    revived: range = range(0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.management_form.is_valid():
            self.move_gone_rows()

    def move_gone_rows(self) -> None:
        """Drop deleted rows that were not touched; put the others first among the new rows."""
        first_new, total = self.initial_form_count(), self.total_form_count()
        present = {row.pk for row in self.get_queryset()}
        gone = [n for n in range(first_new) if self.sent_key(n) and self.sent_key(n) not in present]
        if not gone:
            return
        kept = [n for n in range(first_new) if n not in gone]
        revived = [n for n in gone if self.is_worth_keeping(n)]
        order = [*kept, *revived, *range(first_new, total)]
        for values in (self.data, self.files):
            renumber(values, str(self.prefix), order)
        for n in range(len(kept), len(kept) + len(revived)):
            self.data.pop(f"{self.add_prefix(n)}-{self.key_name}", None)  # type: ignore[attr-defined]
        self.data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(len(kept))  # type: ignore[index]
        self.data[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(len(order))  # type: ignore[index]
        del self.management_form
        self.rows_gone = len(gone) - len(revived)
        self.revived = range(len(kept), len(kept) + len(revived))

    @property
    def is_page_gone(self) -> bool:
        """Return whether the row of the page itself was deleted, and these rows with it."""
        return self.instance.pk is None

    @property
    def key_name(self) -> str:
        return str(self.model._meta.pk.name)  # type: ignore[union-attr]

    def sent_key(self, number: int) -> Any:
        key = self.data.get(f"{self.add_prefix(number)}-{self.key_name}", "")
        return int(key) if str(key).isdecimal() else key

    def is_worth_keeping(self, number: int) -> bool:
        if self.data.get(f"{self.add_prefix(number)}-DELETE"):
            return False
        if self.is_page_gone:
            return True
        form = self.form(self.data, self.files, prefix=self.add_prefix(number))
        return isinstance(form, MergingForm) and form.touched_since_opened

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if i in self.revived and not self.is_page_gone:
            form.is_gone, form.empty_permitted = True, False
        return form

    @property
    def rows_added(self) -> list[Any]:
        """Return the rows that somebody else has added since the page was opened."""
        sent = {form.instance.pk for form in self.initial_forms}
        return [row for row in self.get_queryset() if row.pk not in sent]


def renumber(values: Any, prefix: str, order: list[int]) -> None:
    """Give the forms of a posted set new numbers: `order` holds the old ones, in the new order."""
    field = re.compile(FIELD.format(prefix=re.escape(prefix)))
    old: dict[int, dict[str, list[Any]]] = {}
    for key in [key for key in values if field.match(key)]:
        number, name = field.match(key).groups()  # type: ignore[union-attr]
        old.setdefault(int(number), {})[name] = values.pop(key)
    for new, number in enumerate(order):
        for name, sent in old.get(number, {}).items():
            values.setlist(f"{prefix}-{new}-{name}", sent)
