"""Edit people, their parts, and presentations."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim.lib.site_languages import translated_columns
from programme.admin.base import OwnFields, VisibleChange
from programme.admin.filters import IncompletePersonFilter
from programme.admin.removals import RemovesFromSite
from programme.models import Part, Person, Presentation, Session
from programme.wording.overlaps import people_overlapping


class PartFormSet(BaseInlineFormSet):
    def add_fields(self, form: ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = str(form.fields["DELETE"].label)


class PartInline(OwnFields, admin.TabularInline):
    """Edit the parts of people on the page of their session or presentation."""

    model = Part
    formset = PartFormSet
    extra = 0
    autocomplete_fields = ["person"]
    fields = ["person", "role", "order"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Part]:
        return super().get_queryset(request).select_related("person")


def warn_of_overlaps(page: admin.ModelAdmin, request: HttpRequest, session: Session) -> None:
    """Tell the organiser of people who would be in two sessions at the same time."""
    for overlap in people_overlapping(session):
        page.message_user(request, overlap.words, messages.WARNING)


@admin.register(Person)
class PersonAdmin(RemovesFromSite, VisibleChange, TranslationAdmin):
    list_display = ["full_name", "position", "institution", "country"]
    list_filter = [IncompletePersonFilter]
    search_fields = ["name", "institution"]
    prepopulated_fields = {"slug": ["name"]}

    def get_view_on_site_url(self, obj: Person | None = None) -> str | None:
        """Lead to the page on the site where there is one: without a part there is none."""
        is_on_site = obj and Person.objects.in_programme().filter(pk=obj.pk).exists()
        return super().get_view_on_site_url(obj) if is_on_site else None

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        """Show the address to those who write the person's row, or letters, and to nobody else."""
        fields = super().get_fields(request, obj)
        needing = ("programme.change_person", "registration.send_letter")
        if any(map(request.user.has_perm, needing)):
            return fields
        return [name for name in fields if name not in ("email", "mail_language")]

    @admin.display(description=_("name"), ordering="name_key")
    def full_name(self, person: Person) -> str:
        return person.name


@admin.register(Presentation)
class PresentationAdmin(RemovesFromSite, VisibleChange, TranslationAdmin):
    list_display = ["title", "session", "institution", "country", "order"]
    list_select_related = ["session"]
    search_fields = [
        *translated_columns("title"),
        "institution",
        "parts__person__name",
        "session__code",
    ]
    autocomplete_fields = ["session"]
    inlines = [PartInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_overlaps(self, request, form.instance.session)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Forbid moving a saved presentation: its parts were entered for its session."""
        return ["session"] if obj else []
