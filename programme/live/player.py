"""What is watched: the channels of a room on a day, one of them chosen, or a recording."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from eim.lib.languages import OWN_NAMES
from eim.lib.videos import Video, video_at
from programme.models import Channel, Session, Stream
from programme.models.streams import ChannelKind, channels_to_show

# Whom a browser talks to when it plays a video.
COMPANIES = {"youtube": "Google", "vimeo": "Vimeo"}
FRAME_SOURCES = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
# About what two megabits a second come to, a picture of a fair size; and sound at 128 kilobits.
MEGABYTES_AN_HOUR = {Channel.Kind.VIDEO: 900, Channel.Kind.SIGN: 900, Channel.Kind.AUDIO: 60}


@dataclass(frozen=True, kw_only=True)
class Screen:
    """The channels of one stream, and the one that is shown."""

    channels: list[Channel]
    chosen: Channel

    @property
    def key(self) -> str:
        """The same as long as there is the same to choose from."""
        return "-".join(str(channel.pk) for channel in self.channels)

    @property
    def by_kind(self) -> list["Ways"]:
        return ways_of(self.channels)

    @property
    def is_spare(self) -> bool:
        return self.chosen.is_spare

    @property
    def has_sound_only(self) -> bool:
        return any(channel.kind == Channel.Kind.AUDIO for channel in self.channels)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The channels of one kind, one a language."""

    kind: ChannelKind
    channels: list[Channel]

    @property
    def name(self) -> str:
        return capfirst(str(self.kind.label))

    @property
    def icon(self) -> str:
        return {"video": "screen", "audio": "sound", "sign": "hand", "captions": "cc"}[self.kind]

    @property
    def megabytes_an_hour(self) -> int | None:
        return MEGABYTES_AN_HOUR.get(self.kind)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What stands in the player before the click, in words and addresses."""

    button: str
    link: str
    watch_url: str
    embed_url: str
    connection: str


def screen(channels: Iterable[Channel], asked: str) -> Screen | None:
    """None without a channel; a channel nobody knows gives the first."""
    found = list(channels)
    if not found:
        return None
    chosen = next((channel for channel in found if str(channel.pk) == asked), found[0])
    return Screen(channels=found, chosen=chosen)


def ways_of(channels: Iterable[Channel]) -> list[Ways]:
    found: dict[str, list[Channel]] = {}
    for channel in channels:
        found.setdefault(channel.kind, []).append(channel)
    return [Ways(kind=Channel.Kind(kind), channels=same) for kind, same in found.items()]


def channels_of(session: Session) -> list[Channel]:
    """Of a session that is followed online, in the room and on the day it takes place."""
    if not (session.is_followed_online and session.room_id and session.day):
        return []
    channels = Channel.objects.for_room(session.room_id, session.day).select_related("stream")
    return channels_to_show(
        channels, uses_spare=any(channel.stream.uses_spare for channel in channels)
    )


def streams_on(day: date) -> dict[int, Stream]:
    """By their room."""
    return {stream.room_id: stream for stream in Stream.objects.for_day(day).with_channels()}


def channel_offer(channel: Channel) -> Offer:
    if channel.kind == Channel.Kind.AUDIO:
        button = gettext("Listen to the stream")
        link = gettext("Listen to the stream on %(provider)s")
    else:
        button = gettext("Watch the stream")
        link = gettext("Watch the stream on %(provider)s")
    return offer(channel.video, channel.url, button, link)


def recording_offer(session: Session) -> Offer:
    button = gettext("Watch the recording")
    link = gettext("Watch the recording on %(provider)s")
    return offer(video_at(session.recording_url), session.recording_url, button, link)


def offer(video: Video | None, url: str, button: str, link: str) -> Offer:
    """Of what is no video that can be played here, the plain link alone."""
    if video is None:
        provider, connection = urlsplit(url).hostname or "", ""
    else:
        provider = str(Channel.Provider(video.provider).label)
        connection = connection_words(provider, COMPANIES[video.provider])
    return Offer(
        button=button,
        link=link % {"provider": provider},
        watch_url=video.watch_url if video else url,
        embed_url=video.embed_url if video else "",
        connection=connection,
    )


def connection_words(provider: str, company: str) -> str:
    """Said before the button is pressed."""
    return gettext(
        "It comes from %(provider)s. "
        "Your browser connects to %(company)s only when you press the button."
    ) % {"provider": provider, "company": company}


def language_name(channel: Channel) -> SafeString:
    """A language by its own name, and marked as being in it; a sign language by ours."""
    if channel.language in OWN_NAMES:
        own_name = OWN_NAMES[channel.language]
        return format_html('<span lang="{}">{}</span>', channel.language, own_name)
    return format_html("{}", channel.get_language_display())
