"""A meeting frozen: what is in the copy, what never is, and that each link leads to a file."""

import json
import re
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from PIL import Image

from eim.editions import bags
from eim.editions.freezing import CannotFreeze, freeze, remove
from eim.editions.loading import load
from programme import moderation
from programme.actions import Grounds, remove_from_site
from programme.loading import read
from programme.models import Meeting, Person, Session
from registration import tokens
from registration.models import Registration
from tests import factories
from tests.editions import hand_on
from tests.editions.frozen_copies import Crawler, bytes_of, judged_by_bagit

pytestmark = pytest.mark.django_db(transaction=True)

LANGUAGES = ("es", "pt", "en")
# With signs that each kind of file writes in its own way.
ANA = 'Ana "Lucho" O’Brien & Cía; <Lima>, 2'
DAY = "29 de diciembre de 2026"
# Nothing of these may be anywhere in a bag.
SECRETS = [
    *("Rosaura", "Quispe", "quispe@", "rampa para silla"),
    *("Wilmer", "intérprete", "Borrador secreto", "Persona Oculta", "ponente@"),
]
ASKED = [
    "es/programa/abrir/preguntar",
    "pt/programa/abrir/perguntar",
    "en/programme/abrir/ask",
]
# What `tokens` and `moderation` sign.
TOKEN = re.compile(rb"[\w-]+:[\w-]{43}(?![\w-])")


@pytest.fixture
def meeting(transactional_db, time_machine):
    time_machine.move_to("2026-12-29T12:00:00Z", tick=False)
    return factories.meeting(
        about_es="Léase [el programa](/es/programa/).",
        share_picture=ContentFile(picture(), "puente.webp"),
    )


def picture():
    file = BytesIO()
    Image.new("RGB", (200, 200), "teal").save(file, "WEBP")
    return file.getvalue()


@pytest.fixture
def programme(meeting):
    """Write one of each thing that is public, and some that are not."""
    shown = factories.session(
        title_es="Abrir «la» caja",
        title_pt=f"A caixa de {ANA}",
        slug="abrir",
        code="S-1",
        recording_url="https://youtu.be/x1234567890",
    )
    photo = ContentFile(picture(), "ana.webp")
    ana = factories.person(name=ANA, slug="ana", photo=photo, email="ponente@museo.example")
    factories.part(session=shown, person=ana, order=1)
    factories.workshop(
        title_es="Barro", slug="barro", code="W-1", starts_at=factories.moment("15:00")
    )
    factories.session(title_es="Borrador secreto", state="draft")
    factories.person(name="Persona Oculta")
    factories.document()
    factories.page(slug="viaje", title_es="Viaje")
    factories.edition(number=11, year=2024)
    factories.registration(
        full_name="Rosaura Quispe", email="quispe@museos.example", needs="rampa para silla"
    )
    factories.question(session=shown, text="¿Hay intérprete?", name="Wilmer Huamán")
    return shown


@pytest.fixture
def bag(programme, tmp_path):
    return freeze(tmp_path / "copy").folder


def text_of(bag, name):
    return (bag / "data" / name).read_text()


def test_every_link_of_a_copy_leads_to_a_file_of_it_and_nothing_unpublished_is_in_it(bag):
    crawler = Crawler(bag, "/12/")

    assert crawler.broken == []
    pages = {path.relative_to(crawler.site).as_posix() for path in crawler.pages}
    assert {
        "index.html",
        "es/index.html",
        "pt/programa/abrir/index.html",
        "en/speakers/ana/index.html",
        "es/viaje/index.html",
        "es/mi-agenda/index.html",
    } <= pages
    assert not any("module" in tree.xpath("//script/@type") for tree in crawler.pages.values())
    for path, tree in crawler.pages.items():
        if path.parent == crawler.site:
            continue
        notice = " ".join(
            tree.xpath("//section[contains(@class, 'archived')]")[0].text_content().split()
        )
        assert re.match("Copia archivada el|Cópia arquivada em|Archived copy of", notice)
        address = path.parent.relative_to(crawler.site).as_posix()
        assert crawler.living(path) == [f"{settings.SITE_URL}/{address}/"]
    assert f"Copia archivada el {DAY}." in text_of(bag, "site/es/viaje/index.html")
    # In the same test: a copy takes more than a second.
    found = [
        (name, secret)
        for name, body in bytes_of(bag).items()
        for secret in SECRETS
        if secret.encode() in body
    ]
    assert found == []
    signed = [
        *(sign(Registration.objects.get()) for sign in (tokens.own_token, tokens.fresh_token)),
        moderation.moderators_token(Session.objects.get(code="S-1")),
    ]
    assert [one for one in signed if not TOKEN.search(one.encode())] == []
    assert [name for name, body in bytes_of(bag).items() if TOKEN.search(body)] == []


