"""The board with the keyboard alone, without scripts, by dragging, and on a phone."""

import pytest
from django.conf import settings as site_settings
from django.urls import reverse
from playwright.sync_api import expect

from programme.models import Session, StagedMove
from tests import factories
from tests.board import scenes
from tests.board.plans import staged, to
from tests.browser import axe

pytestmark = pytest.mark.drill

PHONE, DESK = {"width": 360, "height": 800}, {"width": 1440, "height": 900}


@pytest.fixture
def rooms(meeting):
    return scenes.twelve_rooms()


@pytest.fixture
def signed_in(staff_client, live_server):
    """Return a function that lets a page be the organiser's."""
    name = site_settings.SESSION_COOKIE_NAME

    def as_organiser(page, language="es"):
        value = staff_client.cookies[name].value
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page.set_extra_http_headers({"Accept-Language": language})
        page.emulate_media(reduced_motion="reduce")
        return page

    return as_organiser


def first():
    return Session.objects.order_by("pk")[0]


def tab_to(page, locator, most=120):
    """Press Tab until an element has the focus."""
    for _press in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not lead to {locator}.")


def test_board_is_walked_with_the_keyboard_alone(page, rooms, signed_in):
    signed_in(page).goto(reverse("admin:board"))
    tab_to(page, page.get_by_role("link", name="Archivo oral de la comunidad 0"))
    page.keyboard.press("Enter")
    hour = page.get_by_label("Empieza")
    tab_to(page, hour)
    page.keyboard.press("Control+A")
    page.keyboard.type("12:30")
    page.keyboard.press("Enter")
    outcome = page.locator(".messagelist")
    expect(outcome).to_contain_text("Preparado, sin publicar")
    expect(outcome).to_be_focused()

    tab_to(page, page.get_by_role("link", name="Revisar y publicar el plan"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Publicar todos los movimientos"))
    page.keyboard.press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("Se ha movido 1 sesión.")
    assert Session.objects.filter(starts_at=factories.moment("12:30")).count() == 1


def test_board_works_without_scripts(without_scripts, rooms, signed_in):
    page = signed_in(without_scripts)
    page.goto(reverse("admin:board"))
    page.get_by_role("link", name="Visita al barrio").click()
    page.get_by_label("Día").select_option(f"{factories.FIRST_DAY}")
    page.get_by_label("Empieza").fill("13.30")
    page.get_by_label("Sala").select_option(label="Patio")
    page.get_by_role("button", name="Preparar el movimiento").click()
    expect(page.locator(".messagelist")).to_contain_text("13:30–14:30 · Patio")
    page.get_by_role("link", name="Revisar y publicar el plan").click()
    page.get_by_role("button", name="Publicar todos los movimientos").click()

    expect(page.locator(".messagelist")).to_contain_text("Se ha movido 1 sesión.")
    assert Session.objects.get(title_es="Visita al barrio").room.name_es == "Patio"


def test_card_is_dragged_to_another_room_and_hour(page, rooms, signed_in):
    # So high that nothing scrolls.
    signed_in(page).set_viewport_size({"width": 1440, "height": 2400})
    page.goto(reverse("admin:board"))
    card = page.locator(f".card[href*='/{first().pk}/']")
    card.scroll_into_view_if_needed()
    start = card.bounding_box()
    target = page.locator(f"tr[data-at='13:15'] td[data-room='{rooms[1].pk}']").bounding_box()

    page.mouse.move(start["x"] + 20, start["y"] + 4)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 30, steps=4)
    page.mouse.move(target["x"] + 40, target["y"] + 8, steps=4)
    expect(page.locator(".drop-words")).to_contain_text("Sala Roja")
    page.mouse.up()

    expect(page.locator(".messagelist")).to_contain_text("Preparado, sin publicar")
    move = StagedMove.objects.get()
    assert (move.session, move.room) == (first(), rooms[1])
    # The upper edge of the card says when it begins; it lasts as long as before.
    assert move.starts_at == factories.moment("13:15")
    assert move.ends_at - move.starts_at == first().ends_at - first().starts_at


def test_escape_ends_a_drag_and_nothing_is_staged(page, rooms, signed_in):
    signed_in(page).set_viewport_size(DESK)
    page.goto(reverse("admin:board"))
    box = page.locator(f".card[href*='/{first().pk}/']").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 90, steps=4)
    expect(page.locator(".card.is-ghost")).to_have_count(1)

    page.keyboard.press("Escape")

    expect(page.locator(".card.is-ghost")).to_have_count(0)
    page.mouse.up()
    assert StagedMove.objects.count() == 0


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["es", "pt"])
def test_pages_with_twelve_rooms_have_no_fault(
    page_with_axe, rooms, signed_in, staff_client, size, language
):
    session, other = Session.objects.order_by("pk")[:2]
    staged(staff_client, session, to("11:30", room=rooms[2]))
    staged(staff_client, other, to("13:00", room=rooms[3]))
    Session.objects.filter(pk=other.pk).update(revision=1)
    page = signed_in(page_with_axe, language)
    page.set_viewport_size(size)
    faults = {}
    move = reverse("admin:board-move", args=[session.pk])
    for url in (reverse("admin:board"), reverse("admin:board-plan"), move):
        page.goto(url)
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            found = axe.broken_rules(page, axe.RULES)
            faults |= {(url, colours): found} if found else {}
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]

    assert faults == {}


def test_on_a_phone_rooms_scroll_below_headings_that_stay(page, rooms, signed_in):
    signed_in(page).set_viewport_size(PHONE)
    page.goto(reverse("admin:board"))
    last = page.get_by_role("columnheader", name="Jardín de esculturas")
    frame = page.locator(".board-halves .wide")
    frame.evaluate("frame => frame.scrollTo(frame.scrollWidth, 300)")
    box, hour = last.bounding_box(), page.locator("tr.is-hour th").first.bounding_box()

    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] >= frame.bounding_box()["y"]
    # The hours stay at the left.
    assert hour["x"] < 60
    small = page.locator(".card").evaluate_all(
        "cards => cards.filter((card) => card.offsetHeight < 44 || card.offsetWidth < 44).length"
    )
    assert small == 0
