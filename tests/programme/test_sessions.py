from datetime import timedelta

import pytest

from programme.models import Meeting, Session
from tests import factories
from tests.programme.test_pages import programme_of
from tests.reading import headings, read, text, words

DAY_2 = factories.FIRST_DAY + timedelta(days=1)


def card(page, title):
    (element,) = page.xpath(f"//article[.//*[normalize-space()='{title}']]")
    return element


# The programme


def test_programme_is_sorted_by_day_and_hour(client, meeting):
    factories.session(title_en="Second", starts_at=factories.moment("11:30"))
    factories.session(title_en="First", starts_at=factories.moment("9:30"))
    factories.session(title_en="Next day", starts_at=factories.moment("9:30", day=2))

    page = read(client, "/en/programme/")

    assert headings(page, 3) == ["9:30", "11:30", "9:30"]
    assert headings(page, 4) == ["First", "Second", "Next day"]
    assert page.xpath("//nav[@aria-label='Days']/a/@href") == [
        "#day-2026-11-18",
        "#day-2026-11-19",
        "#day-2026-11-20",
    ]


def test_session_without_hours_is_last_of_its_day(client, meeting):
    factories.session(title_en="Without an hour", starts_at=None)
    factories.session(title_en="With an hour")

    page = read(client, "/en/programme/")

    day = page.xpath("//section[@id='day-2026-11-18']")[0]
    assert words(day.xpath(".//h3")) == ["10:00", "Time to be confirmed"]
    assert words(day.xpath(".//h4")) == ["With an hour", "Without an hour"]


def test_session_without_a_day_is_last(client, meeting):
    factories.session(title_en="Without a day", day=None)
    factories.session(title_en="With a day")

    page = read(client, "/en/programme/")

    day = page.xpath("//section[contains(@class, 'day ')]")[-1]
    assert words(day.xpath(".//h2"))[0].startswith("Day to be confirmed")
    assert words(day.xpath(".//h4")) == ["Without a day"]
    assert page.xpath("//nav[@aria-label='Days']/a/@href")[-1] == "#day-to-be-confirmed"


def test_sessions_that_start_together_share_a_slot(client, meeting):
    factories.session(title_en="Here", room=factories.room(order=1))
    factories.session(title_en="There", room=factories.room(order=2))

    page = read(client, "/en/programme/")

    assert headings(page, 3) == ["10:00"]
    assert headings(page, 4) == ["Here", "There"]


def test_programme_hides_drafts(client, meeting):
    factories.session(state=Session.State.DRAFT)

    page = read(client, "/en/programme/")

    assert headings(page, 4) == []
    assert "has not been announced yet" in text(page)


def test_programme_shows_a_cancelled_session_with_its_reason(client, meeting):
    factories.session(
        title_en="Walk", state=Session.State.CANCELLED, cancellation_reason_en="Road works."
    )

    page = read(client, "/en/programme/")

    assert "Cancelled" in card(page, "Walk").text_content()
    assert "Road works." in card(page, "Walk").text_content()
    assert "0 sessions · 1 cancelled" in text(page, "//h2")


def test_programme_marks_sessions_that_are_on(client, meeting, time_machine):
    factories.session(title_en="Talk")
    factories.workshop(title_en="Workshop")
    factories.session(title_en="Later", starts_at=factories.moment("11:00"))
    time_machine.move_to(factories.moment("10:59"), tick=False)

    page = read(client, "/en/programme/")

    assert "Live now" in card(page, "Talk").text_content()
    assert "Happening now" in card(page, "Workshop").text_content()
    assert " now" not in card(page, "Later").text_content()


def test_card_names_theme_kind_format_and_languages(client, meeting):
    factories.session(
        title_en="Talk",
        theme=factories.theme(name_en="Affection"),
        language="es",
        interpretation_languages=["pt", "en"],
        sign_languages=["pys"],
        caption_languages=["es"],
    )

    page = read(client, "/en/programme/")

    assert words(card(page, "Talk").xpath(".//p[@class='kind']")) == ["Lecture · Affection"]
    assert words(card(page, "Talk").xpath(".//p[@class='follow']/span")) == [
        "Room to be confirmed",
        "In person and online",
        "Spanish; interpreted into Portuguese and English",
        "Paraguayan Sign Language",
        "Captions in Spanish",
    ]


