"""Check what the DNS says of the sender of the e-mails: MX, SPF, DMARC and DKIM."""

from collections.abc import Iterator
from email.utils import parseaddr

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

from eim.monitoring.doctor.findings import Finding, broken, doubtful, well

# Seconds for one question, and for asking it again.
LIFETIME = 2
HOW_TO = "(docs/operating.md, E-mail)"
type Resolver = dns.resolver.Resolver


class NoAnswer(Exception):
    """No name server answers, or it refuses to."""


def resolver(name_server: str = "") -> Resolver:
    """Return one that asks this machine's name servers, or the given ADDRESS:PORT."""
    asking = dns.resolver.Resolver(configure=not name_server)
    if name_server:
        address, _colon, port = name_server.partition(":")
        asking.nameservers = [dns.nameserver.Do53Nameserver(address, int(port or 53))]
    asking.timeout = asking.lifetime = LIFETIME
    return asking


def sender_records(name_server: str = "", selector: str = "") -> Iterator[Finding]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    if "." not in domain:
        # That of a trial; the settings' own check says so.
        return
    try:
        asking = resolver(name_server)
        yield from mail_exchange(asking, domain)
        yield from spf(asking, domain)
        yield from dmarc(asking, domain)
        if selector:
            yield from dkim(asking, f"{selector}._domainkey.{domain}")
    except (NoAnswer, dns.resolver.NoResolverConfiguration) as fault:
        yield broken(f"No name server answers about {domain}: look at /etc/resolv.conf. {fault}")


def records(asking: Resolver, name: str, kind: str) -> list[str]:
    """Return the records of a name as text; none if there is none, or no such name."""
    try:
        answer = asking.resolve(name, kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as fault:
        raise NoAnswer(str(fault)) from fault
    if kind == "TXT":
        return [b"".join(row.strings).decode(errors="replace") for row in answer]
    return [str(row) for row in answer]


def mail_exchange(asking: Resolver, domain: str) -> Iterator[Finding]:
    """Find a sender to whom nobody can answer, and to whom no bounce comes."""
    servers = records(asking, domain, "MX")
    if servers == ["0 ."] or not (servers or records(asking, domain, "A")):
        yield broken(
            f"{domain}, the domain of DEFAULT_FROM_EMAIL, takes no e-mails (no MX): many servers "
            "refuse letters from it."
        )
    else:
        yield well(f"MX of {domain} is there.")


def spf(asking: Resolver, domain: str) -> Iterator[Finding]:
    found = [text for text in records(asking, domain, "TXT") if is_spf(text)]
    match found:
        case []:
            yield doubtful(f"SPF of {domain} is missing: letters may be taken for spam {HOW_TO}.")
        case [text] if ends_open(text):
            yield doubtful(
                f"SPF of {domain} lets everybody send in its name ({text}): end it by -all."
            )
        case [text]:
            yield well(f"SPF of {domain}: {text}")
        case _:
            yield broken(f"SPF of {domain} is there {len(found)} times, so none counts: leave one.")


def is_spf(text: str) -> bool:
    return text.lower().split(" ")[0] == "v=spf1"


def ends_open(text: str) -> bool:
    return bool({"+all", "all"} & set(text.lower().split()))


def dmarc(asking: Resolver, domain: str) -> Iterator[Finding]:
    """Look for the record of the domain, then of those above it, as receivers do."""
    labels = domain.split(".")
    # Not the last: it is nobody's.
    for start in range(max(1, len(labels) - 1)):
        name = "_dmarc." + ".".join(labels[start:])
        if found := [t for t in records(asking, name, "TXT") if t.lower().startswith("v=dmarc1")]:
            yield well(f"DMARC at {name}: {found[0]}")
            return
    yield doubtful(
        f"DMARC of {domain} is missing: Gmail and Yahoo ask for it of who writes to many {HOW_TO}."
    )


def dkim(asking: Resolver, name: str) -> Iterator[Finding]:
    found = records(asking, name, "TXT")
    keys = [
        tag.partition("=")[2].strip()
        for text in found
        for tag in text.split(";")
        if tag.strip().startswith("p=")
    ]
    if any(keys):
        yield well(f"DKIM at {name} has a key.")
    else:
        yield broken(
            f"DKIM at {name} has no key: the letters' signatures cannot be checked {HOW_TO}."
        )
