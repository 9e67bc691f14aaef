"""No page says what is untrue at its moment, from a year before the meeting to two years after."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from lxml import html

from programme.models import Meeting, Page, Person, Session
from registration import tokens
from registration.models import Quota
from tests import factories, sampling, untrue
from tests.registration.helpers import confirmed

FIRST, LAST = "2024-11-25", "2024-11-27"
WHILE_REGISTERING = "2024-11-01T12:00-05:00"
HOUR = timedelta(hours=1)

# The states of the meeting at instants of its clock.
STORIES = {
    "before": {
        "2023-11-25T09:00": {"before", "not open"},
        "2024-08-26T23:59": {"before", "not open"},
        "2024-08-27T09:00": {"before", "open"},
        "2024-11-19T09:00": {"before", "open"},
        "2024-11-24T22:00": {"before", "open"},
    },
    "on": {
        "2024-11-25T00:00": {"on", "open", "quiet"},
        "2024-11-25T08:30": {"on", "open", "quiet"},
        "2024-11-25T09:10": {"on", "open"},
        "2024-11-25T11:20": {"on", "open", "quiet"},
        "2024-11-25T13:30": {"on", "open", "quiet"},
        "2024-11-25T20:00": {"on", "open", "quiet"},
        "2024-11-26T02:00": {"on", "open", "quiet"},
        "2024-11-26T10:30": {"on", "open"},
        "2024-11-27T12:30": {"on", "closed"},
        "2024-11-27T18:00": {"on", "closed"},
        # The last session is over: pages may say that the meeting has ended.
        "2024-11-27T23:59": {"closed", "quiet"},
    },
    "after": {
        "2024-11-28T00:00": {"over"},
        "2024-12-26T12:00": {"over"},
        "2024-12-27T23:59": {"over"},
        "2024-12-28T00:00": {"over"},
        "2026-11-27T12:00": {"over"},
    },
    "registration never closes": {
        "2024-11-27T18:00": {"on", "open"},
        "2024-11-28T09:00": {"over"},
        "2026-11-27T12:00": {"over"},
    },
    "registration closed early": {
        "2024-11-10T09:00": {"before", "closed"},
        "2024-11-26T10:30": {"on", "closed"},
    },
    "registration never opens": {
        "2024-11-10T09:00": {"before", "not open"},
        "2024-11-26T10:30": {"on", "not open"},
        "2024-11-28T09:00": {"over"},
    },
    "postponed": {
        "2024-11-10T09:00": {"before", "not held", "postponed"},
        "2024-11-26T10:30": {"not held", "postponed"},
        "2024-11-28T12:00": {"not held", "postponed"},
        "2026-11-27T12:00": {"not held", "postponed"},
    },
    "cancelled": {
        "2024-11-10T09:00": {"before", "not held", "called off"},
        "2024-11-26T10:30": {"not held", "called off"},
        "2024-11-28T12:00": {"not held", "called off"},
        "2026-11-27T12:00": {"not held", "called off"},
    },
    # Cancelled on the second day: what had ended by then was held.
    "broken off": {
        "2024-11-26T20:00": {"broken off", "called off"},
        "2024-11-28T12:00": {"broken off", "called off"},
        "2026-11-27T12:00": {"broken off", "called off"},
    },
    "all in person": {
        "2024-08-27T09:00": {"before", "open", "all in person"},
        "2024-11-10T09:00": {"before", "open", "all in person"},
        "2024-11-25T13:30": {"on", "open", "all in person"},
        "2024-11-26T10:30": {"on", "open", "all in person"},
        "2024-11-27T12:30": {"on", "closed", "all in person"},
        "2024-11-28T09:00": {"over", "all in person"},
        "2026-11-27T12:00": {"over", "all in person"},
    },
}
BROKEN_OFF_AT = datetime.fromisoformat("2024-11-26T12:00-05:00")
FACTS = {
    "registration never closes": {"registration_closes_at": None},
    "registration closed early": {"registration_closes_at": "2024-11-05T12:00-05:00"},
    "registration never opens": {"registration_opens_at": None, "registration_closes_at": None},
    "postponed": {"standing": "postponed"},
    "cancelled": {"standing": "cancelled"},
    "broken off": {"standing": "cancelled", "broken_off_at": BROKEN_OFF_AT},
}
# The sample's own texts speak of the stream.
# Those are taken away, so that the product’s are read.
TEXTS_OF_ORGANISERS = {"streaming_note", "about", "audience", "summary", "access", "directions"}
# `make test` reads every page at these instants, `make drill` at all of them.
OFTEN = {
    *("2023-11-25T09:00", "2024-11-19T09:00", "2024-11-25T08:30", "2024-11-26T10:30"),
    *("2024-11-27T18:00", "2024-11-28T09:00", "2024-11-28T00:00", "2026-11-27T12:00"),
    "2024-11-10T09:00",
}


@pytest.fixture
def sample(db, time_machine):
    """Write a small sample meeting, to which one person comes, and what became of its sessions."""
    sampling.sample("--sessions", "24", "--people", "12")
    time_machine.move_to(WHILE_REGISTERING, tick=False)
    rename_sessions()
    recorded = Session.objects.get(slug="recorded")
    before = {"was_starts_at": recorded.starts_at - HOUR, "was_ends_at": recorded.ends_at - HOUR}
    now = {"starts_at": recorded.starts_at, "ends_at": recorded.ends_at}
    factories.change(session=recorded, day=recorded.day, **now, **before)
    Session.objects.filter(pk=recorded.pk).update(revision=1)
    workshop = Quota.objects.get(session__slug="workshop")
    return confirmed(Quota.objects.in_person().get(), workshop)


def rename_sessions():
    """Give one session of each kind the name by which the test knows it."""
    visible = Session.objects.order_by("starts_at", "pk")
    hybrid = visible.filter(format="hybrid", state="published", starts_at__isnull=False)
    kinds = {
        "recorded": hybrid.filter(day=FIRST)[0],
        "hybrid": hybrid.exclude(day__in=[FIRST, LAST])[0],
        "workshop": visible.filter(kind="workshop")[0],
        "full": visible.filter(kind="workshop")[1],
        "hourless": visible.get(day__isnull=False, starts_at=None),
        "dayless": visible.get(day=None),
        "called-off": visible.get(state="cancelled"),
    }
    for slug, session in kinds.items():
        Session.objects.filter(pk=session.pk).update(slug=slug)
    Quota.objects.filter(session__slug="full").update(size=0)


def state_of(session, moment, states):
    """Tell from its row alone how far a session is at a moment."""
    if session.state == "cancelled" or "not held" in states:
        return "cancelled"
    if "broken off" in states:
        ends = session.ends_at or (session.day and midnight_after(session.day))
        return "behind" if ends and ends <= BROKEN_OFF_AT else "cancelled"
    if session.ends_at is None:
        is_behind = "over" in states or bool(session.day and session.day < moment.date())
        return "behind" if is_behind else "ahead"
    if session.ends_at <= moment:
        return "behind"
    return "on" if session.starts_at <= moment else "ahead"


def midnight_after(day):
    return datetime.combine(day, time.min, BROKEN_OFF_AT.tzinfo) + timedelta(days=1)


def addresses(registration):
    """Return the address of each page that people read, by the name the test has for it."""
    own_token = tokens.own_token(registration)
    speaker = Person.objects.in_programme().first()
    pages = {
        "home": reverse("home"),
        "programme": reverse("programme:session-list"),
        "changes": reverse("programme:change-list"),
        "agenda": reverse("programme:my-agenda"),
        "live": reverse("programme:live"),
        "speakers": reverse("programme:speaker-list"),
        "speaker": reverse("programme:speaker-detail", args=[speaker.slug]),
        "venue": reverse("programme:venue"),
        "documents": reverse("programme:document-list"),
        "privacy": reverse("programme:privacy"),
        "accessibility": reverse("programme:accessibility"),
        "page": reverse("programme:page-detail", args=["preguntas-frecuentes"]),
        "sign-up": reverse("registration:sign-up"),
        "lost-link": reverse("registration:lost-link"),
        "own": reverse("registration:own", args=[own_token]),
        "consents": reverse("registration:consents", args=[own_token]),
        "dead link": reverse("registration:own", args=["forged"]),
    }
    for session in Session.objects.filter(slug__in=SESSIONS):
        pages[session.slug] = session.get_absolute_url()
    for slug in ASKED:
        pages[f"questions to {slug}"] = reverse("programme:question-ask", args=[slug])
    return pages


SESSIONS = ["recorded", "hybrid", "workshop", "full", "hourless", "dayless", "called-off"]
ASKED = ["hybrid", "hourless"]


def read_aloud(page):
    """Return what a page says to people and search engines, without its frame."""
    data = page.xpath("//script[@type='application/ld+json']/text()")
    shown = page.xpath("//head/title/text() | //head/meta/@content")
    return " ".join([*shown, *data, text_of(*page.xpath("//main"))])


def frame_of(page):
    return text_of(*page.xpath("//header[contains(@class, 'head')] | //footer"))


def text_of(*elements):
    for element in elements:
        for silent in element.xpath(".//template | .//script | .//style"):
            silent.drop_tree()
    return " ".join(" ".join(element.text_content().split()) for element in elements)


def untrue_sentences(client, registration, moment, states, language):
    """Return the pages that say what is untrue at this moment, each with the part of a sentence."""
    found = []
    with translation.override(language):
        pages = addresses(registration)
        sessions = {s.slug: state_of(s, moment, states) for s in Session.objects.all()}
        for name, address in pages.items():
            page = html.fromstring(client.get(address, follow=True).content.decode())
            told = {name: read_aloud(page)} | ({"frame": frame_of(page)} if name == "venue" else {})
            for part, text in told.items():
                forbidden = untrue.phrases(states, sessions.get(part), language)
                found += [f"{part}: {words}" for words in forbidden if words in text]
    return found


def assert_nothing_untrue(client, registration, time_machine, story, instants, language="es"):
    Meeting.objects.update(**FACTS.get(story, {}))
    if story == "all in person":
        bring_everybody_there()
    found = []
    for instant in instants:
        moment = datetime.fromisoformat(f"{instant}-05:00")
        time_machine.move_to(moment, tick=False)
        states = STORIES[story][instant]
        has_ended = moment > Session.objects.get(slug="recorded").ends_at
        is_recorded = has_ended and "not held" not in states
        recording = "https://youtu.be/ejemplo-009" if is_recorded else ""
        Session.objects.filter(slug="recorded").update(recording_url=recording)
        told = untrue_sentences(client, registration, moment, states, language)
        found += [f"{story}, {instant}, {said}" for said in told]
    assert not found, "\n".join(found)


def bring_everybody_there():
    """Let each session be in person, and take away the organisers' own texts about the stream."""
    Session.objects.update(format="in_person")
    columns = [f"{name}_{code}" for name in TEXTS_OF_ORGANISERS for code in untrue.LANGUAGES]
    Meeting.objects.update(**dict.fromkeys(columns, ""))
    Page.objects.update(**{f"text_{code}": "" for code in untrue.LANGUAGES})


def some_of(instants):
    return [instant for instant in instants if instant in OFTEN]


# The other stories are walked in the drill.
@pytest.mark.parametrize("story", ["before", "on", "after", "postponed", "all in person"])
def test_no_page_says_what_is_untrue_at_its_moment(client, sample, time_machine, story):
    assert_nothing_untrue(client, sample, time_machine, story, some_of(STORIES[story]))


@pytest.mark.drill
@pytest.mark.parametrize("story", STORIES)
def test_no_page_says_it_at_any_moment(client, sample, time_machine, story):
    assert_nothing_untrue(client, sample, time_machine, story, STORIES[story])


@pytest.mark.drill
@pytest.mark.parametrize("language", ["pt", "en"])
@pytest.mark.parametrize("story", STORIES)
def test_no_page_says_it_in_other_languages(client, sample, time_machine, story, language):
    assert_nothing_untrue(client, sample, time_machine, story, some_of(STORIES[story]), language)
