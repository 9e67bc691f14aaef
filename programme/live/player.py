"""Build the video player: the channels of a stream to choose from, or a recording."""

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
from programme.wording.sessions import captions_in

# Streams by their room's key and their day.
type StreamsByPlace = dict[tuple[int, date], Stream]

# The company whose servers a browser contacts when it plays a video.
COMPANIES = {"youtube": "Google", "vimeo": "Vimeo"}
FRAME_SOURCES = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
# Video of medium size at 2 Mbit/s; sound at 128 kbit/s.
MEGABYTES_AN_HOUR = {Channel.Kind.VIDEO: 900, Channel.Kind.SIGN: 900, Channel.Kind.AUDIO: 60}
KINDS_IN_ORDER = [Channel.Kind.VIDEO, Channel.Kind.SIGN, Channel.Kind.AUDIO, Channel.Kind.CAPTIONS]


@dataclass(frozen=True, kw_only=True)
class Player:
    """The channels of one stream to choose from, the chosen one, and captions to show beside it."""

    channels: list[Channel]
    chosen: Channel
    captions: list[Channel]

    @property
    def key(self) -> str:
        """Identify the channels; live.js shows new ones beside a running player of another key."""
        return "-".join(str(channel.pk) for channel in [*self.channels, *self.captions])

    @property
    def groups(self) -> list["ChannelGroup"]:
        return channel_groups(self.channels)

    @property
    def is_spare(self) -> bool:
        return self.chosen.is_spare


@dataclass(frozen=True, kw_only=True)
class ChannelGroup:
    """The channels of one kind, one per language."""

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
class PlayButton:
    """The button shown before anything of the provider is loaded, and the link beside it."""

    label: str
    link_label: str
    watch_url: str
    embed_url: str
    connection: str


def player_of(channels: Iterable[Channel], asked: str) -> Player | None:
    """Return a player of the requested channel, else of the first; None without channels."""
    shown_channels = list(channels)
    if not shown_channels:
        return None
    captions = [channel for channel in shown_channels if channel.kind == Channel.Kind.CAPTIONS]
    others = [channel for channel in shown_channels if channel not in captions]
    if not others:
        others, captions = captions, []
    chosen = next((channel for channel in others if str(channel.pk) == asked), others[0])
    return Player(channels=others, chosen=chosen, captions=captions)


def channel_groups(channels: Iterable[Channel]) -> list[ChannelGroup]:
    """Return the channels by kind: those with a picture first."""
    by_kind: dict[str, list[Channel]] = {}
    for channel in sorted(
        channels, key=lambda channel: KINDS_IN_ORDER.index(Channel.Kind(channel.kind))
    ):
        by_kind.setdefault(channel.kind, []).append(channel)
    return [ChannelGroup(kind=Channel.Kind(kind), channels=same) for kind, same in by_kind.items()]


def channels_of(session: Session) -> list[Channel]:
    """Return the channels of the session's room and day, if the session is followed online."""
    if not (session.is_followed_online and session.room_id and session.day):
        return []
    channels = Channel.objects.for_room(session.room_id, session.day).select_related("stream")
    return channels_to_show(
        channels, uses_spare=any(channel.stream.uses_spare for channel in channels)
    )


def streams_for(today: date, sessions: Iterable[Session]) -> StreamsByPlace:
    """Return today's streams, and those of the days on which the sessions began, if there are any.

    What begins before midnight is watched to its end in the stream of its own day.
    """
    days = {session.day for session in sessions if session.day}
    if not days:
        return {}
    found = Stream.objects.for_days({today, *days}).with_channels()
    return {(stream.room_id, stream.day): stream for stream in found}


def channel_button(channel: Channel) -> PlayButton:
    if channel.kind == Channel.Kind.AUDIO:
        label = gettext("Listen to the stream")
        link_label = gettext("Listen to the stream on %(provider)s")
    elif channel.kind == Channel.Kind.CAPTIONS:
        label = captions_in([channel.language])
        link_label = gettext("%(label)s, on %(provider)s")
    else:
        label = gettext("Watch the stream")
        link_label = gettext("Watch the stream on %(provider)s")
    return play_button(channel.video, channel.url, label, link_label)


def recording_button(session: Session) -> PlayButton:
    label = gettext("Watch the recording")
    link_label = gettext("Watch the recording on %(provider)s")
    video = video_at(session.recording_url)
    return play_button(video, session.recording_url, label, link_label)


def play_button(video: Video | None, url: str, label: str, link_label: str) -> PlayButton:
    """Build the button; without a video that can be embedded, the link alone is shown."""
    if video is None:
        provider, connection = urlsplit(url).hostname or "", ""
    else:
        provider = str(Channel.Provider(video.provider).label)
        connection = connection_words(provider, COMPANIES[video.provider])
    return PlayButton(
        label=label,
        link_label=link_label % {"label": label, "provider": provider},
        watch_url=video.watch_url if video else url,
        embed_url=video.embed_url if video else "",
        connection=connection,
    )


def connection_words(provider: str, company: str) -> str:
    return gettext(
        "It comes from %(provider)s. "
        "Your browser connects to %(company)s only when you press the button."
    ) % {"provider": provider, "company": company}


def language_name(channel: Channel) -> SafeString:
    """Render a language in its own name, marked with `lang`; a sign language in the page's."""
    if channel.language in OWN_NAMES:
        own_name = OWN_NAMES[channel.language]
        return format_html('<span lang="{}">{}</span>', channel.language, own_name)
    return format_html("{}", channel.get_language_display())
