"""The form on which a person changes their seats and services."""

from collections.abc import Sequence
from itertools import combinations
from typing import cast

from django import forms
from django.http import QueryDict

from eim import clock
from eim.lib.forms.carried import CarriedForm
from programme.models import Meeting
from registration.actions import Full
from registration.forms.faults import ClashError, FullError
from registration.forms.options import Option, Options, box, ticked_in
from registration.forms.sign_up import SignUpForm, WaitlistField
from registration.models import Place, Quota
from registration.offer import Offer
from registration.wording.places import full_words, own_words, places_words

FIELDS = SignUpForm.base_fields


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

    def options(self) -> dict[str, Options]:
        """Return the boxes by field: what has not begun, and the person's own."""
        return {
            "workshops": self._options("workshops", self.offer.seats),
            "services": self._options("services", self.offer.services),
        }

    def _options(self, name: str, quotas: Sequence[Quota]) -> Options:
        offered = [q for q in quotas if q.pk in self.own or not q.has_begun(clock.now())]
        boxes = [self._box(name, quota, place) for place, quota in enumerate(offered)]
        return Options(field=self[name], boxes=boxes)

    def _box(self, name: str, quota: Quota, place: int) -> Option:
        own = self.own.get(quota.pk)
        waits = own is None and quota.is_full
        ticked = ticked_in(self["waitlist" if waits else name])
        is_checked = quota.code in ticked if self.is_bound else own is not None
        is_fixed = own is not None and quota.has_begun(clock.now())
        return box(
            self[name],
            quota,
            place,
            waits=waits,
            words=own_words(own) if own else full_words(quota) if waits else places_words(quota),
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
            field = "services" if quota.kind == Quota.Kind.SERVICE else "workshops"
            self.add_error(field, FullError(quota))
