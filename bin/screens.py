#!/usr/bin/env python
"""Take pictures of every page in every state, into var/screens, with an index page.

ONLY=home,live LANGUAGES=es WIDTHS=360 in the environment select some; WIDTHS= saves only the HTML.
"""

import os
import shutil
import subprocess
import sys
import time
from html import escape
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "screens"
CHOICES = ("ONLY", "LANGUAGES", "WIDTHS")

HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Screens</title>
<style>
  body { margin: 24px; font: 16px/1.5 system-ui, sans-serif; background: #999; color: #000; }
  div { display: flex; gap: 12px; align-items: flex-start; overflow-x: auto; margin-bottom: 12px; }
  img { display: block; max-height: 900px; }
</style>
<h1>Screens</h1>
"""


def chromium() -> str:
    found = subprocess.run([ROOT / "bin" / "find-chromium"], stdout=subprocess.PIPE, text=True)
    if found.returncode:
        sys.exit(found.returncode)
    return found.stdout.strip()


def take_all() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "tests/browser/screens.py"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "CHROMIUM": chromium()})
    if done.returncode:
        sys.exit(done.returncode)


def name_of(picture: Path) -> str:
    """Return `home-on` for `es/home-on-360-dark.png`."""
    return picture.stem.rsplit("-", 2)[0]


def write_index(pictures: list[Path]) -> Path:
    """Group the pictures by page and state, with a line for each language."""
    index = FOLDER / "index.html"
    with index.open("w") as page:
        page.write(HEAD)
        for name, of_one in groupby(sorted(pictures, key=name_of), name_of):
            page.write(f'<h2 id="{escape(name)}">{escape(name)}</h2>\n')
            for _language, line in groupby(sorted(of_one, key=order), lambda p: p.parent.name):
                page.write(f"<div>{''.join(map(shown, line))}</div>\n")
    return index


def order(picture: Path) -> tuple[str, str, int]:
    _name, width, scheme = picture.stem.rsplit("-", 2)
    return picture.parent.name, scheme, int(width)


def shown(picture: Path) -> str:
    path = escape(str(picture.relative_to(FOLDER)))
    return f'<a href="{path}"><img src="{path}" alt="{path}" title="{path}" loading="lazy"></a>'


def main() -> None:
    started = time.monotonic()
    if not any(choice in os.environ for choice in CHOICES):
        shutil.rmtree(FOLDER, ignore_errors=True)
    take_all()
    pictures = list(FOLDER.glob("*/*.png"))
    index = write_index(pictures)
    seconds = time.monotonic() - started
    print(f"{len(pictures)} pictures in {seconds:.0f} s: {index.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
