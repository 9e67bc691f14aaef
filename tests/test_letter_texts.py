"""Markdown with placeholders becomes the two bodies of an e-mail."""

import pytest

from eim.lib.markdown.letters import bodies, filled, placeholders_in

SITE = "https://eim.example"
PAGE = "https://eim.example/es/inscripcion/mia/abc/"


def both(text, **values):
    found = bodies(text, values, site=SITE)
    return found.html.strip(), found.text


def test_placeholders_are_found_each_once_and_in_order():
    assert placeholders_in("{b} {a} {b}\n{no\nline}") == ["b", "a"]


def test_value_is_shown_as_it_is_and_read_as_neither_markdown_nor_html_nor_placeholder():
    name = '**Ana** <b>B</b> [x](https://bad.example) {city} &amp; "Q"'

    html, text = both("Hola, *{name}*: {city}.", name=name, city="Lima")

    assert html == (
        "<p>Hola, <em>**Ana** &lt;b&gt;B&lt;/b&gt; [x](https://bad.example) {city} &amp;amp; "
        '"Q"</em>: Lima.</p>'
    )
    assert text == f"Hola, {name}: Lima."


def test_value_that_is_an_address_becomes_a_link():
    html, text = both("Su página: {page}", page=PAGE)

    assert html == f'<p>Su página: <a href="{PAGE}" rel="noopener">{PAGE}</a></p>'
    assert text == f"Su página: {PAGE}"


def test_link_with_words_has_its_address_on_a_line_of_its_own_in_the_text():
    html, text = both("Vea [su página]({page}) hoy.\n\nGracias.", page=PAGE)

    assert html == (
        f'<p>Vea <a href="{PAGE}" rel="noopener">su página</a> hoy.</p>\n<p>Gracias.</p>'
    )
    assert text == f"Vea su página hoy.\n{PAGE}\n\nGracias."


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example/b?c=1&d=2.", "https://a.example/b?c=1&amp;d=2"),
        ("<https://a.example/b>", "https://a.example/b"),
        ("(https://a.example/b)", "https://a.example/b"),
    ],
)
def test_plain_address_becomes_a_link_without_what_follows_it(written, address):
    html, _text = both(written)

    assert f'href="{address}"' in html


def test_link_without_a_host_leads_to_the_site():
    assert f'href="{SITE}/es/"' in both("[aquí](/es/)")[0]


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "[x](javascript:x)", "![x](https://a.example/x.png)"]
)
def test_html_scripts_and_pictures_are_never_part_of_a_letter(text):
    html, _text = both(text)

    assert [part for part in ("<script", "href=", "<img") if part in html] == []


def test_text_keeps_headings_lists_and_quotations():
    written = "# Uno\n\n* a\n* b\n  * c\n\n3. d\n4. e\n\n> cita\n\nx\\\ny\n\n---\n\n`z`"

    _html, text = both(written)

    assert text == "Uno\n\n* a\n* b\n\n  * c\n\n3. d\n4. e\n\n> cita\n\nx\ny\n\n----\n\nz"


def test_subject_gets_its_values():
    assert filled("{name}, hoy {no}", {"name": "Ana"}) == "Ana, hoy "
