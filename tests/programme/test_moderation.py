"""Test the moderators' list of a session's questions, and the link that opens it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import signing
from django.test import Client
from django.urls import reverse

from eim import clock
from programme import moderation
from programme.actions import renew_moderators_link
from programme.models import Question, Session
from tests import factories
from tests.factories import moment
from tests.reading import read, text, words
from tests.registration.processes import at_once, leave_connections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def session(meeting, time_machine):
    """Return a session from 10:00 to 11:00; the clock stands at 10:10."""
    time_machine.move_to(moment("10:10"), tick=False)
    return factories.session(slug="clay", title_en="Clay")


@pytest.fixture
def link(session):
    return reverse("programme:question-list", args=[moderation.moderators_token(session)])


@pytest.fixture
def press(client, link):
    """Return a function that presses a button of the list."""

    def pressed(question, seen, to, **extra):
        move = f"{question.reference} {seen} {to}"
        return client.post(link, {"move": move}, follow=True, **extra)

    return pressed


def states(*questions):
    return [Question.objects.get(pk=question.pk).state for question in questions]


def listed(page, state):
    paragraphs = page.xpath(f"//ol[@id='list-{state}']/li/p[@class='question-text']")
    return words(paragraphs)


# The list


def test_list_groups_questions_by_state_newest_first(client, link, session, time_machine):
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


def test_marked_questions_are_listed_in_the_order_they_were_marked(
    client, link, press, session, time_machine
):
    early, late = (factories.question(session=session, text=words) for words in ("A?", "B?"))
    press(late, "new", "marked")
    time_machine.shift(1)
    press(early, "new", "marked")

    assert listed(read(client, link), "marked") == ["B?", "A?"]


def test_question_is_shown_with_name_time_and_language(client, link, session):
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


def test_long_list_is_cut_and_says_so(client, link, session, monkeypatch):
    monkeypatch.setattr(moderation, "MAX_LISTED", 2)
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

    with django_assert_num_queries(10):
        client.get(link)


def test_list_is_not_stored_indexed_or_sent_as_referrer(client, link):
    headers = client.get(link).headers

    assert "no-store" in headers["Cache-Control"]
    assert (headers["X-Robots-Tag"], headers["Referrer-Policy"]) == ("noindex", "same-origin")


# Moves

MOVES = [(seen.value, to.value) for seen, moves in Question.MOVES.items() for to in moves]


@pytest.mark.parametrize(("seen", "to"), MOVES)
def test_button_moves_a_question(client, link, press, session, seen, to):
    question = factories.question(session=session, state=seen, moved_at=clock.now())
    (item,) = read(client, link).xpath(f"//li[@id='q-{question.reference}']")

    response = press(question, seen, to)

    assert f"{question.reference} {seen} {to}" in item.xpath(".//button/@value")
    assert states(question) == [to]
    assert response.redirect_chain == [(link, 302)]
    assert question.text in message_text(response)


def message_text(response):
    return response.text.partition('id="said"')[2].partition("</div>")[0]


@pytest.mark.parametrize(
    "move", ["", "x", "{0} new", "{0} new new", "{0} hidden marked", "{0} a b"]
)
def test_invalid_move_is_refused(client, link, session, move):
    question = factories.question(session=session)

    response = client.post(link, {"move": move.format(question.reference)})

    assert response.status_code == 422
    assert states(question) == ["new"]


def test_second_press_of_a_button_is_harmless(press, session):
    question = factories.question(session=session)

    said = [message_text(press(question, "new", "marked")) for _n in range(2)]

    assert states(question) == ["marked"]
    assert ["To be asked next" in sentence for sentence in said] == [True, True]


def test_title_begins_with_what_a_button_has_done(client, link, press, session):
    done = press(factories.question(session=session, text="Who?"), "new", "marked").text
    refused = client.post(link, {"move": "nothing"}).text

    assert "<title>To be asked next: “Who?” Questions: Clay" in done
    assert "<title>Error: Questions: Clay" in refused


def test_slower_moderator_is_told_the_new_state(press, session):
    question = factories.question(session=session, text="Who?")
    press(question, "new", "marked")

    response = press(question, "new", "hidden")

    assert states(question) == ["marked"]
    assert "Someone else changed it first. It is now “to be asked next”: “Who?”" in response.text


def move_at_once(process, pk):
    question = Question.objects.get(pk=pk)
    to = ["marked", "answered", "hidden", "marked"][process]
    is_done = question.move(seen="new", to=to, now=clock.now())
    leave_connections()
    return to, is_done


@pytest.mark.django_db(transaction=True)
def test_one_of_several_concurrent_moves_wins_and_the_others_learn_it(session, time_machine):
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


# A flood


def test_button_hides_what_came_from_the_same_networks_and_is_not_answered(client, link, session):
    flood = [factories.question(session=session, network_block="a") for _n in range(3)]
    flood[1].move(seen="new", to="marked", now=clock.now())
    answered = factories.question(session=session, network_block="a", state="answered")
    others = [factories.question(session=session, network_block="b"), factories.question()]

    move = f"{flood[0].reference} new hide-all"
    response = client.post(link, {"move": move}, follow=True)

    assert move in client.get(link).text or states(flood[0]) == ["hidden"]
    assert states(*flood) == ["hidden"] * 3
    assert states(answered, *others) == ["answered", "new", "new"]
    assert "3 questions are hidden." in message_text(response)


def test_question_whose_network_is_erased_has_no_button_that_hides_others(client, link, session):
    kept = factories.question(session=session, network_block="a")
    factories.question(session=session)

    buttons = read(client, link).xpath("//button[contains(@value, 'hide-all')]/@value")

    assert buttons == [f"{kept.reference} new hide-all"]


@pytest.mark.parametrize("state", ["answered", "hidden"])
def test_nothing_is_hidden_by_a_question_that_is_dealt_with(client, link, session, state):
    question = factories.question(session=session, network_block="a", state=state)
    other = factories.question(session=session, network_block="a")

    response = client.post(link, {"move": f"{question.reference} {state} hide-all"})

    assert (response.status_code, states(other)) == (422, ["new"])


def test_questions_are_stopped_and_taken_again_by_a_button(client, link, session):
    ask = reverse("programme:question-ask", args=[session.slug])

    stopped = [client.post(link, {"taking": "stop"}, follow=True) for _n in range(2)]
    closed = client.post(ask, {"text": "Who fired it?"})
    started = client.post(link, {"taking": "start"}, follow=True)

    assert ["Questions are stopped" in message_text(page) for page in stopped] == [True, True]
    assert closed.status_code == 409
    assert "The moderators take no more questions to this session." in closed.text
    assert "Who fired it?" in closed.text
    assert "Questions are taken again." in message_text(started)
    assert client.get(ask).context["form"] is not None


def test_failed_csrf_check_stops_no_questions(link, session):
    response = Client(enforce_csrf_checks=True).post(link, {"taking": "stop"})

    assert response.status_code == 403
    assert Session.objects.get(pk=session.pk).questions_stopped_at is None


# The link


def test_old_link_is_refused_after_renewal(client, link, session):
    factories.question(session=session, text="Who?")
    renew_moderators_link(session)
    new = reverse("programme:question-list", args=[moderation.moderators_token(session)])

    old_page, old_move = client.get(link), client.post(link, {"move": "x"})

    assert (old_page.status_code, old_move.status_code) == (410, 410)
    assert "Who?" not in old_page.text
    assert listed(read(client, new), "new") == ["Who?"]


@pytest.mark.parametrize("token", ["forged", "a:b", signing.Signer(salt="x").sign_object(["S", 0])])
def test_forged_link_is_refused(client, token):
    assert client.get(reverse("programme:question-list", args=[token])).status_code == 410


def test_link_of_a_draft_is_refused(client, link):
    Session.objects.update(state="draft")

    assert client.get(link).status_code == 410


def test_link_of_a_cancelled_session_shows_its_questions(client, link, session):
    factories.question(session=session, text="Who?")
    Session.objects.update(state="cancelled")

    assert listed(read(client, link), "new") == ["Who?"]


def test_link_expires_a_week_after_the_session(client, link, session, time_machine):
    time_machine.move_to(session.ends_at + timedelta(days=7), tick=False)
    at_the_end = client.get(link).status_code
    time_machine.shift(1)

    assert (at_the_end, client.get(link).status_code) == (200, 410)


# The back office


def moderators(session):
    return reverse("admin:programme_session_moderators", args=[session.pk])


@pytest.mark.usefixtures("office_in_english")
def test_organiser_sees_the_link_and_its_qr_code(staff_client, settings, session, link):
    page = read(staff_client, moderators(session))

    assert page.xpath("//a[@class='moderators-link']/@href") == [settings.SITE_URL + link]
    assert len(page.xpath("//*[@role='img']//*[local-name()='svg']")) == 1


@pytest.mark.usefixtures("office_in_english")
def test_moderation_opens_the_link_and_does_not_renew_it(sign_in, client, settings, session, link):
    moderation = sign_in(factories.colleague("moderation"))
    tools = read(moderation, reverse("admin:programme_session_change", args=[session.pk]))
    page = read(moderation, moderators(session))
    renewed = moderation.post(moderators(session))
    others = sign_in(factories.colleague("streams")).get(moderators(session))

    assert moderators(session) in tools.xpath("//a/@href")
    assert page.xpath("//a[@class='moderators-link']/@href") == [settings.SITE_URL + link]
    assert page.xpath("//form[@action=$own]", own=moderators(session)) == []
    assert (renewed.status_code, others.status_code) == (403, 403)
    assert client.get(link).status_code == 200


def test_link_is_for_whoever_may_see_the_questions_too(sign_in, session):
    labels = ("view_session", "moderate_question")
    user = factories.user(username="media", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=labels))

    assert sign_in(user).get(moderators(session)).status_code == 403


@pytest.mark.usefixtures("office_in_english")
def test_organiser_renews_the_link(staff_client, client, session, link):
    response = staff_client.post(moderators(session), follow=True)

    assert "There is a new link" in response.text
    assert client.get(link).status_code == 410


@pytest.mark.usefixtures("office_in_english")
@pytest.mark.parametrize(("may", "status"), [("change_session", 200), ("view_session", 403)])
def test_link_page_requires_the_permission_to_change_sessions(sign_in, session, link, may, status):
    client = sign_in(factories.user(username="rosa", permissions=[f"programme.{may}"]))

    response = client.get(moderators(session))

    assert response.status_code == status
    assert (link in response.text) == (status == 200)
    assert client.post(moderators(session)).status_code == (302 if status == 200 else 403)


def test_link_page_redirects_visitors_to_sign_in(client, session):
    assert client.get(moderators(session)).status_code == 302


LIST = reverse("admin:programme_question_changelist")


def test_question_list_is_filtered_by_session_and_state(staff_client, session):
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
def test_question_list_requires_the_permission_to_view_questions(sign_in, may, status):
    client = sign_in(factories.user(username="rosa", permissions=[f"programme.{may}"]))

    assert client.get(LIST).status_code == status


def test_questions_are_read_only_in_the_back_office(staff_client, session):
    question = factories.question(session=session)
    page = reverse("admin:programme_question_change", args=[question.pk])

    added = staff_client.post(reverse("admin:programme_question_add"), {"text": "x"})
    changed = staff_client.post(page, {"text": "x", "state": "hidden"})

    assert (added.status_code, changed.status_code) == (403, 403)
    assert states(question) == ["new"]
