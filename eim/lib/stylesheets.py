"""Inline the imports of style sheets when static files are collected: one request per page."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*(?!!).*?\*/\s*", re.DOTALL)
IMPORT = re.compile(r"""@import url\(["']([^"':]+)["']\);""")

# Our sheets; those of packages are in other folders, and are not changed.
OURS = "css/"

type Sources = dict[str, Any]


class OneSheetStorage(CompressedManifestStaticFilesStorage):
    """Store our sheets with their imports inlined; an import that cannot be inlined is an error.

    url() addresses are not rewritten: a sheet that has one must be in its importer's folder.
    """

    def post_process(
        self, paths: Sources, *, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        ours = [name for name in paths if name.startswith(OURS) and name.endswith(".css")]
        sheets = [] if dry_run else ours
        for name, text in [(name, inlined(name, paths)) for name in sheets]:
            self.delete(name)
            self.save(name, ContentFile(text.encode()))
        collected = {name: (self, name) for name in sheets}
        yield from super().post_process(paths | collected, dry_run=dry_run, **options)


def inlined(name: str, sources: Sources) -> str:
    """Return the sheet's text with each import replaced by the file; drops our comments."""
    storage, path = sources[name]
    with storage.open(path) as file:
        text = file.read().decode()
    if not name.startswith(OURS):
        return text
    folder = posixpath.dirname(name)
    text = IMPORT.sub(
        lambda found: inlined(posixpath.normpath(posixpath.join(folder, found[1])), sources),
        COMMENT.sub("", text),
    )
    if "@import" in text:
        raise ImproperlyConfigured(f'{name}: write each import as @import url("…");')
    return text
