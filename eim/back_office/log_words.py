"""Write the admin's log as organisers read it: Django stores labels of fields in English."""

import json
import re
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext

# A label of a text in one language: “Title [pt]”.
IN_LANGUAGE = re.compile(r"(.+) \[(\w+)\]")
LANGUAGES = dict(settings.LANGUAGES)


class TranslatedHistory(admin.ModelAdmin):
    """Show the history of a row in the language of the page."""

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().history_view(request, *args, **kwargs)
        for entry in (getattr(response, "context_data", None) or {}).get("action_list", ()):
            entry.get_change_message = partial(words_of_entry, entry)
        return response


def words_of_entry(entry: LogEntry) -> str:
    """Return what an entry says was done, in the language of the page."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:  # a sentence, such as live control writes
        return entry.change_message
    if not isinstance(parts, list):
        return entry.change_message
    for detail in [detail for part in parts for detail in part.values()]:
        if "fields" in detail:
            detail["fields"] = [words_of_field(name) for name in detail["fields"]]
    told = LogEntry(action_flag=entry.action_flag, change_message=json.dumps(parts))
    return told.get_change_message() or str(entry.get_action_flag_display())


def words_of_field(label: str) -> str:
    found = IN_LANGUAGE.fullmatch(label)
    name, code = (found[1], found[2]) if found else (label, "")
    words = translated(name)
    return f"{words} ({LANGUAGES[code]})" if code in LANGUAGES else words


def translated(name: str) -> str:
    """Translate a label; models write theirs with a small letter, forms capitalise them."""
    small = name[:1].lower() + name[1:]
    for source in (name, small):
        if (words := gettext(source)) != source:
            return capfirst(words)
    return name


def with_names_of_this_language(message: list[dict[str, Any]], formsets: Any) -> list[Any]:
    """Name rows in the organiser's language: Django names them in English, with their choices."""
    rows = [
        row
        for formset in formsets or []
        for row in (
            *formset.new_objects,
            *(changed for changed, _fields in formset.changed_objects),
            *formset.deleted_objects,
        )
    ]
    details = [detail for part in message for detail in part.values() if "object" in detail]
    for row, detail in zip(rows, details, strict=True):
        detail["object"] = str(row)
    return message
