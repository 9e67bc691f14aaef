"""The document that live pages poll: small, the same for all, with a hash of what they show."""

from datetime import timedelta

import pytest

from programme import actions
from programme.models import Session
from tests import factories
from tests.reading import read

PATH = "/live/state.json"


@pytest.fixture
def stream(meeting, time_machine):
    stream = factories.stream()
    factories.channel(stream=stream)
    factories.channel(stream=stream, is_spare=True)
    factories.session(room=stream.room)
    time_machine.move_to(factories.moment("9:30"), tick=False)
    return stream


def state(client):
    return client.get(PATH).json()["state"]


def test_state_is_small_and_may_be_cached_by_shared_caches(client, stream):
    response = client.get(PATH)

    assert sorted(response.json()) == ["ahead", "seconds", "state"]
    assert len(response.content) < 100
    headers = {name: response.headers.get(name) for name in ("Cache-Control", "Vary", "Set-Cookie")}
    assert headers == {
        "Cache-Control": "public, max-age=1",
        "Vary": "Accept-Encoding",
        "Set-Cookie": None,
    }


def test_state_hash_is_that_of_the_page_in_every_language(client, stream, time_machine):
    for hour in ("9:30", "10:30", "12:00"):
        time_machine.move_to(factories.moment(hour), tick=False)
        pages = [read(client, path) for path in ("/es/en-vivo/", "/en/live/?room=x&state=y")]
        found = {page.xpath("string(//@data-state)") for page in pages}
        spoken = {client.get(PATH, headers={"Accept-Language": c}).json()["state"] for c in "ep"}
        assert found == spoken == {state(client)}


def test_unchanged_state_is_304(client, stream):
    etag = client.get(PATH).headers["ETag"]

    again = client.get(PATH, headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


def test_state_hash_changes_when_a_session_begins_and_ends(client, stream, time_machine):
    hours = ("9:30", "9:59", "10:00", "10:59", "11:00", "11:30")
    found = []
    for hour in hours:
        time_machine.move_to(factories.moment(hour), tick=False)
        found.append(state(client))

    before, on, after = found[::2]
    assert found == [before, before, on, on, after, after]
    assert len({before, on, after}) == 3


CHANGES = {
    "late": lambda stream: actions.say_late(Session.objects.get(), 5),
    "spare": lambda stream: actions.switch_stream(stream, to_spare=True),
    "title": lambda stream: Session.objects.update(title_pt="Outro"),
    "cancelled": lambda stream: Session.objects.update(state="cancelled"),
    "another room": lambda stream: Session.objects.update(room=factories.room()),
    "recording": lambda stream: Session.objects.update(recording_url="https://video.example"),
    "channel": lambda stream: stream.channels.update(video_id="bbbbbbbbbbb"),
    "questions": lambda stream: Session.objects.update(takes_questions=False),
    "sign language": lambda stream: Session.objects.update(sign_languages=["pys"]),
    "captions": lambda stream: Session.objects.update(caption_languages=["pt"]),
    "new session": lambda stream: factories.session(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_state_hash_changes_with_what_the_page_shows(client, stream, change):
    before = state(client)

    CHANGES[change](stream)

    assert state(client) != before


def test_state_hash_changes_once_a_session_of_another_day_is_the_first_to_be_streamed(
    client, stream
):
    Session.objects.update(format="in_person")
    last = factories.session(day=factories.LAST_DAY, format="in_person")
    before = state(client)

    Session.objects.filter(pk=last.pk).update(format="hybrid")
    actions.bump_version()

    assert state(client) != before


def test_state_hash_is_the_same_while_the_page_is(client, stream):
    before = state(client)

    actions.bump_version()
    factories.session(state=Session.State.DRAFT)
    factories.session(day=factories.LAST_DAY)

    assert state(client) == before


def test_pages_poll_often_by_day_and_seldom_at_night(client, stream, time_machine):
    found = []
    for hour in ("9:14", "9:15", "11:45", "11:46"):
        time_machine.move_to(factories.moment(hour), tick=False)
        found.append(client.get(PATH).json()["seconds"])

    assert found == [60, 8, 8, 60]


def test_page_has_the_interval_until_its_first_poll(client, stream):
    page = read(client, "/es/en-vivo/")

    assert page.xpath("string(//@data-seconds)") == str(client.get(PATH).json()["seconds"])


def test_state_tells_how_far_a_rehearsal_is_ahead(client, stream, settings, time_machine):
    settings.CLOCK = (factories.moment("9:30") + timedelta(hours=2)).isoformat()

    assert client.get(PATH).json()["ahead"] == 7200


def test_state_queries_do_not_grow(client, stream, django_assert_num_queries):
    with django_assert_num_queries(5):
        client.get(PATH)

    for hours in range(1, 12):
        other = factories.stream()
        factories.channel(stream=other)
        starts_at = factories.moment("10:00") + timedelta(hours=hours)
        factories.session(room=other.room, starts_at=starts_at)
    with django_assert_num_queries(5):
        client.get(PATH)


def test_state_without_a_meeting_is_404(client, db):
    assert client.get(PATH).status_code == 404
