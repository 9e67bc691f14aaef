"""Tell of which release the code is."""

import tomllib
from functools import cache

from django.conf import settings


@cache
def code_version() -> str:
    """Return the version of the code that this process runs: pyproject.toml alone says it."""
    text = (settings.BASE_DIR / "pyproject.toml").read_text()
    return str(tomllib.loads(text)["project"]["version"])
