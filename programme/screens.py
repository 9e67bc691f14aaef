"""What is watched: the channels of a room on a day, one of them chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from programme.models import Channel, Session, Stream

# Whom a browser talks to when it plays a channel.
COMPANIES = {
    Channel.Provider.YOUTUBE: "Google",
    Channel.Provider.VIMEO: "Vimeo",
}
OWN_NAMES = {
    "es": "Español",
    "pt": "Português",
    "en": "English",
    "fr": "Français",
    "ca": "Català",
    "gl": "Galego",
    "eu": "Euskara",
    "qu": "Runasimi",
    "ay": "Aymar aru",
    "gn": "Avañe’ẽ",
}
FRAME_SOURCES = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """The channels of one stream, and the one that is shown."""

    channels: list[Channel]
    chosen: Channel

    @property
    def by_kind(self) -> dict[str, list[Channel]]:
        """Under each kind's name its channels, one a language."""
        found: dict[str, list[Channel]] = {}
        for channel in self.channels:
            found.setdefault(capfirst(channel.get_kind_display()), []).append(channel)
        return found

    @property
    def has_sound_only(self) -> bool:
        return any(channel.kind == Channel.Kind.AUDIO for channel in self.channels)


def screen(channels: Iterable[Channel], asked: str) -> Screen | None:
    """None without a channel; a channel nobody knows gives the first."""
    found = list(channels)
    if not found:
        return None
    chosen = next((channel for channel in found if str(channel.pk) == asked), found[0])
    return Screen(channels=found, chosen=chosen)


def channels_of(session: Session) -> list[Channel]:
    """Of a session that is followed online, in the room and on the day it takes place."""
    if not (session.is_followed_online and session.room_id and session.day):
        return []
    return list(Channel.objects.for_room(session.room_id, session.day))


def streams_on(day: date) -> dict[int, list[Channel]]:
    """The channels by room."""
    streams = Stream.objects.for_day(day).with_channels()
    return {stream.room_id: list(stream.channels.all()) for stream in streams}


def connection_words(channel: Channel) -> str:
    """Said before the button is pressed."""
    if not channel.embed_url:
        return ""
    return gettext(
        "The picture comes from %(provider)s. "
        "Your browser connects to %(company)s only when you press the button."
    ) % {
        "provider": channel.get_provider_display(),
        "company": COMPANIES[Channel.Provider(channel.provider)],
    }


def watch_words(channel: Channel) -> str:
    """For the plain link, which works without JavaScript."""
    if not channel.embed_url:
        return gettext("Watch the stream on another site")
    provider = channel.get_provider_display()
    return gettext("Watch the stream on %(provider)s") % {"provider": provider}


def language_name(channel: Channel) -> SafeString:
    """A language by its own name, and marked as being in it; a sign language by ours."""
    if channel.language in OWN_NAMES:
        own_name = OWN_NAMES[channel.language]
        return format_html('<span lang="{}">{}</span>', channel.language, own_name)
    return format_html("{}", channel.get_language_display())
