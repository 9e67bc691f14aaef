"""The live page: what it shows before, during and after the meeting."""

from datetime import timedelta

import pytest

from programme.models import Channel, Session
from tests import factories
from tests.reading import headings, read, text, words

PROVIDERS = ("youtube", "vimeo", "google")


@pytest.fixture
def auditorium(meeting):
    return factories.room(code="auditorium", name_en="Auditorium", order=1)


@pytest.fixture
def stream(auditorium):
    return factories.stream(room=auditorium)


def loaded_from(page):
    """Return every address that the browser loads without a click."""
    return page.xpath(
        "//script/@src | //link[@rel!='canonical']/@href | //img/@src | //iframe/@src"
    )


# Moments


def test_live_before_the_meeting_says_when_it_begins(client, auditorium, stream):
    factories.channel(stream=stream)
    factories.session(title_en="Opening", room=auditorium)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["The stream has not begun"]
    assert words(page.xpath("//div[@class='return']/p")) == [
        "The stream begins on",
        "Wednesday 18 November",
        "10:00",
        "Asunción time",
        "78 days to go.",
    ]
    assert headings(page, 3) == ["Opening"]


def test_live_before_the_meeting_without_hours_says_so(client, meeting):
    page = read(client, "/en/live/")

    assert "Wednesday 18 November The time has not been announced yet." in text(page)


def test_live_shows_now_and_next_of_each_room(client, auditorium, stream, time_machine):
    factories.channel(stream=stream)
    factories.session(title_en="First", room=auditorium)
    factories.session(title_en="Second", room=auditorium, starts_at=factories.moment("11:30"))
    other = factories.room(name_en="Library", order=2)
    factories.channel(stream=factories.stream(room=other))
    factories.session(title_en="Elsewhere", room=other)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["First"]
    assert words(page.xpath("//*[@class='live-hours']")) == [
        "Auditorium · until 11:00, Asunción time"
    ]
    assert words(page.xpath("//h2[@id='rooms']")) == ["By room"]
    assert words(page.xpath("//li[contains(@class, 'room')]/h3")) == [
        "Auditorium Live",
        "Library Live",
    ]
    assert words(page.xpath("//li[contains(@class, 'room')]/dl/dd")) == [
        "Secondat 11:30",
        "Elsewhereuntil 11:00",
        "Spanish",
    ]


