"""Test that what organisers remove is nowhere on the site, and comes back as it was."""

import json
import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from lxml import etree
from PIL import Image

from programme import moderation
from programme.actions import (
    Grounds,
    Replaced,
    bring_back,
    bump_version,
    removable_parts,
    remove_from_site,
)
from programme.models import Document, Meeting, Person, Presentation, Question, Removal, Session
from programme.models.removals import PARTS
from tests import factories
from tests.programme.loading_files import load, refused, small

pytestmark = pytest.mark.django_db

__all__ = ["load", "refused", "small"]

GROUNDS = Grounds(reason="rights", words="Lo pidió su autora.")
# One word for each thing that can be removed: nothing else on the site has it.
WORDS = [
    *("charangoes", "charangopt", "charangoen", "quenas", "zamponas", "sikus", "tiples"),
    *("ocarinaes", "bandolas", "rondadores", "maracas", "guiras", "bombos"),
]
# In addresses, and as the schedules write them.
VERSIONS = re.compile(r'(?<=[?;]v=)\d+|(?<=<version>)[^<]+|(?<="version": )"[^"]+"')
FILES = ("programme.ics", "schedule.xml", "schedule.json", "programme/changes.atom")


def picture(colour):
    file = BytesIO()
    Image.new("RGB", (60, 60), colour).save(file, "WEBP")
    return ContentFile(file.getvalue(), "foto.webp")


@pytest.fixture
def rows(meeting):
    """Create one of each thing of which something can be removed, with all that it can have."""
    session = factories.session(
        slug="clay",
        abstract_es="charangoes",
        abstract_pt="charangopt",
        abstract_en="charangoen",
        search_words="quenas",
        recording_url="https://zamponas.example/v",
        recording_captions=["es"],
        transcript_url="https://sikus.example/t",
        materials_url="https://tiples.example/m",
    )
    presentation = factories.presentation(
        session=session,
        summary_es="ocarinaes",
        picture=picture("teal"),
        picture_alt_es="bandolas",
    )
    person = factories.person(
        slug="ana",
        biography_es="rondadores",
        photo=picture("red"),
        links="https://maracas.example",
    )
    factories.part(session=session, person=person)
    document = factories.document(
        url="", file=ContentFile(b"%PDF-", "guiras.pdf"), summary_es="bombos"
    )
    question = factories.question(session=session, text="¿marimbas?", state="marked")
    return [session, presentation, person, document, question]


def addresses(client):
    """Return the addresses of all public pages and feeds in all languages, and of all uploads."""
    sitemap = etree.fromstring(client.get("/sitemap.xml").content)
    pages = [url[0].text.partition("://")[2].partition("/")[2] for url in sitemap]
    feeds = [f"{name}?lang={code}" for name in FILES for code in ("es", "pt", "en")]
    feeds += [f"programme/clay.ics?lang={code}" for code in ("es", "pt", "en")]
    words = reverse("feeds:session-words")
    return ["/sitemap.xml", words, *(f"/{name}" for name in (*pages, *feeds))]


def answers(client):
    """Return what each address says, but for the numbers of the site's version."""
    found = {}
    for address in addresses(client):
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        text = response.content.decode()
        found[address] = VERSIONS.sub("", text)
    return found


def said(pages):
    return [(address, word) for address, text in pages.items() for word in WORDS if word in text]


def uploads():
    rows = [Presentation.objects.get().picture, Person.objects.get().photo]
    return [f"/media/{file.name}" for file in [*rows, Document.objects.get().file]]


def status_of(client, *paths):
    """Return the statuses of uploads, read to the end: a file that is sent is closed then."""
    answers = [client.get(path) for path in paths]
    for answer in answers:
        b"".join(answer)
    return [answer.status_code for answer in answers]


def remove_all(rows, **grounds):
    grounds = Grounds(**{**vars(GROUNDS), **grounds})
    return [
        removal
        for row in rows
        for removal in remove_from_site(row, removable_parts(row), grounds, by=None)
    ]


def columns(rows):
    """Return the columns of each row, as the database has them now."""
    again = [type(row)._base_manager.get(pk=row.pk) for row in rows]
    return [
        {f.attname: str(f.value_from_object(row)) for f in row._meta.concrete_fields}
        for row in again
    ]


