"""Save pictures, prints and the HTML of every page in every state, for `make screens`.

Not a test: people look at the pictures.
"""

import os
from pathlib import Path

import pytest

from tests.browser.states import SCENES, looks

FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "screens"
PRINTED = {"programme", "session", "own"}
SCHEMES = ["light", "dark"]


def asked(name, default):
    """Read a list from the environment: `ONLY=home,live`."""
    return [part for part in os.environ.get(name, default).split(",") if part]


ONLY = asked("ONLY", "")
LANGUAGES = asked("LANGUAGES", "es,pt,en")
WIDTHS = [int(width) for width in asked("WIDTHS", "360,768,1440")]


@pytest.fixture
def crowd():
    return ["--sessions", "60", "--people", "90", "--registrations", "300"]


def is_wanted(name):
    """Return whether ONLY names the state: `live` selects live-before, live-on and so on."""
    return not ONLY or any(f"{name}-".startswith(f"{only}-") for only in ONLY)


WANTED = {name: scene for name, scene in SCENES.items() if any(map(is_wanted, scene.states))}


@pytest.mark.parametrize(("scene", "language"), looks(WANTED, LANGUAGES), indirect=["language"])
def test_screens(visitor, scene):
    folder = FOLDER / visitor.language
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    visitor.page.on("response", lambda answer: is_page(answer) and pages.append(answer))
    scene.raise_for(visitor)
    for name, reach in scene.states.items():
        if is_wanted(name):
            reach(visitor)
            (folder / f"{name}.html").write_text(pages[-1].text())
            take_pictures(visitor.page, folder, name)


def is_page(answer):
    return answer.request.is_navigation_request() and not answer.frame.parent_frame


def take_pictures(page, folder, name):
    for scheme in SCHEMES * bool(WIDTHS):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(
                path=folder / f"{name}-{width}-{scheme}.png", full_page=True, animations="disabled"
            )
    if WIDTHS and name in PRINTED:
        page.pdf(path=folder / f"{name}.pdf", format="A4")
