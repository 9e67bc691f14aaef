"""What a visitor finds on a page."""

from lxml import html


def read(client, path):
    """The page at a path, which must be there."""
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return html.fromstring(response.content.decode())


def words(found):
    """The text of elements, each in one line."""
    return [" ".join(element.text_content().split()) for element in found]


def text(page, path="//main"):
    return " ".join(words(page.xpath(path)))


def headings(page, level):
    return words(page.xpath(f"//main//h{level}"))