@pytest.mark.drill
def test_what_is_removed_is_nowhere_and_comes_back_to_the_byte(client, rows, time_machine):
    time_machine.move_to("2026-12-29T12:00:00Z", tick=False)
    bump_version()  # feeds and the sitemap say when the site was changed, once it was
    before = answers(client)
    assert {word for _address, word in said(before)} == {*WORDS}
    files = uploads()
    assert status_of(client, *files) == [200] * 3

    removals = remove_all(rows)
    during = answers(client)

    assert said(during) == []
    assert "La organización retiró este texto." in during["/es/programa/clay/"]
    assert "A organização retirou este texto." in during["/pt/palestrantes/ana/"]
    for removal in removals:
        bring_back(removal, by=None)
    assert answers(client) == before
    assert status_of(client, *files) == [200] * 3


def test_removal_empties_the_columns_and_bringing_back_fills_them(rows):
    before = columns(rows)

    removals = remove_all(rows)

    gone = columns(rows)
    assert {(one.target_name, one.part) for one in removals} == {
        (name, str(part)) for name, parts in PARTS.items() for part in parts
    }
    assert [row.get("removed_parts") for row in gone] == [
        "text recording materials",
        "text picture",
        "text picture links",
        "document",
        None,
    ]
    left = json.dumps(gone)
    assert [word for word in WORDS if word in left] == []
    assert gone[4]["state"] == "removed"
    for removal in removals:
        assert bring_back(removal, by=None)
        assert not bring_back(removal, by=None)
    assert columns(rows) == before
    assert {(str(one.kept), one.file.name) for one in Removal.objects.all()} == {("{}", "")}


def test_addresses_of_removed_files_answer_no_more(client, rows):
    files = uploads()
    with default_storage.open(files[0].removeprefix("/media/")) as file:
        before = file.read()

    removals = remove_all(rows)

    hidden = [one.file.name for one in removals if one.file]
    assert [name.split("/")[0] for name in hidden] == ["removed"] * 3
    asked = [*files, *(f"/media/{name}" for name in hidden)]
    assert status_of(client, *asked) == [404] * 6
    for removal in removals:
        bring_back(removal, by=None)
    assert b"".join(client.get(files[0])) == before
    assert [name for name in hidden if default_storage.exists(name)] == []


def test_caches_in_between_ask_again_for_a_file_within_seconds(client, rows):
    response = client.get(uploads()[0])
    b"".join(response)

    control = response.headers["Cache-Control"]
    assert sorted(control.split(", ")) == ["max-age=86400", "public", "s-maxage=15"]


def test_removal_of_which_the_file_cannot_move_changes_nothing(client, rows, settings):
    (settings.MEDIA_ROOT / "removed").write_text("no folder")
    before, version = columns(rows), Meeting.objects.get().version

    with pytest.raises(OSError, match="removed"):
        remove_from_site(rows[2], ["text", "picture"], GROUNDS, by=None)

    assert (columns(rows), Meeting.objects.get().version) == (before, version)
    assert (Removal.objects.count(), status_of(client, uploads()[1])) == (0, [200])


def test_file_that_is_missing_keeps_nothing_from_being_removed(rows):
    default_storage.delete(rows[2].photo.name)
    before = columns(rows)

    [removal] = remove_from_site(rows[2], ["picture"], GROUNDS, by=None)

    assert Person.objects.get().photo.name == ""
    bring_back(removal, by=None)
    assert columns(rows) == before


def test_removed_text_is_no_longer_cached(client, rows, cached_pages, time_machine):
    assert b"charangoen" in client.get("/en/programme/clay/").content

    remove_from_site(rows[0], ["text"], GROUNDS, by=None)

    time_machine.shift(2)
    page = client.get("/en/programme/clay/").content.decode()
    assert "charangoen" not in page
    assert "The organisers have removed this text." in page


def test_text_entered_meanwhile_is_replaced_only_if_that_is_meant(rows):
    [removal] = remove_from_site(rows[2], ["text"], GROUNDS, by=None)
    Person.objects.filter(pk=rows[2].pk).update(biography_pt="Corrigida")

    with pytest.raises(Replaced):
        bring_back(removal, by=None)

    assert (Person.objects.get().biography_pt, Removal.objects.open().count()) == ("Corrigida", 1)
    bring_back(removal, by=None, replaces=True)
    person = Person.objects.get()
    assert (person.biography_es, person.biography_pt) == ("rondadores", None)


