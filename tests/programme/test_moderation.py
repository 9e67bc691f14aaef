"""Whoever moderates a session reads its questions in the hall, by a link and without an account."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from eim import clock
from programme import asking
from programme.actions import renew_moderators_link
from programme.models import Question, Session
from tests import factories
from tests.factories import moment
from tests.reading import read, text, words
from tests.registration.processes import at_once, leave_connections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def session(meeting, time_machine):
    """From ten to eleven; it is ten past."""
    time_machine.move_to(moment("10:10"), tick=False)
    return factories.session(slug="clay", title_en="Clay")


@pytest.fixture
def link(session):
    return reverse("programme:question-list", args=[asking.moderators_token(session)])


@pytest.fixture
def press(client, link):
    """A button of the list, as the page had it."""

    def pressed(question, seen, to, **extra):
        move = f"{question.reference} {seen} {to}"
        return client.post(link, {"move": move}, follow=True, **extra)

    return pressed


def states(*questions):
    return [Question.objects.get(pk=question.pk).state for question in questions]


def listed(page, state):
    found = page.xpath(f"//ol[@id='list-{state}']/li/p[@class='question-text']")
    return words(found)


# What is read


def test_list_has_the_questions_by_state_the_newest_first(client, link, session, time_machine):
    for text_, state in [("A?", "new"), ("B?", "hidden"), ("C?", "answered"), ("D?", "new")]:
        factories.question(session=session, text=text_, state=state)
        time_machine.shift(60)

    page = read(client, link)

    assert [listed(page, state) for state in ("marked", "new", "answered", "hidden")] == [
        [],
        ["D?", "A?"],
        ["C?"],
        ["B?"],
    ]
    assert text(page, "//p[@id='counts']") == "2 new 0 to be asked next"


def test_first_that_was_marked_is_the_first_to_be_asked(client, link, press, session, time_machine):
    early, late = (factories.question(session=session, text=words) for words in ("A?", "B?"))
    press(late, "new", "marked")
    time_machine.shift(1)
    press(early, "new", "marked")

    assert listed(read(client, link), "marked") == ["B?", "A?"]


def test_question_stands_with_its_name_hour_and_language(client, link, session):
    factories.question(session=session, text="E o bairro?", name="Ana", language="pt")

    page = read(client, link)

    assert text(page, "//li[@class='question']/p[@class='question-by']") == (
        "Ana · 10:10 · Portuguese"
    )
    assert page.xpath("//p[@class='question-text']/@lang") == ["pt"]


def test_list_has_no_question_of_another_session(client, link, press):
    other = factories.question(text="Elsewhere?")

    response = press(other, "new", "hidden")

    assert response.status_code == 422
    assert "This question is not in this list." in response.text
    assert "Elsewhere?" not in client.get(link).text
    assert states(other) == ["new"]


def test_list_of_very_many_questions_is_cut_and_says_so(client, link, session, monkeypatch):
    monkeypatch.setattr(asking, "MOST_LISTED", 2)
    for state in ("answered", "marked", "new"):
        factories.question(session=session, state=state, moved_at=clock.now())

    page = read(client, link)

    assert [len(listed(page, state)) for state in ("marked", "new", "answered")] == [1, 1, 0]
    assert "1 more is not shown" in text(page)


@pytest.mark.parametrize("count", [3, 100])
def test_list_queries_do_not_grow(client, link, session, count, django_assert_num_queries):
    for _n in range(count):
        factories.question(session=session, name="Ana")
    client.get(link)

    with django_assert_num_queries(8):
        client.get(link)


def test_list_is_stored_nowhere_and_tells_nobody_its_address(client, link):
    headers = client.get(link).headers

    assert "no-store" in headers["Cache-Control"]
    assert (headers["X-Robots-Tag"], headers["Referrer-Policy"]) == ("noindex", "same-origin")


# What is done

MOVES = [(seen.value, to.value) for seen, moves in Question.MOVES.items() for to in moves]


@pytest.mark.parametrize(("seen", "to"), MOVES)
def test_button_moves_a_question(client, link, press, session, seen, to):
    question = factories.question(session=session, state=seen, moved_at=clock.now())
    (item,) = read(client, link).xpath(f"//li[@id='q-{question.reference}']")

    response = press(question, seen, to)

    assert f"{question.reference} {seen} {to}" in item.xpath(".//button/@value")
    assert states(question) == [to]
    assert response.redirect_chain == [(link, 302)]
    assert question.text in text_of_said(response)


def text_of_said(response):
    return response.text.partition('id="said"')[2].partition("</div>")[0]


@pytest.mark.parametrize(
    "move", ["", "x", "{0} new", "{0} new new", "{0} hidden marked", "{0} a b"]
)
def test_move_that_no_button_has_is_refused(client, link, session, move):
    question = factories.question(session=session)

    response = client.post(link, {"move": move.format(question.reference)})

    assert response.status_code == 422
    assert states(question) == ["new"]


def test_button_pressed_twice_is_pressed_once(press, session):
    question = factories.question(session=session)

    said = [text_of_said(press(question, "new", "marked")) for _n in range(2)]

    assert states(question) == ["marked"]
    assert ["To be asked next" in sentence for sentence in said] == [True, True]


def test_second_moderator_learns_what_the_first_has_done(press, session):
    question = factories.question(session=session, text="Who?")
    press(question, "new", "marked")

    response = press(question, "new", "hidden")

    assert states(question) == ["marked"]
    assert "Somebody else was faster. It is now “to be asked next”: “Who?”" in response.text


def move_at_once(process, pk):
    question = Question.objects.get(pk=pk)
    to = ["marked", "answered", "hidden", "marked"][process]
    is_done = question.move(seen="new", to=to, now=clock.now())
    leave_connections()
    return to, is_done


@pytest.mark.django_db(transaction=True)
def test_of_several_moderators_at_once_one_wins_and_the_others_know(session, time_machine):
    time_machine.move_to(moment("10:10"), tick=True)
    question = factories.question(session=session)

    outcomes = at_once(move_at_once, question.pk)

    (state,) = states(question)
    assert [is_done for to, is_done in outcomes] == [to == state for to, _is_done in outcomes]


def test_failed_csrf_check_moves_nothing_and_says_so(link, session):
    question = factories.question(session=session)
    move = f"{question.reference} new hidden"

    response = Client(enforce_csrf_checks=True).post(link, {"move": move})

    assert response.status_code == 403
    assert "so we could not be sure it was you" in response.text
    assert states(question) == ["new"]


# The link


def test_renewed_link_opens_nothing_any_more(client, link, session):
    factories.question(session=session, text="Who?")
    renew_moderators_link(session)
    new = reverse("programme:question-list", args=[asking.moderators_token(session)])

    old_page, old_move = client.get(link), client.post(link, {"move": "x"})

    assert (old_page.status_code, old_move.status_code) == (410, 410)
    assert "Who?" not in old_page.text
    assert listed(read(client, new), "new") == ["Who?"]


@pytest.mark.parametrize("token", ["forged", "a:b", signing.Signer(salt="x").sign_object(["S", 0])])
def test_link_of_another_hand_opens_nothing(client, token):
    assert client.get(reverse("programme:question-list", args=[token])).status_code == 410


def test_link_of_a_draft_opens_nothing(client, link):
    Session.objects.update(state="draft")

    assert client.get(link).status_code == 410


def test_link_of_a_cancelled_session_shows_what_was_asked(client, link, session):
    factories.question(session=session, text="Who?")
    Session.objects.update(state="cancelled")

    assert listed(read(client, link), "new") == ["Who?"]


def test_link_lasts_a_week_longer_than_its_session(client, link, session, time_machine):
    time_machine.move_to(session.ends_at + timedelta(days=7), tick=False)
    at_the_end = client.get(link).status_code
    time_machine.shift(1)

    assert (at_the_end, client.get(link).status_code) == (200, 410)


# The back office


def moderators(session):
    return reverse("admin:programme_session_moderators", args=[session.pk])


@pytest.fixture
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.mark.usefixtures("english")
def test_organiser_finds_the_link_with_its_code(staff_client, settings, session, link):
    page = read(staff_client, moderators(session))

    assert page.xpath("//a[@class='moderators-link']/@href") == [settings.SITE_URL + link]
    assert len(page.xpath("//*[@role='img']//*[local-name()='svg']")) == 1


@pytest.mark.usefixtures("english")
def test_organiser_makes_a_new_link(staff_client, client, session, link):
    response = staff_client.post(moderators(session), follow=True)

    assert "There is a new link" in response.text
    assert client.get(link).status_code == 410


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("may", "status"), [("change_session", 200), ("view_session", 403)])
def test_link_is_for_those_who_may_change_the_session(sign_in, session, link, may, status):
    client = sign_in(factories.user(username="rosa", permissions=[f"programme.{may}"]))

    response = client.get(moderators(session))

    assert response.status_code == status
    assert (link in response.text) == (status == 200)
    assert client.post(moderators(session)).status_code == (302 if status == 200 else 403)


def test_visitor_comes_to_no_link(client, session):
    assert client.get(moderators(session)).status_code == 302


LIST = reverse("admin:programme_question_changelist")


def test_organiser_reads_the_questions_of_a_session_and_a_state(staff_client, session):
    hidden = factories.question(session=session, state="hidden")
    factories.question(session=session)
    factories.question(state="hidden")

    query = {"session__id__exact": session.pk, "state__exact": "hidden"}

    assert list(staff_client.get(LIST, query).context["cl"].result_list) == [hidden]


@pytest.mark.parametrize("count", [3, 100])
def test_question_list_queries_do_not_grow(staff_client, count, django_assert_num_queries):
    for _n in range(count):
        factories.question()
    staff_client.get(LIST)

    with django_assert_num_queries(10):
        staff_client.get(LIST)


@pytest.mark.parametrize(("may", "status"), [("view_question", 200), ("change_session", 403)])
def test_questions_are_for_those_who_may_see_them(sign_in, may, status):
    client = sign_in(factories.user(username="rosa", permissions=[f"programme.{may}"]))

    assert client.get(LIST).status_code == status


def test_questions_are_not_written_in_the_back_office(staff_client, session):
    question = factories.question(session=session)
    page = reverse("admin:programme_question_change", args=[question.pk])

    added = staff_client.post(reverse("admin:programme_question_add"), {"text": "x"})
    changed = staff_client.post(page, {"text": "x", "state": "hidden"})

    assert (added.status_code, changed.status_code) == (403, 403)
    assert states(question) == ["new"]
