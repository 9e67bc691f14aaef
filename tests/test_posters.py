"""Pictures drawn by the site: no text leaves its box, and no letter is shown as a box."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from eim.lib.woven.lettering import fitted
from eim.lib.woven.poster import HEIGHT, MARGIN, MOTIF, WIDTH, Poster, drawn
from eim.lib.woven.typefaces import BOLD, HEADING, TEXT, drawable

MOST_BYTES = 60_000
# Letters reach a little beyond the point at which they begin.
EDGE = MARGIN - 8
LONG = {
    "words": "Decolonizar el inventario del museo " * 9,
    "wide letters": "W" * 300,
    "short words": "a " * 150,
    "accents": "Ấ Ỗ Ǘ ÿ g̃ Ñandutí " * 12,
    "Greek and Cyrillic": "Μουσείο Музей " * 20,
}


def poster(**texts):
    texts = {"seal": "12", "name": "Encuentro", "place": "Asunción", "kind": "Taller"} | texts
    return Poster(**{"title": "El museo abierto", "when": "Lunes", "people": "Rosa"} | texts)


def frame_of(image, band_top):
    """Return the strips around the texts: left, right, above, and between them and the band."""
    right, low = WIDTH - EDGE, band_top - 20
    boxes = [(0, 0, EDGE, band_top), (right, 0, WIDTH, band_top), (0, 0, WIDTH, EDGE)]
    return [image.crop(box) for box in [*boxes, (0, low, WIDTH, band_top)]]


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_texts_stay_inside_the_picture(text, rows):
    fields = ("seal", "name", "place", "kind", "title", "when", "people", "tag")

    png = drawn(poster(**dict.fromkeys(fields, text), rows=rows))

    with Image.open(BytesIO(png)) as image:
        strips = frame_of(image, HEIGHT - 10 - rows * MOTIF)
    assert {colour for strip in strips for _n, colour in strip.getcolors()} == {0}
    assert len(png) <= MOST_BYTES


@given(text=st.text(max_size=250), face=st.sampled_from([HEADING, BOLD, TEXT]))
def test_any_text_is_set_inside_its_box(text, face):
    lettering = fitted(text, face, width=500, height=120, sizes=(60, 40, 30), leading=1.1)

    assert lettering.height <= 120
    assert lettering.width <= 500


def test_texts_are_as_large_as_their_box_allows():
    sizes = [
        fitted("Museo " * times, HEADING, width=600, height=130, sizes=(80, 60, 40), leading=1).size
        for times in (1, 5, 20)
    ]

    assert sizes == [80, 60, 40]


def test_text_that_fits_at_no_size_ends_with_an_ellipsis():
    cut = fitted("uno dos tres cuatro", TEXT, width=100, height=40, sizes=(30,), leading=1)

    assert cut.lines == ("uno…",)


def test_word_with_a_letter_that_no_face_has_is_left_out():
    assert drawable("El 故宫 y el museo\u200b ☕ متحف", HEADING) == ("El y el museo", HEADING)


def test_text_that_only_the_heading_has_letters_for_is_set_in_its_face():
    assert drawable("Эрмитаж", TEXT) == ("Эрмитаж", HEADING)
    assert drawable("Kuña g̃", TEXT) == ("Kuña g̃", TEXT)


def test_kind_stands_in_place_of_a_title_that_cannot_be_drawn():
    told = drawn(poster(title="故宫博物院", kind="Taller"))

    assert told == drawn(poster(title="Taller", kind=""))
    assert told != drawn(poster(title="", kind=""))


def test_figures_of_the_heading_are_as_high_as_its_capitals():
    """Alegreya's own figures are old-style: an 11 would read II."""
    heights = {HEADING.at(100).getbbox(letter, anchor="ls")[1] for letter in "0123456789"}

    assert -65 <= min(heights) <= max(heights) <= -58


def test_accent_of_its_own_stands_over_the_middle_of_its_letter():
    (start, _letter), (accent, _mark), (following, _next) = TEXT.placed("g\u0303u", 100)[0]
    left, _top, right, _bottom = TEXT.at(100).getbbox("\u0303", anchor="ls")

    assert accent + (left + right) / 2 == (start + following) / 2


def test_letters_are_kerned_without_help_of_the_machine():
    loose = HEADING.width("T", 100) + HEADING.width("o", 100)

    assert HEADING.width("To", 100) == pytest.approx(loose - 3.9)
