"""Places in words, and the options of a form with their quotas."""

from typing import cast

from django import template
from django.forms.boundfield import BoundField

from eim import clock
from registration.forms import PlacesForm, SignUpForm
from registration.forms.options import Options
from registration.models import Place, Quota
from registration.wording import places as wording

register = template.Library()


@register.filter
def places_words(quota: Quota) -> str:
    return wording.places_words(quota)


@register.filter
def own_words(place: Place) -> str:
    return wording.own_words(place)


@register.filter
def has_begun(place: Place) -> bool:
    return place.quota.has_begun(clock.now())


@register.filter
def options_of(field: BoundField) -> Options:
    """Return the boxes of a field of a form that draws them itself."""
    form = cast(SignUpForm | PlacesForm, field.form)
    return form.options()[field.name]
