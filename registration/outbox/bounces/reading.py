"""Read an e-mail of the mailbox of bounces: what it reports, and of which of our e-mails.

Whom it concerns is told by our Message-ID alone, which nobody can guess: an address in a report
may have been typed by anybody.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Mail

from flufl.bounce import all_failures

from eim.lib.logs import without_addresses
from registration.models.bounces import LONGEST_ANSWER, BounceKind, BounceReason
from registration.outbox.bounces.reasons import reason_for, status_in

# As `actions.messages` writes them.
OWN_ID = re.compile(r"<[0-9a-f]{32}@[^<>\s@]{1,255}>")
AUTOMATIC_SUBJECT = re.compile(
    r"^(automatic(ally)? (generated )?reply|auto(matic)?[ -]?(reply|response)|out of (the )?office"
    r"|respuesta autom|resposta autom|fuera de (la )?oficina|fora do escrit|aus[eê]n)",
    re.IGNORECASE,
)
# Services that pass an e-mail on only once its sender has followed a link.
CHALLENGE = re.compile(
    r"boxbe|spam ?arrest|bluebottle|antispam uol|uol antispam|tmda|sender verification"
    r"|confirm(ation)? (that )?(you are|your) (a person|not a|identity|message)"
    r"|(complete|responda|conteste).{0,40}(captcha|challenge|desaf[ií]o)",
    re.IGNORECASE,
)
# Others say that it is no spam, or speak of forged senders and viruses.
COMPLAINTS = ("", "abuse", "fraud", "opt-out", "other")
MACHINES = re.compile(
    r"(^|<|\s)(mailer-daemon|postmaster|mail-daemon|mdaemon|microsoftexchange\w*|no-?reply|bounce)"
    r"[^@]*(@|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """The content of a report; without a kind it is of no consequence, such as a vacation reply."""

    kind: BounceKind | None
    message_ids: frozenset[str] = frozenset()
    reason: BounceReason = BounceReason.OTHER
    status: str = ""
    # Without addresses.
    answer: str = ""


OF_NO_CONSEQUENCE = Report(kind=None)


def read(raw: bytes) -> Report | None:
    """Return what is reported; None if no program can tell."""
    mail = message_from_bytes(raw)
    ids = frozenset(OWN_ID.findall("\n".join([raw.decode("latin-1"), *texts_of(mail)])))
    if is_of_type(mail, "message/feedback-report"):
        if feedback_type(mail) not in COMPLAINTS:
            return OF_NO_CONSEQUENCE
        return Report(kind=BounceKind.COMPLAINT, message_ids=ids, reason=BounceReason.SPAM)
    if blocks := list(blocks_of(mail)):
        return of_delivery_status(blocks, ids)
    if is_challenge(mail):
        return Report(kind=BounceKind.CHALLENGE, message_ids=ids)
    if is_from_a_machine(mail) and (odd := of_odd_format(mail, ids)):
        return odd
    return OF_NO_CONSEQUENCE if is_automatic_reply(mail) else None


def feedback_type(mail: Mail) -> str:
    """Return what a report is about (RFC 5965), empty if it does not say."""
    parts = [p for p in mail.walk() if p.get_content_type() == "message/feedback-report"]
    blocks = [b for p in parts for b in (p.get_payload() if p.is_multipart() else [p])]
    found = (header(b, "Feedback-Type") for b in blocks if isinstance(b, Mail))
    return next(found, "").strip().lower()


def is_of_type(mail: Mail, content_type: str) -> bool:
    return any(part.get_content_type() == content_type for part in mail.walk())


def header(mail: Mail, name: str) -> str:
    """Return a header as text, as well as it can be decoded."""
    text = str(mail.get(name, ""))
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError, HeaderParseError):
        return text


# A delivery status notification (RFC 3464)


def blocks_of(mail: Mail) -> Iterator[Mail]:
    """Yield what a report says of each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload() if part.is_multipart() else [part]:
                if isinstance(block, Mail) and (block["Action"] or block["Status"]):
                    yield block


def of_delivery_status(blocks: list[Mail], ids: frozenset[str]) -> Report:
    """Return the gravest of what is said of recipients: each of our e-mails has one."""
    order = [BounceKind.FAILED, BounceKind.GIVEN_UP, BounceKind.DELAYED, None]
    block = min(blocks, key=lambda block: order.index(kind_of(block)))
    if (kind := kind_of(block)) is None:
        return OF_NO_CONSEQUENCE
    answer = header(block, "Diagnostic-Code").partition(";")[2]
    return report(kind, ids, status_of(block), answer)


def kind_of(block: Mail) -> BounceKind | None:
    """Return what happened; None if it was delivered, or passed on."""
    action = header(block, "Action").strip().lower()
    status = status_of(block)
    if action == "delayed" or (not action and status.startswith("4")):
        return BounceKind.DELAYED
    if action == "failed" or (not action and status.startswith("5")):
        return BounceKind.GIVEN_UP if status.startswith("4") else BounceKind.FAILED
    return None


def status_of(block: Mail) -> str:
    return status_in(header(block, "Status"), header(block, "Diagnostic-Code"))


def report(kind: BounceKind, ids: frozenset[str], status: str, answer: str) -> Report:
    words = " ".join(without_addresses(answer).split())
    return Report(
        kind=kind,
        message_ids=ids,
        status=status,
        reason=reason_for(status, words),
        answer=words[:LONGEST_ANSWER],
    )


# What follows no standard


def of_odd_format(mail: Mail, ids: frozenset[str]) -> Report | None:
    """Return what the detectors of a library make of it; None if nothing."""
    temporary, permanent = all_failures(mail)
    if not (temporary or permanent):
        return None
    kind = BounceKind.FAILED if permanent else BounceKind.DELAYED
    answer = next(lines_about_failure(texts_of(mail)), "")
    return report(kind, ids, status_in(answer), answer)


def lines_about_failure(texts: Iterable[str]) -> Iterator[str]:
    """Yield the lines in which a server seems to speak: those with a code or a known reason."""
    for text in texts:
        for line in text.splitlines():
            if re.search(r"\b[45]\d\d\b", line) or reason_for("", line) != BounceReason.OTHER:
                yield line


def texts_of(mail: Mail) -> list[str]:
    """Return the texts of all parts, decoded as well as they can be."""
    parts = (part for part in mail.walk() if part.get_content_maintype() == "text")
    return [decoded(part) for part in parts]


def decoded(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return str(part.get_payload())
    try:
        return payload.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return payload.decode("latin-1")


def is_from_a_machine(mail: Mail) -> bool:
    """Return whether a mail server wrote it, not a person or their mailbox in their absence.

    A reader may quote our e-mail, and complain of a full mailbox.
    """
    is_null = header(mail, "Return-Path").strip() == "<>" and not is_automatic_reply(mail)
    return is_null or bool(MACHINES.search(header(mail, "From")))


def is_automatic_reply(mail: Mail) -> bool:
    submitted = header(mail, "Auto-Submitted").strip().lower()
    is_marked = bool(mail["X-Autoreply"] or mail["X-Autorespond"])
    precedence = header(mail, "Precedence").strip().lower()
    return (
        submitted.startswith("auto-replied")
        or is_marked
        or precedence == "auto_reply"
        or bool(AUTOMATIC_SUBJECT.match(header(mail, "Subject").strip()))
    )


def is_challenge(mail: Mail) -> bool:
    return any(CHALLENGE.search(header(mail, name)) for name in ("Subject", "From", "X-Mailer"))
