"""Letters in the back office: the list, the form, and the pages of each letter."""

from datetime import timedelta
from functools import partial
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim import clock
from programme.admin.languages import FollowsFirstLanguage
from registration.admin.letters.addresses import page_of
from registration.admin.letters.deeds import deed_view
from registration.admin.letters.forms import PREFIX, SUBJECTS, TEXTS, LetterForm
from registration.admin.letters.overview import overview_view, send_again_view
from registration.admin.letters.preview import mail_view, preview_view
from registration.admin.letters.testing import test_view
from registration.letters.reach import Reach
from registration.letters.segments import CONDITIONS
from registration.models import Letter, Message
from registration.models.letters import PLACEHOLDERS, Audience, LetterState, Placeholder

# The button that saves and counts, and the part of the page that it leads to.
COUNT, COUNT_PLACE = "_count", "count"
# Two drafts that say the same, written within this time, are one.
DOUBLE_PRESS = timedelta(seconds=10)
CONDITION_FIELDS = [f"{PREFIX}{condition.name}" for condition in CONDITIONS]


def counted(state: str) -> Subquery:
    """Count a letter's e-mails in this state, beside the rows of the list."""
    mails = Message.objects.filter(letter=OuterRef("pk"), state=state).order_by()
    counts = mails.values("letter").annotate(count=Count("pk")).values("count")
    return Subquery(counts, output_field=IntegerField())


def address_after_saving(request: HttpRequest, letter: Letter) -> str:
    """Return the form again, to count, or the page on which the letter is tried and sent."""
    if COUNT in request.POST:
        return f"{reverse('admin:registration_letter_change', args=[letter.pk])}#{COUNT_PLACE}"
    return page_of(letter)


def with_placeholders(context: dict[str, Any] | None) -> dict[str, Any]:
    return {**(context or {}), "placeholders": placeholder_lines()}


def placeholder_lines() -> list[tuple[str, str, str]]:
    """Return each placeholder as it is typed, what it becomes, and for which audiences."""
    lines = []
    for one in Placeholder:
        audiences = [audience for audience in Audience if one in PLACEHOLDERS[audience]]
        only = ", ".join(str(audience.label) for audience in audiences)
        is_for_all = len(audiences) == len(Audience)
        lines.append((f"{{{one.value}}}", str(one.label), "" if is_for_all else only))
    return lines


def draft_like(letter: Letter) -> Letter | None:
    """Return the draft that the first of two presses on “Save” has just made.

    Call it in a transaction: the second press waits for the first.
    """
    User.objects.select_for_update(no_key=True).get(pk=letter.created_by_id)
    texts = {column: getattr(letter, column) for column in [*SUBJECTS, *TEXTS, "audience"]}
    drafts = Letter.objects.filter(
        created_by=letter.created_by_id,
        created_at__gt=letter.created_at - DOUBLE_PRESS,
        state=LetterState.DRAFT,
        **texts,
    )
    return next((draft for draft in drafts if draft.segment == letter.segment), None)


def kept_apart_words() -> str:
    return gettext(
        "Meanwhile this letter was sent, or waits for a second person: what you have typed is a "
        "new draft."
    )


@admin.register(Letter)
class LetterAdmin(FollowsFirstLanguage, TranslationAdmin):
    """Write drafts; everything after that happens on the letter's own page."""

    form = LetterForm
    list_display = [
        "linked_subject",
        "state",
        "audience",
        "progress_words",
        "created_by",
        "created_at",
    ]
    list_display_links = None
    list_filter = ["state", "audience"]
    list_select_related = ["created_by"]
    search_fields = [*SUBJECTS, *TEXTS]
    show_full_result_count = False
    list_per_page = 50
    radio_fields = {"audience": admin.VERTICAL}
    fieldsets = [
        (None, {"fields": [*SUBJECTS, *TEXTS]}),
        (_("Who gets it"), {"fields": ["audience", *CONDITION_FIELDS]}),
    ]

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        """Let nobody change what waits for a second person, or has been sent."""
        is_draft = obj is None or obj.state == LetterState.DRAFT
        return is_draft and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        """Let whoever may change a draft throw it away."""
        return obj is not None and self.has_change_permission(request, obj)

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        ended = {
            name: Coalesce(counted(state), 0)
            for name, state in {
                "sent_count": Message.State.SENT,
                "failed_count": Message.State.FAILED,
                "skipped_count": Message.State.SKIPPED,
            }.items()
        }
        return super().get_queryset(request).annotate(**ended)

    @admin.display(description=_("subject"), ordering="pk")
    def linked_subject(self, letter: Letter) -> SafeString:
        return format_html('<a href="{}">{}</a>', page_of(letter), letter)

    @admin.display(description=_("progress"))
    def progress_words(self, letter: Any) -> str:
        if letter.is_unfrozen:
            return ""
        words = gettext("%(done)s of %(count)s") % {
            "done": letter.sent_count + letter.erased_sent,
            "count": letter.recipients,
        }
        failed = letter.failed_count + letter.erased_failed
        if not failed:
            return words
        return f"{words} · " + gettext("failed: %(count)s") % {"count": failed}

    # The form

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().add_view(request, form_url, with_placeholders(extra_context))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        letter = Letter.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if letter is None or self.has_change_permission(request, letter):
            context = with_placeholders(extra_context)
            return super().change_view(request, object_id, form_url, context)
        is_late = letter.state != LetterState.DRAFT and request.method == "POST"
        if is_late and self.has_add_permission(request):
            # Somebody has sent it while this page was open: what was typed is a letter of its own.
            self.message_user(request, kept_apart_words(), messages.WARNING)
            return self.add_view(request, reverse("admin:registration_letter_add"))
        return redirect(page_of(letter))

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        if not change:
            obj.created_by, obj.created_at = cast(User, request.user), clock.now()
            if twin := draft_like(obj):
                obj.pk = twin.pk
                return
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Letter, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Letter) -> HttpResponse:
        self.message_user(request, gettext("Saved as a draft."), messages.SUCCESS)
        return redirect(address_after_saving(request, obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if letter := kwargs.get("obj"):
            context["reach"] = Reach(letter)
        return super().render_change_form(request, context, *args, **kwargs)

    # Pages of a letter

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "page": overview_view,
            "preview": preview_view,
            "mail": mail_view,
            "test": test_view,
            "again": send_again_view,
        }
        wrap = self.admin_site.admin_view
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    wrap(partial(view, self)),
                    name=f"registration_letter_{name}",
                )
                for name, view in pages.items()
            ),
            path(
                "<int:pk>/deed/<slug:name>/",
                wrap(partial(deed_view, self)),
                name="registration_letter_deed",
            ),
            *super().get_urls(),
        ]
