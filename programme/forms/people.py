"""Filter and search the speakers."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_countries import countries

from eim.lib.normalising import fold
from programme.forms.fields import select_field
from programme.forms.find import FindForm, ResultCount
from programme.listing import finding
from programme.models import Person


class FindPeople(FindForm):
    search_hint = _("Name, institution, country")
    country = select_field(_("Country"), _("All countries"))

    def __init__(self, data: Mapping[str, Any], *, people: list[Person]) -> None:
        codes = {*filter(None, map(finding.country_code, people))}
        choices = [(code, countries.name(code)) for code in codes]
        super().__init__(data, {"country": sorted(choices, key=lambda c: fold(c[1]))})
        self.people = people

    @cached_property
    def matches(self) -> set[int]:
        """Return the primary keys of the people who match all criteria."""
        filters, words = self.filters, self.words
        return {
            person.pk
            for person in self.people
            if filters <= {*finding.person_filter_facts(person)}
            and (not words or finding.has_words(finding.person_search_text(person), words))
        }

    @cached_property
    def count(self) -> ResultCount:
        total = {"total": len(self.people)}
        every = ngettext("%(total)d person", "%(total)d people", total["total"])
        some = ngettext("{n} of %(total)d person", "{n} of %(total)d people", total["total"])
        return ResultCount(every=every % total, some=some % total)

    @property
    def status(self) -> str:
        return self.count.words(len(self.matches)) if self.criteria else self.count.every
