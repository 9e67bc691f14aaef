"""The home page says what is true at each moment, and weaves a figure for each session."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from eim.lib.weave import meter_path
from programme.models import Meeting, Session
from tests import factories
from tests.reading import headings, read, text, words


def strip_in(page):
    """Return the headline of the strip, its facts, and its button; None without a strip."""
    if not page.xpath("//*[contains(@class, 'moment')]"):
        return None
    headline = text(page, "//*[@class='moment-now']")
    facts = [
        tuple(words(fact.xpath("./*"))) for fact in page.xpath("//ul[@class='moment-facts']/li")
    ]
    call = words(page.xpath("//section[contains(@class, 'moment')]//a[@class='button']"))
    return headline, facts, *call


def at(client, time_machine, hours, *, day=1):
    time_machine.move_to(factories.moment(hours, day=day), tick=False)
    return read(client, "/en/")


def menu(page):
    return words(page.xpath("//nav[@aria-label='Main']/a"))


def buttons(page):
    """Return the buttons of the head, the loud one first marked with a star."""
    found = page.xpath("//*[contains(@class, 'hero-text')]//a[contains(@class, 'button')]")
    return [
        f"{label}{'' if 'is-quiet' in button.get('class') else '*'}"
        for label, button in zip(words(found), found, strict=True)
    ]


@pytest.fixture
def patio(meeting):
    return factories.room(name_en="Patio")


@pytest.fixture
def three_days(patio):
    """Create a session on each day, and one more on the first; each lasts an hour."""
    hours = {
        "First": ("10:00", 1),
        "Second": ("14:00", 1),
        "Third": ("9:00", 2),
        "Last": ("9:00", 3),
    }
    for title, (hour, day) in hours.items():
        starts_at = factories.moment(hour, day=day)
        factories.session(title_en=title, slug=title.lower(), room=patio, starts_at=starts_at)
    Meeting.objects.update(registration_closes_at=factories.moment("18:00", day=3))


ZONE = "Patio · Asunción time"
OPEN = ("Registration is open", "Until Friday 20 November, 18:00, Asunción time")
NEXT_DAY = ("See you tomorrow, 9:00", [(ZONE, "Third")])


@pytest.mark.parametrize(
    ("hours", "day", "strip"),
    [
        ("9:00", -4, ("5 days to go", [OPEN])),
        ("23:59", -1, ("2 days to go", [OPEN])),
        ("0:00", 0, ("Tomorrow", [OPEN])),
        ("0:00", 1, ("Today, from 10:00", [(ZONE, "First")])),
        ("9:59", 1, ("Today, from 10:00", [(ZONE, "First")])),
        ("10:00", 1, ("Now", [("Patio · until 11:00, Asunción time", "First")], "Watch live")),
        ("10:59", 1, ("Now", [("Patio · until 11:00, Asunción time", "First")], "Watch live")),
        ("11:00", 1, ("Next at 14:00", [(ZONE, "Second")])),
        ("15:00", 1, NEXT_DAY),
        ("23:59", 1, NEXT_DAY),
        ("0:00", 2, ("Today, from 9:00", [(ZONE, "Third")])),
        ("10:00", 2, ("See you tomorrow, 9:00", [(ZONE, "Last")])),
        ("10:00", 3, ("The meeting ended today", [])),
        ("23:59", 3, ("The meeting ended today", [])),
        ("0:00", 4, None),
        ("9:00", 400, None),
    ],
)
def test_strip_says_what_is_true_now(client, three_days, time_machine, hours, day, strip):
    assert strip_in(at(client, time_machine, hours, day=day)) == strip


@pytest.mark.parametrize(
    ("opens", "closes", "fact"),
    [
        (None, None, ("Registration", "Its opening is not announced yet")),
        (1, 2, ("Registration", "Opens on Wednesday 2 September, 9:00, Asunción time")),
        (-1, 1, ("Registration is open", "Until Wednesday 2 September, 9:00, Asunción time")),
        (-1, None, ("Registration", "Open and free")),
        (-2, -1, ("Registration", "Closed on Monday 31 August, 9:00, Asunción time")),
    ],
)
def test_strip_before_the_meeting_says_whether_one_can_register(
    client, meeting, opens, closes, fact
):
    Meeting.objects.update(
        registration_opens_at=opens and factories.NOW + timedelta(days=opens),
        registration_closes_at=closes and factories.NOW + timedelta(days=closes),
    )

    assert strip_in(read(client, "/en/")) == ("78 days to go", [fact])


@pytest.mark.parametrize(
    ("size", "taken", "sentence", "cells"),
    [(450, 10, "Places left", 0), (450, 410, "Last places", 4), (450, 450, "Full", 5)],
)
def test_strip_says_in_words_and_five_cells_whether_one_can_come(
    client, meeting, size, taken, sentence, cells
):
    factories.quota(size=size, taken=taken)

    page = read(client, "/en/")

    assert strip_in(page)[1][1] == ("In person", "", sentence)
    assert page.xpath("//ul[@class='moment-facts']//*[local-name()='path']/@d") == [
        meter_path([index < cells for index in range(5)])
    ]


def test_strip_tells_no_places_that_nobody_can_take(client, meeting, time_machine):
    factories.quota(size=450)
    Meeting.objects.update(registration_closes_at=factories.NOW)

    told = [strip_in(read(client, "/en/")), strip_in(at(client, time_machine, "9:00"))]

    assert told == [
        (
            "78 days to go",
            [("Registration", "Closed on Tuesday 1 September, 9:00, Asunción time")],
        ),
        ("Today", []),
    ]


def test_strip_names_what_is_streamed_first_and_counts_what_it_does_not_name(
    client, patio, time_machine
):
    factories.workshop(title_en="Clay", room=patio)
    for n in range(3):
        factories.session(title_en=f"Talk {n}", room=factories.room(name_en=f"Hall {n}"))

    headline, facts, _call = strip_in(at(client, time_machine, "10:30"))

    until = "until 11:00, Asunción time"
    talks = [(f"Hall {n} · {until}", f"Talk {n}") for n in range(2)]
    assert (headline, facts) == ("Now", [*talks, ("and 2 more sessions",)])


def test_strip_offers_no_stream_of_what_is_in_person_only(client, patio, time_machine):
    factories.session(title_en="Clay", room=patio, format="in_person")

    page = at(client, time_machine, "10:30")

    label = "Patio · until 11:00, Asunción time · in person only"
    assert strip_in(page) == ("Now", [(label, "Clay")])
    assert "Live" not in menu(page)


def test_day_with_sessions_without_hours_is_only_today(client, patio, time_machine):
    factories.session(title_en="Some time", starts_at=None, room=patio)

    page = at(client, time_machine, "12:00")

    assert strip_in(page) == ("Today", [("Patio · time to be confirmed", "Some time")])


def test_evening_with_a_session_without_hours_says_so_and_when_it_goes_on(
    client, patio, time_machine
):
    factories.session(title_en="Some time", kind="workshop", format="in_person", starts_at=None)
    factories.session(starts_at=factories.moment("8:00"))
    factories.session(title_en="Next", starts_at=factories.moment("9:00", day=2), room=patio)

    page = at(client, time_machine, "19:00")

    assert strip_in(page) == (
        "Also today, at a time to be confirmed",
        [
            ("Workshop · in person only", "Some time"),
            ("See you tomorrow, 9:00", "Next"),
        ],
    )


def test_strip_of_a_day_without_sessions_is_only_today(client, meeting, time_machine):
    assert strip_in(at(client, time_machine, "12:00")) == ("Today", [])


def test_strip_of_a_day_between_those_with_sessions_names_the_next(client, meeting, time_machine):
    factories.session(starts_at=factories.moment("9:00"))
    factories.session(title_en="Late", starts_at=factories.moment("15:00", day=3))

    strip = strip_in(at(client, time_machine, "12:00", day=2))

    assert strip == ("See you tomorrow, 15:00", [("Asunción time", "Late")])


def test_meeting_goes_on_until_midnight_while_hours_of_its_last_day_are_unknown(
    client, patio, time_machine
):
    factories.session(starts_at=factories.moment("9:00", day=3), room=patio)
    day = factories.moment("9:00", day=3).date()
    factories.session(title_en="Some time", starts_at=None, day=day, room=patio)

    evening = at(client, time_machine, "20:00", day=3)
    night = at(client, time_machine, "0:00", day=4)

    assert strip_in(evening) == (
        "Also today, at a time to be confirmed",
        [("Patio · lecture", "Some time")],
    )
    assert ["The meeting took place in" in text(page, "//main") for page in (evening, night)] == [
        False,
        True,
    ]


def test_strip_names_the_next_day_that_has_sessions(client, meeting, time_machine):
    factories.session(starts_at=factories.moment("9:00"))
    factories.session(title_en="Late", starts_at=factories.moment("15:00", day=3))

    strip = strip_in(at(client, time_machine, "12:00"))

    assert strip == ("See you on Friday 20 November, 15:00", [("Asunción time", "Late")])


def test_strip_of_a_next_day_without_hours_names_the_day_alone(client, meeting, time_machine):
    factories.session(starts_at=factories.moment("9:00"))

    assert strip_in(at(client, time_machine, "12:00")) == ("See you tomorrow", [])


def test_strip_leaves_out_breaks_and_what_is_cancelled(client, meeting, time_machine):
    factories.session(kind=Session.Kind.BREAK)
    factories.session(state=Session.State.CANCELLED)
    factories.session(title_en="Talk", starts_at=factories.moment("12:00"))

    strip = strip_in(at(client, time_machine, "10:30"))

    assert strip == ("Today, from 12:00", [("Asunción time", "Talk")])


def test_strip_after_the_meeting_leads_to_recordings_and_documents(client, meeting, time_machine):
    factories.session(title_en="Talk", recording_url="https://youtu.be/aqz-KE-bpKQ")
    factories.session(recording_url="https://youtu.be/aqz-KE-bpKQ", state="cancelled")
    factories.document(title_en="Declaration")

    page = at(client, time_machine, "9:00", day=4)

    assert strip_in(page) == (
        "Recordings",
        [("Lecture", "Talk"), ("Document", "Declaration")],
        "Watch the recordings",
    )
    assert headings(page, 2)[:2] == ["What remains of the meeting", "The programme"]
    assert words(page.xpath("//section[@aria-labelledby='results']//a")) == [
        *("Declaration", "Talk", "All recordings"),
    ]
    assert menu(page) == ["Programme", "Speakers", "Recordings", "Venue"]


def test_strip_after_the_meeting_leads_to_documents_alone(client, meeting, time_machine):
    factories.document(title_en="Declaration")

    page = at(client, time_machine, "9:00", day=4)

    assert strip_in(page) == ("Documents", [("Document", "Declaration")], "All documents")


@pytest.mark.parametrize(
    ("standing", "headline"),
    [("postponed", "The meeting is postponed"), ("cancelled", "The meeting is cancelled")],
)
@pytest.mark.parametrize("day", [0, 1, 4])
def test_meeting_that_does_not_take_place_offers_nothing(
    client, three_days, time_machine, standing, headline, day
):
    Meeting.objects.update(standing=standing, standing_reason_en="The roof **fell** in.")

    page = at(client, time_machine, "10:30", day=day)

    assert strip_in(page) == ("", [])
    assert text(page, "//section[contains(@class, 'moment')]") == "The roof fell in."
    assert text(page, "//body").count(headline) == 1
    assert buttons(page) == []
    assert page.xpath("//main//a[contains(@href, 'registration')]") == []
    assert page.xpath("//*[contains(@class, 'hero-facts') or contains(@class, 'hero-when')]") == []
    assert menu(page) == ["Programme", "Speakers", "Venue"]
    assert figures(page) == ["open"] * 4


# The head


COMING = "18–20 Nov 2026 Asunción and online, free"


@pytest.mark.parametrize(
    ("hours", "day", "when", "offered"),
    [
        (
            "9:00",
            0,
            COMING,
            ["Register for free*", "See the programme"],
        ),
        (
            "9:00",
            1,
            COMING,
            ["See the programme*", "Register for free"],
        ),
        (
            "10:00",
            1,
            COMING,
            ["See the programme", "Register for free"],
        ),
        ("9:59", 3, COMING, ["See the programme", "Register for free"]),
        ("10:00", 3, "18–20 Nov 2026 Asunción", ["See the programme*"]),
        ("9:00", 4, "18–20 Nov 2026 Asunción", ["See the programme*"]),
    ],
)
def test_head_says_when_and_where_with_one_loud_button(
    client, three_days, time_machine, hours, day, when, offered
):
    page = at(client, time_machine, hours, day=day)

    assert text(page, "//*[contains(@class, 'hero-when')]") == when
    assert buttons(page) == offered


@pytest.mark.parametrize(
    ("formats", "place", "how"),
    [
        (["hybrid"], "Asunción and online, free", "In person, or live on this site"),
        (["in_person"], "Asunción, free", "In person"),
        (["online"], "Online, free", "Live on this site"),
        (["online", "in_person"], "Asunción and online, free", "In person, or live on this site"),
    ],
)
def test_home_says_how_to_take_part_as_its_sessions_do(client, meeting, formats, place, how):
    for form in formats:
        factories.session(format=form)

    page = read(client, "/en/")

    assert text(page, "//*[@class='hero-where']") == place
    assert text(page, "//dl/div[3]/dd").startswith(how)
    assert ("need not register" in text(page, "//dl/div[3]/dd")) == (formats != ["in_person"])


@pytest.mark.parametrize(
    ("formats", "how"),
    [
        (["hybrid"], "It was held in person, and live on this site"),
        (["in_person"], "It was held in person"),
        (["online"], "It was held online, live on this site"),
    ],
)
def test_home_after_the_meeting_says_how_it_was_held(client, meeting, time_machine, formats, how):
    for form in formats:
        factories.session(format=form)

    page = at(client, time_machine, "9:00", day=4)

    assert text(page, "//dl/div[3]/dd") == how


@pytest.mark.parametrize(
    ("first", "last", "short", "long"),
    [
        ("2024-11-25", "2024-11-27", "25–27 Nov 2024", "Monday 25 to Wednesday 27 November 2024"),
        ("2024-11-25", "2024-11-25", "25 Nov 2024", "Monday 25 November 2024"),
        (
            "2024-11-30",
            "2024-12-02",
            "30 Nov – 2 Dec 2024",
            "Saturday 30 November to Monday 2 December 2024",
        ),
        (
            "2024-12-31",
            "2025-01-02",
            "31 Dec 2024 – 2 Jan 2025",
            "Tuesday 31 December 2024 to Thursday 2 January 2025",
        ),
    ],
)
def test_home_writes_the_dates_of_the_meeting(client, meeting, first, last, short, long):
    Meeting.objects.update(first_day=first, last_day=last)

    page = read(client, "/en/")

    assert text(page, "//*[contains(@class, 'hero-when')]/span[1]") == short
    assert text(page, "//dl/div[1]/dd") == long


@pytest.mark.parametrize(
    ("path", "short", "long"),
    [
        ("/es/", "18–20 nov 2026", "Miércoles 18 a viernes 20 de noviembre de 2026"),
        ("/pt/", "18–20 nov 2026", "Quarta-feira, 18 a sexta-feira, 20 de novembro de 2026"),
    ],
)
def test_home_writes_dates_as_the_language_does(client, meeting, path, short, long):
    page = read(client, path)

    assert text(page, "//*[contains(@class, 'hero-when')]/span[1]") == short
    assert text(page, "//dl/div[1]/dd") == long


# After


def test_home_after_the_meeting_is_a_record(client, three_days, time_machine):
    ana = factories.person(country="PY")
    factories.part(person=ana, session=Session.objects.get(slug="first"))
    factories.part(person=factories.person(country="PY"), session=Session.objects.get(slug="last"))
    factories.session(title_en="Never dated", day=None)

    page = at(client, time_machine, "9:00", day=4)

    assert text(page, "//*[@class='lede']") == (
        "The meeting took place in Asunción from 18 to 20 November 2026."
        "5 sessions · 2 speakers · 1 country"
    )
    assert headings(page, 2) == ["The programme", "Registration"]
    assert page.xpath("//article") == []


def test_home_after_the_meeting_knows_what_organisers_know_of_it(client, meeting, time_machine):
    factories.session()
    factories.edition(
        number=meeting.number,
        people=412,
        countries=22,
        result_title_en="Declaration",
        result_url="https://museos.example/declaration",
    )
    factories.edition(number=meeting.number + 1, place_en="Lima")

    page = at(client, time_machine, "9:00", day=4)

    assert strip_in(page) == ("Documents", [("Result", "Declaration")], "All documents")
    assert text(page, "//*[@class='lede']/span") == (
        "1 session · 412 people took part · 22 countries"
    )
    assert headings(page, 2)[:2] == ["What remains of the meeting", "The programme"]
    assert words(page.xpath("//section[@aria-labelledby='results']//a")) == ["Declaration"]
    assert "Lima" in text(page, "//*[contains(@class, 'next-edition')]")


def test_home_just_after_the_meeting_still_leads_to_ones_registration(
    client, three_days, time_machine
):
    found = {}
    for day in (33, 34):
        page = at(client, time_machine, "9:00", day=day)
        found[day] = [
            label for label in words(page.xpath("//main//a")) if "regist" in label.lower()
        ]

    assert found == {33: ["Find my registration"], 34: []}


def test_home_of_a_meeting_of_one_day_says_when_it_took_place(client, meeting, time_machine):
    Meeting.objects.update(last_day=factories.FIRST_DAY)

    page = at(client, time_machine, "9:00", day=2)

    assert (
        text(page, "//*[@class='lede']")
        == "The meeting took place in Asunción on 18 November 2026."
    )


# The menu


@pytest.mark.parametrize(
    ("hours", "day", "entries"),
    [
        ("9:00", 0, ["Programme", "Speakers", "Live", "Venue", "My agendaAgenda"]),
        ("10:00", 1, ["Programme", "Speakers", "Live (on now)", "Venue", "My agendaAgenda"]),
        ("11:00", 1, ["Programme", "Speakers", "Live", "Venue", "My agendaAgenda"]),
        ("9:00", 4, ["Programme", "Speakers", "Venue"]),
    ],
)
def test_menu_marks_live_and_leaves_out_what_is_over(
    client, three_days, time_machine, hours, day, entries
):
    assert menu(at(client, time_machine, hours, day=day)) == entries


# The cloth


def figures(page):
    """Return the state of each figure of the cloth."""
    found = page.xpath("//*[contains(@class, 'cloth ')]/*[local-name()='svg']/@class")
    return [one.split("is-")[1] for one in found]


def key(page):
    return text(page, "//*[@class='cloth-key']")


def test_cloth_has_a_figure_for_each_session_in_their_order(client, meeting):
    spiral = factories.theme(motif="spiral", colour="ochre")
    bird = factories.theme(motif="bird", colour="clay")
    factories.session(theme=bird, starts_at=factories.moment("10:00", day=2))
    factories.session(theme=spiral, starts_at=factories.moment("10:00"))
    factories.session(kind=Session.Kind.BREAK, starts_at=factories.moment("11:00"))
    factories.session(state=Session.State.CANCELLED)
    factories.session(state=Session.State.DRAFT)
    factories.session(day=None)

    page = read(client, "/en/")

    drawn = page.xpath("//*[contains(@class, 'cloth ')]/*[local-name()='svg']")
    assert [(one.get("class"), one[0].get("href")) for one in drawn] == [
        ("theme-ochre is-announced", "#m-spiral"),
        ("theme-clay is-announced", "#m-bird"),
        ("theme-plain is-open", "#m-path"),
    ]
    assert page.xpath("//*[contains(@class, 'cloth ')]/@aria-hidden") == ["true"]


@pytest.mark.parametrize(
    ("hours", "day", "states"),
    [
        ("9:59", 1, ["announced", "announced", "announced", "open"]),
        ("10:00", 1, ["live", "announced", "announced", "open"]),
        ("11:00", 1, ["past", "announced", "announced", "open"]),
        ("0:00", 2, ["past", "past", "announced", "open"]),
        ("9:00", 3, ["past", "past", "live", "open"]),
        ("10:00", 3, ["announced"] * 4),
        ("0:00", 4, ["announced"] * 4),
    ],
)
def test_figures_say_what_is_over_and_what_is_on(client, meeting, time_machine, hours, day, states):
    factories.session()
    factories.session(starts_at=None)
    factories.session(starts_at=factories.moment("9:00", day=3))
    factories.session(day=None)

    assert figures(at(client, time_machine, hours, day=day)) == states


@pytest.mark.parametrize(
    ("facts", "day", "sentence"),
    [
        ([], 0, "Each figure of the weave will be a session."),
        ([], 4, ""),
        ([{}], 0, "Each figure of the weave is a session: 1 so far."),
        (
            [{}, {"starts_at": None}],
            0,
            "Each figure of the weave is a session: 2 so far; the weaving goes on.",
        ),
        ([{}, {"starts_at": None}], 4, "Each figure of the weave is a session: 2."),
    ],
)
def test_sentence_counts_the_figures(client, meeting, time_machine, facts, day, sentence):
    for one in facts:
        factories.session(**one)

    page = at(client, time_machine, "9:00", day=day)

    assert key(page) == sentence
    assert len(figures(page)) == len(facts)


@pytest.mark.parametrize(
    ("count", "size"),
    [(0, "bold"), (16, "bold"), (17, "medium"), (72, "medium"), (73, "fine"), (289, "thinnest")],
)
def test_more_figures_are_smaller(client, meeting, count, size):
    for _n in range(count):
        factories.session()

    page = read(client, "/en/")

    assert page.xpath("//*[contains(@class, 'cloth ')]/@class")[0].split()[1] == f"is-{size}"


# Logos


def picture(width, height):
    file = BytesIO()
    Image.new("RGB", (width, height)).save(file, "WEBP")
    return ContentFile(file.getvalue())


def test_logos_say_their_size_and_a_missing_file_does_no_harm(client, meeting):
    found = factories.organisation(logo_alt_en="Found")
    found.logo.save("logo.webp", picture(400, 160))
    factories.organisation(logo_alt_en="Lost", logo="pictures/lost.webp")

    page = read(client, "/en/")

    sizes = {
        image.get("alt"): (image.get("width"), image.get("height"))
        for image in page.xpath("//ul[@class='organisers']//img")
    }
    assert sizes == {"Found": ("400", "160"), "Lost": (None, None)}


def test_compound_names_do_not_break(client, meeting):
    page = read(client, "/en/")

    assert words(page.xpath("//a[@class='brand']//*[@class='unbroken']")) == ["Ibero-American"]


def test_box_says_for_how_many_days_own_pages_open_after_the_meeting(
    client, meeting, settings, time_machine
):
    time_machine.move_to(meeting.last_day + timedelta(days=2), tick=False)
    said = []
    for settings.OWN_PAGE_DAYS in (1, 12):
        page = client.get("/es/").content.decode()
        said.append(re.findall(r"su página, hasta (\d+ días?) después", page))

    assert said == [["1 día"], ["12 días"]]
