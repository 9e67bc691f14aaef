"""Bring a visitor to a page or to a state of it, in the active language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import User
from django.db.models import F
from django.urls import reverse
from playwright.sync_api import Page

from eim import clock
from programme import moderation
from programme.actions import say_late, switch_stream
from programme.models import Meeting, Session, Stream
from registration import actions, tokens
from registration.models import Message, Quota, Registration
from tests import factories
from tests.browser import scenery
from tests.registration.helpers import VALID


@dataclass(frozen=True)
class Visitor:
    """A visitor: browser page, language, clock and settings of the site."""

    page: Page
    language: str
    crowd: list[str]
    clock: Any
    settings: Any
    sign_in: Callable


@dataclass(frozen=True)
class At:
    """Open the page of that name; arguments that are functions are called for their values."""

    name: str
    arguments: tuple = ()

    def __call__(self, visitor):
        found = [argument() if callable(argument) else argument for argument in self.arguments]
        visitor.page.goto(reverse(self.name, args=found))


def at(name, *arguments):
    return At(name, arguments)


def session(slug):
    return at("programme:session-detail", slug)


def programme_with_its_calendar(visitor):
    at("programme:session-list")(visitor)
    visitor.page.locator("details.subscribe summary").click()


def with_link(name, token, full_name):
    """Open a link that was mailed to this person."""
    return at(name, lambda: token(Registration.objects.get(full_name=full_name)))


def own(full_name, name="registration:own"):
    return with_link(name, tokens.own_token, full_name)


def to_confirm(full_name):
    return with_link("registration:confirm", tokens.confirm_token, full_name)


def fresh(name):
    """Open a page behind a link that is valid for ten minutes."""
    return with_link(name, tokens.fresh_token, scenery.SEATED)


def mail(kind, name="demo-mail-html"):
    """Open the demo's mail of a kind: they are numbered as `scenery.with_mails` sent them."""
    return at(name, list(Message.Kind).index(kind) + 1)


# Search and filters


def filtered_programme(visitor):
    """Apply most of the filters, and unfold the further ones."""
    query = "?q=museo&online=1&language=es&sign=any&captions=any&format=hybrid"
    visitor.page.goto(reverse("programme:session-list") + query)
    visitor.page.locator(".find summary").click()


def programme_with_nothing_found(visitor):
    visitor.page.goto(reverse("programme:session-list") + "?q=nowhere")


def address_without_a_language(visitor):
    visitor.page.goto("/nothing-here/")


def found_speakers(visitor):
    visitor.page.goto(reverse("programme:speaker-list") + "?q=museo")


# What the device remembers


def remember(visitor, key, value):
    at("healthz")(visitor)
    visitor.page.evaluate(
        "([key, value]) => localStorage.setItem(key, JSON.stringify(value))", [key, value]
    )


def chosen():
    """Return codes and titles of three sessions at the same hour, and of a cancelled one."""
    one = Session.objects.get(slug="experiences")
    hour = Session.objects.published().overlapping(one.starts_at, one.ends_at)[:3]
    cancelled = Session.objects.get(slug="cancelled")
    return {session.code: session.title for session in [*hour, cancelled]}


def agenda_with_a_clash(visitor):
    remember(visitor, "clock", "Europe/Lisbon")
    remember(visitor, "agenda", chosen() | {"GONE": "Una-sesión-que-ya-no-está"})
    at("programme:my-agenda")(visitor)
    visitor.page.locator(".clash").first.wait_for()
    visitor.page.locator("details").evaluate("details => (details.open = true)")


def agenda_brought_by_a_link(visitor):
    remember(visitor, "agenda", {})
    link = f"#meeting={Meeting.objects.get().number}&codes={','.join(chosen())}"
    visitor.page.goto(reverse("programme:my-agenda") + link)
    visitor.page.locator("[data-offer] li").first.wait_for()


def programme_by_another_clock(visitor):
    """Show the hours in Madrid (often on the next day), and changes since the last visit."""
    remember(visitor, "clock", "Europe/Madrid")
    remember(visitor, "seen", {"before": 0, "latest": 1, "at": 0})
    Session.objects.filter(slug__in=["experiences", "workshop"]).update(revised_at=clock.now())
    at("programme:session-list")(visitor)
    visitor.page.locator(".is-changed").first.wait_for()


def session_by_another_clock(visitor):
    remember(visitor, "clock", "Europe/Madrid")
    session("experiences")(visitor)


# Registration

FORM = at("registration:sign-up")


def when_registration(view, **facts):
    """Open a page after changing when registration opens and closes."""

    def reach(visitor):
        opening = {"registration_opens_at": None, "registration_closes_at": None}
        Meeting.objects.update(**opening | facts)
        at(view)(visitor)

    return reach


