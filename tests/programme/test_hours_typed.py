"""Hours that organisers type: past midnight, and on a day on which clocks are changed."""

from datetime import date, timedelta

import pytest

from programme.models import Session
from tests import factories
from tests.back_office import address, form_of
from tests.programme.loading_files import load, refused, small
from tests.reading import read, text

pytestmark = pytest.mark.django_db

__all__ = ["load", "refused", "small"]


def test_hours_past_midnight_can_be_loaded(small, load):
    for number, (starts, ends) in enumerate(
        [("22:00", "01:30"), ("21:00", "00:00"), ("21:00", "24:00"), ("00:00", "24:00")]
    ):
        entry = {"code": f"N-{number}", "slug": f"n-{number}", "starts": starts, "ends": ends}
        small["sessions"].append(small["sessions"][0] | entry | {"room": None, "presentations": []})

    load(small)
    again = load(small)

    lasts = [s.ends_at - s.starts_at for s in Session.objects.filter(code__startswith="N-")]
    assert [length.total_seconds() / 3600 for length in lasts] == [3.5, 3, 3, 24]
    assert again == "Nothing has changed.\n"


@pytest.fixture
def lisbon(small):
    """Return a file of a meeting in Lisbon, over the night when summer time begins or ends."""

    def in_lisbon(first_day, starts, ends):
        days = {"first_day": str(first_day), "last_day": str(first_day + timedelta(days=1))}
        session = small["sessions"][0] | {"day": str(first_day), "starts": starts, "ends": ends}
        small["meeting"] |= days | {"time_zone": "Europe/Lisbon"}
        return small | {"sessions": [session], "streams": []}

    return in_lisbon


def test_hour_that_clocks_skip_is_refused_in_a_file(lisbon, refused):
    small = lisbon(date(2026, 3, 29), "01:30", "04:00")
    small["meeting"]["registration_closes_at"] = "2026-03-29 01:00"

    assert refused(small) == [
        "meeting.registration_closes_at: At the venue, clocks go forward on that day and never "
        "show 1:00: write an hour before the change, or 2:00.",
        "sessions[0].starts: At the venue, clocks go forward on that day and never show 1:30: "
        "write an hour before the change, or 2:30.",
    ]


def test_hour_that_clocks_show_twice_is_the_first_and_the_site_says_which(lisbon, load, client):
    load(lisbon(date(2026, 10, 25), "01:30", "01:15"))

    session = Session.objects.get()
    assert [f"{moment:%H:%M}" for moment in (session.starts_at, session.ends_at)] == [
        "00:30",
        "01:15",
    ]
    told = "from 1:30 (UTC+1) to 1:15 (UTC+0), Asunción time"
    assert told in text(read(client, "/en/programme/barro/"))
    assert load(lisbon(date(2026, 10, 25), "01:30", "01:15")) == "Nothing has changed.\n"


def saved(client, session, **hours):
    """Post the session's form with other hours; return the sentences of the page that follows."""
    data = form_of(client, address(session)) | hours
    page = client.post(address(session), data, follow=True)
    form = page.context.get("adminform")
    errors = form.form.errors if form else {}
    return [str(m) for m in page.context["messages"] if "success" not in m.tags], dict(errors)


@pytest.mark.parametrize(
    ("typed", "ends", "told"),
    [
        (["2026-11-18", "1:30"], factories.moment("1:30", day=2), "Thursday 19 November, 1:30."),
        (["2026-11-18", "0:00"], factories.moment("0:00", day=2), "Thursday 19 November, 0:00."),
        (["2026-11-19", "1:30"], factories.moment("1:30", day=2), None),
        (["2026-11-18", "24:00"], factories.moment("0:00", day=2), None),
    ],
)
@pytest.mark.usefixtures("office_in_english")
def test_end_before_the_start_is_on_the_next_day_in_the_back_office(
    staff_client, meeting, typed, ends, told
):
    session = factories.session(starts_at=factories.moment("22:00"))

    sentences, errors = saved(
        staff_client, session, **{"ends_at_0": typed[0], "ends_at_1": typed[1]}
    )

    session.refresh_from_db()
    assert (session.ends_at, errors) == (ends, {})
    why = "The end is before the start, so it counts for the next day: "
    assert sentences == ([why + told] if told else [])


@pytest.mark.usefixtures("office_in_english")
def test_end_at_the_start_or_on_a_day_before_it_is_refused(staff_client, meeting):
    session = factories.session(starts_at=factories.moment("10:00", day=2))

    for typed in (["2026-11-19", "10:00"], ["2026-11-18", "11:00"]):
        _sentences, errors = saved(
            staff_client, session, **{"ends_at_0": typed[0], "ends_at_1": typed[1]}
        )
        assert errors == {"ends_at": ["The end must be later than the start."]}


@pytest.mark.usefixtures("office_in_english")
def test_hours_of_a_change_of_clocks_are_refused_or_explained_in_the_back_office(staff_client, db):
    factories.meeting(time_zone="Europe/Lisbon", first_day=date(2026, 3, 29))
    session = factories.session(day=date(2026, 3, 29), starts_at=None)
    hours = {f"{end}_at_0": "2026-03-29" for end in ("starts", "ends")}
    skipped = hours | {"starts_at_1": "1:30", "ends_at_1": "4:00"}

    _sentences, errors = saved(staff_client, session, **skipped)

    assert errors == {
        "starts_at": [
            "At the venue, clocks go forward on that day and never show 1:30: write an hour "
            "before the change, or 2:30."
        ]
    }

    autumn = {"day": "2026-10-25", "starts_at_0": "2026-10-25", "ends_at_0": "2026-10-25"}
    sentences, errors = saved(staff_client, session, **autumn, starts_at_1="1:30", ends_at_1="1:15")

    session.refresh_from_db()
    assert (session.ends_at - session.starts_at, errors) == (timedelta(minutes=45), {})
    assert sentences == [
        "At the venue, clocks go back on Sunday 25 October and show that hour twice. "
        f"It counts as {hour}."
        for hour in ("1:30 (UTC+1)", "1:15 (UTC+0)")
    ]
