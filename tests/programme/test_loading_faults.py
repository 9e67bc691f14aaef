import json
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError

from programme.models import (
    Meeting,
    Room,
    Session,
)
from registration.models import Quota
from tests import factories
from tests.programme.loading_files import HEAD, load, load_path, refused, small

pytestmark = pytest.mark.django_db

__all__ = ["load", "refused", "small"]

ZONE = ZoneInfo("America/Asuncion")


def version():
    return Meeting.objects.get().version


def wrong_meeting(**keys):
    return lambda file: file["meeting"].update(keys)


def wrong_session(number=0, **keys):
    return lambda file: file["sessions"][number].update(keys)


TAKEN = "The site itself uses this code, or a session may: choose another, in small letters."
NO_REASON = (
    "meeting.standing_reason: Say in one language at least why the meeting does not take place."
)
CLASH = {"day": "2026-11-18", "starts": "10:30", "ends": "12:00", "room": "patio"}


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda f: f.update(speakers=[]), "speakers: There is no such key here."),
        (wrong_session(tittle="x"), "sessions[0].tittle: There is no such key here."),
        (lambda f: f["sessions"][1].pop("kind"), "sessions[1].kind: This key is missing."),
        (lambda f: f.pop("meeting"), "meeting: This key is missing."),
        (wrong_session(slug=7), "sessions[0].slug: Write a text, between quotation marks."),
        (wrong_session(code=""), "sessions[0].code: This is empty."),
        (
            wrong_session(slug="a b"),
            "sessions[0].slug: Enter a valid “slug” consisting of letters, numbers, underscores "
            "or hyphens.",
        ),
        (
            wrong_session(title="El barro"),
            "sessions[0].title: Write an object, between curly brackets.",
        ),
        (wrong_session(title={"fr": "x"}), "sessions[0].title.fr: There is no such key here."),
        (wrong_session(title={"es": " "}), "sessions[0].title: Write it in at least one language."),
        (wrong_session(parts={}), "sessions[0].parts: Write a list, between square brackets."),
        (
            wrong_session(theme="oro"),
            "sessions[0].theme: “oro” is neither in this file nor in the database.",
        ),
        (
            wrong_session(room="oro"),
            "sessions[0].room: “oro” is neither in this file nor in the database.",
        ),
        (
            wrong_session(parts=[{"person": "eva", "role": "speaks"}]),
            "sessions[0].parts[0].person: “eva” is neither in this file nor in the database.",
        ),
        (
            wrong_session(format="tv"),
            "sessions[0].format: “tv” is not one of these: hybrid, in_person, online.",
        ),
        (
            wrong_session(caption_languages=["xx", "es", "yy"]),
            "sessions[0].caption_languages: “xx, yy” are not among these: es, pt, en, fr, qu, "
            "ay, gn, ca, gl, eu.",
        ),
        (
            lambda f: f["people"][0].update(country="XX"),
            "people[0].country: “XX” is not the code of a country, such as PE.",
        ),
        (wrong_session(day="2026-11-21"), "sessions[0].day: This is not a day of the meeting."),
        (
            wrong_session(day="18-11-2026"),
            "sessions[0].day: Write a day of the calendar as 2024-11-25.",
        ),
        (
            lambda f: f["themes"][0].update(day="2026-11-17"),
            "themes[0].day: This is not a day of the meeting.",
        ),
        (
            lambda f: f["streams"][0].update(day="2026-11-21"),
            "streams[0].day: This is not a day of the meeting.",
        ),
        (
            wrong_session(1, format="hybrid"),
            "sessions[1].format: Workshops are always in person only.",
        ),
        (wrong_session(day=None), "sessions[0].day: Times need a day."),
        (wrong_session(ends=None), "sessions[0].ends: Give both times, or neither."),
        (wrong_session(ends="09:30"), "sessions[0].ends: The end must be later than the start."),
        (wrong_session(starts="25:00"), "sessions[0].starts: Write a time at the venue as 09:30."),
        (wrong_session(1, **CLASH), "sessions[1].room: “El barro” is in this room at that time."),
        (wrong_session(1, code="A"), "sessions[1].code: “A” is already in sessions[0]."),
        (
            wrong_session(1, slug="barro"),
            "sessions[1].slug: “barro” is already in sessions[0].",
        ),
        (
            wrong_session(code="a b"),
            "sessions[0].code: Use capital letters, digits and hyphens, such as A-12.",
        ),
        (
            wrong_session(title={"es": "x" * 201}),
            "sessions[0].title.es: Ensure this value has at most 200 characters (it has 201).",
        ),
        (
            wrong_session(abstract={"es": ["Uno", "", "dos\uf04a\ufffe"]}),
            "sessions[0].abstract.es: Line 3 has a character that cannot be shown: U+F04A, U+FFFE. "
            "Delete it.",
        ),
        (
            wrong_session(title={"es": "\ud800"}),
            "sessions[0].title.es: Line 1 has a character that cannot be shown: U+D800. Delete it.",
        ),
        (wrong_session(1, seats=0), "sessions[1].seats: There must be at least one."),
        (
            wrong_session(1, seats=True),
            "sessions[1].seats: Write a whole number between 0 and 1000000.",
        ),
        (
            wrong_meeting(last_day="2026-11-17"),
            "meeting.last_day: The last day is before the first.",
        ),
        (
            wrong_meeting(time_zone="Lima"),
            "meeting.time_zone: There is no time zone with this name: enter one such as "
            "America/Lima.",
        ),
        (
            wrong_meeting(registration_opens_at="2026-08-01T09:00Z"),
            "meeting.registration_opens_at: Write a day and a time at the venue as 2024-11-25 "
            "09:30.",
        ),
        (wrong_meeting(latitude=-25), "meeting.longitude: Give both coordinates, or neither."),
        (
            wrong_meeting(latitude="1", longitude=1),
            "meeting.latitude: Write degrees as a number, such as -12.046374.",
        ),
        (
            wrong_meeting(certainty="sure"),
            "meeting.certainty: “sure” is not one of these: confirmed, partial.",
        ),
        (wrong_meeting(name=None), "meeting.name: Write an object, between curly brackets."),
        (
            lambda f: f["people"][0].update(links=["ftp://ana.example"]),
            "people[0].links: Each line must be a web address that starts with https://.",
        ),
        (lambda f: f["pages"][0].update(in_menu=1), "pages[0].in_menu: Write true or false."),
        (
            lambda f: f["streams"].append(f["streams"][0]),
            "streams[1]: This room already has a stream on this day.",
        ),
        (lambda f: f["services"][0].update(code="online"), f"services[0].code: {TAKEN}"),
        (lambda f: f["services"][0].update(code="T"), f"services[0].code: {TAKEN}"),
        (
            lambda f: f["streams"][0]["channels"][0].update(video_id="x"),
            "streams[0].channels[0].video_id: This is neither the address nor the id of a video: "
            "copy it from the browser’s address bar, or with “Share”.",
        ),
    ],
)
def test_faulty_file_is_refused_with_its_fault_and_nothing_is_written(refused, small, spoil, fault):
    spoil(small)

    assert refused(small) == [fault]
    assert (Meeting.objects.count(), Room.objects.count(), Quota.objects.count()) == (0, 0, 0)


