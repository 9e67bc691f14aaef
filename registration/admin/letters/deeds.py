"""Send, pause, resume, stop and take back a letter: a page says first what will happen."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.lib.site_languages import SITE_CODES
from registration.actions import Refusal, locked_places
from registration.actions.mailings import letters
from registration.admin.letters.addresses import may_send, page_of
from registration.admin.letters.times import time_words
from registration.letters.approval import (
    SECOND_YES_ABOVE,
    Yes,
    ask_second_person,
    back_to_draft,
)
from registration.letters.reach import Reach
from registration.models import Letter
from registration.models.letters import LetterState

SEND = "send"


@dataclass(frozen=True, kw_only=True)
class LetterDeed:
    """An act on a letter, possible in some of its states; `act` returns whether it was done."""

    title: Promise
    what: tuple[Promise, ...]
    done: Promise
    states: tuple[LetterState, ...]
    act: Callable[[Letter], bool]


DEEDS = {
    "pause": LetterDeed(
        title=pgettext_lazy("letter", "Pause"),
        what=(
            _("No further e-mail of this letter leaves until somebody resumes it."),
            _("Those already sent cannot be called back; one that is just being sent still goes."),
        ),
        done=_("Paused. Nothing more of this letter is sent."),
        states=(LetterState.SENDING,),
        act=letters.pause,
    ),
    "resume": LetterDeed(
        title=pgettext_lazy("letter", "Resume"),
        what=(_("The e-mails that are left are sent. Nobody gets the letter twice."),),
        done=_("The letter goes on being sent."),
        states=(LetterState.PAUSED,),
        act=letters.resume,
    ),
    "stop": LetterDeed(
        title=pgettext_lazy("letter", "Stop for good"),
        what=(
            _("The e-mails that are left are never sent, and nobody can resume this letter."),
            _("Those already sent cannot be called back: if one is wrong, write another letter."),
            _("To hold it only for a while, pause it instead."),
        ),
        done=_("Stopped. What was left is not sent."),
        states=(LetterState.SENDING, LetterState.PAUSED),
        act=letters.stop,
    ),
    "withdraw": LetterDeed(
        title=pgettext_lazy("letter", "Take back, to change it"),
        what=(
            _("The letter is a draft again, and waits for nobody. Nothing has been sent."),
            _("Once it is changed, a second person has to be asked again."),
        ),
        done=_("It is a draft again."),
        states=(LetterState.ASKED,),
        act=back_to_draft,
    ),
}


def deeds_for(letter: Letter) -> list[tuple[str, LetterDeed]]:
    return [(name, deed) for name, deed in DEEDS.items() if letter.state in deed.states]


def deed_view(model_admin: ModelAdmin, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    if not may_send(request):
        raise PermissionDenied
    if name not in (*DEEDS, SEND):
        raise Http404
    letter: Letter = get_object_or_404(Letter, pk=pk)
    if name == SEND:
        return send_page(model_admin, request, letter)
    deed = DEEDS[name]
    if letter.state not in deed.states:
        return too_late(model_admin, request, letter)
    if request.method == "POST":
        return perform(model_admin, request, letter, deed)
    return deed_page(model_admin, request, letter, deed.title, {"what": deed.what})


def deed_page(
    model_admin: ModelAdmin, request: HttpRequest, letter: Letter, title: Any, facts: dict[str, Any]
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "subtitle": str(letter),
        "opts": model_admin.opts,
        "original": letter,
        "back": page_of(letter),
        **facts,
    }
    name = "send" if "yes" in facts else "deed"
    return TemplateResponse(request, f"admin/registration/letter/{name}.html", context)


def too_late(model_admin: ModelAdmin, request: HttpRequest, letter: Letter) -> HttpResponse:
    """Say how the letter stands: it was pressed twice, or somebody else was first."""
    words = gettext("Nothing was done, as this letter is in another state by now: %(state)s.")
    state = letter.get_state_display()
    model_admin.message_user(request, words % {"state": state}, messages.WARNING)
    return redirect(page_of(letter))


def perform(
    model_admin: ModelAdmin, request: HttpRequest, letter: Letter, deed: LetterDeed
) -> HttpResponse:
    if not deed.act(letter):
        letter.refresh_from_db()
        return too_late(model_admin, request, letter)
    return done(model_admin, request, letter, str(deed.done))


# Sending


class SendForm(forms.Form):
    """Carry the count and the letter that its reader saw; ask for the count where one is alone."""

    counted = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    typed = forms.IntegerField(
        label=_("Number of recipients"),
        help_text=_("Type it as it stands above, in figures and without a point."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, count: int, letter: Letter, asks_for_it: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.count, self.state_of_letter = count, seen_of(letter)
        self.initial.update(counted=count, seen=self.state_of_letter)
        if not asks_for_it:
            del self.fields["typed"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.state_of_letter:
            raise ValidationError(
                gettext(
                    "The letter has changed since you opened this page, and nothing has been "
                    "sent: look at it again, and press once more if it is right."
                )
            )
        counted = cleaned.get("counted")
        if counted != self.count:
            raise ValidationError(changed_words(counted, self.count))
        if "typed" in cleaned and cleaned["typed"] != self.count:
            self.add_error("typed", gettext("This is not the number of recipients."))
        return cleaned


def seen_of(letter: Letter) -> str:
    """Return a hash of what a reader of the page has seen of the letter."""
    texts = [(letter.subject_in(code), letter.text_in(code)) for code in SITE_CODES]
    facts = [letter.state, str(letter.asked_at), letter.audience, letter.segment, texts]
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def changed_words(counted: int | None, count: int) -> str:
    """Say that the segment has grown or shrunk since it was counted."""
    words = gettext(
        "When you opened this page there were %(before)s recipients, and now there are %(now)s. "
        "Nothing has been sent: look again, and press once more if it is right."
    )
    return words % {"before": "–" if counted is None else counted, "now": count}


def send_page(model_admin: ModelAdmin, request: HttpRequest, letter: Letter) -> HttpResponse:
    if request.method != "POST":
        return page_before_sending(model_admin, request, letter)
    # Nobody's registration or place changes between the count and the sending.
    with locked_places():
        return page_before_sending(model_admin, request, letters.locked(letter))


def page_before_sending(
    model_admin: ModelAdmin, request: HttpRequest, letter: Letter
) -> HttpResponse:
    if not letter.is_unfrozen:
        return too_late(model_admin, request, letter)
    reach = Reach(letter)
    yes = Yes(letter, reach.count, cast(User, request.user), clock.now())
    data = request.POST if request.method == "POST" else None
    form = SendForm(data, count=reach.count, letter=letter, asks_for_it=yes.must_type_the_count)
    if data is not None and reach.is_ready and yes.is_possible and form.is_valid():
        return ask(model_admin, request, yes) if yes.only_asks else send(model_admin, request, yes)
    facts = {
        "reach": reach,
        "yes": yes,
        "form": with_present_count(form),
        "time": time_words(reach.count, yes.now),
        "limit": SECOND_YES_ABOVE,
    }
    title = gettext("Ask a second person") if yes.only_asks else gettext("Send the letter")
    return deed_page(model_admin, request, letter, title, facts)


def with_present_count(form: SendForm) -> SendForm:
    """Let the page that comes back carry the count that it shows."""
    if form.is_bound:
        present = {"counted": str(form.count), "seen": form.state_of_letter}
        form.data = {name: form.data[name] for name in form.data} | present
    return form


def ask(model_admin: ModelAdmin, request: HttpRequest, yes: Yes) -> HttpResponse:
    if not ask_second_person(yes.letter, by=yes.by, now=yes.now):
        yes.letter.refresh_from_db()
        return too_late(model_admin, request, yes.letter)
    words = gettext("A second person was asked: %(count)s recipients.") % {"count": yes.count}
    return done(model_admin, request, yes.letter, words)


def send(model_admin: ModelAdmin, request: HttpRequest, yes: Yes) -> HttpResponse:
    try:
        with transaction.atomic():
            sent = letters.send_letter(yes.letter, by=yes.by)
            if sent.recipients != yes.count:
                raise Refusal(changed_words(yes.count, sent.recipients))
    except Refusal as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:registration_letter_deed", yes.letter.pk, SEND)
    words = ngettext(
        "It is being sent to %(count)s person.", "It is being sent to %(count)s people.", yes.count
    ) % {"count": yes.count}
    return done(model_admin, request, sent, words)


def done(model_admin: ModelAdmin, request: HttpRequest, letter: Letter, words: str) -> HttpResponse:
    model_admin.log_change(request, letter, words)
    model_admin.message_user(request, words, messages.SUCCESS)
    return redirect(page_of(letter))
