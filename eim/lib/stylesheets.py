"""One style sheet a page: what a sheet imports is put into it where static files are collected."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*(?!!).*?\*/\s*", re.DOTALL)
IMPORT = re.compile(r"""@import url\(["']([^"':]+)["']\);""")

# What packages bring stands in folders of their own, and stays as it is.
OURS = "css/"

type Sources = dict[str, Any]


class OneSheetStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, on whole sheets. An import of no file, or written otherwise, stops it.

    Addresses are not rewritten: a sheet that names a file by url() stands beside its importer.
    """

    def post_process(
        self, paths: Sources, *, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        ours = [name for name in paths if name.startswith(OURS) and name.endswith(".css")]
        sheets = [] if dry_run else ours
        for name, text in [(name, whole(name, paths)) for name in sheets]:
            self.delete(name)
            self.save(name, ContentFile(text.encode()))
        collected = {name: (self, name) for name in sheets}
        yield from super().post_process(paths | collected, dry_run=dry_run, **options)


def whole(name: str, sources: Sources) -> str:
    """The sheet's text, each import replaced by what it names; ours without comments."""
    storage, path = sources[name]
    with storage.open(path) as file:
        text = file.read().decode()
    if not name.startswith(OURS):
        return text
    folder = posixpath.dirname(name)
    text = IMPORT.sub(
        lambda found: whole(posixpath.normpath(posixpath.join(folder, found[1])), sources),
        COMMENT.sub("", text),
    )
    if "@import" in text:
        raise ImproperlyConfigured(f'{name}: write each import as @import url("…");')
    return text
