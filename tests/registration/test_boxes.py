"""One box a place: of what is full, it is the waiting list's, and only what is wrong is marked."""

import pytest

from registration import actions
from registration.models import Quota, Registration
from tests import factories
from tests.reading import parsed, read, words
from tests.registration.helpers import VALID, confirmed, errors, states

pytestmark = pytest.mark.django_db

FORM = "/en/registration/"


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=20)


@pytest.fixture
def clay(in_person):
    """Return the seat of a workshop, taken by somebody."""
    quota = factories.quota(session=factories.workshop(code="CLAY", title_en="Clay"), size=1)
    confirmed(in_person, quota, n=1)
    return quota


@pytest.fixture
def others(clay):
    """Create workshops with free seats, one after the other."""
    hours = [("13:00", "14:00"), ("15:00", "16:00"), ("17:00", "18:00")]
    for number, (start, end) in enumerate(hours):
        session = factories.workshop(
            code=f"W-{number}",
            title_en=f"Workshop {number}",
            starts_at=factories.moment(start),
            ends_at=factories.moment(end),
        )
        factories.quota(session=session, size=5)


@pytest.fixture
def post(client, time_machine):
    """Return a function that opens the form, waits, and posts it with these answers."""

    def send(url=FORM, **answers):
        started = read(client, url).xpath("//input[@name='started']/@value")[0]
        time_machine.shift(20)
        return client.post(url, {**VALID, "started": started, **answers})

    return send


def boxes(page):
    """Return name, code and mark of every box for a place."""
    found = page.xpath("//form//input[@type='checkbox'][@value]")
    return [(box.get("name"), box.get("value"), box.get("checked") is not None) for box in found]


def marked(page):
    """Return the codes of the boxes that are marked as wrong."""
    return page.xpath("//form//input[@type='checkbox'][@aria-invalid='true']/@value")


def summary_links(page):
    return page.xpath("//*[@id='error-summary']//a/@href")


def test_full_workshop_is_one_box_that_says_what_a_tick_does(client, clay):
    page = read(client, FORM)

    assert boxes(page) == [("waitlist", "CLAY", False)]
    assert words(page.xpath("//label[contains(., 'Clay')]//span[@class='seats']")) == [
        "Full. If you tick it, you join the waiting list."
    ]


def test_tick_of_a_full_workshop_joins_its_waiting_list(post, in_person, clay):
    response = post(attendance="in_person", waitlist=["CLAY"])

    assert response.status_code == 302
    registration = Registration.objects.get(email="rosa@museo.example")
    assert states(registration) == {in_person.pk: "held", clay.pk: "waiting"}


def test_workshop_that_is_waited_for_is_among_what_was_asked_for(post, client, clay):
    response = post(attendance="in_person", waitlist=["CLAY"])

    page = read(client, response.url)

    assert words(page.xpath("//aside//h3"))[1:] == ["Clay"]


def test_workshop_that_fills_up_meanwhile_names_itself_at_its_box_alone(post, clay, others):
    response = post(attendance="in_person", workshops=["CLAY", "W-0"])

    page = parsed(response)
    sentence = (
        "“Clay” has just become full. Tick it to join its waiting list, or choose something else."
    )
    assert (response.status_code, errors(response)) == (422, {"workshops": [sentence]})
    assert boxes(page)[:2] == [("waitlist", "CLAY", False), ("workshops", "W-0", True)]
    assert marked(page) == ["CLAY"]
    assert words(page.xpath("//div[@class='choice-box has-error']/div")) == [f"Error: {sentence}"]
    assert page.xpath("//fieldset[contains(@class, 'has-error')]") == []
    assert summary_links(page) == ["#id_workshops_0"]


def test_two_workshops_at_the_same_hour_are_marked_and_no_other(post, clay, others):
    hours = {"starts_at": factories.moment("13:00"), "ends_at": factories.moment("14:00")}
    factories.quota(session=factories.workshop(code="W-9", title_en="Same", **hours), size=5)

    page = parsed(post(attendance="in_person", workshops=["W-0", "W-1", "W-9"]))

    assert sorted(marked(page)) == ["W-0", "W-9"]


