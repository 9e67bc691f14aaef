"""Check whether style sheets, scripts and fonts were collected for this version."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from eim.monitoring.doctor.findings import Finding, broken, doubtful, well

MANIFEST = "staticfiles.json"
ADVICE = "manage.py collectstatic --noinput, then systemctl reload eim-web"


def static_files() -> Iterator[Finding]:
    """Find files that were never collected, or that are newer than what was."""
    if settings.DEBUG:
        return
    manifest = Path(settings.STATIC_ROOT) / MANIFEST
    try:
        known = json.loads(manifest.read_text())["paths"]
    except (OSError, ValueError, KeyError):
        yield broken(f"No style sheets were collected in {settings.STATIC_ROOT}: {ADVICE}")
        return
    sources = dict(source_files())
    if missing := sorted(sources.keys() - known.keys()):
        yield broken(f"What was collected is of an older version, without {missing[0]}: {ADVICE}")
    elif newest := newer_than(manifest, sources):
        yield doubtful(f"{newest} has changed since style sheets were collected: {ADVICE}")
    else:
        yield well("Style sheets and scripts of this version are collected.")


def source_files() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))


def newer_than(manifest: Path, sources: dict[str, Path]) -> str:
    """Return a file that is newer than the manifest, if there is one."""
    made_at = manifest.stat().st_mtime
    return next((n for n, path in sources.items() if path.stat().st_mtime > made_at), "")
