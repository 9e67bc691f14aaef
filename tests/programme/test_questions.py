"""Test the page on which people who follow a session online ask questions."""

from datetime import timedelta

import pytest
from django.test import Client

from eim import clock
from eim.lib.form_age import started_now
from eim.lib.hashing import Network, hashed_network
from programme import actions
from programme.models import Question, Session
from tests import factories
from tests.factories import moment
from tests.reading import read, text
from tests.registration.processes import at_once, leave_connections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

ASK = "/en/programme/clay/ask/"
SENT = f"{ASK}?sent"


@pytest.fixture(autouse=True)
def session(meeting, time_machine):
    """Return a session from 10:00 to 11:00; the clock stands at 10:10."""
    time_machine.move_to(moment("10:10"), tick=False)
    return factories.session(slug="clay", title_en="Clay")


def answers(**typed):
    started = started_now(clock.now() - timedelta(minutes=1))
    return {"text": "Who fired it?", "started": started} | typed


@pytest.fixture
def ask(client):
    def sent(address="192.0.2.7", **typed):
        return client.post(ASK, answers(**typed), REMOTE_ADDR=address)

    return sent


def asked():
    return list(Question.objects.order_by("pk").values_list("text", "name", "language", "state"))


# Asking


def test_question_is_stored(ask, session):
    response = ask(name=" Ana  Duarte ", text="Who fired it,\r\nand where?")

    assert (response.status_code, response.url) == (302, SENT)
    assert asked() == [("Who fired it, and where?", "Ana Duarte", "en", "new")]
    row = Question.objects.get()
    assert (row.session, row.asked_at) == (session, clock.now())


def test_question_has_the_language_of_its_page(client):
    client.post("/pt/programa/clay/perguntar/", answers())

    assert asked() == [("Who fired it?", "", "pt", "new")]


def test_page_thanks_and_offers_another_question(client, ask):
    ask()

    page = read(client, SENT)

    assert "Thank you. Your question is now with those who moderate" in text(page, "//main/div/p")
    assert page.xpath("//textarea")[0].text.strip() == ""


def test_page_shows_no_question_of_others(client):
    factories.question(session=Session.objects.get(), text="Somebody else's?")

    assert "Somebody else" not in client.get(SENT).text


def test_network_is_stored_as_a_hash_for_questions_only(ask):
    ask()

    (network,) = Question.objects.values_list("network", flat=True)
    assert network == hashed_network("192.0.2.7", "question").own != hashed_network("192.0.2.7").own


def test_page_is_not_stored_indexed_or_sent_as_referrer(client, ask):
    for response in (client.get(ASK), ask()):
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_page_sets_only_the_csrf_cookie(client, ask):
    client.get(ASK)
    ask()

    assert list(client.cookies) == ["csrftoken"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"text": " \n "}, "text", "Write your question."),
        ({"text": "See www.example.org"}, "text", "Remove web and e-mail addresses."),
        ({"text": "<b>Who?</b>"}, "text", "Remove < and >."),
        (
            {"text": "Who \uf04a?"},
            "text",
            "This text has a character that cannot be shown: U+F04A. Delete it.",
        ),
        (
            {"text": "x" * 501},
            "text",
            "Please use at most 500 characters: there are 501 now.",
        ),
        ({"name": "ana@museo.example"}, "name", "Remove web and e-mail addresses."),
    ],
)
def test_invalid_question_is_refused_with_a_sentence(ask, typed, field, sentence):
    response = ask(**typed)

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert asked() == []


def test_line_break_counts_as_one_character(ask):
    ask(text="x" * 249 + "\r\n" + "y" * 250)

    assert [len(question) for question, *_rest in asked()] == [500]


# Bots and the rate limit


@pytest.mark.parametrize("typed", [{"website": "x"}, {"started": ""}, {"started": "forged"}])
def test_bot_is_refused(ask, typed):
    response = ask(**typed)

    assert response.status_code == 422
    assert "Who fired it?" in response.text
    assert asked() == []


def test_question_sent_too_fast_must_be_sent_again(ask):
    response = ask(started=started_now(clock.now()))

    sentence = "That was very fast. Nothing is lost: please send the page again."
    assert response.context["form"].errors == {"__all__": [sentence]}


def test_question_over_the_limit_is_refused_and_shown_again(ask, settings):
    settings.QUESTIONS_PER_NETWORK = 2
    ask(text="One?")
    ask(text="Two?")

    response = ask(text="Three?", name="Ana")
    other = ask("192.0.2.8", text="Four?")

    assert (response.status_code, other.status_code) == (429, 302)
    assert "Many questions have come from your network" in response.text
    assert ("Three?" in response.text, 'value="Ana"' in response.text) == (True, True)
    assert [question for question, *_rest in asked()] == ["One?", "Two?", "Four?"]


def test_block_of_networks_has_a_limit_of_its_own(ask, settings):
    settings.QUESTIONS_PER_NETWORK = 2
    settings.NETWORKS_OF_A_BLOCK = 2
    addresses = [f"2001:db8:1:{n}::1" for n in range(6)]

    answers = [ask(address, text=f"Who fired {address}?").status_code for address in addresses]

    assert answers == [302] * 4 + [429] * 2
    assert ask("2001:db8:2::1").status_code == 302


def test_network_may_ask_again_after_ten_minutes(ask, settings, time_machine):
    settings.QUESTIONS_PER_NETWORK = 1
    ask(text="One?")

    time_machine.shift(timedelta(minutes=10))

    assert ask(text="Two?").status_code == 302


