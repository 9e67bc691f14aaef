"""Places in words, and the options of a form with their quotas."""

from collections.abc import Iterable, Iterator

from django import template
from django.forms.boundfield import BoundField, BoundWidget

from eim import clock
from registration.models import Place, Quota
from registration.wording import places as wording

register = template.Library()


@register.filter
def places_words(quota: Quota) -> str:
    return wording.places_words(quota)


@register.filter
def rough_words(quota: Quota) -> str:
    return wording.rough_words(quota)


@register.filter
def own_words(place: Place) -> str:
    return wording.own_words(place)


@register.filter
def has_begun(place: Place) -> bool:
    return place.quota.has_begun(clock.now())


@register.filter
def options_with(field: BoundField, quotas: Iterable[Quota]) -> Iterator[tuple[BoundWidget, Quota]]:
    """Pair each option of a field with its quota: the form offers them in the same order."""
    return zip(field, quotas, strict=True)