def fill_in(page, *, slug="workshop"):
    for name in ("full_name", "email", "institution"):
        page.locator(f"[name={name}]").fill(VALID[name])
    for name in ("country", "occupation"):
        page.locator(f"[name={name}]").select_option(VALID[name])
    page.locator("[name=attendance][value=in_person]").check()
    code = Session.objects.get(slug=slug).code
    unfold(page)
    page.locator(f"[name=workshops][value='{code}']").check()
    for name in ("professional", "consent"):
        page.locator(f"[name={name}]").check()


def unfold(page):
    """Show the boxes that the form folds away while nobody has ticked them."""
    for summary in page.locator(".is-places .fold > summary").all():
        summary.click()


def send(page, then):
    """Press the first button, and wait for the element that must appear."""
    page.locator("main form [type=submit]").first.click()
    page.locator(then).first.wait_for()


def form_with_faults(visitor):
    FORM(visitor)
    send(visitor.page, then=".has-error [name=full_name]")


def form_from(slug):
    """Follow the link of a session to the form."""

    def reach(visitor):
        code = Session.objects.get(slug=slug).code
        visitor.page.goto(f"{reverse('registration:sign-up')}?workshop={code}")

    return reach


def form_with_a_starred_workshop(visitor):
    starred = Session.objects.get(slug="workshop")
    number = Meeting.objects.get().number
    remember(visitor, f"agenda-{number}", {starred.code: starred.title})
    FORM(visitor)
    visitor.page.locator(".from-agenda").wait_for()


def form_unfolded(visitor):
    FORM(visitor)
    for summary in visitor.page.locator(".form .fold > summary").all():
        summary.click()


def form_that_fills_up_meanwhile(visitor):
    """Let a workshop fill up between opening the form and sending it."""
    FORM(visitor)
    fill_in(visitor.page)
    seats = Quota.objects.filter(session__slug="workshop")
    size = seats.get().size
    seats.update(size=F("taken"))
    visitor.clock.shift(20)  # a form that is sent at once is taken for a robot's
    send(visitor.page, then=".choice-box.has-error")
    seats.update(size=size)


def form_from_elsewhere(visitor):
    """Send the form from a page that is not the site's, and get it back filled in."""
    address = visitor.settings.SITE_URL + reverse("registration:sign-up")
    visitor.page.goto(f"data:text/html;charset=utf-8,{quote(form_of(address, VALID))}")
    visitor.page.locator("button").click()
    visitor.page.locator("#error-summary").wait_for()


def form_of(address, fields):
    """Return a page with a form that anybody may have written."""
    inputs = [f'<input name="{name}" value="{value}">' for name, value in fields.items()]
    return f'<form method="post" action="{address}">{"".join(inputs)}<button>Win</button></form>'


def look_at_your_mail(visitor):
    FORM(visitor)
    fill_in(visitor.page)
    visitor.clock.shift(20)
    send(visitor.page, then="[name=code]")


def wrong_code(visitor):
    look_at_your_mail(visitor)
    visitor.page.locator("[name=code]").fill("12")
    send(visitor.page, then="#error-summary")


def sent_again(visitor):
    look_at_your_mail(visitor)
    visitor.page.locator("form:not(.form) button").click()
    visitor.page.locator(".message").wait_for()


def look_at_your_mail_elsewhere(visitor):
    visitor.page.context.clear_cookies()
    at("registration:look-at-your-mail")(visitor)


def button_without_its_cookie(visitor):
    own(scenery.SEATED, "registration:cancel")(visitor)
    visitor.page.context.clear_cookies()
    send(visitor.page, then="[lang=pt] h2")


# Live

LIVE = at("programme:live")


def live_on_the_spare_stream(visitor):
    for stream in Stream.objects.filter(channels__is_spare=True, day=clock.now().date()):
        switch_stream(stream, to_spare=True)
    LIVE(visitor)


def live_with_a_late_session(visitor):
    """Delay the next session that is streamed."""
    ahead = Session.objects.published().followed_online().filter(starts_at__gt=clock.now())
    session = ahead.in_order().first()
    Session.objects.filter(pk=session.pk).update(slug="late")
    say_late(session, 10)
    LIVE(visitor)


# One's own page


def own_page_that_says_what_is_done(visitor):
    own(scenery.ONLINE)(visitor)
    visitor.page.locator(".text-button").first.click()
    visitor.page.locator(".message").wait_for()


def own_page_of_erased_data(visitor):
    registration = actions.erase(Registration.objects.get(full_name=scenery.ONLINE))
    at("registration:own", tokens.own_token(registration))(visitor)


def change_with_a_clash(visitor):
    """Tick two workshops at the same hour."""
    seat = Quota.objects.get(session__slug="workshop")
    hours = Session.objects.filter(pk=seat.session_id).values("day", "starts_at", "ends_at").get()
    factories.quota(session=factories.workshop(title="Otro", title_en="Another", **hours))
    own(scenery.SEATED, "registration:change")(visitor)
    for box in visitor.page.locator("[name=workshops]").all():
        box.check()
    send(visitor.page, then="#error-summary")


