"""Videos of others by their provider and id: what a player is loaded from, and a plain address."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

ID = {"youtube": re.compile(r"[\w-]{11}", re.ASCII), "vimeo": re.compile(r"[0-9]{6,12}")}
YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
# What stands before the id in the path of an address.
YOUTUBE_PATHS = ("live", "embed", "shorts")


@dataclass(frozen=True, kw_only=True)
class Video:
    """One that can be played here."""

    provider: str
    video_id: str

    @property
    def embed_url(self) -> str:
        """Where the player is loaded from after the click."""
        if self.provider == "youtube":
            return f"https://www.youtube-nocookie.com/embed/{self.video_id}?autoplay=1"
        return f"https://player.vimeo.com/video/{self.video_id}?dnt=1&autoplay=1"

    @property
    def watch_url(self) -> str:
        """The provider's own page, for who has no JavaScript."""
        if self.provider == "youtube":
            return f"https://www.youtube.com/watch?v={self.video_id}"
        return f"https://vimeo.com/{self.video_id}"


def is_video_id(provider: str, video_id: str) -> bool:
    return ID[provider].fullmatch(video_id) is not None


def video_at(url: str) -> Video | None:
    """The video of an address such as people copy it; None for every other address.

    Also for a video of Vimeo that only its secret address shows: a player would not find it.
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
        return found("vimeo", path[1:] if path[:1] == ["video"] else path)
    if host == "youtu.be":
        return found("youtube", path)
    if host in YOUTUBE_HOSTS:
        is_watched = path == ["watch"]
        named = path[1:] if path[:1] and path[0] in YOUTUBE_PATHS else []
        return found("youtube", parse_qs(parts.query).get("v", []) if is_watched else named)
    return None


def found(provider: str, ids: list[str]) -> Video | None:
    if len(ids) == 1 and is_video_id(provider, ids[0]):
        return Video(provider=provider, video_id=ids[0])
    return None
