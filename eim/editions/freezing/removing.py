"""Take a page, a person or a file out of a frozen copy, without the database."""

from pathlib import Path


def remove(folder: Path, path: str) -> list[str]:
    return []
