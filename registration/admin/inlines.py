from django.db.models import QuerySet
from django.http import HttpRequest

from registration.admin.base import ReadOnlyInline, may_see_needs
from registration.models import Consent, History, Message, Place


class PlaceInline(ReadOnlyInline):
    model = Place
    shown = ("quota", "state", "number", "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        return super().get_queryset(request).select_related("quota__session")


class ConsentInline(ReadOnlyInline):
    model = Consent
    shown = ("purpose", "text_version", "language", "given_at", "withdrawn_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """That somebody agreed to the use of access needs says already that there are some."""
        consents = super().get_queryset(request)
        if may_see_needs(request):
            return consents
        return consents.exclude(purpose=Consent.Purpose.NEEDS)


class HistoryInline(ReadOnlyInline):
    model = History
    shown = ("event", "happened_at", "actor", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[History]:
        return super().get_queryset(request).select_related("actor")


class MessageInline(ReadOnlyInline):
    model = Message
    shown = ("kind", "state", "attempts", "created_at", "sent_at", "last_error")
    show_change_link = True
