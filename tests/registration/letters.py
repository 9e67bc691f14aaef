"""Render a mail of each kind, and parse it as a mail program does."""

import email
from email.policy import SMTP

from registration import mails
from registration.models import Message
from tests import factories
from tests.registration.helpers import message_about

LANGUAGES = ["es", "pt", "en"]
KINDS = list(Message.Kind)


def message_of(kind, *, language="es", **facts):
    workshop = factories.workshop(
        title_es="Archivo oral", room=factories.room(name_es="Sala Guaraní")
    )
    quotas = [None, factories.quota(session=workshop)]
    return message_about(kind, *quotas, mail_language=language, **facts)


def sent(message):
    return email.message_from_bytes(
        mails.render(message).message(policy=SMTP).as_bytes(), policy=SMTP
    )


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content()