@pytest.mark.drill
def test_copy_is_a_bag_with_the_number_and_the_version_of_the_meeting(bag):
    assert judged_by_bagit(bag)
    info = bags.bag_info(bag)
    assert info["EIM-Meeting-Number"] == "12"
    assert info["EIM-Meeting-Version"] == str(Meeting.objects.get().version)
    assert info["Bagging-Date"] == "2026-12-29"


@pytest.mark.drill
def test_programme_of_a_copy_loads_and_changes_nothing(bag):
    path = bag / "data/programme.json"
    assert load(read(path)) == {}
    facts = json.loads(path.read_text())
    assert [one["code"] for one in facts["sessions"]] == ["S-1", "W-1"]
    assert [one["slug"] for one in facts["people"]] == ["ana"]


@pytest.mark.drill
def test_words_and_programme_of_a_copy_are_plain_scripts(bag, programme):
    words = text_of(bag, "site/programme/words.js")
    assert f'eim.copied = {{"words": {{"{programme.pk}": " abrir la caja' in words
    agenda = text_of(bag, "site/pt/minha-agenda/programme.js")
    assert agenda.startswith('eim.copied = {"programme": "')
    assert "../programa/abrir/index.html" in agenda
    assert '<script src="programme.js" defer>' in text_of(bag, "site/pt/minha-agenda/index.html")


@pytest.mark.drill
def test_form_of_a_copy_is_a_sentence(programme, tmp_path, time_machine):
    time_machine.move_to(factories.NOW, tick=False)
    bag = freeze(tmp_path / "copy").folder

    crawler = Crawler(bag, "/12/")
    assert crawler.broken == []
    pages = [path for path in crawler.pages if path.parent != crawler.site]
    assert {len(crawler.living(path)) for path in pages} == {1}
    page = text_of(bag, "site/es/inscripcion/index.html")
    assert "No está en esta copia" in page
    assert "<form" not in page
    assert "- /es/inscripcion/" in text_of(bag, "left-out.txt")
    closed = [path.parent for path in pages if "No está en esta copia" in path.read_text()]
    addresses = {f"/{path.relative_to(crawler.site)}/" for path in closed}
    written = {one for one in bags.bag_info(bag)["EIM-Closed"].split("\n") if one[:4] == "/es/"}
    assert (written, "/es/inscripcion/" in written) == (addresses, True)


@pytest.mark.drill
def test_recordings_rights_and_what_was_left_out_stand_beside_the_site(programme, tmp_path):
    bag = freeze(tmp_path / "copy", rights="CC BY 4.0").folder

    assert text_of(bag, "rights.txt") == "CC BY 4.0\n"
    assert "https://youtu.be/x1234567890" in text_of(bag, "recordings.csv")
    assert "Los borradores y todo lo que no se publicó" in text_of(bag, "left-out.txt")


@pytest.mark.drill
def test_copies_of_a_day_are_equal_to_the_byte(programme, tmp_path):
    first, second = (freeze(tmp_path / name, base="/x/").folder for name in ("a", "b"))

    assert bytes_of(first) == bytes_of(second)


def test_folder_that_is_there_is_left_alone(meeting, tmp_path):
    with pytest.raises(CommandError, match="is there already"):
        call_command("freeze", str(tmp_path))
    with pytest.raises(CommandError, match="begins and ends with a slash"):
        call_command("freeze", str(tmp_path / "copy"), base="11")


def test_bag_of_a_removal_killed_between_its_renames_is_there_again(meeting, tmp_path):
    folder, old = tmp_path / "copy", tmp_path / ".copy.old.partial"
    hand_on.freeze(number=12, folder=folder)
    (folder / "data/programme.json").write_text("{}")
    bags.seal(folder, {"EIM-Meeting-Number": "12"})
    whole = bytes_of(folder)
    ways = [lambda: freeze(folder), lambda: remove(folder, "es/nada/")]

    for way in ways:
        folder.rename(old)
        (tmp_path / ".copy.partial").mkdir()
        with pytest.raises(CannotFreeze):
            way()
        assert (bytes_of(folder), [*tmp_path.glob("*copy*")]) == (whole, [folder])
    # Killed while what was replaced is deleted.
    old.mkdir()
    with pytest.raises(CannotFreeze):
        remove(folder, "es/nada/")
    assert (bytes_of(folder), [*tmp_path.glob("*copy*")]) == (whole, [folder])


