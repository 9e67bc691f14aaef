"""Translated texts, Markdown, and lines about sessions."""

import pytest
from django.template import Context, Template
from django.utils import translation

from eim.lib.markdown import to_html
from programme.models import Person, Session
from programme.wording.sessions import and_more, institution_line, joined, languages_line


def rendered(source, language="en", **context):
    with translation.override(language):
        return Template("{% load words %}" + source).render(Context(context))


def session(**titles):
    return Session(**{"title_es": "", "title_pt": "", "title_en": "", **titles})


# Translated texts


def test_text_in_the_pages_language_is_not_marked():
    found = rendered('{% words session "title" %}', session=session(title_en="A & B"))

    assert found == "A &amp; B"


def test_text_in_another_language_is_marked_with_lang():
    found = rendered('{% words session "title" %}', session=session(title_pt="<b>Abertura"))

    assert found == '<span lang="pt">&lt;b&gt;Abertura</span>'


def test_empty_text_is_empty():
    assert rendered('{% words session "title" %}', session=session()) == ""


def test_paragraphs_are_split_and_escaped():
    one = Session(abstract_en="One <i>\n\nTwo", abstract_es="Uno")

    found = rendered('{% paragraphs session "abstract" %}', session=one)

    assert found == "<p>One &lt;i&gt;</p>\n\n<p>Two</p>"


# Markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*one* **two**", "<p><em>one</em> <strong>two</strong></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("# Title", "<h2>Title</h2>"),
        ("### Title", "<h2>Title</h2>"),
        ("# One\n##### Two", "<h2>One</h2>\n<h3>Two</h3>"),
        (
            "[a](https://museos.example)",
            '<p><a href="https://museos.example" rel="noopener">a</a></p>',
        ),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<b onclick=x>", "<p>&lt;b onclick=x&gt;</p>"),
        ("![alt](https://other.example/a.png)", "<p></p>"),
    ],
)
def test_markdown_renders_allowed_tags_only(text, html):
    assert to_html(text).strip() == html


@pytest.mark.parametrize(
    "text", ["[a](javascript:alert(1))", "[a](data:text/html,x)", "<javascript:alert(1)>"]
)
def test_markdown_renders_no_link_that_runs_a_script(text):
    assert "href" not in to_html(text)


def test_markdown_keeps_a_numbered_name_in_one_line():
    html = to_html("[EIM/99](https://a.example/EIM/99) & and/or")

    link = '<a href="https://a.example/EIM/99" rel="noopener">'
    name = '<span class="unbroken">EIM/99</span>'
    assert html.strip() == f"<p>{link}{name}</a> &amp; and/or</p>"


def test_markdown_headings_start_at_the_given_level():
    html = to_html("## One\n### Two\n#### Three\n## Four", top=3)

    assert html.split() == ["<h3>One</h3>", "<h4>Two</h4>", "<h4>Three</h4>", "<h3>Four</h3>"]


def test_markdown_table_is_in_a_scrolling_group(in_english):
    html = to_html("| a | b |\n|---|---|\n| 1 | 2 |")

    opening = '<div class="table-scroll" role="group" aria-label="Table" tabindex="0"><table>'
    assert html.startswith(opening)
    assert '<th scope="col">a</th>' in html


# Phrases


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D"], "A, B and 2 more"),
    ],
)
def test_more_than_three_names_are_counted(names, line):
    with translation.override("en"):
        assert and_more(names) == line


@pytest.mark.parametrize(
    ("spoken", "into", "line"),
    [
        (["es"], [], "Spanish"),
        (["es"], ["pt", "en"], "Spanish; interpreted into Portuguese and English"),
        (["pt", "es"], ["en"], "Portuguese and Spanish; interpreted into English"),
        ([], ["pt"], "Interpreted into Portuguese"),
        ([], [], ""),
    ],
)
def test_languages_are_joined_into_one_line(spoken, into, line):
    with translation.override("en"):
        assert languages_line(Session(languages=spoken, interpretation_languages=into)) == line


def test_languages_inside_a_spanish_line_are_lower_case():
    both = Session(languages=["es"], interpretation_languages=["pt"])

    with translation.override("es"):
        line = languages_line(both)

    assert line.startswith("Español")
    assert line.endswith(" portugués")


@pytest.mark.parametrize(
    ("last", "conjunction"), [("inglés", "e"), ("Hilda", "e"), ("hielo", "y"), ("quechua", "y")]
)
def test_spanish_and_is_e_before_the_sound_of_i(last, conjunction):
    with translation.override("es"):
        line = joined(["portugués", last])

    assert (line == f"portugués e {last}") == (conjunction == "e")


def test_institution_named_after_its_country_is_not_told_it_again():
    named = [
        ("Ministerio de Cultura del Perú", "PE"),
        ("Ministério da Cultura do Peru", "PE"),
        ("Museu do Brasil", "BR"),
        ("Museo de Arte de Lima", "PE"),
        ("Museo Peruano", "PE"),
    ]

    with translation.override("en"):
        lines = [institution_line(Person(institution=name, country=code)) for name, code in named]

    assert lines == [
        *(name for name, _code in named[:3]),
        "Museo de Arte de Lima (Peru)",
        "Museo Peruano (Peru)",
    ]


@pytest.mark.parametrize(
    ("institution", "line"),
    [
        ("Museo del Barro", "Museo del Barro (Paraguay)"),
        ("Museo Nacional (MUNA)", "Museo Nacional (MUNA), Paraguay"),
        ("", "Paraguay"),
    ],
)
def test_institution_has_its_country_and_no_two_pairs_of_brackets(institution, line):
    assert institution_line(Person(institution=institution, country="PY")) == line
