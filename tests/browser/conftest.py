"""Tests in this folder drive a real Chromium against a real server of the site."""

import os
import re
import shutil

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.utils import translation

from eim import clock
from eim.environment import mailer
from eim.lib import static_files
from tests import factories
from tests.browser import axe, shared
from tests.browser.states import FIRST_OTHERS_IN_DRILL
from tests.browser.ways import Visitor

# Playwright runs its own event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PICTURES = re.compile(r"\.(svg|png|webp|jpe?g|gif)$")

# Without these Chromium looks for its maker's servers at each start.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": QUIET + as_root,
    }


@pytest.fixture(autouse=True)
def frozen_clock(time_machine):
    """Starts where it stands elsewhere, and runs: a form refuses what is sent at once."""
    time_machine.move_to(factories.NOW, tick=True)


@pytest.fixture(scope="session")
def base_url(live_server):
    """Let a test open `page.goto("/es/")`."""
    return live_server.url


@pytest.fixture(autouse=True)
def own_address(settings, live_server):
    settings.SITE_URL = live_server.url


@pytest.fixture(scope="session")
def collected_files(tmp_path_factory):
    """Collect style sheets and scripts as a server does: tests run what people get."""
    folder = tmp_path_factory.mktemp("static")
    files = {path: (at, path) for finder in finders.get_finders() for path, at in finder.list([])}
    scripts = [name for name in files if name.startswith("js/")]
    for name in ("css/site.css", "css/admin.css", *scripts):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(static_files.minified(name, files))
    return folder


@pytest.fixture(autouse=True)
def minified_static_files(settings, collected_files):
    settings.STATICFILES_DIRS = [collected_files, *settings.STATICFILES_DIRS]


@pytest.fixture(scope="session", autouse=True)
def cached_static_files():
    """Let the browser cache static files, as it does a server's hashed files."""
    serve = StaticFilesHandler.serve

    def serve_with_age(self, request):
        response = serve(self, request)
        response.headers["Cache-Control"] = "max-age=3600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_with_age)
        yield


# Opening a page takes Chromium as long as most tests: one is shared, and emptied after each test.


@pytest.fixture(scope="session")
def shared_page(browser, base_url):
    return shared.opened(browser, base_url)


@pytest.fixture(scope="session")
def shared_page_with_axe(browser, base_url):
    return shared.opened(browser, base_url, script=axe.SCRIPT)


@pytest.fixture
def page(shared_page, live_server, transactional_db):
    """Return the shared page, without cookies, storage, cache or routes of other tests."""
    yield shared_page
    shared.empty(shared_page, live_server.url)


@pytest.fixture
def page_with_axe(shared_page_with_axe, live_server, transactional_db):
    """Return the same, with the script of axe on each page that it opens."""
    yield shared_page_with_axe
    shared.empty(shared_page_with_axe, live_server.url)


@pytest.fixture
def context(page):
    return page.context


@pytest.fixture
def page_of_its_own(new_context):
    """Return a new page, for a test that adds a script to every load, or replaces the clock."""
    return new_context().new_page()


@pytest.fixture
def without_scripts(browser, base_url, transactional_db):
    """Return a page that runs no script and gets no picture."""
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    context.route(PICTURES, lambda route: route.abort())
    yield context.new_page()
    context.close()


@pytest.fixture
def meeting(transactional_db):
    return factories.meeting()


# Who looks at every page in every state


@pytest.fixture(params=FIRST_OTHERS_IN_DRILL)
def language(request):
    """Activate the language in which the visitor reads, also for sentences of the test."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def crowd():
    """Return the size of the sample meeting: small, for speed."""
    return ["--sessions", "24", "--people", "12", "--registrations", "20"]


@pytest.fixture
def visitor(page, language, crowd, time_machine, settings, sign_in, tmp_path, transactional_db):
    settings.ROOT_URLCONF = "tests.browser.urls"
    settings.MAILERS = {"default": mailer(f"file:{tmp_path}/mails")}
    # The back office has no language in its addresses.
    page.set_extra_http_headers({"Accept-Language": language})
    yield Visitor(page, language, crowd, time_machine, settings, sign_in)
    clock.offset.cache_clear()
