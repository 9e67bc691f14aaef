"""The page of one letter: who gets it, how far it is, and what can be done with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import ngettext

from eim import clock
from eim.lib.languages import language_name
from registration import outbox
from registration.actions.mailings import letters
from registration.admin.letters.addresses import (
    letter_to_look_at,
    may_see_recipients,
    may_send,
    may_write,
    page_of,
)
from registration.admin.letters.deeds import deeds_for
from registration.admin.letters.times import time_left_words, time_words
from registration.letters.reach import Reach
from registration.letters.segments import READERS, first_language_of_mails, sentence
from registration.models import Letter, Message
from registration.models.letters import Audience, LetterState

PER_PAGE = 50
# E-mails that one press sends again: each is a statement.
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class RecipientRow:
    name: str
    address: str
    language: str
    # Empty before the letter is sent.
    state: str = ""
    error: str = ""


def overview_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_to_look_at(request, pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": str(letter),
        "opts": model_admin.opts,
        "original": letter,
        "letter": letter,
        "may_send": may_send(request),
        "may_write": may_write(request),
        "deeds": deeds_for(letter),
        **(facts_before(request, letter) if letter.is_unfrozen else facts_since(request, letter)),
    }
    return TemplateResponse(request, "admin/registration/letter/page.html", context)


def facts_before(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    reach = Reach(letter)
    facts = {"reach": reach, "sentence": reach.sentence}
    if reach.count:
        facts["time"] = time_words(reach.count, clock.now())
    if may_see_recipients(request, letter):
        readers = READERS[Audience(letter.audience)]
        paginator = Paginator(reach.rows.order_by(*readers.order), PER_PAGE)
        # The languages know the count: no second query.
        vars(paginator)["count"] = reach.count
        facts["page"] = page_of_rows(paginator, request, partial(rows_of_readers, letter))
    return facts


def facts_since(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    progress = letters.progress(letter)
    facts: dict[str, Any] = {
        "progress": progress,
        "sentence": sentence(letter.audience, letter.segment, letter.recipients),
    }
    if letter.state == LetterState.SENDING and progress.waiting:
        facts["time"] = time_left_words(progress.waiting, clock.now())
    if may_see_recipients(request, letter):
        mails = letter.messages.select_related("registration", "person", "news_address")
        paginator = Paginator(mails.order_by("pk"), PER_PAGE)
        facts["page"] = page_of_rows(paginator, request, rows_of_mails)
        failed = mails.filter(state=Message.State.FAILED).order_by("pk")[:PER_PAGE]
        facts["failed"] = rows_of_mails(failed)
    return facts


def page_of_rows(paginator: Paginator, request: HttpRequest, rows_of: Any) -> Page:
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = rows_of(page.object_list)
    return page


def rows_of_readers(letter: Letter, found: Iterable[Any]) -> list[RecipientRow]:
    readers, first = READERS[Audience(letter.audience)], first_language_of_mails()
    return [
        RecipientRow(
            name=getattr(row, readers.name) if readers.name else "",
            address=getattr(row, readers.address),
            language=language_name(getattr(row, readers.language) or first),
        )
        for row in found
    ]


def rows_of_mails(found: Iterable[Message]) -> list[RecipientRow]:
    first = first_language_of_mails()
    return [
        RecipientRow(
            name=message.recipient_name,
            address=message.address,
            language=language_name(message.own_language or first),
            state=message.get_state_display(),
            error=message.last_error,
        )
        for message in found
    ]


def send_again_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Try the failed e-mails of a letter once more; pressed twice, the second finds none."""
    if not may_send(request):
        raise PermissionDenied
    letter = letter_to_look_at(request, pk)
    if request.method != "POST" or letter.state == LetterState.STOPPED:
        return redirect(page_of(letter))
    now = clock.now()
    failed = letter.messages.filter(state=Message.State.FAILED).order_by("pk")[:MOST_AT_ONCE]
    count = sum(outbox.reschedule(message, now) for message in failed)
    words = ngettext(
        "%(count)s e-mail will be sent again.", "%(count)s e-mails will be sent again.", count
    ) % {"count": count}
    if count:
        model_admin.log_change(request, letter, words)
    model_admin.message_user(request, words, messages.SUCCESS if count else messages.WARNING)
    return redirect(page_of(letter))
