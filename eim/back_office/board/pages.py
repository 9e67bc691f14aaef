"""The pages of the board: a day of it, the move of a session, and what is published."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eim.back_office.board.conflicts import Conflict, conflicts_of, seal_of
from eim.back_office.board.forms import MoveForm, PublishForm
from eim.back_office.board.grid import card_of, columns_of, grid_of, unplaced_of
from eim.back_office.board.plans import Plan, read_plan, seen_of
from eim.back_office.board.publishing import publish, seen_moved
from eim.back_office.board.staging import Meanwhile, keep, stage, undo, undo_all
from eim.back_office.board.words import place_of, target_of
from eim.back_office.colleagues.names import name_of
from programme.models import Meeting, Room, Session, StagedMove
from programme.wording.dates import day_words, short_day_words
from registration.actions import Refusal, people_to_tell_of_moves

FORM_METHODS = require_http_methods(["GET", "HEAD", "POST"])

type View = Callable[..., HttpResponse]


def for_planners(view: View) -> View:
    """Let in who may change sessions; without a meeting there is no board."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("programme.change_session"):
            raise PermissionDenied
        meeting = get_object_or_404(Meeting)
        return view(request, meeting, *args, **kwargs)

    return wrapper


def page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    facts = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/board/{name}.html", facts)


# A day


