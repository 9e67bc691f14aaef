import pytest

from eim.environment import mailer
from tests.registration import mail_server


@pytest.fixture
def mail_to(settings):
    """Return a function that sets the site's MAIL_URL, with a short timeout."""

    def use(url):
        entry = mailer(url)
        entry["OPTIONS"]["timeout"] = 0.5
        settings.MAILERS = {"default": entry}

    return use


@pytest.fixture
def inbox(mail_to):
    with mail_server.inbox() as server:
        mail_to(server.url)
        yield server
