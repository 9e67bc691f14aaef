"""Consents, suppressed mailboxes and the log of erasures in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.email_addresses import AddressField, cleaned_address
from eim.lib.normalising import email_key
from registration.actions import is_suppressed, stop_news, suppress
from registration.admin.base import ReadOnlyInline, goes_with_its_person, may_see_needs
from registration.models import Consent, ConsentCount, ErasureLog, NewsAddress, Suppression
from registration.models.mailboxes import mailbox_hash, mailbox_hashes
from registration.tokens import NewsClaim


class SuppressionForm(forms.ModelForm):
    """Take an address of which only a keyed hash is stored."""

    email = AddressField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The address itself is neither kept nor shown again."),
        widget=forms.EmailInput({"class": "vTextField"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if is_suppressed(email_key(email)):
            raise ValidationError(gettext("This address is already on the list."))
        return email


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    """List the suppressed mailboxes; deleting one lets the site write to it again."""

    form = SuppressionForm
    list_display = ["__str__", "reason", "is_of_reminders", "created_at"]
    list_filter = ["reason", "is_of_reminders"]
    search_fields = ["mailbox"]
    search_help_text = _("A complete e-mail address.")
    show_full_result_count = False
    fields = ["email"]

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> list[Any]:
        return ["reason", "is_of_reminders", "created_at"] if obj else ["email"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        if search_term:
            queryset = queryset.filter(
                mailbox__in=mailbox_hashes(email_key(cleaned_address(search_term)))
            )
        return queryset, False

    def save_model(
        self, request: HttpRequest, obj: Suppression, form: forms.ModelForm, change: bool
    ) -> None:
        key = email_key(form.cleaned_data["email"])
        suppress(key, Suppression.Reason.ORGANISERS)
        obj.pk = Suppression.objects.get(mailbox=mailbox_hash(key)).pk


class ReadOnly(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    list_display = [
        "giver",
        "purpose",
        "text_version",
        "language",
        "given_at",
        "withdrawn_at",
    ]
    list_filter = ["purpose", "text_version", "language"]
    list_select_related = ["registration", "person"]
    search_fields = ["registration__full_name", "registration__reference", "person__name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Leave out the consents to use access needs: they reveal who has some."""
        consents = super().get_queryset(request)
        if may_see_needs(request):
            return consents
        return consents.exclude(purpose=Consent.Purpose.NEEDS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return goes_with_its_person(request, obj)

    @admin.display(description=_("person"))
    def giver(self, consent: Consent) -> str:
        return str(consent.registration or consent.person)


@admin.register(ConsentCount)
class ConsentCountAdmin(ReadOnly):
    list_display = ["meeting_number", "purpose", "text_version", "language", "agreed", "withdrawn"]
    list_filter = ["meeting_number", "purpose"]


@admin.register(NewsAddress)
class NewsAddressAdmin(ReadOnly):
    """List the addresses for news; deleting one withdraws what its readers agreed to."""

    list_display = ["address", "language", "text_version", "given_at"]
    list_filter = ["language"]
    search_fields = ["address"]

    def has_delete_permission(self, request: HttpRequest, obj: NewsAddress | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Ask for no permission of the e-mails that were written to it: they go with it."""
        shown, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: NewsAddress) -> None:
        stop_news(NewsClaim(obj.pk, obj.link_version))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[NewsAddress]) -> None:
        for address in queryset:
            self.delete_model(request, address)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Write down the deed without the address, which is to be nowhere any more."""
        keys = [str(row.pk) for row in queryset]
        entries = super().log_deletions(request, queryset)
        of_addresses = ContentType.objects.get_for_model(NewsAddress)
        rows = LogEntry.objects.filter(content_type=of_addresses, object_id__in=keys)
        rows.update(object_repr="…")
        return entries


@admin.register(ErasureLog)
class ErasureLogAdmin(ReadOnly):
    list_display = ["erased_at", "cause", "people"]
    list_filter = ["cause"]


class ConsentInline(ReadOnlyInline):
    model = Consent
    shown = ("purpose", "text_version", "language", "given_at", "withdrawn_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Leave out the consent to use access needs: it reveals that there are some."""
        consents = super().get_queryset(request)
        if may_see_needs(request):
            return consents
        return consents.exclude(purpose=Consent.Purpose.NEEDS)
