"""List the questions from people online, and show the moderators' link of a session."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.qr import qr_svg
from programme import moderation
from programme.actions import renew_moderators_link
from programme.admin.removals import RemovesFromSite
from programme.models import Question, Session


@admin.register(Question)
class QuestionAdmin(RemovesFromSite):
    """Read-only: moderators change the state of questions, on their own page."""

    list_display = ["text", "name", "session", "state", "asked_at", "hidden_through"]
    list_filter = ["state", ("session", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["session"]
    search_fields = ["text", "name"]
    show_full_result_count = False

    @admin.display(description=_("hidden through"))
    def hidden_through(self, question: Question) -> str | None:
        """Say who took it from the list: only its link hides, only organisers remove."""
        if question.state == Question.State.HIDDEN:
            return gettext("the moderators’ link")
        is_removed = question.state == Question.State.REMOVED
        return gettext("the back office") if is_removed else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def moderators_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show the moderators' link; a POST of staff who may change the session renews it."""
    session: Session = get_object_or_404(Session, pk=pk)
    may_renew = model_admin.has_change_permission(request, session)
    may_open = may_renew or (request.method != "POST" and may_moderate(model_admin, request))
    if not may_open:
        raise PermissionDenied
    if request.method == "POST":
        renew_moderators_link(session)
        sentence = gettext("There is a new link. The old one no longer works.")
        model_admin.message_user(request, sentence, messages.SUCCESS)
        return redirect("admin:programme_session_moderators", session.pk)
    token = moderation.moderators_token(session)
    link = settings.SITE_URL + reverse("programme:question-list", args=[token])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Questions from the online audience"),
        "subtitle": str(session),
        "opts": model_admin.opts,
        "original": session,
        "session": session,
        "link": link,
        "qr": qr_svg(link),
        "may_renew": may_renew,
        "count": session.questions.count(),
    }
    response = TemplateResponse(request, "admin/programme/session/moderators.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def may_moderate(model_admin: ModelAdmin, request: HttpRequest) -> bool:
    """Return whether they may hide questions, and see them and the session: the link shows both."""
    needed = ("programme.moderate_question", "programme.view_question")
    return cast(User, request.user).has_perms(needed) and model_admin.has_view_permission(request)
