"""Read texts and headings from a page, as a visitor does."""

from lxml import html


def read(client, path):
    """Return the parsed page at a path, which must answer 200."""
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return parsed(response)


def parsed(response):
    return html.fromstring(response.content.decode())


def words(found):
    """Return the text of each element in one line."""
    return [" ".join(element.text_content().split()) for element in found]


def text(page, path="//main"):
    return " ".join(words(page.xpath(path)))


def headings(page, level):
    return words(page.xpath(f"//main//h{level}"))