def test_faults_of_every_kind_are_listed_together(refused, small):
    small["people"][1]["country"] = "XX"
    small["sessions"][0]["ends"] = "09:30"
    small["sessions"][1]["room"] = "oro"
    small["pages"][0]["txt"] = {}

    assert refused(small) == [
        "people[1].country: “XX” is not the code of a country, such as PE.",
        "pages[0].txt: There is no such key here.",
        "sessions[1].room: “oro” is neither in this file nor in the database.",
        "sessions[0].ends: The end must be later than the start.",
    ]


def test_every_fault_of_a_row_is_told_at_once(refused, small):
    session = small["sessions"][0]
    session |= {"kind": "talk", "theme": "oro", "ends": "25:00", "recording_url": "x", "code": ""}
    session["title"] = {"es": "x" * 201, "pt": 1}
    session["parts"] = [{"person": "eva", "role": "speaks"}, {"person": "ana", "role": "sings"}]
    session["presentations"].append(
        {"title": {"es": ""}, "parts": [{"person": "luz", "role": "x"}]}
    )
    small["people"][0] |= {"name": "", "links": ["ftp://x"]}
    small["meeting"] |= {
        "contact_email": "x",
        "registration_closes_at": "2026-07-01 09:00",
        "about": 1,
    }

    paths = sorted(fault.split(": ")[0] for fault in refused(small))

    assert paths == [
        "meeting.about",
        "meeting.contact_email",
        "meeting.registration_closes_at",
        "people[0].links",
        "people[0].name",
        "sessions[0].code",
        "sessions[0].ends",
        "sessions[0].kind",
        "sessions[0].parts[0].person",
        "sessions[0].parts[1].role",
        "sessions[0].presentations[2].parts[0].person",
        "sessions[0].presentations[2].parts[0].role",
        "sessions[0].presentations[2].title",
        "sessions[0].recording_url",
        "sessions[0].theme",
        "sessions[0].title.es",
        "sessions[0].title.pt",
    ]


