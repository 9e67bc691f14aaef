"""Tell why an e-mail came back by its status (RFC 3463), or by the words of the server."""

import re

from registration.models.bounces import BounceReason as Reason

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
# By class-less status: the first that matches. Exchange writes 5.1.10 for an unknown mailbox.
BY_STATUS: list[tuple[re.Pattern[str], Reason]] = [
    (re.compile(r"1\.(0|1|3|6|10)$"), Reason.UNKNOWN),
    (re.compile(r"(1\.2|4\.[34]|4\.310)$"), Reason.DOMAIN),
    (re.compile(r"2\.1$"), Reason.DISABLED),
    (re.compile(r"2\.2$"), Reason.FULL),
    (re.compile(r"(2\.3|3\.4)$"), Reason.SIZE),
    (re.compile(r"4\.(6|14)$"), Reason.LOOP),
    (re.compile(r"4\.\d+$"), Reason.TIME),
    (re.compile(r"7\.\d+$"), Reason.SPAM),
]
# RFC 7505; Exchange has the same code for an unknown mailbox.
TAKES_NO_MAIL = re.compile(r"null ?mx", re.IGNORECASE)
# In the words of servers of the region too; what names a domain comes before what is “not found”.
BY_WORDS: list[tuple[re.Pattern[str], Reason]] = [
    (re.compile(words, re.IGNORECASE), reason)
    for words, reason in [
        (r"domain.{0,40}(not found|not exist|invalid)|host (not found|unknown)", Reason.DOMAIN),
        (r"nxdomain|unrouteable|name service error|no such (domain|host)", Reason.DOMAIN),
        (r"quota|mailbox.{0,20}full|insufficient.{0,20}storage|buz[oó]n.{0,20}lleno", Reason.FULL),
        (r"over limit|too many messages|caixa.{0,30}cheia|exceeded storage", Reason.FULL),
        (r"disabled|inactive|suspended|deactivated|desactivad|desativad|inativ", Reason.DISABLED),
        (r"(user|recipient|address|mailbox|account).{0,30}(unknown|not found)", Reason.UNKNOWN),
        (r"(unknown|no such) (user|recipient|address|mailbox|local part)", Reason.UNKNOWN),
        (r"(does(n't| not)|do not|didn't|no) (exist|have an?\b.{0,40}account)", Reason.UNKNOWN),
        (
            r"no mailbox here|invalid (recipient|mailbox|address)|no existe|n[aã]o existe",
            Reason.UNKNOWN,
        ),
        (r"mailbox unavailable|couldn.t be found|recipient.{0,20}rejected", Reason.UNKNOWN),
        (
            r"spam|block(ed|list)|blacklist|reputation|dmarc|\bspf\b|dkim|policy|unauthenticated",
            Reason.SPAM,
        ),
        (r"too (large|big)|size limit|exceeds.{0,30}size", Reason.SIZE),
        (r"loop|too many hops", Reason.LOOP),
        (r"timed? ?out|retry (time|timeout)|too long|expired|could not be reached", Reason.TIME),
    ]
]


def status_in(*texts: str) -> str:
    """Return the most telling status: `5.1.1` in a server's words rather than a bare `5.0.0`."""
    found = [match for text in texts for match in STATUS.finditer(text)]
    telling = [match for match in found if match[2] != "0"]
    return next((match[0] for match in [*telling, *found]), "")


def reason_for(status: str, words: str) -> Reason:
    """Return the reason that the status names, else that which the words do."""
    if TAKES_NO_MAIL.search(words):
        return Reason.DOMAIN
    detail = status.partition(".")[2]
    by_status = next((reason for known, reason in BY_STATUS if known.match(detail)), None)
    by_words = next((reason for known, reason in BY_WORDS if known.search(words)), None)
    return by_status or by_words or Reason.OTHER
