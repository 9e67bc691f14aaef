"""Hours past midnight and over changes of clocks: more examples, and the pages that tell them."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.models import Meeting, Session, Stream
from tests import factories
from tests.programme.test_midnight import check_one_evening
from tests.programme.wall_clocks import evenings
from tests.reading import read, text, words

DAY = timedelta(days=1)


@settings(max_examples=2000, deadline=None)
@given(evenings())
def test_hours_of_any_zone_in_many_examples(evening):
    check_one_evening(evening)


@pytest.fixture
def session(meeting):
    room = factories.room(code="patio", name_en="Patio")
    factories.channel(stream=factories.stream(room=room))
    return factories.session(title_en="Night", slug="night", room=room)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(evening=evenings(), at=st.floats(-0.5, 1.5))
def test_pages_tell_the_hours_of_any_zone(client, session, time_machine, evening, at):
    clock, start, end = evening
    starts_at = clock.start(start)
    ends_at = starts_at and clock.end(start, end)
    if ends_at is None:
        return
    now = starts_at + (ends_at - starts_at) * at
    Meeting.objects.update(first_day=clock.day, last_day=clock.day, time_zone=clock.zone.key)
    Session.objects.update(day=clock.day, starts_at=starts_at, ends_at=ends_at)
    Stream.objects.update(day=clock.day)
    time_machine.move_to(now, tick=False)

    page = text(read(client, "/en/programme/night/"))
    live, home = read(client, "/en/live/"), read(client, "/en/")

    is_on = starts_at <= now < ends_at
    strip = words(home.xpath("//*[@class='moment-now']"))
    assert clock.read(page) == ([starts_at], [ends_at])
    assert (words(live.xpath("//main//h1")) == ["Night"]) == is_on
    assert (strip == ["Now"], "Live now" in page) == (is_on, is_on)
    assert ("The meeting took place in" in text(home)) == (now >= ends_at)
    assert live.xpath("//@data-state") == [client.get("/live/state.json").json()["state"]]
