"""Cache results that depend on their arguments and the active language alone."""

from collections.abc import Callable
from functools import lru_cache, wraps

from django.utils.translation import get_language


def cached_per_language[T](make: Callable[..., T]) -> Callable[..., T]:
    """Cache a function's results by the active language; its arguments must be hashable."""

    @lru_cache(maxsize=5000)
    def made(_language: str | None, *arguments: object) -> T:
        return make(*arguments)

    @wraps(make)
    def wrapper(*arguments: object) -> T:
        return made(get_language(), *arguments)

    return wrapper
