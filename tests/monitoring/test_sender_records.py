"""The doctor asks a real name server for the records of the sender."""

import pytest

from eim.monitoring.doctor import sender
from eim.monitoring.doctor.findings import Level
from registration.outbox.sender import records as sender_records
from tests.monitoring import name_server

DOMAIN = "encuentro.museums.test"
MX, SPF = (DOMAIN, "MX"), (DOMAIN, "TXT")
DMARC, PARENTS = (f"_dmarc.{DOMAIN}", "TXT"), ("_dmarc.museums.test", "TXT")
DKIM = (f"s1._domainkey.{DOMAIN}", "TXT")
RIGHT = {
    MX: ["10 mx.museums.test."],
    SPF: ['"other=1"', '"v=spf1 include:_spf.mail.test " "-all"'],
    DMARC: ['"v=DMARC1; p=quarantine"'],
    DKIM: ['"v=DKIM1; k=rsa; p=MIIB" "IjAN"'],
}
WELL = ["MX of", "SPF of", "DMARC at", "DKIM at"]


@pytest.fixture(autouse=True)
def sends_from_domain(settings, running_clock, monkeypatch, in_english):
    settings.DEFAULT_FROM_EMAIL = f"Encuentro <eim@{DOMAIN}>"
    settings.BOUNCE_ADDRESS = f"eim@{DOMAIN}"
    monkeypatch.setattr(sender_records, "LIFETIME", 0.3)


def found(records, unwell=""):
    with name_server.answering(records) as server:
        server.unwell = unwell
        return list(sender.sender_records(server.address, "s1"))


def test_right_records_are_well():
    findings = found(RIGHT)

    assert [finding.level for finding in findings] == [Level.WELL] * 4
    assert [finding.words.startswith(words) for finding, words in zip(findings, WELL, strict=True)]
    assert findings[1].words.endswith("v=spf1 include:_spf.mail.test -all")


def test_record_of_the_domain_above_counts_for_dmarc():
    records = {key: value for key, value in RIGHT.items() if key != DMARC}
    records[PARENTS] = ['"v=DMARC1; p=none"']

    assert found(records)[2].words == "DMARC at _dmarc.museums.test: v=DMARC1; p=none"


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        ({MX: None}, Level.BROKEN, "takes no e-mails"),
        ({MX: ["0 ."]}, Level.BROKEN, "takes no e-mails"),
        ({SPF: None}, Level.DOUBTFUL, "SPF of encuentro.museums.test is missing"),
        ({SPF: ['"v=spf10 -all"']}, Level.DOUBTFUL, "is missing"),
        ({SPF: ['"v=spf1 +all"']}, Level.DOUBTFUL, "lets everybody send"),
        ({SPF: ['"v=spf1 -all"', '"v=spf1 mx -all"']}, Level.BROKEN, "is there 2 times"),
        ({DMARC: None}, Level.DOUBTFUL, "DMARC of encuentro.museums.test is missing"),
        ({DKIM: None}, Level.BROKEN, "has no key"),
        ({DKIM: ['"v=DKIM1; p="']}, Level.BROKEN, "has no key"),
    ],
)
def test_wrong_record_is_named_and_the_others_are_well(change, level, words):
    records = {key: value for key, value in (RIGHT | change).items() if value}

    wrong = [finding for finding in found(records) if finding.level != Level.WELL]

    assert [(finding.level, words in finding.words) for finding in wrong] == [(level, True)]


def test_sender_of_the_envelope_is_looked_up_where_it_has_another_domain(settings):
    settings.BOUNCE_ADDRESS = "bounces@elsewhere.test"
    there = {("elsewhere.test", "MX"): ["10 mx.elsewhere.test."]}

    words = [finding.words for finding in found(RIGHT | there)]

    assert words[1] == "MX of elsewhere.test is there."
    assert words[2].startswith("SPF of elsewhere.test is missing")


def test_sender_of_a_trial_is_looked_up_nowhere(settings):
    settings.DEFAULT_FROM_EMAIL = "EIM <eim@localhost>"

    assert found(RIGHT) == []


@pytest.mark.parametrize("unwell", [name_server.SILENT, name_server.FAILING])
def test_name_server_that_does_not_answer_is_one_finding(unwell):
    (finding,) = found(RIGHT, unwell)

    assert finding.level == Level.BROKEN
    assert finding.words.startswith(f"No name server answers about {DOMAIN}")