def test_live_between_sessions_says_when_the_next_one_starts(
    client, auditorium, stream, time_machine
):
    factories.channel(stream=stream)
    factories.session(room=auditorium)
    factories.session(title_en="Second", room=auditorium, starts_at=factories.moment("11:30"))
    time_machine.move_to(factories.moment("11:00"), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["Auditorium: no stream at this moment"]
    assert "The stream continues at 11:30 Asunción time Second" in text(page)
    assert page.xpath("//button[@data-embed]") == []


def test_live_after_the_days_last_session_says_so(client, auditorium, stream, time_machine):
    factories.channel(stream=stream)
    factories.session(room=auditorium)
    time_machine.move_to(factories.moment("20:00"), tick=False)

    assert headings(read(client, "/en/live/"), 1) == ["Today's sessions are over"]


def test_live_after_the_meeting_lists_the_recordings(client, meeting, time_machine):
    factories.session(title_en="Opening", recording_url="https://video.example/1")
    time_machine.move_to(factories.moment("9:00", day=4), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["The meeting is over"]
    assert words(page.xpath("//ul[@class='ruled-list']/li")) == ["Opening Wednesday 18 November"]


def test_live_after_the_meeting_without_recordings_says_so(client, meeting, time_machine):
    time_machine.move_to(factories.moment("9:00", day=4), tick=False)

    assert "There are no recordings here yet." in text(read(client, "/en/live/"))


def test_live_without_a_stream_says_so_and_names_what_is_on(client, auditorium, time_machine):
    factories.session(title_en="First", room=auditorium)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["There is no stream at this moment"]
    assert "No stream has been set up" in text(page)
    assert words(page.xpath("//li[@class='room']/h3")) == ["Auditorium Not streamed"]
    assert words(page.xpath("//dd/a")) == ["First"]


def test_live_on_a_day_without_known_hours_lists_its_sessions(client, meeting, time_machine):
    factories.session(title_en="Some time today", starts_at=None)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["Today's times are not known yet"]
    assert headings(page, 3) == ["Some time today"]


def test_live_with_hours_but_no_rooms_lists_the_sessions(client, meeting, time_machine):
    factories.session(title_en="First")
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["There is no stream at this moment"]
    assert headings(page, 3) == ["First"]


def test_live_on_a_day_without_sessions_says_so(client, meeting, time_machine):
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert headings(read(client, "/en/live/"), 1) == ["There is nothing in the programme today"]


def test_live_omits_drafts_and_cancelled_sessions(client, auditorium, time_machine):
    factories.session(room=auditorium, state=Session.State.DRAFT)
    factories.session(room=auditorium, state=Session.State.CANCELLED)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert headings(read(client, "/en/live/"), 1) == ["There is nothing in the programme today"]


# Rooms and channels


def test_live_shows_the_requested_room(client, auditorium, stream, time_machine):
    factories.channel(stream=stream)
    factories.session(title_en="Here", room=auditorium)
    other = factories.room(code="library", order=2)
    factories.channel(stream=factories.stream(room=other))
    factories.session(title_en="There", room=other)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert headings(read(client, "/en/live/"), 1) == ["Here"]
    assert headings(read(client, "/en/live/?room=library"), 1) == ["There"]
    assert headings(read(client, "/en/live/?room=nowhere"), 1) == ["Here"]


def test_live_prefers_a_room_that_is_live(client, auditorium, stream, time_machine):
    factories.channel(stream=stream)
    factories.session(title_en="Later", room=auditorium, starts_at=factories.moment("12:00"))
    other = factories.room(order=2)
    factories.channel(stream=factories.stream(room=other))
    factories.session(title_en="Now", room=other)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert headings(read(client, "/en/live/"), 1) == ["Now"]


def test_live_between_sessions_shows_the_room_that_starts_first(
    client, auditorium, stream, time_machine
):
    factories.channel(stream=stream)
    factories.session(room=auditorium, starts_at=factories.moment("12:00"))
    other = factories.room(name_en="Library", order=2)
    factories.channel(stream=factories.stream(room=other))
    factories.session(room=other, starts_at=factories.moment("11:30"))
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert headings(read(client, "/en/live/"), 1) == ["Library: no stream at this moment"]


@pytest.mark.parametrize(
    ("provider", "video_id", "embed", "watch", "sentence"),
    [
        (
            "youtube",
            "aqz-KE-bpKQ",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1",
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
            "It comes from YouTube. "
            "Your browser connects to Google only when you press the button.",
        ),
        (
            "vimeo",
            "123456789",
            "https://player.vimeo.com/video/123456789?dnt=1&autoplay=1",
            "https://vimeo.com/123456789",
            "It comes from Vimeo. Your browser connects to Vimeo only when you press the button.",
        ),
    ],
)
def test_player_names_its_provider_and_loads_nothing_before_a_click(
    client, auditorium, stream, time_machine, provider, video_id, embed, watch, sentence
):
    factories.channel(stream=stream, provider=provider, video_id=video_id)
    factories.session(slug="opening", room=auditorium)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    for path in ("/en/live/", "/en/programme/opening/"):
        page = read(client, path)

        (button,) = page.xpath("//button[@data-embed]")
        assert (button.get("data-embed"), button.get("hidden")) == (embed, "")
        assert page.xpath("//a[@data-watch]/@href") == [watch]
        assert sentence in text(page)
        assert [url for url in loaded_from(page) if any(name in url for name in PROVIDERS)] == []


def test_channel_that_cannot_be_embedded_is_a_link(client, auditorium, stream, time_machine):
    factories.channel(stream=stream, provider=Channel.Provider.LINK)
    factories.session(room=auditorium)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert page.xpath("//button[@data-embed]/@data-embed") == [""]
    assert words(page.xpath("//a[@data-watch]")) == ["Watch the stream on television.example"]


def test_channels_are_chosen_without_javascript(client, auditorium, stream, time_machine):
    factories.channel(stream=stream, language="es")
    other = factories.channel(stream=stream, language="pt", video_id="bbbbbbbbbbb")
    factories.session(room=auditorium)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, f"/en/live/?room=auditorium&channel={other.pk}")

    assert words(page.xpath("//form//legend")) == ["Picture and sound about 900 MB an hour"]
    assert words(page.xpath("//form//label")) == ["Español", "Português"]
    assert page.xpath("//form//input[@checked]/@value") == [str(other.pk)]
    assert "bbbbbbbbbbb" in page.xpath("string(//button/@data-embed)")


def test_unknown_channel_shows_the_first(client, auditorium, stream, time_machine):
    first = factories.channel(stream=stream, language="es")
    factories.channel(stream=stream, language="pt")
    factories.session(room=auditorium)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    for asked in ("0", "x", "-1", "'"):
        page = read(client, f"/en/live/?channel={asked}")
        assert page.xpath("//form//input[@checked]/@value") == [str(first.pk)]


def test_session_page_has_a_player_only_while_the_session_is_on(
    client, auditorium, stream, time_machine
):
    factories.channel(stream=stream)
    factories.session(slug="opening", room=auditorium)

    def has_player(moment):
        time_machine.move_to(moment, tick=False)
        return bool(read(client, "/en/programme/opening/").xpath("//button[@data-embed]"))

    assert [has_player(factories.moment(hour)) for hour in ("9:59", "10:00", "10:59", "11:00")] == [
        False,
        True,
        True,
        False,
    ]


def test_workshop_page_never_has_a_player(client, auditorium, stream, time_machine):
    factories.channel(stream=stream)
    factories.workshop(slug="clay", room=auditorium)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert read(client, "/en/programme/clay/").xpath("//button[@data-embed]") == []


def test_only_live_and_session_pages_may_embed_the_providers(client, meeting):
    factories.session(slug="opening")

    def frames(path):
        policy = client.get(path).headers["Content-Security-Policy"]
        return next(rule for rule in policy.split("; ") if rule.startswith("frame-src"))

    providers = "frame-src https://www.youtube-nocookie.com https://player.vimeo.com"
    assert frames("/en/live/") == providers
    assert frames("/en/programme/opening/") == providers
    assert frames("/en/programme/") == "frame-src 'none'"
    assert frames("/en/") == "frame-src 'none'"


def test_live_queries_do_not_grow(
    client, auditorium, stream, time_machine, django_assert_num_queries
):
    factories.channel(stream=stream)
    factories.part(session=factories.session(room=auditorium))
    time_machine.move_to(factories.moment("10:30"), tick=False)
    with django_assert_num_queries(11):
        read(client, "/en/live/")

    for hours in range(1, 6):
        room = factories.room()
        factories.channel(stream=factories.stream(room=room))
        starts_at = factories.moment("10:00") + timedelta(hours=hours)
        factories.part(session=factories.session(room=room, starts_at=starts_at))
    with django_assert_num_queries(11):
        read(client, "/en/live/")


# Posters side by side


def test_room_lists_what_is_streamed_from_it_at_once(client, auditorium, stream, time_machine):
    factories.channel(stream=stream)
    for title in ("Looms", "Kilns"):
        factories.session(title_en=title, kind="posters", room=auditorium, format="in_person")
    for title in ("Tour", "Round"):
        factories.session(title_en=title, kind="stand", room=auditorium)
    factories.session(title_en="Closing", room=auditorium, starts_at=factories.moment("11:00"))
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["Tour"]
    assert words(page.xpath("//li[contains(@class, 'room')]/dl/dd/a")) == ["Round", "Closing"]
    assert "In person, not streamed: Looms; Kilns." in text(page)
