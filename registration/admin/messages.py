"""The outbox in the back office."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from eim import clock
from eim.lib.site_languages import translated_columns
from registration import outbox
from registration.admin.base import goes_with_its_person
from registration.models import Message

EVERYWHERE = [admin.ActionLocation.CHANGE_LIST, admin.ActionLocation.CHANGE_FORM]
SHOWN = (
    "kind",
    "registration",
    "person",
    "news_address",
    "letter",
    "to",
    "history",
    "state",
    "last_error",
    "came_back",
    "attempts",
    "created_at",
    "next_attempt_at",
    "attempted_at",
    "sent_at",
    "message_id",
)


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Show which mails were sent, which wait, and why some failed."""

    list_display = [
        *("what", "reader", "state", "came_back", "attempts", "next_attempt_at", "sent_at"),
    ]
    list_filter = ["state", "kind", "next_attempt_at"]
    list_select_related = ["registration", "person", "news_address", "letter", "bounce"]
    search_fields = [
        *("registration__full_name", "registration__email", "registration__reference"),
        *("person__name", "person__email", "news_address__address"),
        *translated_columns("letter__subject"),
    ]
    show_full_result_count = False
    actions = ["send_again"]
    fields = SHOWN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return goes_with_its_person(request, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Message | None = None
    ) -> tuple[str, ...]:
        return SHOWN

    @admin.display(description=_("came back"))
    def came_back(self, message: Message) -> str:
        """Say what was reported of the e-mail."""
        return str(getattr(message, "bounce", ""))

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, message: Message) -> str:
        return str(message.letter or message.get_kind_display())

    @admin.display(description=_("to"))
    def reader(self, message: Message) -> str:
        return str(message.recipient)

    @admin.action(description=_("Send again"), permissions=["change"], location=EVERYWHERE)
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        now = clock.now()
        results = [outbox.reschedule(message, now) for message in queryset]
        sent, left = results.count(True), results.count(False)
        if sent:
            words = ngettext(
                "%(count)s e-mail will be sent again.",
                "%(count)s e-mails will be sent again.",
                sent,
            )
            self.message_user(request, words % {"count": sent}, messages.SUCCESS)
        if left:
            words = ngettext(
                "%(count)s e-mail is on its way or done: it was left alone.",
                "%(count)s e-mails are on their way or done: they were left alone.",
                left,
            )
            self.message_user(request, words % {"count": left}, messages.WARNING)
