"""Drive Firefox by Marionette, the protocol that it speaks itself; Playwright drives only its own.

A message is its length, a colon and JSON: [0, number, command, parameters] and
[1, number, error, result]. The commands are those of WebDriver.
"""

import json
import socket
import subprocess
import time
from contextlib import closing, contextmanager

PATIENCE = 60
PATIENCE_FOR_FOCUS = 5
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PREFERENCES = {
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.update.enabled": False,
    "toolkit.telemetry.server": "",
}


class Firefox:
    """One window, in which a test opens pages, presses and types."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.stream = self.connection.makefile("rb")
        self.read()  # the greeting
        self.tell("WebDriver:NewSession", capabilities={"alwaysMatch": {}})

    def close(self):
        self.stream.close()
        self.connection.close()

    def read(self):
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1)
        return json.loads(self.stream.read(int(length[:-1])))

    def tell(self, command, **parameters):
        message = json.dumps([0, 1, command, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = self.read()
        if error:
            raise AssertionError(f"{command} {parameters}: {error['error']}, {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def open(self, url):
        self.tell("WebDriver:Navigate", url=url)

    def find(self, selector):
        found = self.tell("WebDriver:FindElement", using="css selector", value=selector)
        return found[ELEMENT]

    def press(self, selector):
        """Click; Firefox waits until the page that the click leads to has come."""
        self.tell("WebDriver:ElementClick", id=self.find(selector))

    def type(self, selector, text):
        self.tell("WebDriver:ElementSendKeys", id=self.find(selector), text=text)

    def resize(self, width, height):
        self.tell("WebDriver:SetWindowRect", width=width, height=height)

    def run(self, script):
        return self.tell("WebDriver:ExecuteScript", script=script, args=[])

    @property
    def focused(self):
        """Return the id and the text of the element with the focus, once it is on one."""
        until = time.monotonic() + PATIENCE_FOR_FOCUS
        while self.tag_of_focused == "body" and time.monotonic() < until:
            time.sleep(0.1)
        element = self.tell("WebDriver:GetActiveElement")[ELEMENT]
        text = self.tell("WebDriver:GetElementText", id=element)
        return self.tell("WebDriver:GetElementAttribute", id=element, name="id"), text

    @property
    def tag_of_focused(self):
        element = self.tell("WebDriver:GetActiveElement")[ELEMENT]
        return self.tell("WebDriver:GetElementTagName", id=element)

    @property
    def title(self):
        return self.tell("WebDriver:GetTitle")


@contextmanager
def running(program, profile, **preferences):
    """Start Firefox without a window and with a new profile, and end it afterwards."""
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in (PREFERENCES | preferences).items()
    ]
    (profile / "user.js").write_text("\n".join(lines))
    process = subprocess.Popen(
        [program, "--headless", "--no-remote", "--marionette", "--profile", str(profile)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with closing(Firefox(port_of(profile, process))) as window:
            yield window
    finally:
        process.terminate()
        process.wait(PATIENCE)


def port_of(profile, process):
    """Return the port that Firefox has chosen and writes into its profile."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        file = profile / "MarionetteActivePort"
        if file.exists() and (port := file.read_text().strip()):
            return int(port)
        time.sleep(0.1)
    raise AssertionError("Firefox does not answer.")
