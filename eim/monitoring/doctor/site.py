"""Check the site from outside: address, certificate, proxies, scheme, host name, HSTS, clock."""

import json
import os
import random
import ssl
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from eim.monitoring.arrivals import question
from eim.monitoring.doctor.asking import NO_ANSWER, Answer, ask
from eim.monitoring.doctor.findings import Finding, broken, doubtful, well
from eim.monitoring.releases import code_version

DAY = 24 * 60 * 60
# certbot renews a month before the end.
FEWEST_DAYS = 14
LARGEST_SKEW = 5
# X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL.
EXPIRED = 10
REDIRECTS = (301, 302, 303, 307, 308)


def site(url: str) -> Iterator[Finding]:
    """Ask the site under the address that visitors use, and say how the question arrived."""
    try:
        answer = ask(f"{url}/healthz", question(invented_address()))
    except ssl.SSLCertVerificationError as fault:
        advice = "Renew it." if fault.verify_code == EXPIRED else "Is it the one of this site?"
        yield broken(f"The certificate of {url} is refused: {fault.verify_message}. {advice}")
        return
    except NO_ANSWER as fault:
        yield broken(
            f"{url} cannot be reached from this machine: {fault or type(fault).__name__}. Look at "
            "the name in the DNS, the proxy and the firewall (--url asks another address)."
        )
        return
    yield from certificate(answer)
    yield from clock_of(answer)
    yield from how_it_arrived(url, answer)


def invented_address() -> str:
    """Return an address of documentation (RFC 5737), which no visitor has."""
    return f"192.0.2.{random.randrange(1, 255)}"  # noqa: S311


def certificate(answer: Answer) -> Iterator[Finding]:
    if answer.certificate_ends is None:
        return
    days = int((answer.certificate_ends - time.time()) / DAY)
    if days < FEWEST_DAYS:
        yield doubtful(f"The certificate ends in {days} days: look at certbot.timer, or renew it.")
    else:
        yield well(f"The certificate is good for {days} days.")


def clock_of(answer: Answer) -> Iterator[Finding]:
    """Compare this machine's clock with the one of whoever answered."""
    try:
        told = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return
    if abs(skew := told - time.time()) > LARGEST_SKEW:
        yield broken(
            f"The clock of the web server and this machine's differ by {abs(skew):.0f} seconds: "
            "let NTP set both (timedatectl set-ntp true)."
        )


def how_it_arrived(url: str, answer: Answer) -> Iterator[Finding]:
    if answer.status != 200:
        yield broken(
            f"{url}/healthz is answered with {answer.status}: the proxy does not reach the site. "
            "Is it running (systemctl status eim-web), and on the port that the proxy names?"
        )
        return
    if (seen := seen_by_site(answer)) is None:
        yield broken(
            f"{url} is another site, or one that was started with another SECRET_KEY or an older "
            "version: systemctl reload eim-web, and look where the name leads."
        )
        return
    for check in (version, proxies, scheme, host):
        yield from check(url, seen)
    yield from a_page(url)


def seen_by_site(answer: Answer) -> dict[str, Any] | None:
    try:
        seen = json.loads(answer.text)
    except ValueError:
        return None
    return seen if isinstance(seen, dict) and "proxies" in seen else None


def version(url: str, seen: dict[str, Any]) -> Iterator[Finding]:
    """Find processes that were not started again after an update or a change of .env."""
    if seen["version"] != code_version():
        yield broken(
            f"The site runs version {seen['version']}, and this is {code_version()}: "
            "systemctl reload eim-web"
        )
    if seen["trusted"] != settings.TRUSTED_PROXY_COUNT:
        yield broken("The site runs with another TRUSTED_PROXY_COUNT: systemctl reload eim-web")


def proxies(url: str, seen: dict[str, Any]) -> Iterator[Finding]:
    """Compare the proxies that wrote an address with those that the site trusts."""
    there, trusted = seen["proxies"], seen["trusted"]
    if there == trusted:
        yield well(f"TRUSTED_PROXY_COUNT is {trusted}, and so many proxies stand before the site.")
    elif there < trusted:
        yield broken(
            f"TRUSTED_PROXY_COUNT is {trusted}, but {there} proxies tell the visitor's address: "
            f"visitors could invent theirs. Set it to {there}, or have it send X-Forwarded-For."
        )
    else:
        yield broken(
            f"TRUSTED_PROXY_COUNT is {trusted}, but {there} proxies tell the visitor's address: "
            f"all visitors share one limit. Set it to {there}."
        )


