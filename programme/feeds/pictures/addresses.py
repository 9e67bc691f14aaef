"""Address the pictures that other sites and messages show beside a link to a page."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from programme.feeds.pictures.posters import when_of, where_and_when
from programme.models import Meeting, Person, Session
from programme.wording import sessions as wording


@dataclass(frozen=True, kw_only=True)
class SharePicture:
    """The picture of a page, in the page's language, and what stands on it in words."""

    path: str
    alt: str

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.path


def session_picture(session: Session, meeting: Meeting) -> SharePicture:
    path = address("session-picture", meeting, session.slug)
    return SharePicture(path=path, alt=in_words(session.title, when_of(session, meeting), meeting))


def person_picture(person: Person, meeting: Meeting) -> SharePicture:
    path = address("person-picture", meeting, person.slug)
    return SharePicture(
        path=path, alt=in_words(person.name, wording.institution_line(person), meeting)
    )


def meeting_picture(meeting: Meeting) -> SharePicture:
    """Return the organisers' own picture, or else the one that the site draws."""
    if meeting.share_picture:
        return SharePicture(path=meeting.share_picture.url, alt=meeting.name)
    path = address("meeting-picture", meeting)
    alt = in_words(meeting.theme_line, where_and_when(meeting), meeting)
    return SharePicture(path=path, alt=alt)


def address(view: str, meeting: Meeting, *slug: str) -> str:
    """Return an address that changes with every change of the programme.

    Other sites keep a picture by its address, some of them for weeks.
    """
    return f"{reverse(f'feeds:{view}', args=[get_language(), *slug])}?v={meeting.version}"


def in_words(first: str, second: str, meeting: Meeting) -> str:
    return ". ".join(filter(None, [first, second, meeting.name]))
