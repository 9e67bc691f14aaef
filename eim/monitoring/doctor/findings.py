"""Findings of the doctor: a line each, with what to do, and without any secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from django.conf import settings

# A shorter one, such as “eim”, is a part of many words.
SHORTEST_SECRET = 4


class Level(StrEnum):
    WELL = "ok"
    DOUBTFUL = "to look at"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Finding:
    level: Level
    words: str


def well(words: str) -> Finding:
    return Finding(level=Level.WELL, words=words)


def doubtful(words: str) -> Finding:
    return Finding(level=Level.DOUBTFUL, words=words)


def broken(words: str) -> Finding:
    return Finding(level=Level.BROKEN, words=words)


def line(name: str, finding: Finding) -> str:
    """Return the line of a finding; what a server or a library says may have line breaks."""
    words = " ".join(without_secret_values(finding.words).split())
    return f"{finding.level:<11} {name:<9} {words}"


def without_secret_values(text: str) -> str:
    for secret in sorted(secret_values(), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def secret_values() -> set[str]:
    """Return all secrets of the settings, as they are and as they stand in an address."""
    plain = {value for value in map(str, secrets_of_settings()) if len(value) >= SHORTEST_SECRET}
    return plain | {quote(value, safe="") for value in plain}


def secrets_of_settings() -> Iterator[object]:
    yield from (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.RETIRED_SECRET_KEYS)
    yield from (settings.METRICS_TOKEN, settings.BOUNCE_MAILBOX.get("password", ""))
    yield from (settings.DATABASES["default"].get("PASSWORD", ""), settings.SENTRY_DSN)
    sections: list[tuple[dict[str, Any], str]]
    sections = [(settings.MAILERS, "password"), (settings.STORAGES, "secret_key")]
    for section, name in sections:
        yield section["default"].get("OPTIONS", {}).get(name, "")
