"""Check by `manage.py check --deploy` what the settings alone show to be unsafe or unfinished."""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host

# RFC 2606: the names in .env.example are nobody's.
NOBODYS = (".example", ".invalid")


@register(Tags.security, deploy=True)
def safe_settings(**_options: object) -> list[CheckMessage]:
    return [*of_address(), *of_proxy(), *of_use(), *of_mail(), *of_watching()]


def of_address() -> Iterator[CheckMessage]:
    """Check the address of the site, and the host names for which it answers."""
    if settings.SITE_URL.startswith("http:"):
        yield Warning(
            "SITE_URL begins with http://, so passwords and personal data travel unencrypted.",
            hint="Put a proxy with a certificate before the site, and write https://.",
            id="eim.W001",
        )
    host = urlsplit(settings.SITE_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield Error(
            f"SITE_URL and ALLOWED_HOSTS name different hosts: ALLOWED_HOSTS does not have {host}.",
            hint="Correct the one that is wrong.",
            id="eim.E001",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Warning(
            "ALLOWED_HOSTS has *: anybody can show the site under a name of their own.",
            hint="Write the names of the site.",
            id="eim.W002",
        )
    if host.endswith(NOBODYS):
        yield Warning(
            f"SITE_URL is still that of the example: {host}.",
            hint="Write the site's own address: links in e-mails begin with it.",
            id="eim.W003",
        )


def of_proxy() -> Iterator[CheckMessage]:
    """Check for the proxy that https needs: gunicorn has no certificate."""
    if settings.SITE_URL.startswith("https:") and not settings.TRUSTED_PROXY_COUNT:
        yield Error(
            "TRUSTED_PROXY_COUNT is 0, but https needs a proxy: the site takes every request for "
            "one by http.",
            hint="Set it to the number of your own proxies: 1 for nginx or Caddy alone.",
            id="eim.E002",
        )


def of_use() -> Iterator[CheckMessage]:
    """Check that nothing of a rehearsal or a demo is on, and that backups are asked for."""
    for name in ("DEMO", "CLOCK", "REHEARSAL"):
        if getattr(settings, name):
            yield Warning(
                f"{name} is set: this is a rehearsal or a demo, and no site in use.",
                hint=f"Take {name} out of .env once people may register.",
                id="eim.W004",
            )
    if settings.SECRET_KEY_FALLBACKS:
        yield Warning(
            "SECRET_KEY_FALLBACKS is set: whoever knows an old key can still sign links.",
            hint="Take it out once nobody needs the links of e-mails from before the change.",
            id="eim.W005",
        )
    if not settings.ARE_BACKUPS_EXPECTED:
        yield Warning(
            "BACKUP_DIR is not set, so /status does not tell whether there are backups.",
            hint="Name the folder that `manage.py backup` fills every night.",
            id="eim.W006",
        )


def of_mail() -> Iterator[CheckMessage]:
    """Check that e-mails go to a mail server, encrypted if with a password, from somebody."""
    mailer: Any = settings.MAILERS["default"]
    options = mailer.get("OPTIONS", {})
    if not mailer["BACKEND"].endswith(".smtp.EmailBackend"):
        yield Error(
            "MAIL_URL is not of a mail server: nobody gets an e-mail, so nobody can confirm.",
            hint="Write smtp://user:password@host:port?tls=1.",
            id="eim.E003",
        )
    elif options.get("username") and not (options["use_tls"] or options["use_ssl"]):
        yield Warning(
            "MAIL_URL has a password, but no tls=1: it travels to the mail server unencrypted.",
            hint="Write ?tls=1 behind the port, 587 or 465.",
            id="eim.W007",
        )
    if parseaddr(settings.DEFAULT_FROM_EMAIL)[1].endswith((*NOBODYS, "@localhost")):
        yield Warning(
            "DEFAULT_FROM_EMAIL is nobody's address: no server takes e-mails from it.",
            hint="Write one of your own domain.",
            id="eim.W008",
        )


def of_watching() -> Iterator[CheckMessage]:
    if not settings.ADMINS:
        yield Warning(
            "ADMINS is empty: nobody gets an e-mail when the site or its worker fails.",
            hint="Write the addresses of those who look after the site.",
            id="eim.W009",
        )
