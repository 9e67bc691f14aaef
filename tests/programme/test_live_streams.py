"""Spare channels, recordings, and how the sessions of other rooms can be followed."""

import pytest

from programme import actions
from programme.models import Channel, Session, Stream
from tests import factories
from tests.reading import headings, read, text, words

RECORDING = "https://youtu.be/aqz-KE-bpKQ"


@pytest.fixture
def on_air(meeting, time_machine):
    room = factories.room(code="auditorium", name_en="Auditorium", order=1)
    factories.session(title_en="First", slug="first", room=room)
    stream = factories.stream(room=room)
    factories.channel(stream=stream)
    factories.channel(stream=stream, kind="audio", provider=Channel.Provider.LINK)
    time_machine.move_to(factories.moment("10:30"), tick=False)
    return stream


def embedded(client, path):
    return read(client, path).xpath("//button[@data-embed]/@data-embed")


def test_spare_channels_are_shown_only_after_the_switch(client, on_air):
    factories.channel(stream=on_air, video_id="sssssssssss", is_spare=True)
    usual = "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1"
    spare = "https://www.youtube-nocookie.com/embed/sssssssssss?autoplay=1"

    for path in ("/en/live/", "/en/programme/first/"):
        found = [embedded(client, path)]
        actions.switch_stream(on_air, to_spare=True)
        found.append(embedded(client, path))
        actions.switch_stream(on_air, to_spare=False)
        found.append(embedded(client, path))
        assert found == [[usual], [spare], [usual]]


def test_captions_are_shown_beside_the_picture_and_are_no_choice_instead_of_it(client, on_air):
    factories.channel(stream=on_air, kind="captions", video_id="ccccccccccc")
    text = factories.channel(
        stream=on_air, kind="captions", language="pt", provider=Channel.Provider.LINK
    )

    for path in ("/en/live/", f"/en/live/?channel={text.pk}", "/en/programme/first/"):
        page = read(client, path)
        ways = page.xpath("//input[@name='channel']/@data-way")
        links = page.xpath("//*[@data-captions]//a[@target='_blank' and @rel='noopener']")
        assert ways == ["video-es", "audio-es"]
        assert page.xpath("//input[@name='channel' and @checked]/@data-way") == ["video-es"]
        assert words(links) == [
            "Captions in Spanish, on YouTube (in another window)",
            "Captions in Portuguese, on television.example (in another window)",
        ]


def test_captions_without_a_picture_are_the_stream(client, on_air):
    Channel.objects.all().delete()
    factories.channel(stream=on_air, kind="captions", video_id="ccccccccccc")

    assert embedded(client, "/en/live/") == [
        "https://www.youtube-nocookie.com/embed/ccccccccccc?autoplay=1"
    ]


FACTS = ["Spanish; interpreted into Portuguese", "Paraguayan Sign Language"]


def test_live_says_in_which_languages_each_session_can_be_followed(client, on_air):
    shown = {"language": "es", "interpretation_languages": ["pt"], "sign_languages": ["pys"]}
    for order, facts in enumerate([shown, {"language": ""}], start=2):
        room = factories.room(order=order)
        factories.channel(stream=factories.stream(room=room))
        factories.session(room=room, **facts)
    Session.objects.filter(slug="first").update(**shown)
    page = read(client, "/en/live/")

    def facts(place):
        return words(page.xpath(f"{place}//ul[@class='facts']/li"))

    assert facts("//*[@data-part='ask']") == FACTS
    rooms = [facts(f"//li[contains(@class, 'room')][{number}]") for number in (1, 2, 3)]
    assert rooms == [[], FACTS, []]


def test_live_says_that_the_stream_continues_on_spare_channels(client, on_air):
    factories.channel(stream=on_air, is_spare=True)
    before = text(read(client, "/en/live/"))

    actions.switch_stream(on_air, to_spare=True)

    sentence = "The stream continues on other channels."
    assert (sentence in before, sentence in text(read(client, "/en/live/"))) == (False, True)