def test_bag_that_was_set_aside_stays_while_none_is_in_its_place_and_goes_after_it(
    meeting, tmp_path
):
    folder, old = tmp_path / "copy", tmp_path / ".copy.old.partial"
    hand_on.freeze(number=12, folder=old)
    folder.mkdir()
    with pytest.raises(bags.NotABag):
        remove(folder, "es/nada/")
    assert old.exists()

    # The one in its place was moved away: what is left holds what was taken out.
    folder.rmdir()
    with pytest.raises(bags.NotABag):
        remove(folder, "es/nada/")
    assert [*tmp_path.glob("*copy*")] == []


@pytest.mark.drill
def test_meeting_changed_meanwhile_is_not_copied_by_halves(programme, tmp_path, monkeypatch):
    # What an organiser does while pages are read.
    monkeypatch.setattr(
        "eim.editions.freezing.writing.programme_json",
        lambda meeting: str(Meeting.objects.update(version=meeting.version + 1)),
    )
    with pytest.raises(CannotFreeze, match="was changed while it was copied"):
        freeze(tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


@pytest.mark.drill
def test_person_taken_out_is_nowhere_in_the_copy(bag, meeting):
    photo = Person.objects.get(slug="ana").photo.name
    assert (bag / "data/site/media" / photo).is_file()

    call_command("freeze", str(bag), remove="es/ponentes/ana/")

    assert judged_by_bagit(bag)
    assert Crawler(bag, "/12/").broken == []
    files = bytes_of(bag)
    assert [name for name, body in files.items() if "/ana" in name or b"Brien" in body] == []
    assert [name for name, body in files.items() if b'"ana"' in body or b"/ana/" in body] == []
    assert bags.bag_info(bag)["EIM-Removed"] == "2026-12-29: person"
    assert "se retiraron de esta copia la página y el nombre" in text_of(bag, "left-out.txt")
    assert "o brien" not in text_of(bag, "site/programme/words.js")
    assert [name for name, body in files.items() if photo.encode() in body or photo in name] == []
    # The session stays, and the meeting's picture, which the heads of pages alone name.
    assert "Abrir «la» caja" in text_of(bag, "site/es/programa/index.html")
    assert f"data/site/media/{meeting.share_picture.name}" in files


@pytest.mark.drill
def test_session_taken_out_is_in_no_list_and_no_feed(bag, programme):
    removed = remove(bag, "/12/en/programme/abrir/index.html")

    assert {"es/programa/abrir/index.html", "en/programme/abrir/index.html"} <= {*removed}
    assert Crawler(bag, "/12/").broken == []
    for name in ("programme.ics", "programme.pt.ics", "schedule.json", "schedule.en.xml"):
        assert "abrir" not in text_of(bag, f"site/{name}")
    assert "S-1" not in text_of(bag, "programme.json")
    assert "S-1" not in text_of(bag, "recordings.csv")
    assert f'"{programme.pk}"' not in text_of(bag, "site/programme/words.js")
    assert "abrir" not in text_of(bag, "site/es/mi-agenda/programme.js")
    assert bags.bag_info(bag)["EIM-Removed"] == "2026-12-29: page"


@pytest.mark.drill
def test_session_taken_out_during_it_leaves_no_page_to_ask_questions_on(
    programme, tmp_path, time_machine
):
    time_machine.move_to(factories.moment("10:10"), tick=False)
    programme.recording_url, programme.format = "", "hybrid"
    programme.save()
    bag = freeze(tmp_path / "copy").folder
    asked = "data/site/es/programa/abrir/preguntar/index.html"
    assert asked in bytes_of(bag)
    assert "/es/programa/abrir/preguntar/" in bags.bag_info(bag)["EIM-Closed"]

    removed = remove(bag, "es/programa/abrir/")

    assert {f"{path}/index.html" in removed for path in ASKED} == {True}
    assert Crawler(bag, "/12/").broken == []
    files = bytes_of(bag)
    assert [name for name, body in files.items() if "abrir/" in name or b"abrir/" in body] == []
    assert "/es/inscripcion/" in bags.bag_info(bag)["EIM-Closed"]


@pytest.mark.drill
def test_copy_of_a_site_has_nothing_that_was_removed_from_it(programme, tmp_path):
    programme.abstract_es = "charangos"
    programme.save()
    ana = Person.objects.get(slug="ana")
    name = ana.photo.name
    grounds = Grounds(reason="rights", words="zampoñas")
    remove_from_site(programme, ["text", "recording"], grounds, by=None)
    remove_from_site(ana, ["picture"], grounds, by=None)

    bag = freeze(tmp_path / "copy").folder

    files = bytes_of(bag)
    secrets = [b"charangos", b"x1234567890", "zampoñas".encode(), name.encode()]
    assert [name for name, body in files.items() for one in secrets if one in body] == []
    assert [name for name in files if "media/" in name and "ana" in name] == []
    assert "La organización retiró este texto." in text_of(bag, "site/es/programa/abrir/index.html")


def test_only_uploads_that_no_page_names_whole_go_with_a_page(meeting, tmp_path):
    folder = tmp_path / "copy"
    bag = "<link href='http://testserver/media/12/media/pictures/head.webp'>"
    site = {
        "es/viaje/index.html": "<h1>Viaje</h1><a href='../../media/documents/a/acta.pdf'></a>",
        "es/otra/index.html": f"{bag}<a href='../../media/documents/a/acta.pdf.zip#page=2'></a>",
        "programme/words.js": "eim.copied = {};",
        **dict.fromkeys(("media/documents/a/acta.pdf", "media/documents/a/acta.pdf.zip"), "x"),
        "media/pictures/head.webp": "x",
    }
    hand_on.freeze(number=12, folder=folder, site=site)
    for name in ("programme.json", "recordings.csv", "left-out.txt"):
        (folder / "data" / name).write_text('{"sessions": [], "people": [], "pages": []}')
    bags.seal(folder, bags.bag_info(folder))

    removed = remove(folder, "es/viaje/")

    assert removed == ["es/viaje/index.html", "media/documents/a/acta.pdf"]


@pytest.mark.drill
def test_photograph_taken_out_leaves_the_person(programme, tmp_path):
    rosa = factories.person(name="Rosa", slug="rosa", photo=ContentFile(picture(), "rosa.webp"))
    factories.part(session=programme, person=rosa)
    factories.document(file=ContentFile(b"%PDF-", "acta.pdf"))
    bag = freeze(tmp_path / "copy").folder
    photo = f"media/{rosa.photo.name}"
    assert (bag / "data/site" / photo).read_bytes() == picture()
    assert len(list((bag / "data/site/media").rglob("*.pdf"))) == 1

    removed = remove(bag, photo)

    assert removed == sorted([photo, *(f"share/{one}/speaker/rosa.png" for one in LANGUAGES)])
    assert Crawler(bag, "/12/").broken == []
    files = bytes_of(bag)
    assert [name for name, body in files.items() if rosa.photo.name.encode() in body] == []
    assert "Rosa" in text_of(bag, "site/es/ponentes/rosa/index.html")
    assert bags.bag_info(bag)["EIM-Removed"] == "2026-12-29: file"


@pytest.mark.drill
def test_page_is_taken_out_of_a_bag_to_which_a_link_leads(bag):
    linked = bag.with_name("12")
    linked.symlink_to(bag)

    remove(linked, "es/viaje/")

    assert (linked.readlink(), bag.is_symlink()) == (bag, False)
    assert not (bag / "data/site/es/viaje/index.html").exists()
    assert {path.name for path in bag.parent.glob("*1*")} == {"12"}


@pytest.mark.drill
def test_what_is_not_in_a_copy_is_not_taken_out_of_it(bag):
    before = bytes_of(bag)
    for path in ("es/nada/", "../../bag-info.txt", "es/", "index.html", "site/static/css/site.css"):
        with pytest.raises(CannotFreeze):
            remove(bag, path)
    assert bytes_of(bag) == before
    (bag / "data/rights.txt").write_text("CC0")
    with pytest.raises(bags.NotABag, match=r"rights\.txt is not as it was written"):
        remove(bag, "es/viaje/")
