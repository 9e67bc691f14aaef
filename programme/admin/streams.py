from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programme.admin.base import VisibleChange
from programme.models import Channel, Stream


class ChannelInline(admin.StackedInline):
    model = Channel
    extra = 0


@admin.register(Stream)
class StreamAdmin(VisibleChange):
    list_display = ["room", "day", "channels"]
    list_display_links = ["room", "day"]
    list_select_related = ["room"]
    list_filter = ["room"]
    inlines = [ChannelInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stream]:
        return super().get_queryset(request).annotate(channel_count=Count("channels"))

    @admin.display(description=_("channels"))
    def channels(self, stream: Stream) -> int:
        return stream.channel_count  # type: ignore[attr-defined]
