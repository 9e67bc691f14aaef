"""A small meeting file, and fixtures that load it with `load_meeting`."""

import json
from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

HEAD = "The file was refused and nothing was changed. It has {}:"

SMALL = {
    "meeting": {
        "number": 12,
        "short_name": "EIM 12",
        "name": {"es": "Encuentro", "pt": "Encontro", "en": "Meeting"},
        "theme_line": {"es": "Museos que cuidan"},
        "first_day": "2026-11-18",
        "last_day": "2026-11-20",
        "time_zone": "America/Asuncion",
        "city": {"es": "Asunción"},
        "country": "PY",
        "venue_name": "Museo del Barro",
        "venue_address": "Grabadores del Cabichuí 2716",
        "about": {"es": ["Primera línea.", "", "Segunda."]},
        "registration_opens_at": "2026-08-01 09:00",
    },
    "organisations": [{"name": "Red de Museos", "role": "organises"}],
    "themes": [{"code": "cuidar", "name": {"es": "Cuidar"}, "motif": "bird", "colour": "clay"}],
    "rooms": [
        {"code": "patio", "name": {"es": "Patio"}, "capacity": 80},
        {"code": "capilla", "name": {"es": "Capilla"}},
    ],
    "people": [
        {"slug": "ana", "name": "Ana Benítez", "country": "PY", "links": ["https://ana.example"]},
        {"slug": "rui", "name": "Rui Sá", "country": "PT"},
    ],
    "sessions": [
        {
            "code": "A",
            "slug": "barro",
            "title": {"es": "El barro", "pt": "O barro"},
            "kind": "lecture",
            "format": "hybrid",
            "state": "published",
            "theme": "cuidar",
            "day": "2026-11-18",
            "starts": "09:30",
            "ends": "11:00",
            "room": "patio",
            "interpretation_languages": ["pt", "gn"],
            "parts": [{"person": "ana", "role": "speaks"}],
            "presentations": [
                {"title": {"es": "Hornos"}, "parts": [{"person": "rui", "role": "presents"}]},
                {"title": {"es": "Vasijas"}, "country": "PY"},
            ],
        },
        {
            "code": "T",
            "slug": "taller",
            "title": {"es": "Modelar"},
            "kind": "workshop",
            "format": "in_person",
            "state": "published",
            "day": "2026-11-18",
            "starts": "09:30",
            "ends": "11:00",
            "room": "capilla",
            "seats": 20,
        },
    ],
    "streams": [
        {
            "room": "patio",
            "day": "2026-11-18",
            "channels": [
                {
                    "kind": "video",
                    "language": "es",
                    "provider": "youtube",
                    "video_id": "ejemplo-001",
                },
                {"kind": "sign", "language": "pys", "provider": "vimeo", "video_id": "000001"},
            ],
        }
    ],
    "pages": [{"slug": "viaje", "title": {"es": "Viaje"}, "text": {"es": "En barco."}}],
    "documents": [{"url": "https://museos.example/d", "title": {"es": "Acta"}, "language": "es"}],
    "places": {"in_person": 100},
    "services": [{"code": "bus", "name": {"es": "Autobús"}, "size": 40}],
}


@pytest.fixture
def small():
    return deepcopy(SMALL)


@pytest.fixture
def load(tmp_path):
    """Return a function that loads an object or bytes, and returns the command's output."""

    def loaded(content, **options):
        path = tmp_path / "meeting.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return load_path(path, **options)

    return loaded


def load_path(path, *, language="en"):
    out = StringIO()
    with translation.override(language):
        call_command("load_meeting", path, stdout=out)
    return out.getvalue()


@pytest.fixture
def refused(load):
    """Return a function that loads a file, expects a refusal, and returns its faults."""

    def faults_of(content):
        with pytest.raises(CommandError) as refusal:
            load(content)
        head, *faults = str(refusal.value).split("\n")
        assert head == HEAD.format("1 error" if len(faults) == 1 else f"{len(faults)} errors")
        return [fault.strip() for fault in faults]

    return faults_of
