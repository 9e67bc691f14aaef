import re

import pytest

from programme.models import Channel
from tests import factories

EMBED = "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1"


@pytest.fixture
def elsewhere(page):
    """Collect the addresses of others that the browser asks for; none of them is reached."""
    asked = []

    def refuse(route):
        asked.append(route.request.url)
        route.abort()

    page.route(re.compile(r"^https://"), refuse)
    return asked


@pytest.fixture
def on_air(meeting, time_machine):
    time_machine.move_to(factories.moment("10:30"), tick=True)
    room = factories.room(name_en="Auditorium")
    factories.session(title_en="Opening", slug="opening", room=room)
    stream = factories.stream(room=room)
    factories.channel(stream=stream, language="es")
    factories.channel(stream=stream, language="pt", video_id="bbbbbbbbbbb")
    factories.channel(stream=stream, kind="audio", provider=Channel.Provider.LINK)


@pytest.mark.parametrize("path", ["/en/live/", "/en/programme/opening/"])
def test_player_reaches_its_provider_only_after_the_button(page, elsewhere, on_air, path):
    page.goto(path)
    before = list(elsewhere)

    page.get_by_role("button", name="Watch the stream").click()

    frame = page.locator("#player iframe")
    assert before == []
    assert elsewhere == [EMBED]
    assert {name: frame.get_attribute(name) for name in ("src", "title", "referrerpolicy")} == {
        "src": EMBED,
        "title": "Opening",
        "referrerpolicy": "strict-origin-when-cross-origin",
    }


def test_channel_is_changed_before_and_after_the_button(page, elsewhere, on_air):
    page.goto("/en/live/")
    page.get_by_label("Português").check()
    page.get_by_role("button", name="Watch the stream").click()
    with page.expect_request(re.compile("embed/aqz-KE-bpKQ")):
        page.get_by_label("Español").first.check()

    assert [re.search(r"embed/([\w-]+)", url)[1] for url in elsewhere] == [
        "bbbbbbbbbbb",
        "aqz-KE-bpKQ",
    ]


def test_channel_on_another_page_is_a_link_and_no_player(page, elsewhere, on_air):
    page.goto("/en/live/")
    page.get_by_role("group", name="Sound only").get_by_label("Español").check()

    assert page.get_by_role("button", name="Watch the stream").count() == 0
    link = page.get_by_role("link", name="Listen to the stream on television.example")
    assert link.get_attribute("href") == "https://television.example/en-vivo"


def test_stream_is_reached_without_javascript(browser, base_url, on_air):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()

    page.goto("/en/live/")
    page.get_by_label("Português").check()
    page.get_by_role("button", name="Change the channel").click()

    link = page.get_by_role("link", name="Watch the stream on YouTube")
    assert link.get_attribute("href") == "https://www.youtube.com/watch?v=bbbbbbbbbbb"
    assert page.get_by_role("button", name="Watch the stream").count() == 0
    context.close()
