"""Render a mail of each kind, and parse it as a mail program does."""

import email
import re
from email.policy import SMTP
from functools import cache

import time_machine
from django.db import transaction
from django.test import override_settings
from lxml import html

from registration import mails
from registration.models import Message
from tests import factories
from tests.registration.helpers import message_about

LANGUAGES = ["es", "pt", "en"]
KINDS = list(Message.Kind)
LINK = re.compile(r"https?://[^\s\"'<>]+")
BLOCKS = ["h1", "h2", "p", "td", "tr", "table", "br", "li"]
LONG_NAME = "María Wolfeschlegelsteinhausenbergerdorff Quispe"


def message_of(kind, *, language="es", **facts):
    workshop = factories.workshop(
        title_es="Archivo oral", room=factories.room(name_es="Sala Guaraní")
    )
    quotas = [None, factories.quota(session=workshop)]
    return message_about(kind, *quotas, mail_language=language, **facts)


@cache
@override_settings(SITE_URL="http://testserver")
@time_machine.travel(factories.NOW, tick=False)
def letter(kind, language):
    """Return a message and its mail, rendered once in each process; none of its rows remains."""
    with transaction.atomic():
        factories.meeting()
        factories.theme(colour="cochineal")
        factories.theme(colour="ochre", motif="spiral")
        message = message_of(kind, language=language, full_name=LONG_NAME)
        mail = sent(message)
        transaction.set_rollback(True)
    return message, mail


def sent(message):
    return email.message_from_bytes(
        mails.render(message).message(policy=SMTP).as_bytes(), policy=SMTP
    )


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def words_of(source):
    """Return the text of an HTML part as people read it, block by block."""
    tree = html.document_fromstring(source)
    only_html = "//style | //title | //*[@class='preheader' or contains(@class, 'fallback')]"
    for element in tree.xpath(only_html):
        element.drop_tree()
    for element in tree.iter(*BLOCKS):
        element.tail = " " + (element.tail or "")
    return " ".join(tree.text_content().split())
