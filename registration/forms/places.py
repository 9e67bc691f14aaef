"""The form on which a person changes their seats and services."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from eim import clock
from eim.lib.forms.carried import CarriedForm
from programme.models import Meeting
from registration.actions import Full
from registration.forms.clashes import ClashError
from registration.forms.sign_up import SignUpForm, WaitlistField
from registration.models import Place, Quota
from registration.offer import Offer
from registration.wording.places import full_words, own_words, places_words

FIELDS = SignUpForm.base_fields


@dataclass(frozen=True, kw_only=True)
class Option:
    """A box to tick: a place, or the end of the waiting list if the quota is full."""

    quota: Quota
    name: str
    words: str
    is_checked: bool
    # It has begun: the person can neither tick nor untick it.
    is_fixed: bool


class PlacesForm(CarriedForm):
    """Offer what can be chosen now; `places` are those that the person has or waits for."""

    workshops = FIELDS["workshops"]
    services = FIELDS["services"]
    waitlist = FIELDS["waitlist"]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        meeting: Meeting,
        offer: Offer,
        places: Sequence[Place],
    ) -> None:
        super().__init__(data)
        self.meeting = meeting
        self.own = {place.quota_id: place for place in places}
        self.take_offer(offer)

    def take_offer(self, offer: Offer) -> None:
        self.offer = offer
        for name, quotas in (("workshops", offer.seats), ("services", offer.services)):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [(quota.code, str(quota)) for quota in quotas]
            field.help_text = ""
        waitlist = cast(WaitlistField, self.fields["waitlist"])
        waitlist.codes = frozenset(quota.code for quota in self.everything)

    @property
    def everything(self) -> list[Quota]:
        return [*self.offer.seats, *self.offer.services]

    @property
    def waits_in_person(self) -> bool:
        own = self.own.values()
        return any(p.is_waiting and p.quota.is_in_person for p in own)

    @property
    def workshop_options(self) -> list[Option]:
        return self._options("workshops", self.offer.seats)

    @property
    def service_options(self) -> list[Option]:
        return self._options("services", self.offer.services)

    def _options(self, name: str, quotas: Sequence[Quota]) -> list[Option]:
        """Return an option for each quota that has not begun, and for the person's own."""
        return [
            self._option(name, quota)
            for quota in quotas
            if quota.pk in self.own or not quota.has_begun(clock.now())
        ]

    def _option(self, name: str, quota: Quota) -> Option:
        own = self.own.get(quota.pk)
        waits = own is None and quota.is_full
        name = "waitlist" if waits else name
        is_checked = quota.code in self[name].data if self.is_bound else own is not None
        is_fixed = own is not None and quota.has_begun(clock.now())
        words = own_words(own) if own else full_words(quota) if waits else places_words(quota)
        return Option(
            quota=quota,
            name=name,
            words=words,
            is_checked=is_checked or is_fixed,
            is_fixed=is_fixed,
        )

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        seats = [(quota.pk in self.own, quota.session) for quota in self.wanted if quota.session]
        for (is_own, one), (is_own_too, other) in combinations(seats, 2):
            # If an organiser moved one onto the other, the person may have both.
            if one.overlaps(other) and not (is_own and is_own_too):
                self.add_error("workshops", ClashError(one, other, self.meeting))
        return data

    @property
    def wanted(self) -> list[Quota]:
        """Return the ticked quotas; to tick a waiting list is to want its quota."""
        names = ("workshops", "services", "waitlist")
        codes = {code for name in names for code in self.cleaned_data.get(name, [])}
        return [quota for quota in self.everything if quota.code in codes]

    def refuse_full(self, full: Full, offer: Offer) -> None:
        """Name each full quota beside its field; the page now offers its waiting list."""
        self.take_offer(offer)
        for quota in full.quotas:
            self.add_error(
                "services" if quota.kind == Quota.Kind.SERVICE else "workshops",
                gettext("“%(name)s” is full now. Choose its waiting list, or something else.")
                % {"name": quota},
            )
