"""Reports to Sentry hold types and places, and nothing about people."""

from eim.lib.logs.sentry import scrubbed

TOKEN = "WzEsMV0:" + "a" * 43


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
