"""Edit streams and their channels."""

from functools import partial

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from programme.admin.base import VisibleChange
from programme.admin.live_control import live_control
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

    def get_urls(self) -> list[URLPattern]:
        control = self.admin_site.admin_view(partial(live_control, self))
        return [path("live/", control, name="programme_stream_live"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stream]:
        return super().get_queryset(request).annotate(channel_count=Count("channels"))

    @admin.display(description=_("channels"))
    def channels(self, stream: Stream) -> int:
        return stream.channel_count  # type: ignore[attr-defined]