def test_sessions_with_another_fault_are_still_compared(refused, small):
    small["sessions"][0]["kind"] = "talk"
    small["sessions"][1] |= {"room": "patio", "format": "by post", "seats": 0}
    small["meeting"]["last_day"] = "2026-11-31"

    paths = [fault.split(": ")[0] for fault in refused(small)]

    assert sorted(paths) == [
        *("meeting.last_day", "sessions[0].kind"),
        *("sessions[1].format", "sessions[1].room", "sessions[1].seats"),
    ]


def test_line_ends_of_every_system_become_one(load, small):
    small["sessions"][0]["abstract"] = {"es": "Uno\r\n\r\ndos\rtres\u2028cuatro\x0b\u200b"}
    small["sessions"][0]["title"]["es"] = "El\u00a0barro\r\n"

    load(small)

    session = Session.objects.get(code="A")
    assert session.abstract_es == "Uno\n\ndos\ntres\ncuatro"
    assert session.title_es == "El barro"
    assert load(small).strip() == "Nothing has changed."


def test_faults_that_follow_from_another_are_not_listed(refused, small):
    small["rooms"][0]["capacity"] = -1

    assert refused(small) == ["rooms[0].capacity: Write a whole number between 0 and 1000000."]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"meeting": {\n  "number" 1}}', "The file is not JSON: see line 2, column 12."),
        (b"", "The file is not JSON: see line 1, column 1."),
        (b'{"a": "\xff"}', "The file is not UTF-8: see its byte 8."),
        (b"[" * 100_000, "The file has a number that is too large, or too many levels."),
        (b"1" * 5000, "The file has a number that is too large, or too many levels."),
        (b"[]", "Write an object, between curly brackets."),
        (b"null", "Write an object, between curly brackets."),
    ],
)
def test_file_that_holds_no_json_object_is_refused(refused, content, fault):
    assert refused(content) == [fault]


def test_repeated_key_is_refused(refused, small):
    twice = json.dumps(small).replace('"number": 12', '"number": 12, "number": 13').encode()

    assert refused(twice) == ["meeting.number: This key is here twice."]


def test_load_accepts_a_byte_order_mark(load, small):
    load(b"\xef\xbb\xbf" + json.dumps(small).encode())

    assert Session.objects.count() == 2


def test_folder_or_missing_file_is_refused(tmp_path):
    for path, reason in [
        (tmp_path, "Is a directory"),
        (tmp_path / "x", "No such file or directory"),
    ]:
        with pytest.raises(CommandError) as refusal:
            load_path(path)
        sentence = f"  {path}: This file cannot be read: {reason}."
        assert str(refusal.value).split("\n") == [HEAD.format("1 error"), sentence]


def test_new_meeting_may_be_loaded_as_postponed_with_its_reason(load, small):
    small["meeting"] |= {"standing": "postponed", "standing_reason": {"es": "La sede se inunda."}}

    load(small)

    row = Meeting.objects.get()
    assert (row.standing, row.standing_reason_es) == ("postponed", "La sede se inunda.")


@pytest.mark.parametrize("standing", ["postponed", "cancelled"])
@pytest.mark.parametrize("reason", [{}, {"standing_reason": None}], ids=["left out", "null"])
def test_new_meeting_that_does_not_take_place_needs_a_reason(refused, small, standing, reason):
    small["meeting"] |= {"standing": standing, **reason}

    assert refused(small) == [NO_REASON]
    assert Meeting.objects.count() == 0


