"""Pictures of sessions, speakers and the meeting, which other sites show beside a link."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier, Lock
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.utils import translation
from PIL import Image

from eim.lib.page_store import CachedPage
from programme.actions import bump_version
from programme.caching import pictures
from programme.caching.pictures import PictureStore
from programme.caching.snapshot import snapshot_cache
from programme.feeds.pictures.posters import meeting_poster, person_poster, session_poster
from programme.listing import cards
from programme.models import Meeting, Session
from programme.models.meeting import Standing
from programme.views.people import speakers
from registration.models import Quota
from tests import factories
from tests.reading import read

PICTURE = "/share/es/session/apertura.png"
SECOND = timedelta(seconds=1)
LANGUAGES = ("es", "pt", "en")
MOST_BYTES = 60_000


def share_properties(client, path):
    tags = read(client, path).xpath("//meta[starts-with(@property, 'og:image')]")
    return {tag.get("property"): tag.get("content") for tag in tags}


def shared_picture(client, path):
    """Return the picture that a page names, as others fetch it."""
    address = urlsplit(share_properties(client, path)["og:image"])
    response = client.get(f"{address.path}?{address.query}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    return response.content


def shown(session):
    """Return what stands on the picture of a session."""
    listed = cards.with_card_rows(Session.objects.filter(pk=session.pk)).get()
    meeting = Meeting.objects.get()
    with meeting.activated():
        return session_poster(listed, meeting, [])


def size_of(png):
    with Image.open(BytesIO(png)) as image:
        return image.format, image.size


# What a page names


@pytest.mark.parametrize("language", LANGUAGES)
def test_session_page_names_its_picture_in_the_language_of_the_page(client, meeting, language):
    session = factories.session(slug="apertura", title_en="Opening", title_pt="Abertura")
    with translation.override(language):
        path = session.get_absolute_url()

    found = share_properties(client, path)

    picture = f"/share/{language}/session/apertura.png?v={meeting.version}"
    assert found["og:image"] == f"http://testserver{picture}"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")


def test_picture_is_described_by_title_hours_and_meeting(client, meeting):
    factories.session(slug="opening", title_en="Opening")

    found = share_properties(client, "/en/programme/opening/")

    assert found["og:image:alt"] == (
        "Opening. Wednesday 18 November, from 10:00 to 11:00, Asunción time. "
        "12th Ibero-American Meeting of Museums"
    )


@pytest.mark.parametrize("path", ["/en/", "/en/programme/", "/en/venue/", "/en/registration/"])
def test_other_pages_name_the_picture_of_the_meeting(client, meeting, path):
    found = share_properties(client, path)

    assert found["og:image"] == f"http://testserver/share/en/meeting.png?v={meeting.version}"
    assert found["og:image:alt"] == (
        "Museums that care. Asunción · 18 to 20 November 2026. "
        "12th Ibero-American Meeting of Museums"
    )


def test_organisers_own_picture_stands_in_place_of_the_meetings(client, meeting):
    meeting.share_picture.save("x.jpg", ContentFile(b"picture"))

    response = client.get("/share/es/meeting.png")

    assert (response.status_code, response.url) == (302, meeting.share_picture.url)


# The files


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_have_the_size_that_other_sites_ask_for(client, meeting, language):
    person = factories.person(slug="rosa", name="Rosa Quispe")
    factories.part(person=person, session=factories.session(slug="apertura"))

    for path in ("session/apertura.png", "speaker/rosa.png", "meeting.png"):
        response = client.get(f"/share/{language}/{path}")

        assert size_of(response.content) == ("PNG", (1200, 630))
        assert len(response.content) <= MOST_BYTES
        assert response.headers["Content-Language"] == language


def test_picture_differs_by_the_language_of_its_address_and_not_of_the_browser(client, meeting):
    factories.session(slug="apertura", title="Apertura", title_pt="Abertura", title_en="Opening")

    def fetched(language, asked):
        path = f"/share/{language}/session/apertura.png"
        response = client.get(path, headers={"Accept-Language": asked})
        assert "Accept-Language" not in response.headers.get("Vary", "")
        return response.content

    assert len({fetched(language, "es") for language in LANGUAGES}) == 3
    assert fetched("pt", "en") == fetched("pt", "es")


def test_moved_session_has_another_address_and_another_picture(client, meeting):
    session = factories.session(slug="apertura")
    path = session.get_absolute_url()
    address, picture = share_properties(client, path)["og:image"], shared_picture(client, path)

    moved = {"starts_at": factories.moment("15:00"), "ends_at": factories.moment("16:00")}
    Session.objects.update(**moved)
    bump_version()

    assert share_properties(client, path)["og:image"] != address
    assert shared_picture(client, path) != picture


@pytest.mark.parametrize("times", [1, 3])
def test_number_of_queries_does_not_grow_with_the_programme(
    client, meeting, django_assert_num_queries, times
):
    session = factories.session(slug="apertura", theme=factories.theme())
    rosa = factories.person(slug="rosa")
    for _ in range(times):
        factories.part(session=session)
        factories.part(person=rosa, presentation=factories.presentation(session=session))

    with django_assert_num_queries(5):
        client.get("/share/es/session/apertura.png")
    with django_assert_num_queries(4):
        client.get("/share/es/speaker/rosa.png")


@pytest.mark.parametrize(
    "path",
    [
        "es/session/borrador.png",
        "es/session/nothing.png",
        "es/session/..%2f..%2fsecret.png",
        "es/session/borrador.png%00",
        "es/speaker/callada.png",
        "es/speaker/borrador.png",
        "fr/meeting.png",
        "es/meeting.svg",
        "/meeting.png",
    ],
)
def test_draft_and_forged_addresses_have_no_picture(client, meeting, path):
    draft = factories.session(slug="borrador", state=Session.State.DRAFT)
    factories.part(session=draft, person=factories.person(slug="callada"))

    assert client.get(f"/share/{path}").status_code == 404


def test_host_that_is_not_allowed_gets_no_picture(client, meeting, settings):
    settings.ALLOWED_HOSTS = ["museos.example"]

    assert client.get("/share/es/meeting.png", headers={"Host": "x.example"}).status_code == 400


# How long they are kept


def stored_pictures():
    return list(snapshot_cache.snapshot.shared.pictures.pictures.pages)


@pytest.mark.usefixtures("cached_pages")
def test_picture_is_drawn_once_whatever_its_address_asks(client, django_assert_num_queries):
    factories.session(slug="apertura")
    first = client.get(f"{PICTURE}?v=1")

    with django_assert_num_queries(0):
        others = [client.get(f"{PICTURE}?{query}") for query in ("v=2", "v=x&utm=1", "", "v=1&v=2")]
        tag = {"If-None-Match": first.headers["ETag"]}
        kept = client.get(f"{PICTURE}?v=1", headers=tag)

    assert {other.content for other in others} == {first.content}
    assert {other.headers["Cache-Control"] for other in others} == {"public, max-age=0"}
    assert first.headers["Cache-Control"] == "public, max-age=3600, s-maxage=15"
    assert (kept.status_code, kept.headers["Cache-Control"]) == (
        304,
        "public, max-age=3600, s-maxage=15",
    )
    assert stored_pictures() == [(PICTURE, "")]


@pytest.mark.usefixtures("cached_pages")
def test_picture_from_before_a_change_is_not_kept_as_of_its_version(client, time_machine):
    """Ask with the new version of another process, a second before this process knows it."""
    session = factories.session(slug="apertura", title="Antes")
    old = client.get(f"{PICTURE}?v=1").content
    Session.objects.filter(pk=session.pk).update(title_es="Después")
    bump_version()

    before = client.get(f"{PICTURE}?v=2")
    time_machine.shift(SECOND)
    after = client.get(f"{PICTURE}?v=2")

    found = [(r.content == old, r.headers["Cache-Control"]) for r in (before, after)]
    assert found == [
        (True, "public, max-age=0"),
        (False, "public, max-age=3600, s-maxage=15"),
    ]


@pytest.mark.usefixtures("cached_pages")
def test_picture_outlives_boundaries_and_words_about_seats(
    client, time_machine, django_assert_num_queries
):
    quota = factories.quota(session=factories.workshop(slug="apertura"), size=20)
    picture, snapshot = client.get(PICTURE).content, snapshot_cache.snapshot
    Quota.objects.filter(pk=quota.pk).update(taken=20)

    time_machine.move_to(quota.session.starts_at, tick=False)
    with django_assert_num_queries(1):  # whether something has changed
        assert client.get(PICTURE).content == picture

    assert snapshot_cache.snapshot != snapshot


@pytest.mark.usefixtures("cached_pages")
def test_picture_asked_for_by_head_is_kept_for_others(client, django_assert_num_queries):
    factories.session(slug="apertura")
    head = client.head(PICTURE)

    with django_assert_num_queries(0):
        picture = client.get(PICTURE)

    assert (head.content, head.headers["Content-Length"]) == (b"", f"{len(picture.content)}")
    assert size_of(picture.content) == ("PNG", (1200, 630))


@pytest.mark.usefixtures("cached_pages")
def test_pictures_evict_one_another_and_no_page(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(pictures, "BYTES", 100_000)
    snapshot_cache.clear()
    client.get("/es/programa/")
    for number in range(6):
        factories.session(slug=f"taller-{number}")
        client.get(f"/share/es/session/taller-{number}.png")

    store = snapshot_cache.snapshot.shared.pictures.pictures
    assert store.used == sum(picture.size for picture in store.pages.values()) <= 100_000
    assert 1 < len(stored_pictures()) < 6
    with django_assert_num_queries(0):
        client.get("/es/programa/")


def test_picture_wanted_by_several_at_once_is_drawn_once():
    store, together, drawings, counting = PictureStore(), Barrier(4), [], Lock()

    def draw(path):
        with counting:
            drawings.append(path)
        time.sleep(0.05)
        return CachedPage(HttpResponse(path))

    def ask(path):
        together.wait()
        return store.find_or_draw(path, lambda: draw(path))

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, ["/a.png", "/a.png", "/a.png", "/b.png"]))

    assert sorted(drawings) == ["/a.png", "/b.png"]
    assert found[0] is found[1] is found[2] is not found[3]
    assert len(store.locks) == 0


@pytest.mark.usefixtures("cached_pages")
def test_picture_that_does_not_exist_is_not_stored(client):
    assert client.get("/share/es/session/nada.png").status_code == 404

    assert (stored_pictures(), len(snapshot_cache.snapshot.shared.pictures.locks)) == ([], 0)


# What stands on them


def test_picture_tells_kind_theme_hours_and_people(meeting, in_english):
    theme = factories.theme(name_en="Care", motif="spiral", colour="molle")
    session = factories.workshop(title_en="Easy reading", theme=theme)
    factories.part(session=session, person=factories.person(name="Rosa Quispe", country=""))

    poster = shown(session)

    assert (poster.seal, poster.name) == ("12", "12th Ibero-American Meeting of Museums")
    assert poster.place == "Asunción · 18 to 20 November 2026"
    assert (poster.kind, poster.title) == ("Workshop · Care", "Easy reading")
    assert poster.when == "Wednesday 18 November, from 10:00 to 11:00, Asunción time"
    assert poster.people == "Rosa Quispe"
    assert poster.weave == (("spiral", "molle"),)
    assert (poster.tag, poster.is_struck) == ("", False)


def test_cancelled_session_says_so_on_its_picture(meeting, in_english):
    poster = shown(factories.session(state=Session.State.CANCELLED))

    assert (poster.tag, poster.is_struck) == ("Cancelled", True)


@pytest.mark.parametrize(
    ("known", "words"),
    [({"day": None, "starts_at": None}, ""), ({"starts_at": None}, "Wednesday 18 November")],
)
def test_picture_says_nothing_of_what_is_yet_to_be_confirmed(meeting, in_english, known, words):
    assert shown(factories.session(**known)).when == words


@pytest.mark.parametrize("standing", [Standing.POSTPONED, Standing.CANCELLED])
def test_pictures_of_a_meeting_that_does_not_take_place_tell_no_days(meeting, in_english, standing):
    Meeting.objects.update(standing=standing)
    session = factories.session()
    meeting.refresh_from_db()

    poster, of_meeting = shown(session), meeting_poster(meeting, [])

    word = str(standing).capitalize()
    assert (poster.place, poster.when) == (word, "")
    assert (of_meeting.tag, of_meeting.kind, of_meeting.when) == (word, "", "")


def test_person_is_shown_with_the_parts_that_take_place(meeting, in_english):
    rosa = factories.person(name="Rosa Quispe", position="Directora", institution="Museo del Agua")
    factories.part(person=rosa, session=factories.session(title_en="Rivers"), role="moderates")
    gone = factories.session(title_en="Lakes", state=Session.State.CANCELLED)
    factories.part(person=rosa, session=gone)

    poster = person_poster(speakers().get(), meeting, [])

    assert (poster.title, poster.kind) == ("Rosa Quispe", "Moderates")
    assert poster.when == "Directora, Museo del Agua (Paraguay)"
    assert poster.people == "Rivers"


def test_photograph_is_drawn_in_its_colours(client, meeting):
    photo, noise = BytesIO(), Image.effect_noise((800, 600), 120)
    Image.merge("RGB", [noise, noise.rotate(90), noise.rotate(180)]).save(photo, "WEBP")
    rosa = factories.person(slug="rosa", photo=ContentFile(photo.getvalue(), "rosa.webp"))
    factories.part(person=rosa)

    drawn = client.get("/share/es/speaker/rosa.png").content

    with Image.open(BytesIO(drawn)) as image:
        colours = image.convert("RGB").crop((900, 160, 1140, 400)).getcolors(100_000)
    assert len(colours) > 50
    rosa.photo.storage.delete(rosa.photo.name)
    without = client.get("/share/es/speaker/rosa.png").content
    assert size_of(without) == ("PNG", (1200, 630))
    assert without != drawn
