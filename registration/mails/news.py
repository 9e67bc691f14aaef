"""Tell the reader of an address for news what is kept of it."""

from typing import cast

from programme.models import Meeting
from programme.wording.retention import news_words
from registration.mails.facts import Facts, address_of, mailbox_facts
from registration.models import Message, NewsAddress
from registration.tokens import news_token


def news_kept_facts(message: Message, meeting: Meeting) -> Facts:
    return facts_of_news(cast(NewsAddress, message.news_address))


def mailbox_and_news_facts(message: Message, meeting: Meeting) -> Facts:
    """Return the registrations of a mailbox; also its address for news, if somebody asked."""
    facts = mailbox_facts(message, meeting)
    row = NewsAddress.objects.filter(email_key=message.mailbox).first()
    return facts | facts_of_news(row) if row and facts["was_asked_for"] else facts


def facts_of_news(news_address: NewsAddress) -> Facts:
    return {
        "news": news_address,
        "kept_until": news_words(),
        "stop_url": address_of("registration:news-stop", news_token(news_address)),
    }