def test_reason_that_cannot_be_read_is_one_fault(refused, small):
    small["meeting"] |= {"standing": "cancelled", "standing_reason": {"es": 7}}

    assert [fault.split(":")[0] for fault in refused(small)] == ["meeting.standing_reason.es"]


@pytest.mark.parametrize(
    ("present", "wanted", "action"),
    [
        ("as_planned", "postponed", "Postpone or cancel…"),
        ("as_planned", "cancelled", "Postpone or cancel…"),
        ("postponed", "cancelled", "Postponed, cancelled, held…"),
        ("postponed", "as_planned", "Postponed, cancelled, held…"),
        ("cancelled", None, "Postponed, cancelled, held…"),
    ],
)
def test_file_does_not_change_whether_the_meeting_takes_place(
    load, refused, small, present, wanted, action
):
    load(small)
    Meeting.objects.update(standing=present, standing_reason_es="Llueve.")
    small["meeting"] |= {"standing": wanted, "standing_reason": {"es": "Nieva."}, "number": 13}

    assert refused(small) == [
        "meeting.standing: A file cannot change whether the meeting takes place, of which everybody"
        f" gets an e-mail: press “{action}” on the page of the meeting in the back office."
    ]
    row = Meeting.objects.get()
    assert (row.standing, row.standing_reason_es, row.number) == (present, "Llueve.", 12)
    assert row.standing_revision == 0


@pytest.mark.parametrize("standing", ["as_planned", "postponed"])
def test_file_that_says_what_is_true_anyway_changes_nothing(load, small, standing):
    load(small)
    Meeting.objects.update(standing=standing, standing_reason_es="Llueve.")
    small["meeting"]["standing"] = standing

    assert load(small).strip() == "Nothing has changed."


def test_file_corrects_the_reason_and_does_not_empty_it(load, refused, small):
    load(small)
    Meeting.objects.update(standing="postponed", standing_reason_es="Llueve.")
    small["meeting"]["standing_reason"] = {"es": "Nieva."}
    load(small)
    assert Meeting.objects.get().standing_reason_es == "Nieva."

    small["meeting"]["standing_reason"] = None
    assert refused(small) == [NO_REASON]


def test_room_taken_by_a_session_of_the_admin_is_refused(load, refused, small):
    load(small)
    room = Room.objects.get(code="patio")
    starts_at = datetime(2026, 11, 19, 9, 0, tzinfo=ZONE)
    factories.session(title="Ensayo", room=room, starts_at=starts_at)
    small["sessions"][0] |= {"day": "2026-11-19", "starts": "09:30"}

    assert refused(small) == ["sessions[0].room: “Ensayo” is in this room at that time."]
    assert Session.objects.get(code="A").room == room
    assert version() == 2


def test_new_days_that_exclude_a_session_are_refused(load, refused, small):
    load(small)
    starts_at = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    factories.session(code="X", starts_at=starts_at)
    small["meeting"]["last_day"] = "2026-11-19"

    assert refused(small) == ["meeting: X: This is not a day of the meeting."]


def test_new_time_zone_moves_the_hours_of_sessions(load, small):
    load(small)
    small["meeting"]["time_zone"] = "America/Lima"

    load(small)

    session = Session.objects.get(code="A")
    assert session.starts_at.astimezone(ZoneInfo("America/Lima")).time() == time(9, 30)
    assert dict(Session.objects.values_list("code", "revision")) == {"A": 1, "T": 1}


def test_fewer_seats_than_taken_are_refused(load, refused, small):
    load(small)
    Quota.objects.filter(session__code="T").update(taken=12)
    small["sessions"][1]["seats"] = 11

    assert refused(small) == ["sessions[1].seats: 12 are taken: the number cannot be smaller."]
    assert Quota.objects.get(session__code="T").size == 20


def test_more_seats_raise_the_version_once(load, small):
    load(small)
    small["sessions"][1]["seats"] = 30

    said = load(small)

    assert said == "Written: quotas 1.\n"
    assert (Quota.objects.get(session__code="T").size, version()) == (30, 3)


def test_load_over_a_sample_meeting_is_refused(refused, small):
    factories.meeting(is_sample=True)

    assert refused(small) == ["The database has another kind of meeting: start with an empty one."]
