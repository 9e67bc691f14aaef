"""Sentences of Django and of django-axes for which our own catalogues stand in."""

import json
import re

import pytest
from django.utils import translation

from eim.back_office.third_party_strings import AHEAD, BEHIND, SAID_BY_SCRIPTS, SHOWN


@pytest.mark.parametrize("language", ["es", "pt"])
def test_borrowed_words_are_translated(language):
    with translation.override(language):
        same = [source for source in SHOWN if translation.gettext(source) == source]

    assert same == []


@pytest.mark.parametrize(
    ("language", "note"),
    [("es", "Las horas son de la zona"), ("pt", "As horas são do fuso")],
)
def test_scripts_are_given_the_borrowed_words(client, staff_client, meeting, language, note):
    response = staff_client.get("/admin/jsi18n/", headers={"accept-language": language})

    found = re.search(r"newcatalog = ({.*?});", response.content.decode(), re.DOTALL)
    catalogue = json.loads(found.group(1))
    assert [source for source in SAID_BY_SCRIPTS if catalogue[source] == source] == []
    assert all(form.startswith(note) for form in catalogue[AHEAD] + catalogue[BEHIND])
    assert len(set(catalogue[AHEAD])) == 2


def test_scripts_speak_english_too(staff_client, meeting):
    response = staff_client.get("/admin/jsi18n/", headers={"accept-language": "en"})

    assert "You are %(offset)s hours ahead." in response.content.decode()
