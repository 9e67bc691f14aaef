"""Addresses of recordings are videos that the site can play, or plain links."""

import pytest

from eim.lib.videos import video_at

YOUTUBE = "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1"
VIMEO = "https://player.vimeo.com/video/123456789?dnt=1&autoplay=1"


@pytest.mark.parametrize(
    ("url", "embed"),
    [
        ("https://www.youtube.com/watch?v=aqz-KE-bpKQ", YOUTUBE),
        ("https://youtube.com/watch?list=PL1&v=aqz-KE-bpKQ&t=90", YOUTUBE),
        ("http://m.youtube.com/watch?v=aqz-KE-bpKQ", YOUTUBE),
        ("https://youtu.be/aqz-KE-bpKQ?si=abc", YOUTUBE),
        ("https://www.youtube.com/live/aqz-KE-bpKQ?feature=share", YOUTUBE),
        ("https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ", YOUTUBE),
        ("https://vimeo.com/123456789", VIMEO),
        ("https://vimeo.com/123456789?share=copy", VIMEO),
        ("https://player.vimeo.com/video/123456789", VIMEO),
    ],
)
def test_copied_address_of_a_video_is_recognised(url, embed):
    assert video_at(url).embed_url == embed


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://video.example/watch?v=aqz-KE-bpKQ",
        "https://youtube.com.example/watch?v=aqz-KE-bpKQ",
        "https://example.org/?u=https://youtu.be/aqz-KE-bpKQ",
        "https://youtube.com@example.org/watch?v=aqz-KE-bpKQ",
        "ftp://youtu.be/aqz-KE-bpKQ",
        "javascript://youtu.be/aqz-KE-bpKQ",
        "https://www.youtube.com/watch?v=aqz-KE-bpK",
        "https://www.youtube.com/watch?v=aqz-KE-bpKQ&v=bbbbbbbbbbb",
        "https://www.youtube.com/watch?v=aqz-KE-bp%22Q",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/aqz-KE-bpKQ",
        "https://youtu.be/aqz-KE-bpKQ/more",
        "https://youtu.be/ñqz-KE-bpKQ",
        "https://vimeo.com/123456789/0a1b2c3d4e",
        "https://vimeo.com/channels/staffpicks",
        "https://vimeo.com/١٢٣٤٥٦٧",
        "https://[youtu.be/aqz-KE-bpKQ",
    ],
)
def test_other_address_is_no_video(url):
    assert video_at(url) is None
