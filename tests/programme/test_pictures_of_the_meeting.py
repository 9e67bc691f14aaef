"""The organisers' own logo, and the picture that other sites show beside a link."""

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from programme.models import Meeting
from programme.models.themes import Colour, Motif
from tests.back_office import address, form_of
from tests.reading import read


def picture(mode="RGB", size=(2000, 2000), colour="#a4123f"):
    file = BytesIO()
    Image.new(mode, size, colour).save(file, "PNG")
    return SimpleUploadedFile("picture.png", file.getvalue(), "image/png")


def properties(page):
    return {tag.get("property"): tag.get("content") for tag in page.xpath("//meta[@property]")}


def test_meeting_without_pictures_shows_its_number_and_the_woven_bands(client, meeting):
    page = read(client, "/en/")

    assert page.xpath("//a[@class='brand']/span/text()")[0] == "12"
    shared = f"http://testserver/share/en/meeting.png?v={meeting.version}"
    assert properties(page)["og:image"] == shared


def test_logo_stands_in_place_of_the_number(staff_client, client, meeting):
    data = form_of(staff_client, address(meeting)) | {"logo": picture()}

    staff_client.post(address(meeting), data)

    brand = read(client, "/en/").xpath("//a[@class='brand']")[0]
    [logo] = brand.xpath("img")
    assert (logo.get("src"), logo.get("alt")) == (Meeting.objects.get().logo.url, "")
    assert brand.text_content().split() == ["Ibero-American", "Meeting", "of", "Museums"]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_share_picture_is_cut_to_what_other_sites_show(staff_client, client, meeting, mode):
    colour = "#a4123f" if mode == "RGB" else (0, 0, 0, 0)
    data = form_of(staff_client, address(meeting)) | {"share_picture": picture(mode, colour=colour)}

    staff_client.post(address(meeting), data)

    shared = Meeting.objects.get().share_picture
    with shared.open() as file, Image.open(file) as stored:
        seen = stored.format, stored.size, stored.getpixel((600, 300))
    assert seen[:2] == ("JPEG", (1200, 630))
    assert (seen[2] == (255, 255, 255)) == (mode == "RGBA")
    page = read(client, "/en/")
    assert properties(page)["og:image"] == f"http://testserver{shared.url}"
    assert properties(page)["og:image:alt"] == meeting.name_en
    event = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    assert event["image"] == [f"http://testserver{shared.url}"]


def test_colours_and_motifs_have_names_that_any_meeting_understands(in_english):
    assert [str(label) for label in Colour.labels] == [
        *("red", "blue", "yellow", "green", "purple", "brown")
    ]
    assert {"stepped cross", "meander"} <= set(map(str, Motif.labels))
