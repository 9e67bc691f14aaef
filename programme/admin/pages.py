"""Edit organisations, notices, documents, editions and the organisers' pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim.lib.site_languages import translated_columns
from programme.admin.base import VisibleChange
from programme.admin.removals import RemovesFromSite
from programme.models import Document, Edition, Notice, Organisation, Page


@admin.register(Organisation)
class OrganisationAdmin(VisibleChange, TranslationAdmin):
    list_display = ["name", "role", "url", "order"]
    list_filter = ["role"]
    search_fields = ["name"]


@admin.register(Notice)
class NoticeAdmin(VisibleChange, TranslationAdmin):
    list_display = ["text", "severity", "shown_from", "shown_until"]
    list_filter = ["severity"]


@admin.register(Document)
class DocumentAdmin(RemovesFromSite, VisibleChange, TranslationAdmin):
    list_display = ["title", "language", "order"]
    list_filter = ["language"]
    search_fields = translated_columns("title")


@admin.register(Edition)
class EditionAdmin(VisibleChange, TranslationAdmin):
    list_display = ["number", "year", "place", "country", "theme_line"]
    search_fields = [*translated_columns("place", "theme_line"), "year"]
    fieldsets = [
        (
            None,
            {"fields": [("number", "year", "country"), "place", ("first_day", "last_day")]},
        ),
        (_("What it was about"), {"fields": ["theme_line", "picture", "picture_alt"]}),
        (
            _("What came of it"),
            {
                "fields": [
                    ("people", "countries"),
                    "result_title",
                    ("result_url", "url"),
                    "sources",
                ]
            },
        ),
    ]


@admin.register(Page)
class PageAdmin(VisibleChange, TranslationAdmin):
    list_display = ["title", "slug", "in_menu", "order"]
    search_fields = [*translated_columns("title"), "slug"]
    prepopulated_fields = {"slug": ["title"]}
