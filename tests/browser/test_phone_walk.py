"""On a phone, the way from the programme to a seat is short: few touches, little to scroll past.

A tap is a touch of the page: of a link, a button, a field, a box; a list that the phone unfolds
takes two. Keys of the phone's keyboard are none, and its Next goes from one text field to the next.

A screen is one height of the phone that has to be scrolled past before the next thing to touch is
wholly in sight, counted on each page from its top.
"""

import re

import pytest
from django.urls import reverse

from programme.models import Session
from registration import mails
from registration.models import Message, Place
from tests.browser import scenery
from tests.registration.helpers import VALID

PHONE = {"width": 360, "height": 740}


class Walk:
    def __init__(self, page):
        self.page = page
        self.taps = 0
        self.pages = []

    @property
    def screens(self):
        return sum(scrolled for _name, scrolled in self.pages) / PHONE["height"]

    def arrive(self, name):
        """Begin to count on a new page, which opens at its top."""
        self.pages.append((name, 0))

    def tap(self, target, *, taps=1):
        """Touch what has been brought into sight, with a finger's room below."""
        box = target.bounding_box()
        bottom = box["y"] + box["height"] + self.page.evaluate("scrollY") - PHONE["height"]
        name, scrolled = self.pages[-1]
        self.pages[-1] = (name, max(scrolled, bottom))
        self.taps += taps
        return target

    def follow(self, target, name):
        self.tap(target).click()
        self.page.wait_for_load_state()
        self.arrive(name)

    def tick(self, name):
        self.tap(self.page.locator(f"label:has([name={name}])")).click()


def to_the_form(walk, page, workshop):
    """Star the workshop in the programme, open its page, and ask for a place there."""
    page.goto(reverse("programme:session-list"))
    walk.arrive("programme")
    card = page.locator(f"main [data-code='{workshop.code}']")
    walk.tap(card.locator("[data-star]")).click()
    walk.follow(card.locator(".card-title a"), "session")
    walk.follow(page.locator("main a.button[href*='workshop=']"), "form")


def fill_in(walk, page):
    walk.tap(page.locator("[name=full_name]")).click()
    page.keyboard.type(VALID["full_name"])
    page.keyboard.press("Tab")
    page.keyboard.type(VALID["email"])
    walk.tap(page.locator("[name=occupation]"), taps=2).select_option(VALID["occupation"])
    walk.tick("professional")
    walk.tick("consent")


def confirm_with_the_code(walk, page):
    mail = mails.render(Message.objects.latest("pk"))
    walk.tap(page.locator("[name=code]")).click()
    page.keyboard.type(re.search(r"\b\d{3} \d{3}\b", mail.body)[0])
    walk.follow(page.locator("main .form [type=submit]"), "own")


def to_the_calendar_and_online(walk, page):
    with page.expect_download() as calendar:
        walk.tap(page.locator("main a[href*='calend']").first).click()
    walk.follow(page.locator("main a[href*='virtual']").first, "what is lost")
    walk.follow(page.locator("main [type=submit]"), "own")
    return calendar.value.suggested_filename


@pytest.mark.drill
@pytest.mark.parametrize("language", ["es"], indirect=True)
def test_from_the_programme_to_a_seat_and_online_takes_14_taps_and_6_screens(visitor):
    visitor.clock.move_to(scenery.BEFORE, tick=True)
    scenery.full(visitor)
    page, workshop = visitor.page, Session.objects.get(slug="workshop")
    page.set_viewport_size(PHONE)
    walk = Walk(page)
    to_the_form(walk, page, workshop)
    fill_in(walk, page)
    visitor.clock.shift(20)
    walk.follow(page.locator("main .send [type=submit]"), "mail")
    confirm_with_the_code(walk, page)
    seat = Place.objects.get(registration__email=VALID["email"], quota__session=workshop)
    assert seat.state == "confirmed"
    assert to_the_calendar_and_online(walk, page).endswith(".ics")

    seat.refresh_from_db()
    assert seat.state == "released"
    assert walk.taps <= 14, walk.taps
    assert walk.screens <= 6, walk.pages
