import json
from pathlib import Path

import pytest

from programme.models import (
    Edition,
    Meeting,
    Organisation,
    Page,
    Part,
    Person,
    Presentation,
    Room,
    Session,
    Theme,
)
from registration.models import Quota
from tests.programme.loading_files import load_path

pytestmark = pytest.mark.django_db

ELEVENTH = Path(__file__).parents[2] / "data" / "eim-11.json"


def version():
    return Meeting.objects.get().version


def test_second_load_of_the_eleventh_meeting_changes_nothing(db):
    load_path(ELEVENTH)
    before = version()

    said = load_path(ELEVENTH)

    assert said == "Nothing has changed.\n"
    assert version() == before == 2
    counts = [
        m.objects.count() for m in (Theme, Room, Session, Presentation, Person, Page, Edition)
    ]
    assert counts == [3, 0, 11, 3, 2, 2, 12]


def test_eleventh_meeting_leaves_unknown_facts_empty():
    load_path(ELEVENTH)

    meeting = Meeting.objects.get()
    assert (meeting.latitude, meeting.longitude) == (None, None)
    assert (meeting.contact_email, meeting.registration_opens_at) == ("", None)
    assert Session.objects.with_hours().count() == 0
    assert Quota.objects.count() == 0
    roles = Part.objects.order_by("person__name").values_list("person__name", "role")
    assert list(roles) == [("Lisandra Roman", "presents"), ("Margarita Ginocchio", "speaks")]
    assert set(Organisation.objects.values_list("role", flat=True)) == {"organises", "hosts"}


def test_eleventh_meeting_is_complete_in_three_languages_but_for_themes_of_other_editions():
    def texts(found, path):
        if isinstance(found, dict) and set(found) & {"es", "pt", "en"}:
            yield path, {code for code, words in found.items() if words}
        elif isinstance(found, dict | list):
            pairs = found.items() if isinstance(found, dict) else enumerate(found)
            for key, value in pairs:
                yield from texts(value, f"{path}/{key}")

    contents = json.loads(ELEVENTH.read_text(encoding="utf-8"))
    for edition in contents["editions"]:
        edition.pop("theme_line", None)
    found = dict(texts(contents, ""))

    assert len(found) > 40
    assert [path for path, codes in found.items() if codes != {"es", "pt", "en"}] == []


def test_eleventh_meeting_has_a_source_for_every_object():
    found = json.loads(ELEVENTH.read_text(encoding="utf-8"))
    rows = [found["meeting"]] + [
        row for key, rows in found.items() if key not in ("meeting", "note") for row in rows
    ]
    shown = [one for row in found["sessions"] for one in row.get("presentations", [])]

    bare = [
        row
        for row in rows + shown
        if not row.get("certainty") or not (row.get("source") or row.get("sources"))
    ]
    assert bare == []