@require_safe
@for_planners
def board_page(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    plan = read_plan(meeting)
    conflicts = conflicts_of(plan)
    day = day_of_page(request, plan)
    rooms = list(Room.objects.all())
    conflicting = {session.pk for one in conflicts for session in one.sessions}
    only = request.GET.get("room", "")
    timed = [one for one in plan.planned if one.day == day and one.starts_at]
    context = {
        "day": day,
        "day_words": day_words(day),
        "days": [tab_of(one, day, plan, only) for one in meeting.days],
        "every_column": columns_of(rooms, timed),
        "only": only,
        "grid": grid_of(plan, day, rooms, conflicting, only=only),
        "unplaced": [card_of(one, plan, conflicting) for one in unplaced_of(plan, day)],
        **plan_facts(plan, conflicts),
    }
    return page(request, "day", gettext("Board"), context)


def day_of_page(request: HttpRequest, plan: Plan) -> date:
    """Return the day that the address names, else the first one with a session."""
    named = [day for day in plan.meeting.days if day.isoformat() == request.GET.get("day")]
    used = {session.day for session in plan.planned if session.starts_at}
    return next(
        iter([*named, *(one for one in plan.meeting.days if one in used)]), plan.meeting.first_day
    )


def tab_of(day: date, chosen: date, plan: Plan, only: str) -> dict[str, Any]:
    count = sum(1 for session in plan.planned if session.day == day and session.starts_at)
    return {
        "words": short_day_words(day),
        "count": count,
        "url": board_url(day, only),
        "is_chosen": day == chosen,
    }


def board_url(day: date | None, only: str = "") -> str:
    query = {"day": day.isoformat() if day else "", "room": only}
    named = {name: value for name, value in query.items() if value}
    return reverse("admin:board") + (f"?{urlencode(named)}" if named else "")


def plan_facts(plan: Plan, conflicts: list[Conflict]) -> dict[str, Any]:
    """Return what both pages say of the plan."""
    return {
        "moves": [line_of(move, plan.meeting) for move in plan.moves],
        "outdated": len(plan.outdated),
        "refused": [one for one in conflicts if one.is_refused],
        "warnings": [one for one in conflicts if not one.is_refused],
        "seal": plan.seal,
    }


def line_of(move: StagedMove, meeting: Meeting) -> dict[str, Any]:
    session = move.session
    return {
        "move": move,
        "session": session,
        "was": place_of(session, meeting) if session else "",
        "target": target_of(move, meeting),
        "who": name_of(move.staged_by),
        "seen": seen_of(session, move) if session else "",
        "may_keep": move.is_outdated and session is not None and not session.is_cancelled,
    }


# A move


@FORM_METHODS
@for_planners
def move_page(request: HttpRequest, meeting: Meeting, pk: int) -> HttpResponse:
    session: Session = get_object_or_404(Session.objects.select_related("room"), pk=pk)
    move = StagedMove.objects.with_rows().filter(session=session).first()
    if session.is_cancelled:
        words = gettext("“%(title)s” has been cancelled.") % {"title": session}
        messages.warning(request, words)
        return redirect("admin:board")
    data = request.POST if request.method == "POST" else None
    form = MoveForm(data, session=session, move=move, meeting=meeting)
    if form.is_valid() and has_staged(request, form, meeting):
        return redirect(board_url(form.instance.day or session.day))
    context = {
        "form": form,
        "session": session,
        "move": move,
        "subtitle": str(session),
        "now": place_of(session, meeting),
        "target": target_of(move, meeting) if move else "",
        "who": name_of(move.staged_by) if move else "",
        "back": board_url(move.day if move else session.day),
    }
    return page(request, "move", gettext("Move a session"), context)


def has_staged(request: HttpRequest, form: MoveForm, meeting: Meeting) -> bool:
    """Stage the move and say what follows; else say in the form why not."""
    try:
        move = stage(form.instance, seen=form.cleaned_data["seen"], by=cast(User, request.user))
    except ValidationError as refusal:
        form.refuse(refusal)
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        if isinstance(refusal, Meanwhile):
            session = Session.objects.get(pk=form.session.pk)
            form.show_present(session, StagedMove.objects.filter(session=session).first())
        return False
    tell_staged(request, move, form.session, meeting)
    return True


def tell_staged(
    request: HttpRequest, move: StagedMove | None, session: Session, meeting: Meeting
) -> None:
    if move is None:
        words = gettext("“%(title)s” stays where it is: nothing is staged of it.")
        messages.info(request, words % {"title": session})
        return
    words = gettext("Staged, not published: “%(title)s”, from %(was)s to %(target)s.")
    facts = {"title": session, "was": place_of(session, meeting)}
    messages.success(request, words % {**facts, "target": target_of(move, meeting)})
    for conflict in conflicts_of(read_plan(meeting)):
        if session in conflict.sessions:
            messages.warning(request, conflict.words)


# The plan


@require_POST
@for_planners
def undo_move(request: HttpRequest, meeting: Meeting, pk: int) -> HttpResponse:
    version = request.POST.get("version", "")
    return done(
        request,
        lambda: undo(pk, version=int(version) if version.isdecimal() and len(version) < 10 else 0),
        gettext("The move is undone."),
    )


@require_POST
@for_planners
def keep_move(request: HttpRequest, meeting: Meeting, pk: int) -> HttpResponse:
    seen, by = request.POST.get("seen", ""), cast(User, request.user)
    return done(request, lambda: keep(pk, seen=seen, by=by), gettext("The move stays in the plan."))


@require_POST
@for_planners
def undo_plan(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    seal = request.POST.get("seal", "")
    return done(request, lambda: undo_all(seal=seal), gettext("All moves are undone."))


def done(request: HttpRequest, deed: Callable[[], object], words: str) -> HttpResponse:
    """Do it, say what came of it, and show the plan again."""
    try:
        deed()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("admin:board-plan")


@FORM_METHODS
@for_planners
def plan_page(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    plan = read_plan(meeting)
    conflicts = conflicts_of(plan)
    facts = plan_facts(plan, conflicts)
    form = PublishForm(
        request.POST if request.method == "POST" else None,
        seal=plan.seal,
        known=seal_of(conflicts),
        warnings=len(facts["warnings"]),
        people=people_to_tell_of_moves([one.pk for one in seen_moved(plan)]),
    )
    if form.is_valid():
        return redirect("admin:board" if has_published(request, form) else "admin:board-plan")
    if form.is_bound:
        form.show_present(plan.seal, seal_of(conflicts))
    is_ready = plan.moves and not plan.outdated and not facts["refused"]
    context = {**facts, "form": form, "is_ready": is_ready}
    return page(request, "plan", gettext("The plan: look at it and publish it"), context)


def has_published(request: HttpRequest, form: PublishForm) -> bool:
    said = form.cleaned_data
    by, writes = cast(User, request.user), bool(said.get("writes"))
    try:
        done = publish(seal=said["seal"], known=said["known"], writes=writes, by=by)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    words = ngettext("%(count)s session is moved.", "%(count)s sessions are moved.", done.sessions)
    mails = ngettext(
        "%(count)s e-mail is on its way.", "%(count)s e-mails are on their way.", done.mails
    )
    said_of_mails = [mails % {"count": done.mails}] if writes else []
    messages.success(request, " ".join([words % {"count": done.sessions}, *said_of_mails]))
    return True


def addresses_of_board(guard: Callable[[View], View]) -> list[Any]:
    return [
        path("board/", guard(board_page), name="board"),
        path("board/plan/", guard(plan_page), name="board-plan"),
        path("board/plan/undo/", guard(undo_plan), name="board-undo-all"),
        path("board/move/<int:pk>/", guard(move_page), name="board-move"),
        path("board/undo/<int:pk>/", guard(undo_move), name="board-undo"),
        path("board/keep/<int:pk>/", guard(keep_move), name="board-keep"),
    ]
