"""A session has several languages, also such as only the organisers name."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from icalendar import Calendar

from eim.lib.languages import (
    channel_languages,
    further_languages,
    language_name,
    naming,
    spoken_languages,
    validate_further_languages,
)
from programme.models import Meeting, Session
from tests import factories
from tests.back_office import address, form_of
from tests.programme.loading_files import load, refused, small
from tests.reading import read, text

__all__ = ["load", "refused", "small"]

NAHUATL = "nah: náhuatl / náuatle / Nahuatl"


# The lines in which organisers name languages


def test_names_follow_the_active_language(in_english):
    further = further_languages(f"{NAHUATL}\n\nyua: maya")

    with naming(further):
        names = [language_name(code) for code in ("nah", "yua", "es", "xyz")]
        offered = [dict(pairs())["nah"] for pairs in (spoken_languages, channel_languages)]

    assert names == ["Nahuatl", "maya", "Spanish", "xyz"]
    assert offered == ["Nahuatl", "Nahuatl"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("náhuatl", "Write “náhuatl” as in the example."),
        ("nah:", "Write “nah:” as in the example."),
        ("NAH: Nahuatl", "Write “NAH: Nahuatl” as in the example."),
        (f"{NAHUATL}\n{NAHUATL}", "“nah” is already there."),
        ("prl: LSP", "“prl” is already there."),
    ],
)
def test_line_that_names_no_new_language_is_refused(in_english, lines, sentence):
    with pytest.raises(ValidationError) as refusal:
        validate_further_languages(lines)

    assert refusal.value.messages == [sentence]


def test_language_that_the_site_itself_knows_later_does_no_harm():
    assert further_languages(f"prl: LSP\nwhat\n{NAHUATL}").keys() == {"nah"}


# Pages and feeds


@pytest.fixture
def two_languages(meeting):
    Meeting.objects.update(further_languages=NAHUATL)
    facts = {"languages": ["es", "nah"], "interpretation_languages": ["en"]}
    return factories.session(title="Conversatorio", slug="conversatorio", **facts)


LINE = "Spanish and Nahuatl; interpreted into English"


@pytest.mark.parametrize("path", ["/en/programme/", "/en/programme/conversatorio/"])
def test_pages_name_all_languages(client, two_languages, path):
    assert LINE in text(read(client, path))


@pytest.mark.parametrize("code", ["es", "nah", "en"])
def test_filter_finds_a_session_by_either_language(client, two_languages, code):
    factories.session(languages=["fr"])

    page = read(client, f"/en/programme/?language={code}")

    assert page.xpath("//li[@data-find and not(@hidden)]//h4//text()") == ["Conversatorio"]
    assert page.xpath("//select[@name='language']/option[@selected]/@value") == [code]


def test_feeds_name_all_languages_or_the_first(client, two_languages):
    event = Calendar.from_ical(client.get("/programme.ics?lang=en").content).walk("VEVENT")[0]
    schedule = client.get("/schedule.json?lang=en").json()["schedule"]["conference"]
    [entry] = next(iter(schedule["days"][0]["rooms"].values()))
    page = read(client, "/en/programme/conversatorio/")
    described = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))

    assert LINE in str(event["DESCRIPTION"])
    assert (entry["language"], LINE in entry["description"]) == ("es", True)
    assert described["inLanguage"] == ["es", "nah"]


# Files


def test_file_names_several_languages_or_as_before_one(db, load, small):
    small["meeting"]["further_languages"] = [NAHUATL]
    small["sessions"][0]["languages"] = ["nah", "es"]
    small["sessions"][0].pop("language", None)
    small["sessions"][1]["language"] = "pt"

    load(small)

    found = dict(Session.objects.values_list("code", "languages"))
    codes = [one["code"] for one in small["sessions"][:2]]
    assert [found[code] for code in codes] == [["nah", "es"], ["pt"]]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"languages": ["nah"]}, "sessions[0].languages: “nah” is not one of these: es, pt, "),
        ({"languages": ["es"], "language": "es"}, "sessions[0].language: Write all languages"),
        ({"languages": ["Spanish"]}, "sessions[0].languages: Write a code of ISO 639, such as"),
    ],
)
def test_language_that_nobody_has_named_is_refused(db, refused, small, facts, fault):
    small["sessions"][0].pop("language", None)
    small["sessions"][0] |= facts

    assert any(fault in line for line in refused(small))


# Back office


def test_organisers_name_a_language_and_choose_it(staff_client, meeting):
    of_meeting = form_of(staff_client, address(meeting)) | {"further_languages": NAHUATL}
    staff_client.post(address(meeting), of_meeting)
    session = factories.session()
    of_session = form_of(staff_client, address(session)) | {"languages": ["nah", "pt"]}

    staff_client.post(address(session), of_session)

    session.refresh_from_db()
    assert session.languages == ["nah", "pt"]


@pytest.mark.usefixtures("office_in_english")
def test_language_in_use_is_not_taken_away(staff_client, two_languages):
    meeting = Meeting.objects.get()
    data = form_of(staff_client, address(meeting)) | {"further_languages": ""}

    form = staff_client.post(address(meeting), data).context["adminform"].form

    assert form.errors == {
        "further_languages": ["“nah” is a language of “Conversatorio”: change that first."]
    }


# Sessions of earlier releases


def test_one_language_becomes_the_first_of_several_and_back(db):
    first = import_module("programme.migrations.0010_first_of_several_languages")
    old = factories.session(languages=[])
    Session.objects.filter(pk=old.pk).update(language="pt")

    first.gather(apps, None)
    several = Session.objects.get(pk=old.pk).languages
    Session.objects.filter(pk=old.pk).update(languages=["gn", "pt"])
    first.keep_first(apps, None)

    assert (several, Session.objects.get(pk=old.pk).language) == (["pt"], "gn")
