"""Send requests as people with a browser do, each from their own network."""

import http.client
import re
import time
from datetime import timedelta
from urllib.parse import urlencode

from eim import clock
from eim.lib.form_age import started_now
from tests.registration.helpers import VALID
from tests.registration.site import PATIENCE

FORM = "/es/inscripcion/"
# A page with a CSRF token: the form has none.
LOST_LINK = "/es/inscripcion/buscar/"
MINUTE = timedelta(minutes=1)
NO_ANSWER = (OSError, http.client.HTTPException)


class Visitors:
    """Visitors share one CSRF cookie, which identifies nobody."""

    def __init__(self, port):
        self.port = port
        self.cookie, self.token = self.take_token()

    def take_token(self):
        _status, headers, text = self.wait_for_page()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text).group(1)
        return headers["Set-Cookie"].split(";")[0], token

    def wait_for_page(self):
        """Retry until the site, which may have just been started, answers."""
        for _attempt in range(PATIENCE * 20):
            try:
                return ask(self.port, "GET", LOST_LINK)
            except NO_ANSWER:
                time.sleep(0.05)
        raise TimeoutError("The site does not answer.")

    def get(self, number, path):
        return ask(self.port, "GET", path, None, self.headers_of(number))

    def post(self, number, path, **fields):
        form = urlencode({"csrfmiddlewaretoken": self.token} | fields, doseq=True)
        return ask(self.port, "POST", path, form, self.headers_of(number))

    def sign_up(self, number, **answers):
        started = started_now(clock.now() - MINUTE)
        facts = VALID | {"email": address_of(number), "started": started} | answers
        return self.post(number, FORM, **facts)

    def headers_of(self, number):
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            # In a block of their own: neighbours share limits.
            "X-Forwarded-For": f"{10 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.7",
        }


def address_of(number):
    return f"person{number}@museo.example"


def ask(port, method, path, body=None, headers=None, encoding="utf-8"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, {"Host": "localhost"} | (headers or {}))
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode(encoding)
    finally:
        connection.close()
