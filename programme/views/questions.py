"""Questions to a session: the form for people who watch online, and the moderators' list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_http_methods

from eim import clock
from eim.lib.hashing import hashed_network
from programme import actions, moderation
from programme.decorators import SiteRequest, personal
from programme.forms import MoveForm, QuestionForm, TakingForm
from programme.models import Question, Session
from programme.views.sending import accepts, refusal_status


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def question_ask(request: SiteRequest, slug: str) -> HttpResponse:
    session = get_object_or_404(Session.objects.visible().select_related("theme"), slug=slug)
    phase = moderation.phase_of(session, clock.now())
    if not request.moment.takes_place:
        phase = moderation.Phase.NEVER
    if phase != moderation.Phase.OPEN:
        return closed(request, session, phase)
    form = QuestionForm(request.POST if request.method == "POST" else None, meeting=request.meeting)
    form.helper.form_action = address = reverse("programme:question-ask", args=[slug])
    status = refusal_status(request, form)
    if accepts(request, form):
        try:
            receive(request, session, form)
        except actions.TooManyQuestions as refusal:
            form.add_error(None, str(refusal))
            status = 429
        else:
            return redirect(f"{address}?sent")
    context = {"session": session, "form": form, "was_sent": "sent" in request.GET}
    return render(request, "programme/question_ask.html", context, status=status)


def receive(request: SiteRequest, session: Session, form: QuestionForm) -> None:
    actions.ask(
        session,
        text=form.cleaned_data["text"],
        name=form.cleaned_data["name"],
        language=get_language() or request.meeting.first_language,
        network=hashed_network(request.client_address, "question"),
    )


def closed(request: SiteRequest, session: Session, phase: moderation.Phase) -> HttpResponse:
    """Say why questions are closed; a text that arrived too late is shown, so it can be copied."""
    is_late = request.method == "POST"
    context = {
        "session": session,
        "phase": phase,
        "is_behind": request.moment.is_behind(session),
        "hours": session.question_hours(),
        "too_late": request.POST.get("text", "")[:1000] if is_late else "",
    }
    status = 409 if is_late else 200
    return render(request, "programme/question_closed.html", context, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def question_list(request: SiteRequest, token: str) -> HttpResponse:
    """List a session's questions for its moderators, who need only the link."""
    session = moderation.moderated_session(token, clock.now())
    if session is None:
        return render(request, "programme/question_dead_link.html", status=410)
    data = request.POST if request.method == "POST" else None
    taking, form = TakingForm(data), MoveForm(data, session=session)
    if data and "taking" in data and accepts(request, taking):
        stop_or_start(request, session, taking.cleaned_data["taking"])
        return redirect("programme:question-list", token)
    if accepts(request, form):
        move(request, form)
        return redirect("programme:question-list", token)
    context = {"session": session, "form": form, "questions": moderation.questions_of(session)}
    status = refusal_status(request, form)
    return render(request, "programme/question_list.html", context, status=status)


def stop_or_start(request: SiteRequest, session: Session, taking: str) -> None:
    actions.stop_questions(session, are_stopped=taking == TakingForm.STOP)
    if taking == TakingForm.STOP:
        messages.success(request, gettext("Questions are stopped: nobody can send one."))
    else:
        messages.success(request, gettext("Questions are taken again."))


def hide_all(request: SiteRequest, question: Question) -> None:
    count = actions.hide_all_from_where(question)
    sentence = ngettext("%(count)s question is hidden.", "%(count)s questions are hidden.", count)
    messages.success(request, sentence % {"count": count})


def move(request: SiteRequest, form: MoveForm) -> None:
    question, seen, to = form.cleaned_data["move"]
    if to == moderation.HIDE_ALL:
        return hide_all(request, question)
    text = Truncator(question.text).chars(60)
    if question.move(seen=seen, to=to, now=clock.now()):
        words = moderation.MOVED_WORDS[moderation.State(to)]
        messages.success(request, str(words) % {"text": text})
        return
    sentence = gettext("Someone else changed it first. It is now “%(state)s”: “%(text)s”")
    facts = {"state": question.get_state_display(), "text": text}
    messages.warning(request, sentence % facts)
