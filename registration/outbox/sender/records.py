"""Ask the domain name system about the sender of the e-mails: MX, SPF, DMARC and DKIM.

What is found is a code with the facts of its sentence: its words, in every language, are in
eim/monitoring/doctor/sender.py.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from functools import partial

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

# Seconds for one question, and for asking it again.
LIFETIME = 2
# Nobody has them: RFC 2606 and 6761.
RESERVED = (".example", ".local", ".localhost", ".invalid")
type Resolver = dns.resolver.Resolver
type Found = list["Record"]


class Code(StrEnum):
    NO_SENDER = "no sender"
    NO_ANSWER = "no answer"
    MX_THERE = "MX"
    MX_MISSING = "no MX"
    SPF_THERE = "SPF"
    SPF_MISSING = "no SPF"
    SPF_OPEN = "open SPF"
    SPF_TWICE = "several SPF"
    DMARC_THERE = "DMARC"
    DMARC_MISSING = "no DMARC"
    DKIM_THERE = "DKIM"
    DKIM_MISSING = "no DKIM"


# E-mails of such a sender do not arrive. Whether no answer is the sender's fault nobody can say.
BROKEN = (Code.NO_SENDER, Code.MX_MISSING, Code.SPF_TWICE, Code.DKIM_MISSING)
DOUBTFUL = (Code.SPF_MISSING, Code.SPF_OPEN, Code.DMARC_MISSING)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A finding about one kind of record, and the facts that its sentence names."""

    code: Code
    facts: dict[str, str]


def found(code: Code, **facts: object) -> Record:
    return Record(code=code, facts={name: str(value) for name, value in facts.items()})


class NoAnswer(Exception):
    """No name server answers, or it refuses to."""


def domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def has_sender(sender: str) -> bool:
    """Return whether mails have a sender to whom somebody could answer."""
    domain = domain_of(sender)
    return "." in domain and not domain.endswith(RESERVED)


def look_up(name_server: str = "", selector: str = "") -> Found:
    """Ask about the sender of the settings, all at once; nothing about that of a trial.

    Takes a few seconds at most: those for one question, for each label of a long domain.
    """
    domain = domain_of(settings.DEFAULT_FROM_EMAIL)
    if "." not in domain:
        return []
    # Servers judge the sender of the envelope, which may have another domain.
    envelope = domain_of(settings.BOUNCE_ADDRESS)
    asking = partial(resolver, name_server)
    questions: list[Callable[[], Found]] = [
        *(partial(mail_exchange, asking, name) for name in dict.fromkeys([domain, envelope])),
        partial(spf, asking, envelope),
        partial(dmarc, asking, domain),
    ]
    if selector:
        questions.append(partial(dkim, asking, f"{selector}._domainkey.{domain}"))
    try:
        with ThreadPoolExecutor(len(questions)) as pool:
            return [record for records in pool.map(ask, questions) for record in records]
    except (NoAnswer, dns.resolver.NoResolverConfiguration) as fault:
        return [found(Code.NO_ANSWER, domain=domain, fault=fault)]


def ask(question: Callable[[], Found]) -> Found:
    return question()


def resolver(name_server: str = "") -> Resolver:
    """Return one that asks this machine's name servers, or the given ADDRESS:PORT."""
    asking = dns.resolver.Resolver(configure=not name_server)
    if name_server:
        address, _colon, port = name_server.partition(":")
        asking.nameservers = [dns.nameserver.Do53Nameserver(address, int(port or 53))]
    asking.timeout = asking.lifetime = LIFETIME
    return asking


def records(asking: Callable[[], Resolver], name: str, kind: str) -> list[str]:
    """Return the records of a name as text; none if there is none, or no such name."""
    try:
        answer = asking().resolve(name, kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as fault:
        raise NoAnswer(str(fault)) from fault
    if kind == "TXT":
        return [b"".join(row.strings).decode(errors="replace") for row in answer]
    return [str(row) for row in answer]


def mail_exchange(asking: Callable[[], Resolver], domain: str) -> Found:
    """Find a sender to whom nobody can answer, and to whom no bounce comes."""
    servers = records(asking, domain, "MX")
    is_without = servers == ["0 ."] or not (servers or records(asking, domain, "A"))
    return [found(Code.MX_MISSING if is_without else Code.MX_THERE, domain=domain)]


def spf(asking: Callable[[], Resolver], domain: str) -> Found:
    texts = [text for text in records(asking, domain, "TXT") if is_spf(text)]
    match texts:
        case []:
            return [found(Code.SPF_MISSING, domain=domain)]
        case [text]:
            code = Code.SPF_OPEN if ends_open(text) else Code.SPF_THERE
            return [found(code, domain=domain, text=text)]
    return [found(Code.SPF_TWICE, domain=domain, count=len(texts))]


def is_spf(text: str) -> bool:
    return text.lower().split(" ")[0] == "v=spf1"


def ends_open(text: str) -> bool:
    return bool({"+all", "all"} & set(text.lower().split()))


def dmarc(asking: Callable[[], Resolver], domain: str) -> Found:
    """Look for the record of the domain, then of those above it, as receivers do."""
    for name in names_of_dmarc(domain):
        texts = [t for t in records(asking, name, "TXT") if t.lower().startswith("v=dmarc1")]
        if texts:
            return [found(Code.DMARC_THERE, name=name, text=texts[0])]
    return [found(Code.DMARC_MISSING, domain=domain)]


def names_of_dmarc(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    # Not the last: it is nobody's.
    for start in range(max(1, len(labels) - 1)):
        yield "_dmarc." + ".".join(labels[start:])


def dkim(asking: Callable[[], Resolver], name: str) -> Found:
    keys = [
        tag.partition("=")[2].strip()
        for text in records(asking, name, "TXT")
        for tag in text.split(";")
        if tag.strip().startswith("p=")
    ]
    return [found(Code.DKIM_THERE if any(keys) else Code.DKIM_MISSING, name=name)]