def test_same_question_within_ten_minutes_is_stored_once(ask, time_machine):
    answers = [ask().url, ask(text=" Who  fired it? ").url]
    ask("192.0.2.8")
    time_machine.shift(timedelta(minutes=11))
    ask()

    assert answers == [SENT, SENT]
    assert Question.objects.count() == 3


def test_failed_csrf_check_shows_what_was_typed_and_stores_nothing():
    response = Client(enforce_csrf_checks=True).post(ASK, answers(name="Ana"))

    assert response.status_code == 403
    assert ("Who fired it?" in response.text, 'value="Ana"' in response.text) == (True, True)
    assert asked() == []


# When questions are accepted


@pytest.mark.parametrize(
    ("hour", "is_open"), [("9:44", False), ("9:45", True), ("10:59", True), ("11:00", False)]
)
def test_questions_are_accepted_from_15_minutes_before_until_the_end(
    client, time_machine, hour, is_open
):
    time_machine.move_to(moment(hour), tick=False)

    assert bool(read(client, ASK).xpath("//textarea")) == is_open


def said(client):
    return text(read(client, ASK), "//main//p[@class='lede']")


def test_closed_page_says_when_questions_are_accepted(client, time_machine):
    time_machine.move_to(moment("9:00"), tick=False)
    before = said(client)
    time_machine.move_to(moment("12:00"), tick=False)

    assert before == (
        "Questions are taken here from Wednesday 18 November, 9:45, Asunción time, "
        "until the session ends."
    )
    assert said(client) == (
        "Questions were taken here until Wednesday 18 November, 11:00, Asunción time."
    )


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"state": "cancelled"}, "This session has been cancelled"),
        ({"takes_questions": False}, "This session takes no questions"),
        ({"format": "in_person"}, "This session takes no questions"),
        ({"kind": "break"}, "This session takes no questions"),
        ({"starts_at": None, "ends_at": None}, "Its time has not been announced yet."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_session_that_accepts_no_questions_says_why(client, ask, facts, sentence):
    Session.objects.update(**facts)

    assert said(client).startswith(sentence)
    assert ask().status_code == 409
    assert asked() == []


def test_draft_has_no_page(client, ask):
    Session.objects.update(state="draft")

    assert (client.get(ASK).status_code, ask().status_code) == (404, 404)


def test_late_question_is_shown_again_and_not_stored(ask, time_machine):
    time_machine.move_to(moment("11:01"), tick=False)

    response = ask(text="Who <i>fired</i> it?")

    assert response.status_code == 409
    assert "This is what you wrote. It has not been sent." in response.text
    assert "Who &lt;i&gt;fired&lt;/i&gt; it?" in response.text
    assert asked() == []


# Links to the page

LINKS = "//main//a[@href='/en/programme/clay/ask/']"


@pytest.mark.parametrize(
    ("hour", "facts", "is_linked"),
    [
        ("9:59", {}, False),
        ("10:00", {}, True),
        ("11:00", {}, False),
        ("10:10", {"takes_questions": False}, False),
        ("10:10", {"state": "cancelled"}, False),
        ("10:10", {"format": "in_person"}, False),
    ],
)
def test_session_page_links_to_the_form_while_it_is_on(
    client, time_machine, hour, facts, is_linked
):
    time_machine.move_to(moment(hour), tick=False)
    Session.objects.update(**facts)

    assert bool(read(client, "/en/programme/clay/").xpath(LINKS)) == is_linked


def test_ask_page_queries_do_not_grow(client, session, django_assert_num_queries):
    client.get(ASK)
    with django_assert_num_queries(8):
        client.get(ASK)
    for _n in range(100):
        factories.question(session=session)

    with django_assert_num_queries(8):
        client.get(ASK)


# Concurrent requests


def ask_at_once(process, session_id):
    session = Session.objects.get(pk=session_id)
    facts = {"name": "", "language": "es", "network": Network("n", "b")}
    for n in range(5):
        actions.ask(session, text=f"¿{n}?", **facts)
    leave_connections()


@pytest.mark.django_db(transaction=True)
def test_concurrent_identical_questions_are_stored_once(session, time_machine):
    # Connection pools wait by a clock that must run.
    time_machine.move_to(moment("10:10"), tick=True)

    at_once(ask_at_once, session.pk)

    texts = Question.objects.order_by("text").values_list("text", flat=True)
    assert list(texts) == [f"¿{n}?" for n in range(5)]


def ask_of_another_session(process, session_ids):
    """Ask five questions; return how many were refused."""
    session = Session.objects.get(pk=session_ids[process])
    facts = {"name": "", "language": "es", "network": Network("n", "b")}
    refused = 0
    for n in range(5):
        try:
            actions.ask(session, text=f"¿{n}?", **facts)
        except actions.TooManyQuestions:
            refused += 1
    leave_connections()
    return refused


@pytest.mark.django_db(transaction=True)
def test_rate_limit_holds_over_concurrent_questions_to_several_sessions(
    session, time_machine, settings
):
    settings.QUESTIONS_PER_NETWORK = 6
    time_machine.move_to(moment("10:10"), tick=True)
    sessions = [session.pk] + [factories.session(slug=f"other-{n}").pk for n in range(3)]

    refused = at_once(ask_of_another_session, sessions)

    assert (Question.objects.count(), sum(refused)) == (6, 14)
