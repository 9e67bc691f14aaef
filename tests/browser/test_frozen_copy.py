"""A frozen copy as people open it: from disk, and from a folder of any server."""

from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.conf import settings
from playwright.sync_api import expect

from eim.editions.archive import folder_of
from eim.editions.freezing import freeze
from eim.editions.loading import load
from programme.loading import read
from tests import factories
from tests.browser import axe
from tests.browser.test_keyboard import DESK, PHONE, faults_of
from tests.editions import hand_on
from tests.editions.frozen_copies import Crawler

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def eleventh(transactional_db):
    load(read(settings.BASE_DIR / "data/eim-11.json"))


@pytest.fixture
def twelfth(meeting):
    """Plan a meeting to come: one can register, ask, and choose sessions."""
    room = factories.room()
    for hour, title in (("9:00", "Afectos"), ("11:30", "Ñandutí"), ("15:00", "Otra")):
        factories.session(title_es=title, room=room, starts_at=factories.moment(hour))


@pytest.fixture
def site(tmp_path):
    """Return the folder that holds the site of a copy, two below that of the server."""
    return lambda: freeze(tmp_path / "server/any where/copy").folder / "data/site"


@contextmanager
def served(folder):
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Say nothing: all requests are of the test."""


class Reader:
    """Opens pages of a copy, and notes what the browser complains of."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        self.complaints = []
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self.missed)

    def heard(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def missed(self, request):
        # The next page was asked for before all of this one had come.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def open(self, path):
        self.page.goto(f"{self.address}/{path}")


@pytest.fixture
def reader(new_context):
    def open_at(address):
        context = new_context()
        context.add_init_script(axe.SCRIPT)
        return Reader(context.new_page(), address)

    return open_at


@pytest.fixture(params=["disk", "server"])
def reading(request, reader, site):
    """Return a function that freezes the meeting and a reader of the copy at that place."""
    folder = site()
    if request.param == "disk":
        yield reader(folder.as_uri()), folder
        return
    with served(folder.parents[3]) as root:
        yield reader(f"{root}/any%20where/copy/data/site"), folder


def search_and_choose(reader, words, found):
    """Search in the programme, choose what is found, and see it in the agenda."""
    page = reader.page
    reader.open("es/programa/index.html")
    page.fill("form.find [name=q]", words)
    page.wait_for_function("document.querySelector('.nothing-found').hidden")
    shown = page.locator("main [data-find]:not([hidden]) .card-title")
    page.wait_for_function(
        "document.querySelectorAll('main [data-find]:not([hidden])').length == 1"
    )
    assert shown.all_inner_texts() == [found]
    code = page.locator("main [data-find]:not([hidden]) [data-code]").get_attribute("data-code")
    reader.open(f"es/mi-agenda/index.html#codes={code}")
    page.click("[data-offer] button")
    assert page.locator("[data-days] .card-title").all_inner_texts() == [found]
    page.click("[data-days] .card-title a")
    assert page.inner_text("h1") == found
    reader.open(f"es/mi-agenda/index.html#meeting=99&codes={code}")
    page.locator("[data-other]").wait_for()


def test_eleventh_meeting_opens_everywhere_without_a_complaint(eleventh, reading):
    reader, folder = reading

    assert Crawler(folder.parents[1], "/11/").broken == []
    for path in sorted(folder.rglob("*.html")):
        reader.open(path.relative_to(folder).as_posix())
        if reader.address.startswith("file:"):
            assert axe.broken_rules(reader.page, axe.RULES) == [], path
    search_and_choose(reader, "guapore", "Museo de Guaporé: diversidad cultural y memoria")
    assert reader.complaints == []


def test_meeting_to_come_opens_everywhere_without_a_complaint(twelfth, reading):
    reader, folder = reading

    assert Crawler(folder.parents[1], "/12/").broken == []
    for path in sorted(folder.rglob("*.html")):
        reader.open(path.relative_to(folder).as_posix())
        if reader.address.startswith("file:"):
            assert axe.broken_rules(reader.page, axe.RULES) == [], path
    search_and_choose(reader, "nanduti", "Ñandutí")
    reader.open("es/programa/index.html?q=afectos")
    assert reader.page.inner_text("form.find .found").startswith("1 ")
    assert reader.complaints == []


@pytest.fixture
def handed_on(eleventh, settings, tmp_path, time_machine):
    """Have the site be the 13th's, with the 11th under its number."""
    settings.DATA_DIR = tmp_path
    time_machine.move_to(hand_on.LATER, tick=True)
    freeze(folder_of(11))
    hand_on.turn_over()


def tab_to(page, control):
    """Go on to a control with the Tab key."""
    for _press in range(200):
        page.keyboard.press("Tab")
        if control.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {control}.")


def test_served_copy_is_walked_with_the_keyboard_alone(page_of_its_own, handed_on):
    page, faults = page_of_its_own, {}

    def look(name):
        for width in (DESK, PHONE):
            page.set_viewport_size({"width": width, "height": 800})
            if found := faults_of(page):
                faults[f"{name} at {width} px"] = found

    page.goto("/11/es/")
    look("home")
    page.goto("/11/es/programa/")
    tab_to(page, page.locator("form.find [name=q]"))
    page.keyboard.type("guapore")
    shown = page.locator("main [data-find]:not([hidden])")
    expect(shown).to_have_count(1)
    look("programme, filtered")
    tab_to(page, shown.locator("[data-star]"))
    page.keyboard.press("Enter")
    expect(shown.locator("[data-star]")).to_have_attribute("aria-pressed", "true")
    title = shown.locator(".card-title a")
    words = title.inner_text()
    page.reload()
    tab_to(page, page.locator(f".card-title a:text-is({words!r})"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(words)
    look("session")
    page.goto("/11/es/mi-agenda/")
    chosen = page.locator("[data-days] .card-title a")
    expect(chosen).to_have_text(words)
    look("agenda")
    tab_to(page, chosen)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(words)

    assert faults == {}
