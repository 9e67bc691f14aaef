"""What of the organisers' texts is there in one of the site's languages and not in another."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Value
from modeltranslation.translator import translator

from eim.lib.languages import SITE_CODES


def translated_models() -> list[type[Model]]:
    models: list[type[Model]] = translator.get_registered_models(abstract=False)
    return models


def lacking(model: type[Model], code: str) -> Q:
    """Rows that say something in another language which they do not say in this one."""
    lacks = Q()
    for name in sorted(translator.get_options_for_model(model).all_fields):
        others = [has_text(f"{name}_{other}") for other in SITE_CODES if other != code]
        lacks |= ~has_text(f"{name}_{code}") & reduce(or_, others)
    return lacks


def has_text(column: str) -> Q:
    """Neither NULL nor empty."""
    return Q(**{f"{column}__gt": ""})


def lacking_counts(models: Iterable[type[Model]]) -> dict[str, dict[type[Model], int]]:
    """By language: how many rows of each model lack a text. One query for all of them."""
    chosen = list(models)
    if not chosen:
        return {}
    queries = [counted(model) for model in chosen]
    found = {row["label"]: row for row in queries[0].union(*queries[1:], all=True)}
    return {
        code: {m: n for m in chosen if (n := found[m._meta.label][code])} for code in SITE_CODES
    }


def counted(model: type[Model]) -> QuerySet[Any, dict[str, Any]]:
    """A plain query: the translated models' own would choose its columns anew."""
    counts = {code: Count("pk", filter=lacking(model, code)) for code in SITE_CODES}
    return QuerySet(model).order_by().values(label=Value(model._meta.label)).annotate(**counts)
