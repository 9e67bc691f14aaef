"""The back office's pages that remove from the site, and bring back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.urls import reverse

from programme.models import Person, Question, Removal
from tests import factories
from tests.back_office import address, form_of
from tests.reading import parsed, read, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("meeting", "office_in_english")]

SENT = {"reason": "untrue", "words": "Her museum says that it is not so."}
REMOVALS = "/admin/programme/removal/"


@pytest.fixture
def person():
    return factories.person(
        name="Ana",
        biography_es="Vida <b>de</b> Ana",
        links="https://ana.example",
        photo=ContentFile(b"x", "a.webp"),
    )


def back_of(removal):
    return reverse("admin:programme_removal_bring_back", args=[removal.pk])


def told(client):
    return [str(message) for message in client.get("/admin/").context["messages"]]


def deeds(row):
    rows = LogEntry.objects.filter(object_id=row.pk, content_type__model=row._meta.model_name)
    return [entry.get_change_message() for entry in rows.order_by("pk")]


def test_page_says_what_can_be_removed_and_that_nobody_is_told(staff_client, person):
    page = read(staff_client, address(person, "remove"))

    labels = words(page.xpath("//label[input[@name='parts']]"))
    assert labels == [
        "Text: Vida <b>de</b> Ana",
        f"Picture: {person.photo}",
        "Links: https://ana.example",
    ]
    assert "the site knows no address of whoever sent it" in text(page, "//div[@id='content']")
    change = read(staff_client, address(person))
    assert change.xpath(f"//a[@href='{address(person, 'remove')}']")


def test_chosen_parts_are_removed_and_the_log_has_the_reason_without_its_words(
    staff_client, organiser, person
):
    url = address(person, "remove")

    answer = staff_client.post(url, SENT | {"parts": ["text", "links"]})

    assert answer.headers["Location"] == address(person)
    removals = Removal.objects.order_by("pk")
    assert [(r.person, r.part, r.reason, r.words, r.removed_by) for r in removals] == [
        (person, part, "untrue", SENT["words"], organiser) for part in ("text", "links")
    ]
    assert told(staff_client)[:2] == [
        "Removed from the site: text.",
        "Removed from the site: links.",
    ]
    assert deeds(person) == [
        "Removed from the site: text (it is untrue).",
        "Removed from the site: links (it is untrue).",
    ]
    links = read(staff_client, address(person)).xpath("//ul[@class='object-tools']//a/@href")
    assert f"{REMOVALS}?person__id__exact={person.pk}" in links


def test_nothing_is_removed_without_a_reason_in_words(staff_client, person):
    url = address(person, "remove")

    refused = staff_client.post(url, {"reason": "other", "words": " ", "parts": ["text", "all"]})

    assert {*refused.context["form"].errors} == {"words", "parts"}
    assert Removal.objects.count() == 0


def test_one_press_brings_it_back(staff_client, organiser, person):
    staff_client.post(address(person, "remove"), SENT | {"parts": ["text"]})
    removal = Removal.objects.get()
    page = read(staff_client, address(removal))
    assert "Vida <b>de</b> Ana" in text(page, "//div[@id='content']")
    assert page.xpath(f"//a[@href='{back_of(removal)}']")

    staff_client.post(back_of(removal))

    removal.refresh_from_db()
    assert (Person.objects.get().biography_es, removal.brought_back_by) == (
        "Vida <b>de</b> Ana",
        organiser,
    )
    assert deeds(person)[-1] == "Brought back to the site: text."
    assert staff_client.post(back_of(removal)).headers["Location"] == address(removal)
    assert told(staff_client)[-1] == "It was brought back already."


def test_bringing_back_asks_where_something_else_was_entered(staff_client, person):
    staff_client.post(address(person, "remove"), SENT | {"parts": ["text"]})
    removal = Removal.objects.get()
    Person.objects.update(biography_es="Corregida")

    asked = staff_client.post(back_of(removal))

    assert "“Corregida”" in text(parsed(asked), "//div[@id='content']")
    assert [*asked.context["form"].errors] == ["replaces"]
    staff_client.post(back_of(removal), {"replaces": "on"})
    assert Person.objects.get().biography_es == "Vida <b>de</b> Ana"


def test_page_that_was_open_before_does_not_bring_it_back(staff_client, person):
    opened = form_of(staff_client, address(person))
    staff_client.post(address(person, "remove"), SENT | {"parts": ["text", "picture"]})

    staff_client.post(address(person), opened | {"institution": "Museo del Barro"})

    row = Person.objects.get()
    assert (row.institution, row.biography_es or "", row.photo.name) == ("Museo del Barro", "", "")


def test_question_is_removed_with_its_reason_and_the_list_says_through_what(staff_client):
    hidden = factories.question(text="Hidden?", state="hidden")
    question = factories.question(text="Bad?")
    page = read(staff_client, address(question, "remove"))
    assert "a question carries no address" in text(page, "//div[@id='content']")

    staff_client.post(address(question, "remove"), SENT | {"parts": ["question"]})

    assert Question.objects.get(pk=question.pk).state == "removed"
    listed = read(staff_client, "/admin/programme/question/")
    through = words(listed.xpath("//td[contains(@class, 'hidden_through')]"))
    assert through == ["the back office", "the moderators’ link"]
    nothing = staff_client.get(address(question, "remove"))
    assert nothing.headers["Location"] == address(question)
    assert hidden.state == "hidden"


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ("programme.change_person", (403, 403, 403)),
        ("programme.moderate_question", (403, 200, 200)),
        ("programme.remove_content", (200, 403, 200)),
        ("programme.view_removal", (403, 403, 200)),
    ],
)
def test_each_removes_what_their_permission_is_for(sign_in, person, permission, may):
    client = sign_in(factories.user(permissions=[permission]))
    question = factories.question()
    factories.removal(person=person, part="links")
    factories.removal(question=question, part="question")
    asked = [address(person, "remove"), address(question, "remove"), REMOVALS]

    answers = [client.get(one) for one in asked]

    assert tuple(answer.status_code for answer in answers) == may
    seen = {"programme.view_removal": 2}.get(permission, 1)
    if may[2] == 200:
        rows = parsed(answers[2]).xpath("//table[@id='result_list']/tbody/tr")
        assert len(rows) == seen
    removed = [Removal.objects.get(part=part) for part in ("links", "question")]
    status = [client.get(back_of(one)).status_code for one in removed]
    permissions = ("programme.remove_content", "programme.moderate_question")
    foreign = 403 if permission == "programme.view_removal" else 404
    expected = [200 if permission == one else foreign for one in permissions]
    assert status == (expected if may[2] == 200 else [403, 403])


@pytest.mark.parametrize("count", [1, 4])
def test_list_of_removals_takes_as_many_queries_with_many_rows(
    staff_client, django_assert_num_queries, count
):
    for _ in range(count):
        factories.removal()
        factories.removal(person=factories.person())
        factories.removal(question=factories.question(), part="question")

    with django_assert_num_queries(9):
        staff_client.get(REMOVALS)


def test_removal_goes_with_what_it_is_of_and_never_alone(staff_client):
    removal = factories.removal(document=factories.document(), part="document")
    assert staff_client.get(address(removal, "delete")).status_code == 403

    staff_client.post(address(removal.document, "delete"), {"post": "yes"})

    assert Removal.objects.count() == 0


# The terms


def test_terms_say_whom_to_ask_in_each_language_and_every_page_links_them(client):
    addresses = ("/es/condiciones/", "/pt/condicoes/", "/en/terms/")
    pages = [read(client, one) for one in addresses]

    assert [words(page.xpath("//h1")) for page in pages] == [
        ["Condiciones"],
        ["Condições"],
        ["Terms"],
    ]
    for page, own in zip(pages, addresses, strict=True):
        assert page.xpath("//main//a[@href='mailto:encuentro@museos.example']")
        assert page.xpath(f"//footer//a[@href='{own}']")
    assert "without guarantee" in text(pages[2])


def test_terms_stand_beside_every_box_in_which_somebody_writes(client, time_machine):
    session = factories.session()
    noted = {"/en/registration/": read(client, "/en/registration/")}
    time_machine.move_to(factories.moment("10:10"), tick=False)
    ask = f"/en/programme/{session.slug}/ask/"
    noted[ask] = read(client, ask)

    found = {path: len(page.xpath("//main//a[@href='/en/terms/']")) for path, page in noted.items()}
    assert found == {"/en/registration/": 1, ask: 1}
