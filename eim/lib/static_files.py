"""Make our style sheets and scripts small when static files are collected.

A sheet's imports are inlined: one request per page. Sheets and scripts are minified.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*(?!!).*?\*/\s*", re.DOTALL)
IMPORT = re.compile(r"""@import url\(["']([^"':]+)["']\);""")

# Folders of our files; those of packages are in others, and are not changed.
SHEETS, SCRIPTS = "css/", "js/"

type Sources = dict[str, Any]


class MinifiedStorage(CompressedManifestStaticFilesStorage):
    """Store our sheets and scripts minified, and an import that cannot be inlined as an error.

    url() addresses are not rewritten: a sheet that has one must be in its importer's folder.
    """

    def post_process(
        self, paths: Sources, *, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        ours = [] if dry_run else [name for name in paths if is_ours(name)]
        for name, text in [(name, minified(name, paths)) for name in ours]:
            self.delete(name)
            self.save(name, ContentFile(text.encode()))
        collected = {name: (self, name) for name in ours}
        yield from super().post_process(paths | collected, dry_run=dry_run, **options)


def is_ours(name: str) -> bool:
    folder, suffix = (SHEETS, ".css") if name.endswith(".css") else (SCRIPTS, ".js")
    return name.startswith(folder) and name.endswith(suffix)


def minified(name: str, sources: Sources) -> str:
    """Return the text of our sheet or script as browsers get it."""
    if name.endswith(".css"):
        return str(cssmin(inlined(name, sources)))
    return str(jsmin(text_of(name, sources)))


def text_of(name: str, sources: Sources) -> str:
    storage, path = sources[name]
    with storage.open(path) as file:
        return str(file.read().decode())


def inlined(name: str, sources: Sources) -> str:
    """Return the sheet's text with each import replaced by the file; drops our comments."""
    text = text_of(name, sources)
    if not name.startswith(SHEETS):
        return text
    folder = posixpath.dirname(name)
    text = IMPORT.sub(
        lambda found: inlined(posixpath.normpath(posixpath.join(folder, found[1])), sources),
        COMMENT.sub("", text),
    )
    if "@import" in text:
        raise ImproperlyConfigured(f'{name}: write each import as @import url("…");')
    return text
