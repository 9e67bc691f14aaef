"""Cache what is the same for everybody who reads in one language."""

from collections.abc import Callable
from functools import lru_cache, wraps

from django.utils.translation import get_language


def cached_per_language[T](make: Callable[..., T]) -> Callable[..., T]:
    """Cache the results of a function of few and simple arguments, by the active language."""

    @lru_cache(maxsize=5000)
    def made(_language: str | None, *arguments: object) -> T:
        return make(*arguments)

    @wraps(make)
    def wrapper(*arguments: object) -> T:
        return made(get_language(), *arguments)

    return wrapper
