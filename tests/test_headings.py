"""Headings of a text get anchors, and are listed beside it."""

import pytest

from eim.lib.markdown.headings import Heading, with_anchors
from tests import factories
from tests.reading import read, words


def test_headings_get_anchors_that_differ():
    html, found = with_anchors("<h2>Cómo llegar</h2><h3>Bus &amp; tren</h3><h2>Cómo llegar</h2>")

    assert html == (
        '<h2 id="como-llegar">Cómo llegar</h2><h3 id="bus-tren">Bus &amp; tren</h3>'
        '<h2 id="como-llegar-2">Cómo llegar</h2>'
    )
    assert [(heading.level, heading.text) for heading in found] == [
        (2, "Cómo llegar"),
        (3, "Bus & tren"),
        (2, "Cómo llegar"),
    ]


def test_anchor_of_its_own_is_kept():
    html = '<h3 id="contact">Contacto</h3>'

    assert with_anchors(html) == (
        html,
        [Heading(level=3, anchor="contact", text="Contacto", language="")],
    )


def test_anchor_made_of_words_differs_from_those_given_further_down():
    html, found = with_anchors(
        '<h2>Contact</h2><h2 id="contact">Escríbanos</h2><p id="contact-2"></p><h3>Contact</h3>'
    )

    assert [heading.anchor for heading in found] == ["contact-3", "contact", "contact-4"]
    assert html == (
        '<h2 id="contact-3">Contact</h2><h2 id="contact">Escríbanos</h2><p id="contact-2"></p>'
        '<h3 id="contact-4">Contact</h3>'
    )


@pytest.mark.parametrize("text", ["", "—", "故宫"])
def test_heading_without_a_latin_letter_has_an_anchor(text):
    _html, (found,) = with_anchors(f"<h2>{text}</h2>")

    assert found.anchor == "section"


def test_language_of_a_heading_is_that_of_the_element_around_it():
    html = '<p>a<br></p><div lang="pt"><h2>Um</h2><ul><li>x</li></ul><h2>Dois</h2></div><h2>3</h2>'

    _html, found = with_anchors(html)

    assert [heading.language for heading in found] == ["pt", "pt", ""]


def test_page_of_several_sections_lists_them(client, meeting):
    sections = "## Avión\n\nTexto\n\n### Desde Lima\n\nTexto\n\n## Bus\n\nTexto"
    factories.page(slug="viaje", text_es=sections, text_en="", in_menu=True)

    page = read(client, "/en/viaje/")

    links = page.xpath("//nav[@class='contents']//a")
    anchors = [link.get("href").removeprefix("#") for link in links]
    assert words(links) == ["Avión", "Desde Lima", "Bus"]
    assert {link.get("lang") for link in links} == {"es"}
    assert page.xpath("//div[@class='prose']//*[@id]/@id") == anchors


def test_page_of_one_section_has_no_list(client, meeting):
    factories.page(slug="viaje", text_es="## Bus\n\nTexto")

    assert read(client, "/es/viaje/").xpath("//nav[@class='contents']") == []


def test_other_pages_are_named_beside_a_text_and_the_page_itself_is_not(client, meeting):
    for slug in ("viaje", "hoteles"):
        factories.page(slug=slug, title=slug.capitalize(), in_menu=True)

    page = read(client, "/es/viaje/")

    assert words(page.xpath("//aside//a")) == [
        *("Hoteles", "Museo del Barro", "Documentos", "encuentro@museos.example"),
    ]
