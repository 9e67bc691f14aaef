"""Search the list of participants."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_countries import countries

from eim.lib.surnames import surname_key
from programme.forms.find import FindForm, ResultCount
from programme.listing.finding import has_words, search_text
from registration.models import Registration


class FindParticipants(FindForm):
    """Find people by words of their name, institution or country; `people` are in any order."""

    search_hint = _("Name, institution, country")

    def __init__(self, data: Mapping[str, Any], *, people: list[Registration]) -> None:
        super().__init__(data, {})
        self.people = people

    @cached_property
    def matches(self) -> list[Registration]:
        """Return the people found, by their surnames."""
        words = self.words
        found = [one for one in self.people if not words or has_words(words_of(one), words)]
        return sorted(found, key=lambda one: surname_key(one.full_name, str(one.country)))

    @cached_property
    def count(self) -> ResultCount:
        total = {"total": len(self.people)}
        every = ngettext("%(total)d person", "%(total)d people", total["total"])
        some = ngettext("{n} of %(total)d person", "{n} of %(total)d people", total["total"])
        return ResultCount(every=every % total, some=some % total)

    @property
    def status(self) -> str:
        return self.count.words(len(self.matches)) if self.criteria else self.count.every


def words_of(registration: Registration) -> str:
    country = countries.name(str(registration.country))
    return search_text([registration.full_name, registration.institution, country])
