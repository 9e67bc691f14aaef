"""Every kind of mail in every language keeps the same rules; each is rendered once."""

import re

import pytest
from django.urls import reverse
from django.utils import translation
from lxml import html

from registration import tokens
from tests.registration.letters import (
    KINDS,
    LANGUAGES,
    LINK,
    html_of,
    letter,
    text_of,
    words_of,
)

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("kind", KINDS)
in_every_language = pytest.mark.parametrize("language", LANGUAGES)

COLOUR = re.compile(r"#[0-9a-f]{6}\b")

# What stands between the heading and the foot.
PARTS = {
    "pending": ["button", "code", "address"],
    "confirmed": ["places", "qr", "button"],
    "already": ["places", "button"],
    "moved": ["button", "address"],
    "new_address": ["button", "address"],
    "address_left": [],
    "desk": ["button", "address"],
    "mailbox": ["places"],
    "promoted": ["places", "qr", "button"],
    "cancelled": ["places", "button"],
    "unconfirmed": ["button", "code", "address"],
    "week_before": ["button", "places", "qr"],
    "days_before": ["button", "places", "qr"],
    "session_cancelled": ["places", "button"],
    "session_moved": ["places", "button"],
    "meeting_postponed": ["button"],
    "meeting_cancelled": ["button"],
    "meeting_held": ["button"],
    "fresh_link": ["button", "address"],
    "letter": [],
    "news_kept": [],
}
FOR_THE_DOOR = {"confirmed", "promoted", "week_before", "days_before"}
FOR_THE_CALENDAR = {"confirmed", "promoted", "week_before", "session_cancelled", "session_moved"}
FOR_THE_CALENDAR |= {"meeting_postponed", "meeting_cancelled", "meeting_held"}
MARKS = {"preheader", "head", "band", "h1", "places", "qr", "button", "code", "address", "foot"}

# (text, ground) of either scheme, and what is only drawn.
LIGHT = {
    ("#211a24", "#ffffff"),
    ("#5b4f58", "#ffffff"),
    ("#211a24", "#f1e8da"),
    ("#211a24", "#ffbf47"),
    ("#ffffff", "#2a1430"),
}
DARK = {
    ("#f7f0e6", "#251a2d"),
    ("#cdbfcf", "#251a2d"),
    ("#f7f0e6", "#35273f"),
    ("#211a24", "#ffbf47"),
    ("#ffffff", "#0f0814"),
}
DRAWN = {"#dccfba", "#4b3b55", "#9c8aa8", "#191020"}


def marks_of(element):
    return MARKS & {element.tag, *element.get("class", "").split()}


def luminance(colour):
    """Return the relative luminance of WCAG 2."""
    shares = [value / 255 for value in bytes.fromhex(colour[1:])]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * s for w, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(*colours):
    darker, lighter = sorted(map(luminance, colours))
    return (lighter + 0.05) / (darker + 0.05)


def single_words(text):
    words = {word.strip("*·.,:-“”") for word in LINK.sub("", text).split()}
    return words - {""}


def unsubscribing(message, language):
    """Return the headers of RFC 8058, which mails have that nobody asked for."""
    if message.kind not in ("unconfirmed", "week_before", "days_before", "letter"):
        return {}
    token = tokens.stop_reminders_token(message.registration)
    with translation.override(language):
        address = reverse("registration:stop-reminders", args=[token])
    return {
        "List-Unsubscribe": f"<http://testserver{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@every_kind
@in_every_language
def test_mail_has_the_headers_of_an_automatic_one(kind, language):
    message, mail = letter(kind, language)

    assert {
        name: mail[name] for name in mail if name not in ("Subject", "Date", "Content-Type")
    } == {
        "From": "EIM <eim@museums.example>",
        "To": message.address,
        "Reply-To": "encuentro@museos.example",
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
        "MIME-Version": "1.0",
        **unsubscribing(message, language),
    }
    assert mail["Date"].datetime.tzinfo is not None
    assert 0 < len(mail["Subject"]) <= 60


@every_kind
def test_mail_gives_the_text_first_and_the_pictures_to_the_html(kind):
    _message, mail = letter(kind, "es")

    kinds = [part.get_content_type() for part in mail.walk()]
    pictures = ["image/png"] * (2 if kind in FOR_THE_DOOR else 1)
    body = ["multipart/alternative", "text/plain", "multipart/related", "text/html", *pictures]
    has_calendar = kind in FOR_THE_CALENDAR
    assert kinds == (["multipart/mixed", *body, "text/calendar"] if has_calendar else body)
    cids = [part["Content-ID"].strip("<>") for part in mail.walk() if part["Content-ID"]]
    assert re.findall(r'src="([^"]+)"', html_of(mail)) == [f"cid:{cid}" for cid in cids]


@every_kind
@in_every_language
def test_mail_is_small_and_links_only_to_this_site(kind, language):
    _message, mail = letter(kind, language)

    assert max(map(len, mail.as_bytes().split(b"\r\n"))) <= 998
    assert len(html_of(mail).encode()) < 30_000
    assert len(mail.as_bytes()) < 100_000
    links = LINK.findall(text_of(mail)) + LINK.findall(html_of(mail))
    assert {link.split("/")[2] for link in links} == {"testserver"}
    assert {link.split("/")[3] for link in links} == {language}


@every_kind
@in_every_language
def test_html_has_its_parts_in_order_and_says_its_language(kind, language):
    message, mail = letter(kind, language)

    tree = html.document_fromstring(html_of(mail))

    marks = [mark for element in tree.body.iter("*") for mark in marks_of(element)]
    assert marks == ["preheader", "head", "band", "h1", *PARTS[kind], "foot"]
    assert tree.xpath("//@lang")[:2] == tree.xpath("//*[@dir='ltr']/@lang") == [language] * 2
    with translation.override(language):
        title = message.letter and message.letter.subject_in(language)
        assert tree.findtext(".//title") == (title or message.get_kind_display())
    assert all(tree.xpath("//*[@class='preheader']/text()"))
    assert set(tree.xpath("//table/@role")) == {"presentation"}


@every_kind
@in_every_language
def test_text_has_short_lines_and_each_link_on_a_line_of_its_own(kind, language):
    _message, mail = letter(kind, language)

    text = text_of(mail)

    lines = text.splitlines()
    assert [line for line in lines if len(line) > 78 and not LINK.fullmatch(line)] == []
    assert [line for line in lines if LINK.search(line) and not LINK.fullmatch(line)] == []
    with translation.override(language):
        assert lines[-1] == f"http://testserver{reverse('programme:privacy')}"
    assert text == "\n".join(lines) + "\n"
    assert "\n\n\n" not in text


@every_kind
@in_every_language
def test_mail_says_the_same_in_text_as_in_html(kind, language):
    _message, mail = letter(kind, language)

    text, source = text_of(mail), html_of(mail)

    assert LINK.findall(text) == list(dict.fromkeys(LINK.findall(source)))
    assert single_words(text) == single_words(words_of(source))


def test_mails_know_no_colours_but_those_of_readable_pairs():
    mails = [letter(kind, "es")[1] for kind in KINDS]

    used = {colour for mail in mails for colour in COLOUR.findall(html_of(mail))}

    assert used == {colour for pair in LIGHT | DARK for colour in pair} | DRAWN
    assert {pair for pair in LIGHT | DARK if contrast(*pair) < 4.5} == set()