def give_back(code):
    return at("registration:give-back", lambda: tokens.own_token(seated()), code)


def release(slug):
    """Open the page that says what releasing the seat of a session would cost."""
    return at(
        "registration:release",
        lambda: tokens.own_token(seated()),
        lambda: Quota.objects.get(session__slug=slug).code,
    )


def seated():
    return Registration.objects.get(full_name=scenery.SEATED)


def data_with_a_new_address(visitor):
    fresh("registration:change-address")(visitor)
    visitor.page.locator("[name=email]").fill("nueva@museo.example")
    send(visitor.page, then=".message")


def confirm_a_new_address(visitor):
    registration = actions.change_address(seated(), "nueva@museo.example")
    token = tokens.new_address_token(registration, "nueva@museo.example")
    at("registration:new-address", token)(visitor)


def own_page_with_a_free_place(visitor):
    """Free a place the evening before, when the waiting list no longer moves by itself."""
    full = Quota.objects.get(session__slug="full")
    Quota.objects.filter(pk=full.pk).update(size=F("size") + 1)
    visitor.clock.move_to(full.session.starts_at - timedelta(hours=14))
    own(scenery.WAITING)(visitor)


def erase_without_the_tick(visitor):
    fresh("registration:erase")(visitor)
    send(visitor.page, then="#error-summary")


def expired_link(visitor):
    token = tokens.fresh_token(seated())
    visitor.clock.shift(11 * 60)
    at("registration:own-data", token)(visitor)


def used_link(visitor):
    registration = seated()
    token = tokens.fresh_token(registration)
    Registration.objects.filter(pk=registration.pk).update(fresh_version=F("fresh_version") + 1)
    at("registration:own-data", token)(visitor)


def link_sent(visitor):
    own(scenery.SEATED, "registration:ask-for-data")(visitor)
    send(visitor.page, then=".page-head:only-child")


def withdrawn(visitor):
    with_link("registration:withdraw", tokens.withdraw_token, scenery.PENDING)(visitor)
    send(visitor.page, then="[role=status]")


def new_link_sent(visitor):
    own(scenery.SEATED, "registration:new-link")(visitor)
    send(visitor.page, then="[role=status]")


def found_participants(visitor):
    person = Registration.objects.get(full_name=scenery.SEATED)
    page = reverse("registration:participants", args=[tokens.own_token(person)])
    visitor.page.goto(page + "?q=museo")


def list_that_is_closed(visitor):
    visitor.clock.shift(60 * 24 * 60 * 60)
    own(scenery.SEATED, "registration:participants")(visitor)


def token_of_news():
    return tokens.news_token(factories.news_address())


def own_page_that_is_closed(visitor):
    visitor.clock.shift(60 * 24 * 60 * 60)
    own(scenery.SEATED)(visitor)


def lost_link_sent(visitor):
    at("registration:lost-link")(visitor)
    visitor.page.locator("[name=email]").fill("nadie@museo.example")
    send(visitor.page, then=".message")


# Questions from the online audience

ASK = at("programme:question-ask", "on-air")


def question_with_faults(visitor):
    ASK(visitor)
    visitor.page.locator("[name=name]").fill("www.example.org")
    send(visitor.page, then="#error-summary")


def question_sent(visitor):
    ASK(visitor)
    visitor.page.locator("[name=text]").fill("¿Y el río?")
    visitor.clock.shift(20)
    send(visitor.page, then=".message")


def questions(slug):
    """Open the moderators' list of questions for a session."""
    return at(
        "programme:question-list",
        lambda: moderation.moderators_token(Session.objects.get(slug=slug)),
    )


def question_moved(visitor):
    questions("on-air")(visitor)
    visitor.page.locator("#list-new button").first.click()
    visitor.page.locator("#said .message").wait_for()


# The back office


def as_organiser(name, *arguments):
    def reach(visitor):
        sign_in(visitor)
        at(name, *arguments)(visitor)

    return reach


def sign_in(visitor):
    """Give the browser the session cookie of an organiser who has done both steps."""
    organiser = User.objects.filter(username="organiza").first()
    client = visitor.sign_in(organiser or factories.user(username="organiza", is_superuser=True))
    at("healthz")(visitor)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    visitor.page.context.add_cookies([cookie | {"url": visitor.page.url}])


def live_control(visitor):
    """Open the live control on a day of the meeting."""
    visitor.clock.move_to(scenery.SESSION_ON, tick=True)
    as_organiser("admin:programme_stream_live")(visitor)


def first(model, **facts):
    return lambda: model.objects.filter(**facts).first().pk
