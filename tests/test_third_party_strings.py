"""Strings of Django and django-axes that our own catalogues translate."""

import json
import re

import pytest
from django.utils import translation

from eim.back_office.third_party_strings import AHEAD, BEHIND, PAGE_STRINGS, SCRIPT_STRINGS


@pytest.mark.parametrize("language", ["es", "pt"])
def test_strings_of_packages_are_translated(language):
    with translation.override(language):
        same = [source for source in PAGE_STRINGS if translation.gettext(source) == source]

    assert same == []


@pytest.mark.parametrize(
    ("language", "note"),
    [("es", "Las horas son de la zona"), ("pt", "As horas são do fuso")],
)
def test_scripts_get_the_translated_strings(client, staff_client, meeting, language, note):
    response = staff_client.get("/admin/jsi18n/", headers={"accept-language": language})

    found = re.search(r"newcatalog = ({.*?});", response.content.decode(), re.DOTALL)
    catalogue = json.loads(found.group(1))
    assert [source for source in SCRIPT_STRINGS if catalogue[source] == source] == []
    assert all(form.startswith(note) for form in catalogue[AHEAD] + catalogue[BEHIND])
    assert len(set(catalogue[AHEAD])) == 2


def test_scripts_get_english_strings_too(staff_client, meeting):
    response = staff_client.get("/admin/jsi18n/", headers={"accept-language": "en"})

    assert "You are %(offset)s hours ahead." in response.content.decode()
