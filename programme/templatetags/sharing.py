"""Tags for what is passed on from a page: calendars, messages to friends, JSON-LD."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language

from programme import jsonld
from programme.feeds.pictures import addresses
from programme.feeds.pictures.addresses import SharePicture
from programme.models import Person, Session
from programme.wording import news
from programme.wording.news import News

register = template.Library()
register.simple_tag(jsonld.profile, name="person_profile")


@dataclass(frozen=True, kw_only=True)
class CalendarAddresses:
    """The address of one calendar file, to copy (https) and to open in a calendar app (webcal)."""

    https: str

    @property
    def webcal(self) -> str:
        return "webcal:" + self.https.removeprefix(urlsplit(self.https).scheme + ":")


@register.simple_tag
def programme_calendar() -> CalendarAddresses:
    file = reverse("feeds:calendar")
    return CalendarAddresses(https=f"{settings.SITE_URL}{file}?lang={get_language()}")


@dataclass(frozen=True, kw_only=True)
class ShareLinks:
    """Plain links to share a page: no scripts, no requests before a visitor follows one."""

    title: str
    text: str

    @property
    def whatsapp(self) -> str:
        return f"https://wa.me/?text={quote(f'{self.title}\n{self.text}', safe='')}"

    @property
    def mail(self) -> str:
        return f"mailto:?subject={quote(self.title, safe='')}&body={quote(self.text, safe='')}"


@register.simple_tag(takes_context=True)
def share_links(context: Context, title: str, line: str = "") -> ShareLinks:
    """Build the links to share this page: {% share_links session.title when as share %}"""
    text = "\n".join(filter(None, [str(capfirst(line)), context["canonical_url"]]))
    return ShareLinks(title=str(title), text=text)


@register.simple_tag(takes_context=True)
def share_picture(context: Context) -> SharePicture | None:
    """Return the picture of the session or person that a page is about, else of the meeting."""
    meeting, session, person = map(context.get, ("meeting", "session", "person"))
    if meeting is None:
        return None
    if isinstance(session, Session):
        return addresses.session_picture(session, meeting)
    if isinstance(person, Person):
        return addresses.person_picture(person, meeting)
    return addresses.meeting_picture(meeting)


@register.simple_tag(takes_context=True)
def session_event(context: Context) -> SafeString:
    """Render the JSON-LD block of the session on this page."""
    parts = [part for card in context["presentations"] for part in card.parts]
    people = dict.fromkeys(part.person for part in [*context["parts"], *parts])
    moves = [change for change in context["changes"] if change.is_move]
    seats = context["card"].seats
    return jsonld.session_event(
        context["session"],
        context["meeting"],
        context["organisers"],
        people,
        moves,
        is_ahead=context["is_ahead"],
        has_stream=context["moment"].has_stream,
        is_full=seats is not None and seats.is_full,
    )


@register.simple_tag(takes_context=True)
def last_news(context: Context) -> News | None:
    """Return the last change of the session; None if it is cancelled, which the page says above."""
    changes = [change for change in context["changes"] if not change.is_publication]
    is_cancelled = context["session"].is_cancelled
    return news.news(changes[0], context["meeting"]) if changes and not is_cancelled else None
