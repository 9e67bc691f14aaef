"""Store the live streams of each room and day, and their channels."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eim.lib.languages import channel_languages
from eim.lib.videos import Video, is_video_id
from programme.models.rooms import Room


class StreamQuerySet(models.QuerySet["Stream"]):
    def for_day(self, day: date) -> "StreamQuerySet":
        return self.filter(day=day)

    def for_days(self, days: Iterable[date]) -> "StreamQuerySet":
        return self.filter(day__in=days)

    def with_channels(self) -> "StreamQuerySet":
        return self.select_related("room").prefetch_related("channels")


class Stream(models.Model):
    """The live stream of one room on one day; people follow it by one of its channels."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="streams", verbose_name=_("room"))
    day = models.DateField(_("day"))
    uses_spare = models.BooleanField(_("on its spare channels"), default=False, editable=False)

    objects = StreamQuerySet.as_manager()

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        ordering = ["day", "room__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "day"],
                name="room_has_one_stream_a_day",
                violation_error_message=_("This room already has a stream on this day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room}, {self.day:%d-%m-%Y}"

    @property
    def has_spare(self) -> bool:
        return any(channel.is_spare for channel in self.channels.all())

    @property
    def is_on_spare(self) -> bool:
        return self.uses_spare and self.has_spare

    @property
    def shown_channels(self) -> list["Channel"]:
        return channels_to_show(self.channels.all(), uses_spare=self.uses_spare)

    def clean(self) -> None:
        if not (self.room_id and self.day):
            return
        others = Stream.objects.for_day(self.day).exclude(pk=self.pk)
        if others.filter(room_id=self.room_id).exists():
            raise ValidationError({"day": _("This room already has a stream on this day.")})


class ChannelKind(models.TextChoices):
    VIDEO = "video", _("picture and sound")
    AUDIO = "audio", _("sound only")
    SIGN = "sign", _("sign language")
    CAPTIONS = "captions", _("captions")


class ChannelProvider(models.TextChoices):
    YOUTUBE = "youtube", "YouTube"
    VIMEO = "vimeo", "Vimeo"
    LINK = "link", _("another page")


# Providers whose videos the site plays itself, by the id of the video.
VIDEO_PROVIDERS = (ChannelProvider.YOUTUBE, ChannelProvider.VIMEO)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def for_room(self, room_id: int, day: date) -> "ChannelQuerySet":
        return self.filter(stream__room=room_id, stream__day=day)


def channels_to_show(channels: Iterable["Channel"], *, uses_spare: bool) -> list["Channel"]:
    """Return all spare channels or all usual ones, never both.

    A mix would let visitors choose a channel that has failed.
    """
    both = list(channels)
    spares = [channel for channel in both if channel.is_spare]
    return spares if uses_spare and spares else [c for c in both if not c.is_spare]


class Channel(models.Model):
    """One way to follow a stream: picture and sound, sound only, sign language or captions."""

    Kind = ChannelKind
    Provider = ChannelProvider

    stream = models.ForeignKey(
        Stream, models.CASCADE, related_name="channels", verbose_name=_("stream")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.VIDEO)
    language = models.CharField(_("language"), max_length=3, choices=channel_languages)
    provider = models.CharField(_("provider"), max_length=20, choices=Provider.choices)
    video_id = models.CharField(_("video id"), max_length=20, blank=True)
    url = models.URLField(_("web address of the page"), blank=True)
    is_spare = models.BooleanField(
        _("spare"),
        default=False,
        help_text=_("Shown only after “Live control” has switched to the spare stream."),
    )

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "kind", "language", "is_spare"],
                name="channel_of_a_kind_and_language_is_one",
            ),
            models.CheckConstraint(
                condition=Q(provider=ChannelProvider.LINK, video_id="") & ~Q(url="")
                | Q(provider__in=[*VIDEO_PROVIDERS], url="") & ~Q(video_id=""),
                name="channel_has_a_video_id_or_an_address",
                violation_error_message=_(
                    "Give the video id or, for another page, its web address."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ChannelKind.values),
                name="channel_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_language_display()}"

    @property
    def video(self) -> Video | None:
        """Return what the player loads; None for a link to another page."""
        if self.provider == self.Provider.LINK:
            return None
        return Video(provider=self.provider, video_id=self.video_id)

    def clean(self) -> None:
        if self.provider == self.Provider.LINK:
            if self.video_id or not self.url:
                raise ValidationError(
                    {"url": _("For another page, give its web address and no video id.")}
                )
        elif self.provider:
            self._clean_video()

    def _clean_video(self) -> None:
        if self.url:
            raise ValidationError({"url": _("With a video id, leave the web address empty.")})
        if not is_video_id(self.provider, self.video_id):
            raise ValidationError(
                {
                    "video_id": _(
                        "This is neither the address nor the id of a video: copy it from the "
                        "browser’s address bar, or with “Share”."
                    )
                }
            )
