"""Edit streams and their channels."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.web_addresses import with_scheme
from eim.lib.videos import video_at
from programme.admin.base import VisibleChange
from programme.admin.live_control import live_control
from programme.models import Channel, Stream

LONGEST_ID = 20


class ChannelForm(forms.ModelForm):
    """Take the address of a video as it was copied, in whichever field it was pasted."""

    video_id = forms.CharField(
        label=_("video"),
        required=False,
        max_length=500,
        help_text=_("Paste the address of the video on YouTube or Vimeo."),
        widget=forms.TextInput({"class": "vTextField"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("provider") == Channel.Provider.LINK:
            return cleaned
        pasted = [cleaned.get("video_id") or "", cleaned.get("url") or ""]
        for video in filter(None, map(video_at, map(with_scheme, pasted))):
            cleaned |= {"provider": video.provider, "video_id": video.video_id, "url": ""}
        # Of a longer text the row itself would say only that it is too long for its column.
        cleaned["video_id"] = (cleaned.get("video_id") or "")[:LONGEST_ID]
        return cleaned


class ChannelInline(admin.StackedInline):
    model = Channel
    form = ChannelForm
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