def test_waiting_for_two_at_the_same_hour_is_refused(post, clay):
    other = factories.quota(session=factories.workshop(code="OTHER", title_en="Other"), size=1)

    response = post(attendance="in_person", workshops=["OTHER"], waitlist=["CLAY"])

    assert (response.status_code, list(errors(response))) == (422, ["workshops"])
    assert Quota.objects.get(pk=other.pk).taken == 0


def test_other_fault_marks_no_box_and_keeps_the_ticks(post, clay, others):
    page = parsed(post(email="", attendance="in_person", workshops=["W-0"], waitlist=["CLAY"]))

    assert marked(page) == []
    assert [box for box in boxes(page) if box[2]] == [
        ("waitlist", "CLAY", True),
        ("workshops", "W-0", True),
    ]


def test_who_corrects_a_slip_keeps_the_last_place_that_they_hold(post, client, in_person):
    clay = factories.quota(session=factories.workshop(code="CLAY", title_en="Clay"), size=4)
    post(email="rosa@musoe.example", attendance="in_person", workshops=["CLAY"])
    actions.set_size(clay, 1)

    page = read(client, "/en/registration/correct/")

    assert boxes(page) == [("workshops", "CLAY", True)]


def test_full_places_in_person_need_no_tick_of_their_own(client, post, in_person):
    confirmed(in_person, n=1)
    actions.set_size(in_person, 1)
    page = read(client, FORM)

    assert words(page.xpath("//label[contains(., 'In person')]//small")) == [
        "Full. If you choose it, you join the waiting list."
    ]
    assert page.xpath("//input[@type='hidden'][@name='waitlist']/@value") == ["in_person"]


def test_places_in_person_that_fill_up_meanwhile_are_waited_for_by_sending_again(post, in_person):
    confirmed(in_person, n=1)
    actions.set_size(in_person, 1)

    refused = post(attendance="in_person")

    page = parsed(refused)
    assert errors(refused) == {
        "attendance": [
            "The last place in person has just been taken. Send the page again to join the "
            "waiting list, or choose online."
        ]
    }
    assert page.xpath("//input[@name='waitlist']/@value") == ["in_person"]
    assert page.xpath("//input[@name='attendance'][@aria-invalid]") == []
    assert post(attendance="in_person", waitlist=["in_person"]).status_code == 302


def test_full_service_is_one_box_as_well(client, post, in_person):
    bus = factories.quota(service_code="bus", name_en="Bus", size=1)
    confirmed(in_person, bus, n=1)

    assert boxes(read(client, FORM)) == [("waitlist", "bus", False)]
    assert post(attendance="in_person", waitlist=["bus"]).status_code == 302
    registration = Registration.objects.get(email="rosa@museo.example")
    assert states(registration)[bus.pk] == "waiting"


def test_boxes_that_are_not_ticked_are_folded_away_where_they_are_many(client, post, clay, others):
    plain = read(client, FORM)
    page = parsed(post(email="", attendance="in_person", workshops=["W-1"]))

    folded = "//details//input[@type='checkbox'][@value]/@value"
    assert plain.xpath(folded) == ["CLAY", "W-0", "W-1", "W-2"]
    assert page.xpath(folded) == ["CLAY", "W-0", "W-2"]


def test_fault_of_all_boxes_unfolds_them(post, clay, others):
    page = parsed(post(attendance="online", workshops=["W-1"]))

    assert page.xpath("//details//input[@name='workshops']") == []
    assert marked(page) == ["W-1"]


@pytest.mark.parametrize(
    ("answers", "is_open"),
    [({}, False), ({"needs": "Large print"}, True), ({"mail_language": "pt"}, True)],
)
def test_needs_and_language_are_folded_away_until_somebody_fills_them_in(
    post, meeting, answers, is_open
):
    page = parsed(post(email="", **{"mail_language": "en", **answers}))

    (fold,) = page.xpath("//details[.//textarea]")
    assert (fold.get("open") is not None) == is_open
