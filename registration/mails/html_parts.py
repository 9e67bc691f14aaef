"""Show the HTML part of a mail as a page: its pictures are parts of the mail, and no addresses."""

from base64 import b64encode
from collections.abc import Iterator
from email.message import EmailMessage


def page_of_mail(mail: EmailMessage) -> str | None:
    """Return the HTML part with its pictures in it; its links open outside of a frame."""
    body = mail.get_body(("html",))
    if body is None:
        return None
    html: str = body.get_content()
    for cid, url in pictures(mail):
        html = html.replace(f"cid:{cid}", url)
    return html.replace("<head>", '<head><base target="_top">', 1)


def pictures(mail: EmailMessage) -> Iterator[tuple[str, str]]:
    """Yield the Content-ID of each inline part, with the part as a data: URL."""
    for part in mail.walk():
        if part["Content-ID"]:
            data = b64encode(part.get_content()).decode()
            yield part["Content-ID"].strip("<> "), f"data:{part.get_content_type()};base64,{data}"