def test_stream_without_spare_channels_is_not_switched(on_air, in_english):
    with pytest.raises(actions.NoSpare, match="has no spare channel: add one first"):
        actions.switch_stream(on_air, to_spare=True)

    assert not Stream.objects.get().uses_spare


def test_stream_whose_spare_channels_were_deleted_shows_the_usual_ones(client, on_air):
    factories.channel(stream=on_air, video_id="sssssssssss", is_spare=True)
    actions.switch_stream(on_air, to_spare=True)
    Channel.objects.filter(is_spare=True).delete()

    assert "aqz-KE-bpKQ" in embedded(client, "/en/live/")[0]


def test_channels_say_how_many_megabytes_an_hour_they_need(client, on_air):
    page = read(client, "/en/live/")

    assert words(page.xpath("//form//legend")) == [
        "Picture and sound about 900 MB an hour",
        "Sound only about 60 MB an hour",
    ]


def test_channels_with_a_picture_come_before_the_sound(client, on_air):
    factories.channel(stream=on_air, kind="sign", language="pys", video_id="sssssssssss")

    page = read(client, "/en/live/")

    assert page.xpath("//input[@name='channel']/@data-way") == ["video-es", "sign-pys", "audio-es"]


# Recordings


def test_recording_is_played_on_its_session_page_after_a_click(client, meeting, time_machine):
    factories.session(
        slug="first",
        recording_url=RECORDING,
        recording_captions=["es", "pt"],
        transcript_url="https://museos.example/texto",
    )
    time_machine.move_to(factories.moment("12:00"), tick=False)

    page = read(client, "/en/programme/first/")

    assert words(page.xpath("//button[@data-embed]")) == ["Watch the recording"]
    assert page.xpath("//a[@data-watch]/@href") == ["https://www.youtube.com/watch?v=aqz-KE-bpKQ"]
    assert "Captions in Spanish and Portuguese" in text(page)
    assert page.xpath("//a[starts-with(., 'Transcript')]/@href") == ["https://museos.example/texto"]


def test_recording_that_cannot_be_embedded_is_a_link(client, meeting):
    factories.session(slug="first", recording_url="https://video.example/1")

    page = read(client, "/en/programme/first/")

    assert page.xpath("//button[@data-embed]/@data-embed") == [""]
    assert words(page.xpath("//a[@data-watch]")) == ["Watch the recording on video.example"]


def test_session_page_shows_the_stream_rather_than_a_recording(client, on_air):
    on_air.room.sessions.update(recording_url=RECORDING)

    assert words(read(client, "/en/programme/first/").xpath("//button[@data-embed]")) == [
        "Watch the stream"
    ]


@pytest.mark.parametrize(
    ("hour", "day", "offered"),
    [("10:30", 2, ["Watch the stream"]), ("18:00", 2, ["Watch the recording"])],
)
def test_live_offers_the_newest_recording_when_the_day_is_over(
    client, on_air, time_machine, hour, day, offered
):
    factories.session(title_en="Old", recording_url="https://youtu.be/bbbbbbbbbbb")
    later = factories.moment("10:00", day=2)
    factories.channel(stream=factories.stream(room=on_air.room, day=later.date()))
    factories.session(title_en="New", room=on_air.room, starts_at=later, recording_url=RECORDING)
    time_machine.move_to(factories.moment(hour, day=day), tick=False)

    page = read(client, "/en/live/")

    assert words(page.xpath("//button[@data-embed]")) == offered
    assert "aqz-KE-bpKQ" in page.xpath("string(//button/@data-embed)")
    assert words(page.xpath("//details//li")) == ["Old", "New"]


def test_live_after_the_meeting_offers_the_newest_recording(client, meeting, time_machine):
    factories.session(title_en="Opening", recording_url=RECORDING)
    time_machine.move_to(factories.moment("9:00", day=4), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["The meeting is over"]
    assert words(page.xpath("//button[@data-embed]")) == ["Watch the recording"]
