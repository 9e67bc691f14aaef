"""Remove texts, pictures, files and questions from the site, and bring them back."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.site_languages import translated_columns
from programme.actions import (
    Grounds,
    Replaced,
    bring_back,
    removable_parts,
    remove_from_site,
    replacement_of,
)
from programme.models import Question, Removal
from programme.models.removals import (
    PARTS,
    RemovalReason,
    RemovedPart,
    fields_by_part,
    permission_to_remove,
    stored_columns,
)

LONGEST_SHOWN = 120
SEE = "programme.view_removal"
STORAGE_AWAY = _(
    "Nothing was changed: the storage of files does not answer, or is full. Try again in a few "
    "minutes."
)


class RemovalForm(forms.Form):
    """Choose what of a row is removed, and say why."""

    parts = forms.MultipleChoiceField(
        label=_("What is removed"), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "---------"), *RemovalReason.choices]
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("For the record: only organisers read it."),
    )
    words_for_sender = forms.CharField(
        label=_("Words for whoever sent it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("They go into the e-mail, with the reason and your contact address."),
    )

    def __init__(self, data: Any = None, *, row: Model, has_sender: bool) -> None:
        super().__init__(data)
        possible = removable_parts(row)
        choices = [(part, words_of_part(row, part)) for part in possible]
        self.fields["parts"].choices = choices  # type: ignore[attr-defined]
        self.fields["parts"].initial = possible if len(possible) == 1 else []
        if not has_sender:
            del self.fields["words_for_sender"]

    @property
    def grounds(self) -> Grounds:
        names = ("reason", "words", "words_for_sender")
        return Grounds(**{name: self.cleaned_data.get(name, "") for name in names})


class BringingBackForm(forms.Form):
    """Ask whether a removed text takes the place of what was entered since."""

    replaces = forms.BooleanField(label=_("Put it in the place of what is there now"))

    def __init__(self, data: Any = None, *, is_replaced: bool) -> None:
        super().__init__(data)
        if not is_replaced:
            del self.fields["replaces"]


def words_of_part(row: Model, part: str) -> str:
    """Return a part and how it begins: “Text: Clay remembers…”."""
    if isinstance(row, Question):
        found = [row.text]
    else:
        columns = stored_columns(type(row), fields_by_part(row)[part])
        found = [str(value) for column in columns if (value := getattr(row, column))]
    label = capfirst(str(RemovedPart(part).label))
    return f"{label}: {Truncator(found[0]).chars(LONGEST_SHOWN)}" if found else label


class RemovesFromSite(admin.ModelAdmin):
    """A page of the back office from which parts of its row are removed."""

    def get_urls(self) -> list[URLPattern]:
        name = f"programme_{self.opts.model_name}_remove"
        view = self.admin_site.admin_view(partial(remove_view, self))
        return [path("<int:pk>/remove/", view, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if row := kwargs.get("obj"):
            context |= links_to_removals(self, request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    # The registration, which writes e-mails, replaces these two.

    def senders_of(self, row: Any) -> list[str]:
        """Return the names of the people who are told by e-mail."""
        return []

    def tell_senders(self, request: HttpRequest, row: Any, removals: list[Removal]) -> None:
        """Write to them, in the transaction of the removals."""


def links_to_removals(page: Any, request: HttpRequest, row: Any) -> dict[str, str]:
    user, name = cast(User, request.user), page.opts.model_name
    found = {}
    if removable_parts(row) and user.has_perm(permission_to_remove(name)):
        found["remove_url"] = reverse(f"admin:programme_{name}_remove", args=[row.pk])
    if is_removed(row) and may_see_removals(user):
        found["removals_url"] = (
            f"{reverse('admin:programme_removal_changelist')}?{name}__id__exact={row.pk}"
        )
    return found


def is_removed(row: Any) -> bool:
    """Return whether something of a row is off the site."""
    if isinstance(row, Question):
        return row.state == Question.State.REMOVED
    return bool(row.removed_parts)


def remove_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Say what disappears where, ask why, and remove it."""
    row = get_object_or_404(model_admin.model, pk=pk)
    if not cast(User, request.user).has_perm(permission_to_remove(model_admin.opts.model_name)):
        raise PermissionDenied
    if not removable_parts(row):
        sentence = gettext("There is nothing here that can be removed.")
        model_admin.message_user(request, sentence, messages.WARNING)
        return where_to_go(model_admin, request, row)
    senders = model_admin.senders_of(row)
    data = request.POST if request.method == "POST" else None
    form = RemovalForm(data, row=row, has_sender=bool(senders))
    if form.is_valid() and take_off(model_admin, request, row, form):
        return where_to_go(model_admin, request, row)
    context = {
        "title": gettext("Remove from the site"),
        "senders": senders,
        "kind": model_admin.opts.model_name,
    }
    return removal_page(model_admin, request, row, form, "remove.html", context)


def take_off(model_admin: Any, request: HttpRequest, row: Any, form: RemovalForm) -> bool:
    """Remove what was chosen; return False, and say why in the form, if it cannot be."""

    def record(removals: list[Removal]) -> None:
        for removal in removals:
            model_admin.log_change(request, row, deed_words(removal))
        model_admin.tell_senders(request, row, removals)

    try:
        removals = remove_from_site(
            row,
            form.cleaned_data["parts"],
            form.grounds,
            by=cast(User, request.user),
            record=record,
        )
    except OSError:
        form.add_error(None, str(STORAGE_AWAY))
        return False
    for removal in removals:
        sentence = gettext("Removed from the site: %(what)s.")
        words = sentence % {"what": removal.get_part_display()}
        model_admin.message_user(request, words, messages.SUCCESS)
    return True


