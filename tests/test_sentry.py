"""Reports to Sentry hold types and places, and nothing about people."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest

from eim.lib.logs.request_ids import request_id
from eim.lib.logs.sentry import scrubbed

TOKEN = "WzEsMV0:" + "a" * 43


def test_event_names_its_request():
    before = request_id.set("f8d3df622ce9a423")

    event = scrubbed({"level": "error", "tags": {"typed": "Rosa"}}, {})
    request_id.reset(before)

    assert event == {"level": "error", "tags": {"request_id": "f8d3df622ce9a423"}}


def test_event_is_sent_without_what_is_about_people():
    frame = {"function": "confirm", "lineno": 12, "context_line": "mail(to)"}
    event = {
        "level": "error",
        "transaction": f"/es/inscripcion/mia/{TOKEN}/",
        "user": {"id": 1, "ip_address": "192.0.2.1"},
        "extra": {"sys.argv": ["rosa@museo.example"]},
        "breadcrumbs": {"values": [{"message": "rosa@museo.example"}]},
        "request": {
            "method": "POST",
            "url": f"https://museums.example/es/inscripcion/mia/{TOKEN}/",
            "query_string": "q=rosa",
            "data": {"full_name": "Rosa"},
            "cookies": {"sessionid": "x"},
            "headers": {"Cookie": "x"},
            "env": {"REMOTE_ADDR": "192.0.2.1"},
        },
        "logentry": {
            "message": "No mail to %s",
            "params": ["Rosa"],
            "formatted": "No mail to a@b.c",
        },
        "exception": {
            "values": [
                {
                    "type": "IntegrityError",
                    "value": "Key (email)=(rosa@museo.example) already exists",
                    "stacktrace": {"frames": [frame]},
                }
            ]
        },
    }

    assert scrubbed(event, {}) == {
        "level": "error",
        "transaction": "/es/inscripcion/mia/…/",
        "request": {"method": "POST", "url": "https://museums.example/es/inscripcion/mia/…/"},
        "logentry": {"message": "No mail to …"},
        "exception": {
            "values": [{"type": "IntegrityError", "value": "", "stacktrace": {"frames": [frame]}}]
        },
    }


def test_event_of_a_process_without_request_is_sent_as_it_is():
    event = {"level": "error", "logentry": {"message": "Housekeeping failed: lapses"}}

    assert scrubbed(dict(event), {}) == event


UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}


class Sentry(BaseHTTPRequestHandler):
    """A server that takes reports as Sentry's does."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpacked = UNPACK[self.headers.get("Content-Encoding")](body)
        self.server.bodies.append(unpacked.decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def sentry():
    with HTTPServer(("127.0.0.1", 0), Sentry) as server:
        server.bodies = []
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


FAULT = """
import django, logging, sys
django.setup()
address = sys.argv[1]
try:
    raise ValueError(address)
except ValueError:
    logging.getLogger("registration").exception("No mail to %s", address)
"""


@pytest.mark.drill
def test_error_of_a_process_arrives_without_what_is_about_people(sentry, tmp_path):
    site = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "eim.settings",
        "DEBUG": "1",
        "DATA_DIR": str(tmp_path),
        "SENTRY_DSN": f"http://key@127.0.0.1:{sentry.server_address[1]}/1",
    }

    code = [sys.executable, "-c", FAULT, "rosa@museo.example"]
    subprocess.run(code, env=site, check=True, capture_output=True)

    [report] = sentry.bodies
    assert '"type":"ValueError"' in report.replace(": ", ":")
    assert "No mail to …" in json.loads(report.splitlines()[-1])["logentry"]["message"]
    assert "rosa" not in report.lower()
