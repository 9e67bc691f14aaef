"""Recognise addresses of YouTube and Vimeo videos, and return those of player and page."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

ID = {"youtube": re.compile(r"[\w-]{11}", re.ASCII), "vimeo": re.compile(r"[0-9]{6,12}")}
YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
# Path segments that may precede the id.
YOUTUBE_PATHS = ("live", "embed", "shorts")


@dataclass(frozen=True, kw_only=True)
class Video:
    """A video that a player on this site can play."""

    provider: str
    video_id: str

    @property
    def embed_url(self) -> str:
        """Return the address of the player, which is loaded after a click."""
        if self.provider == "youtube":
            return f"https://www.youtube-nocookie.com/embed/{self.video_id}?autoplay=1"
        return f"https://player.vimeo.com/video/{self.video_id}?dnt=1&autoplay=1"

    @property
    def watch_url(self) -> str:
        """Return the address of the provider's page, for browsers without JavaScript."""
        if self.provider == "youtube":
            return f"https://www.youtube.com/watch?v={self.video_id}"
        return f"https://vimeo.com/{self.video_id}"


def is_video_id(provider: str, video_id: str) -> bool:
    return ID[provider].fullmatch(video_id) is not None


def video_at(url: str) -> Video | None:
    """Return the video of an address as people copy it; None for any other address.

    None too for an unlisted Vimeo video, whose address has a secret part: a player cannot load it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    path = [part for part in parts.path.split("/") if part]
    if host in VIMEO_HOSTS:
        return one_video("vimeo", path[1:] if path[:1] == ["video"] else path)
    if host == "youtu.be":
        return one_video("youtube", path)
    if host in YOUTUBE_HOSTS:
        is_watched = path == ["watch"]
        named = path[1:] if path[:1] and path[0] in YOUTUBE_PATHS else []
        return one_video("youtube", parse_qs(parts.query).get("v", []) if is_watched else named)
    return None


def one_video(provider: str, ids: list[str]) -> Video | None:
    if len(ids) == 1 and is_video_id(provider, ids[0]):
        return Video(provider=provider, video_id=ids[0])
    return None
