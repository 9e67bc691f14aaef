"""Let two people edit the same page of the back office: neither loses what the other has saved.

Every page gets this when its class is registered; `eim.lib.fields.merging` compares the values.
"""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import InlineModelAdmin
from django.db import connection
from django.db.models import Model
from django.forms import ModelForm
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from eim.back_office.log_words import with_names_of_this_language
from eim.back_office.other_editors import OtherEditors
from eim.lib.fields.merging import MergingForm
from eim.lib.fields.merging_rows import MergingFormSet

LAST_ENTRY = "_last_entry"
GONE = "_gone"


class WritesChangedColumns(admin.ModelAdmin):
    """Innermost: pages with a way of saving of their own, such as an action, come before it."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=form.changed_columns())
        else:
            super().save_model(request, obj, form, change)


class MergesChanges(admin.ModelAdmin):
    """Outermost: compares each form of a page with the values that the page carries."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Lock what will be written before it is read, inside the locks of the page itself."""
        row = super().get_object(request, *args, **kwargs)
        is_written = request.method == "POST" and connection.in_atomic_block
        if row is None or not is_written or not connection.features.has_select_for_update:
            return row
        for inline in self.get_inline_instances(request, row):
            if inline.has_change_permission(request, row):
                parent = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
                lock_rows(inline.model, **{parent.name: row.pk})
        lock_rows(self.model, pk=row.pk)
        return super().get_object(request, *args, **kwargs)

    # Forms

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        return merging_form(form, request, obj, is_gone=GONE in request.POST)

    def get_formsets_with_inlines(
        self, request: HttpRequest, obj: Any = None
    ) -> Iterator[tuple[Any, InlineModelAdmin]]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            formset.form = merging_form(formset.form, request, obj)
            yield type(formset.__name__, (MergingFormSet, formset), {}), inline

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Show what was typed about a row that somebody has deleted, on the page that adds one."""
        pages: Any = super()
        if request.method != "POST" or not self.has_add_permission(request):
            return pages._get_obj_does_not_exist_redirect(request, opts, object_id)
        data = request.POST.copy()
        data[GONE] = object_id
        request.POST = data  # type: ignore[assignment]
        add = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
        return pages._changeform_view(request, None, add, {})

    # Pages

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        forms = forms_of(context["adminform"].form, formsets)
        may_change = self.has_change_permission(request, kwargs.get("obj"))
        context["carried"] = carried_values(forms) if may_change else ""
        if request.method == "POST":
            new = [form for formset in formsets for form in formset.extra_forms]
            kept = [form.kept_inputs() for form in (*forms, *new)]
            context["carried"] = SafeString("".join([context["carried"], *kept]))
        self.tell(request, sentences_about(forms, formsets))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # Before saving: afterwards the rows that were added here are in the sets too.
        sentences = list(sentences_about(forms_of(form, formsets), formsets))
        super().save_related(request, form, formsets, change)
        self.tell(request, sentences)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, *args: Any, **kwargs: Any
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, *args, **kwargs)
        return with_names_of_this_language(message, formsets)

    def tell(self, request: HttpRequest, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            self.message_user(request, sentence, messages.WARNING)


def lock_rows(model: type[Model], **which: Any) -> None:
    rows = model._base_manager.filter(**which).select_for_update(no_key=True)
    list(rows.order_by("pk").values_list("pk"))


def merging_form(
    form: type[ModelForm], request: HttpRequest, page: Model | None, *, is_gone: bool = False
) -> type[ModelForm]:
    """Return the form class with merging, and with the log from which it learns of others."""

    def author_words(self: MergingForm, names: Iterable[str]) -> str:
        rows = [(type(row), row.pk) for row in (page, self.instance) if row and row.pk]
        if page is None and GONE in request.POST:
            rows = [(self._meta.model, request.POST[GONE])]
        return others_since_opened(request, rows).words(self, names)

    facts = {"author_words": author_words, "is_gone": is_gone}
    make: Any = type(form)
    return cast(type[ModelForm], make(form.__name__, (MergingForm, form), facts))


def others_since_opened(request: HttpRequest, rows: Any) -> OtherEditors:
    sent = request.POST.get(LAST_ENTRY, "")
    return OtherEditors(last_entry=int(sent) if sent.isdecimal() else 0, rows=rows)


def forms_of(form: Any, formsets: Iterable[Any]) -> list[Any]:
    return [form, *(one for formset in formsets for one in formset.initial_forms)]


def carried_values(forms: Iterable[Any]) -> SafeString:
    """Return hidden inputs with the values that the page shows."""
    carried = [form.carried for form in forms if form.instance.pk]
    if not carried:
        return SafeString()
    last = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    carried.append(format_html('<input type="hidden" name="{}" value="{}">', LAST_ENTRY, last))
    return SafeString("".join(carried))


def sentences_about(forms: Iterable[Any], formsets: Iterable[Any]) -> Iterator[str]:
    """Yield what others have changed since the page was opened, and is kept."""
    for form in forms:
        if form.merged:
            yield form.merged_words()
    for formset in formsets:
        if formset.is_bound and formset.instance.pk:
            yield from sentences_about_rows(formset)


def sentences_about_rows(formset: Any) -> Iterator[str]:
    if added := ", ".join(f"“{row}”" for row in formset.rows_added):
        sentence = gettext("Added by somebody else while this page was open, and kept: %(rows)s.")
        yield sentence % {"rows": added}
    if formset.rows_gone:
        sentence = ngettext(
            "%(count)s entry of this page was deleted by somebody else while it was open.",
            "%(count)s entries of this page were deleted by somebody else while it was open.",
            formset.rows_gone,
        )
        yield sentence % {"count": formset.rows_gone}
