from django.db.models import QuerySet
from django.http import HttpRequest

from registration.admin.base import ReadOnlyInline, may_see_needs
from registration.models import Consent


class ConsentInline(ReadOnlyInline):
    model = Consent
    shown = ("purpose", "text_version", "language", "given_at", "withdrawn_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """That somebody agreed to the use of access needs says already that there are some."""
        consents = super().get_queryset(request)
        if may_see_needs(request):
            return consents
        return consents.exclude(purpose=Consent.Purpose.NEEDS)
