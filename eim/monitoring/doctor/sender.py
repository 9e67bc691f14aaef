"""Say what the DNS has of the sender of the e-mails: for the doctor and for the back office."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eim.monitoring.doctor.findings import Finding, broken, doubtful, well
from registration.outbox.sender.records import BROKEN, DOUBTFUL, Code, Record, look_up

# The doctor prints them in English: it chooses the language of its whole run.
WORDS: dict[str, Promise] = {
    Code.NO_SENDER: _(
        "DEFAULT_FROM_EMAIL is not an address to which anybody could answer: servers refuse such "
        "e-mails."
    ),
    Code.NO_ANSWER: _(
        "No name server answers about %(domain)s: look at /etc/resolv.conf. %(fault)s"
    ),
    Code.MX_THERE: _("MX of %(domain)s is there."),
    Code.MX_MISSING: _(
        "%(domain)s, the domain of the sender, takes no e-mails (no MX): many servers refuse "
        "letters from it."
    ),
    Code.SPF_THERE: _("SPF of %(domain)s: %(text)s"),
    Code.SPF_MISSING: _(
        "SPF of %(domain)s is missing: letters may be taken for spam (docs/operating.md, E-mail)."
    ),
    Code.SPF_OPEN: _(
        "SPF of %(domain)s lets everybody send in its name (%(text)s): end it by -all."
    ),
    Code.SPF_TWICE: _("SPF of %(domain)s is there %(count)s times, so none counts: leave one."),
    Code.DMARC_THERE: _("DMARC at %(name)s: %(text)s"),
    Code.DMARC_MISSING: _(
        "DMARC of %(domain)s is missing: Gmail and Yahoo ask for it of who writes to many "
        "(docs/operating.md, E-mail)."
    ),
    Code.DKIM_THERE: _("DKIM at %(name)s has a key."),
    Code.DKIM_MISSING: _(
        "DKIM at %(name)s has no key: the letters’ signatures cannot be checked "
        "(docs/operating.md, E-mail)."
    ),
}


def sender_records(name_server: str = "", selector: str = "") -> Iterator[Finding]:
    """Look the sender up; that of a trial is a matter of the settings’ own check."""
    yield from map(finding_of, look_up(name_server, selector))


def finding_of(record: Record) -> Finding:
    words = words_for(record.code, record.facts)
    if record.code in DOUBTFUL:
        return doubtful(words)
    return (broken if record.code in (*BROKEN, Code.NO_ANSWER) else well)(words)


def words_for(code: str, facts: dict[str, str]) -> str:
    """Return the sentence in the present language; of a later release's code, the code."""
    return str(WORDS[code]) % facts if code in WORDS else code
