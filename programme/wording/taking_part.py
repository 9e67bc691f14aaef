"""Say how one takes part in the meeting, before it and after it, and what took place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from programme.models import Edition, Meeting, Person, Session
from programme.wording import dates


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The ways to take part that the sessions have; both while no session is known."""

    in_person: bool = True
    online: bool = True
    has_workshops: bool = False

    def place_words(self, meeting: Meeting) -> str:
        """“Lima and online, free”"""
        if not self.online:
            return gettext("%(city)s, free") % {"city": meeting.city}
        if not self.in_person:
            return gettext("Online, free")
        return gettext("%(city)s and online, free") % {"city": meeting.city}

    @property
    def words(self) -> str:
        if not self.online:
            return gettext("In person")
        return gettext("In person, or live on this site") if self.in_person else self.live_words

    @property
    def live_words(self) -> str:
        return gettext("Live on this site")

    @property
    def past_words(self) -> str:
        if not self.online:
            return gettext("It was held in person")
        if not self.in_person:
            return gettext("It was held online, live on this site")
        return gettext("It was held in person, and live on this site")


def ways_of(listed: Iterable[Session]) -> Ways:
    shown = [session for session in listed if not (session.is_break or session.is_cancelled)]
    if not shown:
        return Ways()
    return Ways(
        in_person=any(session.format != Session.Format.ONLINE for session in shown),
        online=any(session.is_followed_online for session in shown),
        has_workshops=any(session.kind == Session.Kind.WORKSHOP for session in shown),
    )


def took_place_words(meeting: Meeting) -> str:
    """“The meeting took place in Lima from 25 to 27 November 2024.”"""
    sentence = gettext("The meeting took place in %(city)s from %(first)s to %(last)s.")
    if meeting.first_day == meeting.last_day:
        sentence = gettext("The meeting took place in %(city)s on %(last)s.")
    return sentence % {
        "city": meeting.city,
        "first": dates.first_day_words(meeting.first_day, meeting.last_day),
        "last": dates.date_words(meeting.last_day),
    }


def figures_words(listed: Sequence[Session], edition: Edition | None) -> str:
    """“51 sessions · 412 people took part · 14 countries”, as far as anybody knows."""
    held = sum(not (session.is_break or session.is_cancelled) for session in listed)
    sessions = ngettext("%(count)d session", "%(count)d sessions", held)
    counted = [(held, sessions), *people_and_countries(edition)]
    return " · ".join(words % {"count": count} for count, words in counted if count)


def people_and_countries(edition: Edition | None) -> list[tuple[int, str]]:
    """Return who took part if the organisers have entered it, else who spoke, by one query."""
    if edition and (edition.people or edition.countries):
        people, countries = edition.people or 0, edition.countries or 0
        words = ngettext("%(count)d person took part", "%(count)d people took part", people)
    else:
        speakers = Person.objects.in_programme().values_list("pk", "country")
        people, countries = len(speakers), len({country for _pk, country in speakers if country})
        words = ngettext("%(count)d speaker", "%(count)d speakers", people)
    of_countries = ngettext("%(count)d country", "%(count)d countries", countries)
    return [(people, words), (countries, of_countries)]
