from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse


@dataclass(frozen=True, kw_only=True)
class ItemLink:
    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the start page: what is wrong, and where to put it right."""

    icon: str
    words: str
    links: list[ItemLink]
    is_grave: bool = False


def list_url(model: type[Model], **filters: object) -> str:
    """Return the address of the model's back-office list with these filters applied."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address