def test_programme_shows_a_break_without_a_link(client, meeting):
    factories.session(title_en="Coffee", kind=Session.Kind.BREAK)

    page = read(client, "/en/programme/")

    assert headings(page, 4) == ["Coffee"]
    assert page.xpath("//h4//a") == []
    assert "0 sessions" in text(page, "//h2")


def test_title_in_another_language_has_a_lang_attribute(client, meeting):
    factories.session(title_es="", title_pt="Abertura")

    page = read(client, "/en/programme/")

    assert page.xpath("string(//h4//span/@lang)") == "pt"


@pytest.mark.parametrize(
    ("size", "taken", "sentence"),
    [
        (25, 10, "Places left"),
        (25, 22, "Last places"),
        (100, 90, "Last places"),
        (100, 89, "Places left"),
        (25, 25, "Full"),
    ],
)
def test_workshop_card_says_whether_places_are_left(client, meeting, size, taken, sentence):
    factories.quota(session=factories.workshop(), size=size, taken=taken)

    page = read(client, "/en/programme/")

    assert words(page.xpath("//article//p[@class='seats-line']")) == [sentence]


def test_workshop_without_a_quota_is_not_open_yet(client, meeting):
    factories.workshop()

    assert "Not open yet" in text(read(client, "/en/programme/"))


def test_workshop_before_registration_is_not_open_yet(client, meeting):
    Meeting.objects.update(registration_opens_at=factories.NOW + timedelta(hours=1))
    factories.quota(session=factories.workshop())

    assert "Not open yet" in text(read(client, "/en/programme/"))


@pytest.mark.parametrize("facts", [{"state": "cancelled"}, {"kind": "lecture"}])
def test_session_without_seats_does_not_mention_places(client, meeting, facts):
    factories.session(**facts)

    page = text(read(client, "/en/programme/"))

    assert "Not open yet" not in page


def test_places_are_not_mentioned_once_registration_is_closed(client, meeting):
    Meeting.objects.update(registration_closes_at=factories.NOW - timedelta(hours=1))
    factories.quota(session=factories.workshop())

    assert "Places left" not in text(read(client, "/en/programme/"))


def test_places_are_not_mentioned_once_the_session_has_begun(client, meeting, time_machine):
    Meeting.objects.update(registration_closes_at=None)
    factories.quota(session=factories.workshop(slug="clay"))
    told = {}
    for hour in ("9:59", "10:00"):
        time_machine.move_to(factories.moment(hour), tick=False)
        pages = [text(read(client, f"/en/programme/{slug}")) for slug in ("", "clay/")]
        told[hour] = ["Places left" in page for page in pages]
        told[hour].append("Register and ask for a place" in pages[1])

    assert told == {"9:59": [True] * 3, "10:00": [False] * 3}


def test_programme_queries_do_not_grow(client, meeting, django_assert_num_queries):
    programme_of(1)
    with django_assert_num_queries(8):
        assert len(headings(read(client, "/en/programme/"), 4)) == 1

    programme_of(9)
    with django_assert_num_queries(8):
        assert len(headings(read(client, "/en/programme/"), 4)) == 10


# One session


def test_session_page_shows_time_room_and_people(client, meeting):
    room = factories.room(name_en="Auditorium", is_step_free=True)
    session = factories.session(slug="opening", title_en="Opening", room=room)
    factories.part(
        session=session, role="moderates", person=factories.person(name="Ana", country="PE")
    )
    shown = factories.presentation(session=session, title_en="A museum", institution="Museo A")
    factories.part(presentation=shown, role="presents", person=factories.person(name="Beto"))

    page = read(client, "/en/programme/opening/")

    assert headings(page, 1) == ["Opening"]
    when, own_zone, where = words(page.xpath("//dl/div/dd"))
    assert [when, where] == [
        "Wednesday 18 November, from 10:00 to 11:00, Asunción time",
        "Auditorium step-free access",
    ]
    assert own_zone.startswith("Also show times in")
    assert words(page.xpath("//ul[@class='people']/li")) == ["Anamoderates · Peru"]
    assert words(page.xpath("//ol[@class='presentations']/li")) == [
        "A museum Museo A Beto (presents)"
    ]


