"""A mistyped code and a wrong time zone are corrected, and what hangs on them goes on working."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from icalendar import Calendar

from programme import moderation
from programme.actions import correct_code, move_to_zone, writing_sessions
from programme.models import Change, Meeting, Notice, Session, StagedMove
from tests import factories
from tests.back_office import address, form_of
from tests.factories import NOW, moment
from tests.reading import read

pytestmark = pytest.mark.usefixtures("office_in_english")

LISBON = ZoneInfo("Europe/Lisbon")


def events(client, query=""):
    calendar = Calendar.from_ical(client.get(f"/programme.ics{query}").content)
    return [(str(event["UID"]), int(event["SEQUENCE"])) for event in calendar.walk("VEVENT")]


def guids(client):
    days = client.get("/schedule.json").json()["schedule"]["conference"]["days"]
    return [entry["guid"] for room in days[0]["rooms"].values() for entry in room]


# Identities carry the meeting's number


def test_next_meeting_with_the_same_codes_has_other_identities(client, meeting):
    factories.session(code="OPEN", room=factories.room())

    found = []
    for number in (12, 13):
        Meeting.objects.update(number=number)
        schedule = client.get("/schedule.json").json()["schedule"]["conference"]
        found.append((events(client), guids(client), schedule["rooms"][0]["guid"]))

    first, second = found
    assert [uids for uids, _guids, _room in found] == [
        [("12-OPEN@testserver", 0)],
        [("13-OPEN@testserver", 0)],
    ]
    assert (first[1] != second[1], first[2] != second[2]) == (True, True)


# Codes


@pytest.fixture
def mistyped(meeting):
    return factories.session(code="OPNE", title="Apertura")


def test_corrected_code_changes_nothing_for_calendars_agendas_and_moderators(client, mistyped):
    before = events(client), guids(client)
    token = moderation.moderators_token(mistyped)

    correct_code(mistyped, "OPEN")

    assert (events(client), guids(client)) == before
    assert events(client, "?only=OPNE") == before[0]
    assert events(client, "?only=OPEN") == []
    assert moderation.moderated_session(token, NOW) == mistyped
    assert read(client, "/en/programme/").xpath("//article/@data-code") == ["OPNE"]


def test_code_corrected_back_is_as_it_was(mistyped):
    correct_code(mistyped, "OPEN")
    mistyped.refresh_from_db()

    correct_code(mistyped, "OPNE")

    assert Session.objects.values_list("code", "first_code").get() == ("OPNE", "")


def test_code_that_another_session_had_first_is_refused(mistyped, in_english):
    correct_code(mistyped, "OPEN")
    other = factories.session()
    other.code = "OPNE"

    with pytest.raises(ValidationError) as refusal:
        other.clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()

    assert refusal.value.message_dict == {
        "code": ["Calendars know “Apertura” by this code: choose another."]
    }


def test_organiser_corrects_a_code_on_a_page_of_its_own(staff_client, mistyped):
    factories.session(code="TAKEN")
    url = reverse("admin:programme_session_code", args=[mistyped.pk])

    refused = [staff_client.post(url, {"code": code}) for code in ("TAKEN", "open", "")]
    accepted = staff_client.post(url, {"code": "OPEN"}, follow=True)

    assert [response.context["form"].errors.keys() for response in refused] == [{"code"}] * 3
    assert "The code is now OPEN, and no longer OPNE." in accepted.text
    corrected = Session.objects.get(pk=mistyped.pk)
    assert (corrected.code, corrected.calendar_code) == ("OPEN", "OPNE")


@pytest.mark.parametrize("name", ["programme_session_code", "programme_meeting_zone"])
def test_corrections_require_the_permission_to_change(sign_in, mistyped, name):
    seen = ["programme.view_session", "programme.view_meeting"]
    client = sign_in(factories.user(username="lee", permissions=seen))
    url = reverse(f"admin:{name}", args=[mistyped.pk if "session" in name else 1])

    assert [client.get(url).status_code, client.post(url, {}).status_code] == [403, 403]


# The time zone


@pytest.fixture
def wrong_zone(meeting):
    """Write a session and a notice by the clocks of Asunción, in a meeting that is in Lisbon."""
    factories.notice(shown_from=moment("8:00"), shown_until=moment("9:00"))
    session = factories.session(title="Ponencia")
    with writing_sessions():
        Session.objects.update(starts_at=moment("9:00"), ends_at=moment("10:30"))
    session.refresh_from_db()
    return session


def clocks(*moments):
    return [f"{moment.astimezone(LISBON):%d %H:%M}" for moment in moments]


def test_all_hours_keep_their_clock_in_another_zone(staff_client, wrong_zone):
    url = reverse("admin:programme_meeting_zone", args=[1])

    page = staff_client.post(url, {"time_zone": "Europe/Lisbon"}, follow=True)

    meeting, session, notice = Meeting.objects.get(), Session.objects.get(), Notice.objects.get()
    assert "All hours are now those of Europe/Lisbon" in page.text
    assert meeting.time_zone == "Europe/Lisbon"
    assert clocks(session.starts_at, session.ends_at) == ["18 09:00", "18 10:30"]
    assert clocks(notice.shown_from, notice.shown_until) == ["18 08:00", "18 09:00"]
    assert clocks(meeting.registration_opens_at, meeting.registration_closes_at) == [
        "01 09:00",
        "16 18:00",
    ]


def test_staged_moves_keep_their_clock_in_another_zone_and_pages_of_before_are_stale(wrong_zone):
    factories.staged_move(session=wrong_zone)

    with writing_sessions():
        move_to_zone(Meeting.objects.get(), "Europe/Lisbon")

    move = StagedMove.objects.get()
    assert clocks(move.starts_at, move.ends_at) == ["19 12:00", "19 13:00"]
    assert move.version == 2


def test_hours_moved_twice_by_pages_opened_at_once_move_once(wrong_zone):
    opened = [Meeting.objects.get(), Meeting.objects.get()]

    for meeting in opened:
        with writing_sessions():
            move_to_zone(meeting, "Europe/Lisbon")

    session = Session.objects.get()
    assert clocks(session.starts_at, session.ends_at) == ["18 09:00", "18 10:30"]


def test_calendars_learn_of_the_zone_and_the_news_do_not(staff_client, client, wrong_zone):
    told = list(Change.objects.values_list("pk", flat=True))
    [(_uid, sequence)] = events(client)

    staff_client.post(
        reverse("admin:programme_meeting_zone", args=[1]), {"time_zone": "Europe/Lisbon"}
    )

    assert [number for _uid, number in events(client)] == [sequence + 1]
    assert list(Change.objects.values_list("pk", flat=True)) == told
    assert clocks(Change.objects.get().starts_at) == ["18 09:00"]


def test_zone_whose_clocks_skip_the_hour_of_a_session_is_refused(staff_client, meeting):
    # In Lisbon the clocks go from 1:00 to 2:00 that night: there is no 1:30.
    Meeting.objects.update(first_day="2027-03-27", last_day="2027-03-29")
    night = datetime(2027, 3, 28, 1, 30, tzinfo=factories.ZONE)
    hours = {"starts_at": night, "ends_at": night + timedelta(minutes=40)}
    factories.session(title="Vigilia", day=night.date(), **hours)
    url = reverse("admin:programme_meeting_zone", args=[1])

    response = staff_client.post(url, {"time_zone": "Europe/Lisbon"})

    assert response.context["form"].errors == {
        "time_zone": [
            "Vigilia: At the venue, clocks go forward on that day and never show 1:30: write an "
            "hour before the change, or 2:30."
        ]
    }
    assert Session.objects.get().starts_at == night


def test_unknown_zone_is_refused(staff_client, meeting):
    response = staff_client.post(
        reverse("admin:programme_meeting_zone", args=[1]), {"time_zone": "Lisboa"}
    )

    assert set(response.context["form"].errors) == {"time_zone"}


def test_notices_keep_their_clock_when_the_form_changes_the_zone(staff_client, meeting):
    factories.notice(shown_from=moment("8:00"))
    data = form_of(staff_client, address(meeting)) | {"time_zone": "Europe/Lisbon"}

    staff_client.post(address(meeting), data)

    assert clocks(Notice.objects.get().shown_from) == ["18 08:00"]


def test_zone_in_which_a_session_would_end_before_it_starts_is_refused(staff_client, db):
    # In Lisbon clocks go back from 2:00 to 1:00 that night: from 1:30 to 1:15 are 45 minutes.
    factories.meeting(time_zone="Europe/Lisbon", first_day="2026-10-25", last_day="2026-10-26")
    night = datetime(2026, 10, 25, 1, 30, tzinfo=LISBON).astimezone(UTC)
    hours = {"starts_at": night, "ends_at": night + timedelta(minutes=45)}
    factories.session(title="Vigilia", day=date(2026, 10, 25), **hours)
    url = reverse("admin:programme_meeting_zone", args=[1])

    response = staff_client.post(url, {"time_zone": "America/Lima"})

    assert response.context["form"].errors == {
        "time_zone": ["In that time zone “Vigilia” would end before it starts."]
    }
    assert Session.objects.get().starts_at == night
