from collections import Counter
from typing import Any

from django.utils.text import slugify
from faker import Faker

from eim.sample.texts import TEXTS

SEED = 2024
LOCALES = [
    ("es_MX", "MX"),
    ("pt_BR", "BR"),
    ("es_AR", "AR"),
    ("es_CO", "CO"),
    ("pt_PT", "PT"),
    ("es_CL", "CL"),
    ("es_ES", "ES"),
    ("en_GB", "PE"),
]


class Namer:
    """Invent names: the same ones at every run."""

    def __init__(self, seed: int) -> None:
        self.fakers = [(Faker(locale), country) for locale, country in LOCALES]
        for number, (faker, _country) in enumerate(self.fakers):
            faker.seed_instance(seed + number)

    def name(self, number: int) -> tuple[str, str]:
        """Return a name, and a country where it is common."""
        faker, country = self.fakers[number % len(self.fakers)]
        return f"{faker.first_name()} {faker.last_name()}", country


def invented_people(count: int) -> list[dict[str, Any]]:
    namer = Namer(SEED)
    seen: Counter[str] = Counter()
    return [invented_person(number, namer, seen) for number in range(count)]


def invented_person(number: int, namer: Namer, seen: Counter[str]) -> dict[str, Any]:
    name, country = namer.name(number)
    institutions = TEXTS["institutions"]
    return {
        "slug": unique_slug(name, seen),
        "name": name,
        "country": country,
        "institution": institutions[number % len(institutions)],
        "position": TEXTS["positions"][number % len(TEXTS["positions"])],
        "biography": TEXTS["biographies"][number % len(TEXTS["biographies"])],
    }


def unique_slug(name: str, seen: Counter[str]) -> str:
    slug = slugify(name)[:70]
    seen[slug] += 1
    return slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
