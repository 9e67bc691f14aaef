"""Base classes of the programme's pages in the back office."""

from contextlib import AbstractContextManager
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eim.lib.translated.untranslated import translated_models
from eim.lib.uploads import PICTURE_TYPES, reencoded, share_picture, validate_picture_size
from programme.actions import bump_version, writing_sessions
from programme.admin.filters import LackingFilter
from programme.admin.hours import WallClockField, sentences_about_clocks
from programme.admin.languages import FollowsFirstLanguage


class PictureField(forms.ImageField):
    """Check an uploaded picture's size before opening it, and store only our own encoding."""

    # Django's validator names sixty endings; `reencoded` looks at the contents.
    default_validators: list[Any] = []
    encode = staticmethod(reencoded)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Name the kinds that are read: a telephone then sends a photograph as one of them."""
        return {**super().widget_attrs(widget), "accept": ",".join(PICTURE_TYPES)}

    def to_python(self, data: Any) -> Any:
        if data not in self.empty_values:
            validate_picture_size(data)
        # Skips ImageField.to_python, which would open the file with any of Pillow's decoders:
        # `reencoded` allows four.
        return super(forms.ImageField, self).to_python(data)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        return self.encode(file) if isinstance(file, UploadedFile) else file


class SharePictureField(PictureField):
    """Store a picture as other sites show it beside a link."""

    encode = staticmethod(share_picture)


class OwnFields(FollowsFirstLanguage):
    """Re-encode pictures, and name the time zone of times, on pages and in their inlines."""

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.ImageField):
            kwargs.setdefault("form_class", PictureField)
            kwargs.setdefault("help_text", _("JPEG, PNG, WebP or GIF, up to 5 MB."))
        if isinstance(db_field, models.DateTimeField):
            kwargs["form_class"] = WallClockField
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, models.DateTimeField):
            zone = _("Time zone: %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
            field.help_text = f"{field.help_text} {zone}".strip()
        if field and isinstance(self, admin.TabularInline):
            # Screen readers do not read a column's heading as the label of its fields.
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = str(field.label)
        return field


class VisibleChange(OwnFields, admin.ModelAdmin):
    """Raise the version after each write, because cached pages may show what was changed."""

    show_full_result_count = False

    def get_list_filter(self, request: HttpRequest) -> Any:
        own = super().get_list_filter(request)
        return [*own, LackingFilter] if self.model in translated_models() else own

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, *args: Any, **kwargs: Any
    ) -> None:
        super().save_related(request, form, *args, **kwargs)
        for sentence in sentences_about_clocks(form):
            self.message_user(request, sentence, messages.WARNING)
        bump_version()

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        super().delete_model(request, obj)
        bump_version()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            bump_version()


class WritesSessions(VisibleChange):
    """Pages that may move, publish or cancel sessions when they are saved.

    A page is read, checked and saved under one lock. The registration replaces `writing`, to lock
    places too.
    """

    def writing(self, request: HttpRequest) -> AbstractContextManager[Any]:
        return writing_sessions()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with self.writing(request):
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, *args, **kwargs)
        with self.writing(request):
            return super().delete_view(request, *args, **kwargs)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        with self.writing(request):
            super().delete_queryset(request, queryset)
