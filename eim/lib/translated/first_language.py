"""Follow the site's first language: texts fall back to it before others, and forms require it.

It is a fact of the meeting, which this library does not know: whoever has read the meeting says it
with `preferring` for the length of a request or a mail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.conf import settings

_preferred: ContextVar[str] = ContextVar("first_language")


@contextmanager
def preferring(code: str) -> Iterator[None]:
    """Make a language the first one inside the block."""
    token = _preferred.set(code)
    try:
        yield
    finally:
        _preferred.reset(token)


def first_language() -> str:
    """Return the code of the first language; without a meeting, the first of the settings."""
    return _preferred.get(settings.MODELTRANSLATION_DEFAULT_LANGUAGE)


def languages_in_order() -> tuple[str, ...]:
    """Return the codes of the site's languages, the first language before the others."""
    return beginning_with(first_language(), tuple(code for code, _name in settings.LANGUAGES))


@cache
def beginning_with(code: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    return (code, *(other for other in codes if other != code))


class FallbackOrder(dict[str, tuple[str, ...]]):
    """Order the fallback languages of django-modeltranslation by the present first language.

    It looks its setting up for each text that it reads, so that the order may change in between.
    """

    def __getitem__(self, key: str) -> tuple[str, ...]:
        return beginning_with(first_language(), super().__getitem__(key))
