"""Schedules as large and as odd as real ones load at once, or are refused with every fault."""

import json
from io import StringIO
from time import monotonic

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from programme.models import Session
from tests.drill import schedules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english")]

# How many sessions there are, and how long they last.
SHAPES = [
    (schedules.developers, 883, {25}),
    (schedules.hackers, 895, {25, 45}),
    (schedules.symposium, 20, {55}),
]
# On two slow cores that are busy with other tests.
SECONDS = 90


@pytest.fixture
def load(tmp_path):
    def loaded(content):
        path = tmp_path / "meeting.json"
        path.write_text(json.dumps(content))
        out, start = StringIO(), monotonic()
        call_command("load_meeting", path, stdout=out)
        assert monotonic() - start < SECONDS
        return out.getvalue()

    return loaded


@pytest.mark.parametrize(("shape", "count", "minutes"), SHAPES)
def test_schedule_loads_and_a_second_time_changes_nothing(load, client, shape, count, minutes):
    assert f"sessions {count}" in load(shape())
    assert load(shape()).strip() == "Nothing has changed."
    sessions = Session.objects.all()
    assert {(s.ends_at - s.starts_at).total_seconds() / 60 for s in sessions} == minutes
    assert not any("\r" in f"{s.abstract_en}{s.title_en}" for s in sessions)

    page = client.get(reverse("programme:session-list"))
    assert page.status_code == 200
    for feed in ("/programme.ics", "/schedule.xml", "/schedule.json"):
        assert client.get(feed).status_code == 200


def test_faults_of_a_large_file_are_told_at_once_and_nothing_is_written(load):
    file = schedules.hackers()
    paths = schedules.spoil(file)

    with pytest.raises(CommandError) as refusal:
        load(file)

    told = {line.strip().split(": ")[0] for line in str(refusal.value).split("\n")[1:]}
    assert told == paths
    assert Session.objects.count() == 0
