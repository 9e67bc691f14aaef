"""A question goes from a viewer's phone to the moderators' in the hall."""

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect

from programme import moderation
from programme.models import Question
from tests import factories

PHONE = {"width": 360, "height": 640}
# Longer than the list waits for its next renewal.
A_WHILE = 15_000

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def session(meeting, time_machine):
    """Write a session that is on at this moment."""
    time_machine.move_to(factories.moment("10:10"), tick=True)
    return factories.session(slug="clay", title_en="Clay")


@pytest.fixture
def in_hall(session, new_context):
    """Return a function that opens the list on a moderator's phone, whose clock the test turns."""
    with translation.override("en"):
        link = reverse("programme:question-list", args=[moderation.moderators_token(session)])

    def opened(**facts):
        phone = new_context(viewport=PHONE, **facts).new_page()
        if facts.get("java_script_enabled", True):
            phone.clock.install()
        phone.goto(link)
        return phone

    return opened


def ask(page, clock, text):
    page.set_viewport_size(PHONE)
    page.goto("/en/programme/clay/")
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill(text)
    clock.shift(20)  # what is sent at once is a machine's
    page.get_by_role("button", name="Send the question").click()
    page.get_by_role("status").get_by_text(
        "Your question is now with those who moderate"
    ).wait_for()


def texts(phone, state):
    return phone.locator(f"#list-{state} .question-text")


def test_list_stands_still_while_it_is_paused(page, in_hall, session):
    phone = in_hall()
    pause = phone.get_by_role("button", name="Pause the updates")
    pause.click()
    asked = []
    phone.on("request", lambda one: asked.append(one.url))
    factories.question(session=session, text="Who fired it?")
    phone.clock.run_for(A_WHILE)
    while_paused = len(asked)
    expect(pause).to_have_attribute("aria-pressed", "true")
    pause.click()

    expect(texts(phone, "new")).to_have_text(["Who fired it?"])
    assert while_paused == 0


def test_moderators_see_a_question_and_each_others_marks_without_loading(
    page, in_hall, time_machine
):
    one, other = in_hall(), in_hall()
    ask(page, time_machine, "Who fired it?")
    one.clock.run_for(A_WHILE)
    expect(texts(one, "new")).to_have_text(["Who fired it?"])

    one.evaluate("window.isSamePage = true")
    one.get_by_role("button", name="Ask it next").click()

    expect(texts(one, "marked")).to_have_text(["Who fired it?"])
    expect(one.get_by_role("status").first).to_contain_text("To be asked next: “Who fired it?”")
    expect(one.get_by_role("heading", name="New", exact=True)).to_be_focused()
    assert one.evaluate("window.isSamePage")
    other.clock.run_for(A_WHILE)
    expect(texts(other, "marked")).to_have_text(["Who fired it?"])
    assert page.context.cookies()[0]["name"] == "csrftoken"


def test_new_questions_leave_focus_and_place_as_they_were(in_hall, session):
    for n in range(8):
        factories.question(session=session, text=f"Question {n}?")
    phone = in_hall()
    button = phone.locator("#list-new button", has_text="Hide").nth(5)
    button.focus()
    value, top = button.get_attribute("value"), button.bounding_box()["y"]
    factories.question(session=session, text="One more?")

    phone.clock.run_for(A_WHILE)

    expect(texts(phone, "new").first).to_have_text("One more?")
    kept = phone.locator(f"button[value='{value}']")
    expect(kept).to_be_focused()
    assert kept.bounding_box()["y"] == pytest.approx(top, abs=1)


def test_list_says_that_it_has_no_connection_until_it_has_one(in_hall):
    phone = in_hall()
    sentence = phone.get_by_text("No connection at this moment.")
    phone.context.set_offline(True)
    phone.clock.run_for(A_WHILE)
    expect(sentence).to_be_visible()

    phone.context.set_offline(False)
    phone.clock.fast_forward(4 * A_WHILE)

    expect(sentence).to_be_hidden()


def test_list_gives_up_a_request_without_an_answer_and_says_so(in_hall):
    phone = in_hall()
    phone.route(phone.url, lambda route: None)
    with phone.expect_request(phone.url):
        phone.clock.run_for(A_WHILE)

    phone.clock.run_for(A_WHILE)

    expect(phone.get_by_text("No connection at this moment.")).to_be_visible(timeout=2000)


def test_list_works_without_scripts(in_hall, session):
    question = factories.question(session=session, text="Who fired it?")
    phone = in_hall(java_script_enabled=False)

    phone.get_by_role("button", name="Ask it next").click()

    expect(texts(phone, "marked")).to_have_text(["Who fired it?"])
    assert Question.objects.get(pk=question.pk).state == "marked"
