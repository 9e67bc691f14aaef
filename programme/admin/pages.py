"""Edit organisations, notices, documents and the organisers' pages."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from eim.lib.site_languages import translated_columns
from programme.admin.base import VisibleChange
from programme.models import Document, Notice, Organisation, Page


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
class DocumentAdmin(VisibleChange, TranslationAdmin):
    list_display = ["title", "language", "order"]
    list_filter = ["language"]
    search_fields = translated_columns("title")


@admin.register(Page)
class PageAdmin(VisibleChange, TranslationAdmin):
    list_display = ["title", "slug", "in_menu", "order"]
    search_fields = [*translated_columns("title"), "slug"]
    prepopulated_fields = {"slug": ["title"]}