def scheme(url: str, seen: dict[str, Any]) -> Iterator[Finding]:
    """Find a proxy that does not tell that the visitor came by https, or says so of everybody."""
    asked = urlsplit(url).scheme
    if asked == "https" and not seen["is_secure"]:
        told = f"X-Forwarded-Proto is “{seen['scheme']}”" if seen["scheme"] else "it is missing"
        yield broken(
            f"The site does not learn that visitors come by https ({told}): let the proxy set "
            "X-Forwarded-Proto, and set TRUSTED_PROXY_COUNT; else it redirects for ever."
        )
    if asked == "http" and seen["is_secure"]:
        yield doubtful(
            "The site takes a request by http for one by https: look at X-Forwarded-Proto."
        )


def host(url: str, seen: dict[str, Any]) -> Iterator[Finding]:
    """Find a proxy that passes another host name, and a name that the site refuses."""
    asked = urlsplit(url).netloc
    name = seen["host"].partition(":")[0]
    if name.lower() != (urlsplit(url).hostname or ""):
        yield broken(
            f"The proxy passes the host name “{seen['host']}” in place of “{asked}”: let it pass "
            "Host (nginx: proxy_set_header Host $host)."
        )
    elif not seen["is_host_allowed"]:
        yield broken(
            f"The site refuses the host name “{asked}”: add it to ALLOWED_HOSTS, or correct "
            "SITE_URL."
        )


def a_page(url: str) -> Iterator[Finding]:
    """Ask for something that every visitor gets; nobody can have kept an answer to it."""
    try:
        answer = ask(f"{url}/robots.txt?doctor={random.randrange(10**9)}", {})  # noqa: S311
    except NO_ANSWER as fault:
        yield broken(f"{url}/robots.txt is not answered: {fault or type(fault).__name__}.")
        return
    target = answer.headers.get("Location", "")
    if answer.status in REDIRECTS and target.startswith(f"{url}/"):
        yield broken(f"{url} redirects to itself for ever: the site takes https for http.")
    elif answer.status != 200:
        yield broken(f"{url}/robots.txt is answered with {answer.status}: read the site's log.")
    elif url.startswith("https:") and not answer.headers.get("Strict-Transport-Security"):
        yield doubtful(
            f"{url} is answered without Strict-Transport-Security: does a proxy drop it?"
        )
    else:
        yield well(f"{url} answers.")


def plain_http(url: str) -> Iterator[Finding]:
    """Find out whether who types the name without https comes to the site."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.port:
        return
    plain = f"http://{parts.netloc}"
    try:
        answer = ask(f"{plain}/robots.txt", {})
    except NO_ANSWER as fault:
        yield doubtful(f"{plain} is not answered ({fault}): open port 80, which certbot needs too.")
        return
    if not answer.headers.get("Location", "").startswith(f"{url}/"):
        yield doubtful(f"{plain} does not redirect to https: see deploy/nginx.conf.")


def gunicorn() -> Iterator[Finding]:
    """Ask the site itself, without any proxy, where gunicorn.conf.py lets it listen."""
    place = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    headers = {"Host": urlsplit(settings.SITE_URL).netloc} | question(invented_address())
    try:
        answer = ask(f"{place}/healthz", headers)
    except NO_ANSWER as fault:
        yield doubtful(
            f"No site listens at {place} on this machine ({fault}): systemctl status eim-web. "
            "With containers or several machines that may be right."
        )
        return
    if seen_by_site(answer) is None:
        yield broken(f"At {place} answers another program, or a site of another SECRET_KEY.")
    else:
        yield well(f"The site listens at {place}.")


def checks_of(url: str) -> dict[str, Callable[[], Iterator[Finding]]]:
    return {"site": lambda: site(url), "http": lambda: plain_http(url), "gunicorn": gunicorn}
