"""Find the organisers' texts that exist in one language of the site and not in another."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Value
from modeltranslation.translator import translator

from eim.lib.site_languages import SITE_CODES


def translated_models() -> list[type[Model]]:
    models: list[type[Model]] = translator.get_registered_models(abstract=False)
    return models


def lacking(model: type[Model], code: str) -> Q:
    """Match rows with a text that exists in another language and not in this one."""
    lacks = Q()
    for name in sorted(translator.get_options_for_model(model).all_fields):
        others = [has_text(f"{name}_{other}") for other in SITE_CODES if other != code]
        lacks |= ~has_text(f"{name}_{code}") & reduce(or_, others)
    return lacks


def has_text(column: str) -> Q:
    """Match rows whose column is neither NULL nor empty."""
    return Q(**{f"{column}__gt": ""})


def lacking_counts(models: Iterable[type[Model]]) -> dict[str, dict[type[Model], int]]:
    """Count the rows of each model that lack a text, by language, in one query."""
    chosen = list(models)
    if not chosen:
        return {}
    queries = [count_query(model) for model in chosen]
    # Without order: that of the first model may be by columns which are not counted.
    rows = queries[0].union(*queries[1:], all=True).order_by()
    found = {row["label"]: row for row in rows}
    return {
        code: {m: n for m in chosen if (n := found[m._meta.label][code])} for code in SITE_CODES
    }


def count_query(model: type[Model]) -> QuerySet[Any, dict[str, Any]]:
    """Build the query of one model; a plain QuerySet: modeltranslation's rewrites columns."""
    counts = {code: Count("pk", filter=lacking(model, code)) for code in SITE_CODES}
    return QuerySet(model).order_by().values(label=Value(model._meta.label)).annotate(**counts)