def test_session_page_links_its_calendar_file_in_its_language(client, meeting):
    factories.session(slug="opening")

    page = read(client, "/en/programme/opening/")

    assert page.xpath("//a[contains(@href, '.ics')]/@href") == ["/programme/opening.ics?lang=en"]


def test_session_page_without_hours_has_no_calendar_file(client, meeting):
    factories.session(slug="opening", starts_at=None)

    page = read(client, "/en/programme/opening/")

    assert page.xpath("//a[contains(@href, '.ics')]") == []
    assert "Wednesday 18 November, time to be confirmed" in text(page)


def test_workshop_page_says_in_person_only_and_links_to_registration(client, meeting):
    factories.quota(session=factories.workshop(slug="clay", code="CLAY"))

    page = read(client, "/en/programme/clay/")

    assert "Workshops are in person only and are not streamed." in text(page, "//aside")
    asking = page.xpath("//*[@aria-labelledby='seats']//a")
    assert [(*words([link]), link.get("href")) for link in asking] == [
        ("Register and ask for a place", "/en/registration/?workshop=CLAY")
    ]
    assert page.xpath("//aside//a") == []


def test_cancelled_session_page_shows_the_reason_and_no_links(client, meeting):
    factories.session(
        slug="walk",
        title_en="A walk",
        state=Session.State.CANCELLED,
        cancellation_reason_en="Road works.",
    )

    page = read(client, "/en/programme/walk/")

    assert words(page.xpath("//article/header//h1/s")) == ["A walk"]
    assert words(page.xpath("//article/header//*[@class='lede']")) == [
        "This session has been cancelled. Road works."
    ]
    assert page.xpath("//aside | //main//*[@data-star] | //*[@data-code]") == []


def test_page_of_a_draft_is_not_found(client, meeting):
    factories.session(slug="secret", state=Session.State.DRAFT)

    assert client.get("/en/programme/secret/").status_code == 404


def test_recording_and_materials_are_linked(client, meeting):
    factories.session(
        slug="opening",
        recording_url="https://video.example/1",
        materials_url="https://museos.example/1",
    )

    page = read(client, "/en/programme/opening/")

    assert page.xpath("//aside//section[2]//a/@href") == [
        "https://video.example/1",
        "https://museos.example/1",
    ]


def test_session_page_queries_do_not_grow(client, meeting, django_assert_num_queries):
    room = factories.room()
    session = factories.session(slug="opening", room=room, theme=factories.theme())
    factories.channel(stream=factories.stream(room=room))
    factories.part(session=session)
    with django_assert_num_queries(8):
        read(client, "/en/programme/opening/")

    for _ in range(4):
        shown = factories.presentation(session=session)
        factories.part(presentation=shown)
        factories.part(session=session)
    with django_assert_num_queries(8):
        read(client, "/en/programme/opening/")


def test_programme_offers_its_calendar_file_once_an_hour_is_known(client, meeting):
    factories.session(starts_at=None)
    before = read(client, "/en/programme/").xpath("//main//a[contains(@href, '.ics')]/@href")

    factories.session()
    after = read(client, "/en/programme/").xpath("//main//a[contains(@href, '.ics')]/@href")

    file = "//testserver/programme.ics?lang=en"
    assert (before, after) == ([], [f"webcal:{file}", f"http:{file}"])


# Filters and their twins


def test_filters_agree_with_their_twins_on_the_instance(meeting):
    for kind in Session.Kind:
        for state in Session.State:
            factories.session(kind=kind, state=state)
    for hour in ("9:00", "9:30", "10:30", "11:00"):
        factories.session(starts_at=factories.moment(hour))
    factories.session(starts_at=None)
    sessions = list(Session.objects.all())
    first = sessions[0]

    def keys(rows):
        return sorted(session.pk for session in rows)

    assert keys(Session.objects.without_breaks()) == keys(s for s in sessions if not s.is_break)
    assert keys(Session.objects.visible()) == keys(s for s in sessions if s.is_visible)
    assert keys(Session.objects.followed_online()) == keys(
        s for s in sessions if s.is_followed_online
    )
    assert keys(Session.objects.overlapping(first.starts_at, first.ends_at)) == keys(
        s for s in sessions if s.overlaps(first)
    )
