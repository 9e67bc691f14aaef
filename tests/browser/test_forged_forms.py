"""The form of registration is sent by other sites, and twice: Chromium says where it comes from."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from registration.models import Registration
from tests.browser.ways import form_of
from tests.registration.helpers import VALID

pytestmark = pytest.mark.usefixtures("meeting")


@pytest.fixture
def address(live_server, in_english):
    return live_server.url + reverse("registration:sign-up")


@pytest.fixture
def other_site(address):
    """Serve a page with the form on a port of its own; `/sandbox/` has no origin."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if self.path == "/sandbox/":
                self.send_header("Content-Security-Policy", "sandbox allow-forms")
            self.end_headers()
            self.wfile.write(form_of(address, VALID).encode())

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(params=["another port", "another host", "sandbox", "file"])
def forged(request, other_site, address, tmp_path):
    """Return the address of a page with the form that is not ours."""
    file = tmp_path / "form.html"
    file.write_text(f'<meta charset="utf-8">{form_of(address, VALID)}')
    return {
        "another port": f"http://localhost:{other_site}/",
        "another host": f"http://127.0.0.1:{other_site}/",
        "sandbox": f"http://localhost:{other_site}/sandbox/",
        "file": file.as_uri(),
    }[request.param]


def test_forged_form_registers_nobody_until_the_person_sends_it(page, forged, time_machine):
    page.goto(forged)
    page.get_by_role("button").click()
    expect(page.locator("#error-summary")).to_be_focused()

    assert "did not come from our own page" in page.locator("#error-summary").inner_text()
    assert page.locator("[name=full_name]").input_value() == VALID["full_name"]
    assert (Registration.objects.count(), page.context.cookies()) == (0, [])
    time_machine.shift(20)
    page.get_by_role("button", name="Register me").click()
    page.get_by_role("heading", name="Check your e-mail").wait_for()
    assert Registration.objects.get().email == VALID["email"]


def test_form_that_is_pressed_again_while_it_is_under_way_is_sent_once(page_of_its_own, address):
    page = page_of_its_own
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(address)
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.evaluate(
        """() => {
            const button = document.querySelector(".send .button");
            for (const wait of [0, 300, 600]) setTimeout(() => button.click(), wait);
        }"""
    )
    page.locator("#error-summary").wait_for()

    assert sent.count("POST") == 1


@pytest.mark.parametrize("kind_of_page", ["page", "without_scripts"])
def test_form_of_the_site_needs_no_cookie_to_be_sent(request, kind_of_page, address, time_machine):
    page = request.getfixturevalue(kind_of_page)
    page.goto(address)
    assert page.context.cookies() == []
    page.get_by_role("button", name="Register me").click()
    page.locator("#error-summary").wait_for()

    assert page.context.cookies() == []
    assert "our own page" not in page.locator("#error-summary").inner_text()
