"""Tests in this folder drive a real Chromium against a real server of the site."""

import os
import shutil

import pytest

from tests import factories

# Playwright runs its own event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

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
    """So that a test opens `page.goto("/es/")`."""
    return live_server.url


@pytest.fixture(autouse=True)
def own_address(settings, live_server):
    settings.SITE_URL = live_server.url


@pytest.fixture
def meeting(transactional_db):
    return factories.meeting()
