from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from eim.lib.translated.untranslated import lacking_counts, translated_models
from programme.models import Meeting
from registration.models import Letter

LANGUAGES = dict(settings.LANGUAGES)


def missing_translations(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Yield an item for each language, with the counts of the models this user may see."""
    # A letter says itself which languages it lacks, and may be sent without those of nobody.
    models = [model for model in translated_models() if model is not Letter]
    seen = [model for model in models if user.has_perm(permission_to_view(model))]
    for code, counts in lacking_counts(seen).items():
        if counts:
            yield untranslated_texts(code, counts)


def untranslated_texts(code: str, counts: dict[type[Model], int]) -> Item:
    total = sum(counts.values())
    words = ngettext(
        "%(language)s: %(count)s entry lacks a text",
        "%(language)s: %(count)s entries lack a text",
        total,
    )
    links = [
        ItemLink(words=f"{name_of(model)}: {count}", url=list_url(model, lacks=code))
        for model, count in counts.items()
    ]
    return Item(
        icon="talk", words=words % {"count": total, "language": LANGUAGES[code]}, links=links
    )


def permission_to_view(model: type[Model]) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


def name_of(model: type[Model]) -> str:
    return str(capfirst(model._meta.verbose_name_plural))