def deed_words(removal: Removal) -> str:
    """Return what the log says: the reason alone, for its words may name people."""
    facts = {"what": removal.get_part_display(), "reason": removal.get_reason_display()}
    if removal.is_open:
        return gettext("Removed from the site: %(what)s (%(reason)s).") % facts
    return gettext("Brought back to the site: %(what)s.") % facts


def where_to_go(model_admin: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """Lead back to the page of the row, or to the list of removals for those who may not see it."""
    if model_admin.has_view_permission(request, row):
        return redirect(f"admin:programme_{model_admin.opts.model_name}_change", row.pk)
    return redirect("admin:programme_removal_changelist")


def removal_page(
    model_admin: Any,
    request: HttpRequest,
    row: Any,
    form: forms.Form,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    frame = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": row,
        "subtitle": str(row),
        "form": form,
        "may_see": model_admin.has_view_permission(request, row),
    }
    return TemplateResponse(request, f"admin/programme/removal/{template}", {**frame, **context})


# The list, and the way back


def may_see_removals(user: User) -> bool:
    return any(map(user.has_perm, (SEE, *map(permission_to_remove, PARTS))))


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("removed", _("off the site")), ("back", _("back on the site"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("removed", "back"):
            return queryset.filter(brought_back_at__isnull=self.value() == "removed")
        return queryset


@admin.register(Removal)
class RemovalAdmin(admin.ModelAdmin):
    """Read-only: removals are made on the pages of what is removed, and undone on their own."""

    list_display = ["what", "part", "reason", "removed_at", "removed_by", "brought_back_at"]
    list_filter = [OpenFilter, "part", "reason"]
    linked_lookups = tuple(f"{name}__id__exact" for name in PARTS)
    search_fields = [
        "words",
        *translated_columns("session__title", "presentation__title", "document__title"),
        "person__name",
        "question__text",
    ]
    show_full_result_count = False
    fields = (
        *("what", "part", "kept_words", "reason", "words", "words_for_sender"),
        *("removed_at", "who_removed", "brought_back_at", "who_brought_back"),
    )
    readonly_fields = fields

    @admin.display(description=_("of what"))
    def what(self, removal: Removal) -> str:
        return Truncator(str(removal.target)).chars(LONGEST_SHOWN)

    # As words: moderators may not open the pages of accounts, to which Django would link.

    @admin.display(description=_("removed by"))
    def who_removed(self, removal: Removal) -> str:
        return str(removal.removed_by or self.get_empty_value_display())

    @admin.display(description=_("brought back by"))
    def who_brought_back(self, removal: Removal) -> str:
        return str(removal.brought_back_by or self.get_empty_value_display())

    @admin.display(description=_("what it was"))
    def kept_words(self, removal: Removal) -> SafeString:
        values = [] if removal.question_id else removal.kept.values()
        return format_html_join("", "<p>{}</p>", ((value,) for value in values if value))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Removal]:
        """Leave out what the person could not have removed: questions carry names."""
        rows = Removal.objects.with_targets()
        user = cast(User, request.user)
        if user.has_perm(SEE):
            return rows
        foreign = [name for name in PARTS if not user.has_perm(permission_to_remove(name))]
        return rows.filter(**{f"{name}__isnull": True for name in foreign})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(bring_back_view, self))
        name = "programme_removal_bring_back"
        return [path("<int:pk>/bring-back/", view, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        removal: Removal | None = kwargs.get("obj")
        user = cast(User, request.user)
        context["may_bring_back"] = (
            removal and removal.is_open and user.has_perm(removal.permission)
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let a removal go together with what it is of, from that page, and never alone."""
        match: Any = getattr(request, "resolver_match", None)
        return bool(match) and not match.url_name.startswith("programme_removal")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_removals(cast(User, request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


def bring_back_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back what was removed; ask first if something else is there now."""
    removal: Removal = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not cast(User, request.user).has_perm(removal.permission):
        raise PermissionDenied
    if not removal.is_open:
        sentence = gettext("It was brought back already.")
        model_admin.message_user(request, sentence, messages.WARNING)
        return redirect("admin:programme_removal_change", pk)
    replacement = replacement_of(removal, removal.target)
    data = request.POST if request.method == "POST" else None
    form = BringingBackForm(data, is_replaced=bool(replacement))
    if form.is_valid() and put_back(model_admin, request, removal, form):
        return redirect("admin:programme_removal_change", pk)
    context = {
        "title": gettext("Bring back to the site"),
        "replacement": [Truncator(words).chars(LONGEST_SHOWN) for words in replacement],
    }
    return removal_page(model_admin, request, removal, form, "bring_back.html", context)


def put_back(
    model_admin: Any, request: HttpRequest, removal: Removal, form: BringingBackForm
) -> bool:
    """Bring it back; return False, and say why in the form, if it cannot be."""
    user, replaces = cast(User, request.user), form.cleaned_data.get("replaces", False)
    try:
        bring_back(removal, by=user, replaces=replaces)
    except OSError:
        form.add_error(None, str(STORAGE_AWAY))
        return False
    except Replaced:
        sentence = gettext("Meanwhile somebody has entered something else: open this page again.")
        form.add_error(None, sentence)
        return False
    removal.refresh_from_db()
    words = deed_words(removal)
    # Under what it is of: there people look for what was done to it.
    model_admin.log_change(request, removal.target, words)
    model_admin.message_user(request, words, messages.SUCCESS)
    return True
