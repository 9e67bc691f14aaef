"""The doctor asks the site through proxies, right and wrong ones, and finds each fault."""

import ssl

import pytest
from django.core.handlers.wsgi import WSGIHandler

from eim.monitoring.doctor.findings import Level
from eim.monitoring.doctor.site import DAY, gunicorn, site
from tests.monitoring.web_server import always, behind, certificate_in, serving
from tests.registration import mail_server

HTTPS = {"x_forwarded_proto": "https"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def trusted(settings, monkeypatch, folder):
    """Have a site by https, and an authority that signed its certificate."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.TRUSTED_PROXY_COUNT = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    file = certificate_in(folder, days=400)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def found(application, certificate=None):
    with serving(application, certificate) as url:
        return list(site(url))


def faults(findings):
    return [f"{f.level}: {f.words}" for f in findings if f.level != Level.WELL]


def only_fault(findings):
    (fault,) = faults(findings)
    return fault


def test_site_without_proxy_is_well():
    findings = found(behind(0))

    assert faults(findings) == []
    assert [finding.words for finding in findings][0].startswith("TRUSTED_PROXY_COUNT is 0")


def test_site_by_https_behind_one_proxy_is_well(trusted):
    findings = found(behind(1, **HTTPS), trusted)

    assert faults(findings) == []
    assert findings[0].words.startswith("The certificate is good for ")


@pytest.mark.parametrize(
    ("there", "trusted_count", "words"),
    [
        (0, 1, "visitors could invent theirs. Set it to 0"),
        (1, 2, "visitors could invent theirs. Set it to 1"),
        (1, 0, "all visitors share one limit. Set it to 1"),
        (2, 1, "all visitors share one limit. Set it to 2"),
    ],
)
def test_wrong_count_of_proxies_is_told_with_the_right_one(settings, there, trusted_count, words):
    settings.TRUSTED_PROXY_COUNT = trusted_count

    assert words in only_fault(found(behind(there)))


def test_proxy_that_throws_away_what_visitors_invent_counts_as_one(settings):
    settings.TRUSTED_PROXY_COUNT = 1

    assert faults(found(behind(0, x_forwarded_for="203.0.113.9"))) == []


def test_proxy_that_does_not_tell_of_https_makes_a_redirect_for_ever(trusted):
    missing, loop = faults(found(behind(1), trusted))

    assert "does not learn that visitors come by https (it is missing)" in missing
    assert "redirects to itself for ever" in loop


def test_host_name_that_the_proxy_changes_is_told(settings):
    changed, page = faults(found(behind(0, host="eim_upstream")))

    assert "passes the host name “eim_upstream” in place of “127.0.0.1:" in changed
    assert "/robots.txt is answered with 400" in page


def test_host_name_that_the_site_refuses_is_told(settings):
    settings.ALLOWED_HOSTS = ["museums.test"]

    refused, _page = faults(found(behind(0)))

    assert "add it to ALLOWED_HOSTS" in refused


def test_missing_hsts_is_told(trusted, settings):
    settings.SECURE_HSTS_SECONDS = 0

    assert "without Strict-Transport-Security" in only_fault(found(behind(1, **HTTPS), trusted))


def test_certificate_that_ends_soon_is_told(trusted, time_machine):
    # Certificates are made and checked by the real clock.
    time_machine.move_to(trusted.stat().st_mtime + 397.5 * DAY)

    fault = only_fault(found(behind(1, **HTTPS), trusted))

    assert fault.startswith("to look at: The certificate ends in 2 days")


def test_certificate_of_an_unknown_authority_is_told(settings, folder):
    file = certificate_in(folder, days=30)

    fault = only_fault(found(behind(0), file))

    assert "self-signed certificate" in fault
    assert "Renew it" not in fault


def test_certificate_that_has_ended_is_to_be_renewed(monkeypatch):
    def ask(_url, _headers):
        fault = ssl.SSLCertVerificationError()
        fault.verify_code, fault.verify_message = 10, "certificate has expired"
        raise fault

    monkeypatch.setattr("eim.monitoring.doctor.site.ask", ask)

    (finding,) = site("https://museums.test")

    assert finding.words.endswith("is refused: certificate has expired. Renew it.")


@pytest.mark.parametrize(
    ("application", "words"),
    [
        (always("502 Bad Gateway"), "/healthz is answered with 502: the proxy does not reach"),
        (always("200 OK"), "is another site, or one that was started with another SECRET_KEY"),
    ],
)
def test_other_site_is_told(application, words):
    assert words in only_fault(found(application))


def test_site_of_another_secret_key_is_told(settings):
    def application(environ, start_response):
        environ["HTTP_X_EIM_DOCTOR"] += "x"
        return behind(0)(environ, start_response)

    assert "another SECRET_KEY" in only_fault(found(application))


def test_process_of_before_a_change_is_told(settings):
    def application(environ, start_response):
        settings.TRUSTED_PROXY_COUNT = 1
        try:
            return WSGIHandler()(environ, start_response)
        finally:
            settings.TRUSTED_PROXY_COUNT = 0

    told = faults(found(application))

    assert "The site runs with another TRUSTED_PROXY_COUNT: systemctl reload eim-web" in told[0]


def test_clock_that_differs_is_told():
    application = always("502 Bad Gateway", ("Date", "Tue, 01 Sep 2026 13:00:00 GMT"))

    clock, _status = faults(found(application))

    assert "differ by 3600 seconds" in clock


def test_address_that_nobody_serves_is_told():
    (finding,) = site(f"http://127.0.0.1:{mail_server.free_port()}")

    assert "cannot be reached from this machine" in finding.words


def test_gunicorn_is_asked_at_its_port(monkeypatch):
    with serving(behind(0)) as url:
        monkeypatch.setenv("PORT", url.rpartition(":")[2])
        (there,) = gunicorn()
    monkeypatch.setenv("PORT", str(mail_server.free_port()))
    (away,) = gunicorn()

    assert (there.level, away.level) == (Level.WELL, Level.DOUBTFUL)
