import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programme.languages import CHANNEL_LANGUAGES
from programme.models.sessions import Room

VIDEO_ID = {"youtube": re.compile(r"[\w-]{11}"), "vimeo": re.compile(r"\d{6,12}")}


class StreamQuerySet(models.QuerySet["Stream"]):
    def for_day(self, day: date) -> "StreamQuerySet":
        return self.filter(day=day)

    def with_channels(self) -> "StreamQuerySet":
        return self.select_related("room").prefetch_related("channels")


class Stream(models.Model):
    """What is watched live from one room on one day."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="streams", verbose_name=_("room"))
    day = models.DateField(_("day"))

    objects = StreamQuerySet.as_manager()

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        ordering = ["day", "room__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "day"],
                name="room_has_one_stream_a_day",
                violation_error_message=_("This room has a stream on this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room}, {self.day:%d-%m-%Y}"

    def clean(self) -> None:
        if not (self.room_id and self.day):
            return
        others = Stream.objects.for_day(self.day).exclude(pk=self.pk)
        if others.filter(room_id=self.room_id).exists():
            raise ValidationError({"day": _("This room has a stream on this day already.")})


class ChannelQuerySet(models.QuerySet["Channel"]):
    def for_room(self, room_id: int, day: date) -> "ChannelQuerySet":
        return self.filter(stream__room=room_id, stream__day=day)


class Channel(models.Model):
    """One way to follow a stream: picture and sound, sound only, sign language or captions."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("picture and sound")
        AUDIO = "audio", _("sound only")
        SIGN = "sign", _("sign language")
        CAPTIONS = "captions", _("captions")

    class Provider(models.TextChoices):
        YOUTUBE = "youtube", "YouTube"
        VIMEO = "vimeo", "Vimeo"
        LINK = "link", _("another page")

    stream = models.ForeignKey(
        Stream, models.CASCADE, related_name="channels", verbose_name=_("stream")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.VIDEO)
    language = models.CharField(_("language"), max_length=3, choices=CHANNEL_LANGUAGES)
    provider = models.CharField(_("provider"), max_length=20, choices=Provider.choices)
    video_id = models.CharField(_("video id"), max_length=20, blank=True)
    url = models.URLField(_("address of the page"), blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "kind", "language"],
                name="channel_of_a_kind_and_language_is_one",
            ),
            models.CheckConstraint(
                condition=Q(provider="link", video_id="") & ~Q(url="")
                | Q(provider__in=["youtube", "vimeo"], url="") & ~Q(video_id=""),
                name="channel_has_a_video_id_or_an_address",
                violation_error_message=_(
                    "Give the id of the video, or for another page its address."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["video", "audio", "sign", "captions"]),
                name="channel_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_language_display()}"

    @property
    def embed_url(self) -> str:
        """Where the player is loaded from after the click; empty for a plain link."""
        if self.provider == self.Provider.YOUTUBE:
            return f"https://www.youtube-nocookie.com/embed/{self.video_id}?autoplay=1"
        if self.provider == self.Provider.VIMEO:
            return f"https://player.vimeo.com/video/{self.video_id}?dnt=1&autoplay=1"
        return ""

    @property
    def watch_url(self) -> str:
        """The provider's own page, for who has no JavaScript."""
        if self.provider == self.Provider.YOUTUBE:
            return f"https://www.youtube.com/watch?v={self.video_id}"
        if self.provider == self.Provider.VIMEO:
            return f"https://vimeo.com/{self.video_id}"
        return self.url

    def clean(self) -> None:
        if self.provider == self.Provider.LINK:
            if self.video_id or not self.url:
                raise ValidationError(
                    {"url": _("For another page, give its address and no video id.")}
                )
        elif self.provider:
            self._clean_video()

    def _clean_video(self) -> None:
        if self.url:
            raise ValidationError({"url": _("With a video id, leave the address empty.")})
        if not VIDEO_ID[self.provider].fullmatch(self.video_id):
            raise ValidationError(
                {
                    "video_id": _(
                        "This is not a video id: take what comes after “v=” or the last “/”."
                    )
                }
            )