def test_part_is_removed_once_and_another_time_after_it_was_brought_back(rows):
    [removal] = remove_from_site(rows[0], ["text"], GROUNDS, by=None)
    assert remove_from_site(rows[0], ["text"], GROUNDS, by=None) == []

    bring_back(removal, by=None)

    assert len(remove_from_site(rows[0], ["text"], GROUNDS, by=None)) == 1
    assert Removal.objects.count() == 2


def test_part_entered_again_is_removed_again_and_marked_until_both_are_back(rows):
    [first] = remove_from_site(rows[2], ["text"], GROUNDS, by=None)
    person = Person.objects.get()
    person.biography_es = "otra"
    person.save()
    [second] = remove_from_site(person, ["text"], GROUNDS, by=None)
    assert removable_parts(Person.objects.get()) == ["picture", "links"]

    bring_back(second, by=None)

    person.refresh_from_db()
    assert (person.biography_es, person.removed_parts) == ("otra", "text")
    with pytest.raises(Replaced):
        bring_back(first, by=None)
    Person.objects.update(biography_es="")
    bring_back(first, by=None)
    person.refresh_from_db()
    assert (person.biography_es, person.removed_parts) == ("rondadores", "")


def test_moderators_see_no_removed_question_and_cannot_move_it(client, rows, time_machine):
    time_machine.move_to(factories.moment("10:10"), tick=False)
    question = rows[4]
    list_address = reverse("programme:question-list", args=[moderation.moderators_token(rows[0])])
    assert "marimbas" in client.get(list_address).content.decode()

    [removal] = remove_from_site(question, ["question"], GROUNDS, by=None)

    moves = [f"{question.reference} {seen} new" for seen in ("hidden", "removed", "marked")]
    pages = [client.get(list_address), *(client.post(list_address, {"move": m}) for m in moves)]
    assert [page.content.decode().count("marimbas") for page in pages] == [0] * 4
    assert Question.objects.get().state == "removed"
    bring_back(removal, by=None)
    assert Question.objects.get().state == "marked"


def test_whose_portrait_or_biography_was_removed_lacks_none(rows):
    Person.objects.update(photo="", biography_es="")
    remove_from_site(
        factories.person(biography_es="Vida", photo="a.webp"), ["text", "picture"], GROUNDS, by=None
    )

    lacking = [Person.objects.without_photo(), Person.objects.without_biography()]

    assert [[person.slug for person in found] for found in lacking] == [["ana"], ["ana"]]


# A file that is loaded again


@pytest.fixture
def with_texts(small):
    small["people"][0]["biography"] = {"es": "rondadores"}
    small["sessions"][0] |= {
        "abstract": {"es": "charangoes"},
        "materials_url": "https://tiples.example",
    }
    small["sessions"][0]["presentations"][0]["summary"] = {"es": "ocarinaes"}
    return small


def test_file_that_is_loaded_again_brings_nothing_back_and_says_so(load, with_texts):
    load(with_texts)
    rows = [
        Session.objects.get(code="A"),
        Presentation.objects.get(title_es="Hornos"),
        Person.objects.get(slug="ana"),
        Document.objects.get(),
    ]
    removals = remove_all(rows)
    gone = columns(rows)

    said_by_load = load(with_texts)

    assert columns(rows) == gone
    assert Document.objects.count() == 1
    reason = "not loaded, because the organisers have removed it from the site"
    assert said_by_load.splitlines() == [
        "Nothing has changed.",
        f"people[0]: {reason}: text.",
        f"people[0]: {reason}: links.",
        f"documents[0]: {reason}: document.",
        f"sessions[0]: {reason}: text.",
        f"sessions[0]: {reason}: materials.",
        f"sessions[0].presentations[0]: {reason}: text.",
    ]
    for removal in removals:
        bring_back(removal, by=None)
    assert load(with_texts) == "Nothing has changed.\n"


def test_file_that_renames_a_presentation_of_which_part_is_removed_is_refused(
    load, refused, with_texts
):
    load(with_texts)
    remove_from_site(Presentation.objects.get(title_es="Hornos"), ["text"], GROUNDS, by=None)
    with_texts["sessions"][0]["presentations"][0]["title"] = {"es": "Otros hornos"}

    assert refused(with_texts) == [
        "sessions[0].presentations: Part of “Hornos” is removed from the site: name it by the "
        "same title, or delete it in the back office first."
    ]
