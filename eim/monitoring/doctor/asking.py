"""Ask a web server as a visitor does, and return all that its answer shows."""

import http.client
import ssl
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

# Seconds to connect, and for each piece of the answer.
TIMEOUT = 4
MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Message
    text: str
    # Of a certificate that was verified: when it ends, in seconds of the epoch.
    certificate_ends: float | None = None


NO_ANSWER = (OSError, http.client.HTTPException)


def ask(url: str, headers: dict[str, str]) -> Answer:
    """Ask for one address, and follow nothing; raise OSError or HTTPException."""
    parts = urlsplit(url)
    connection = connection_to(parts.scheme, parts.netloc)
    try:
        connection.connect()
        ends = end_of_certificate(connection.sock)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET", path, headers={"User-Agent": "EIM doctor"} | headers)
        response = connection.getresponse()
        text = response.read(MOST).decode(errors="replace")
        return Answer(
            status=response.status, headers=response.headers, text=text, certificate_ends=ends
        )
    finally:
        connection.close()


def connection_to(scheme: str, place: str) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(place, timeout=TIMEOUT)
    trusting = ssl.create_default_context()
    return http.client.HTTPSConnection(place, timeout=TIMEOUT, context=trusting)


def end_of_certificate(connected: object) -> float | None:
    certificate = connected.getpeercert() if isinstance(connected, ssl.SSLSocket) else None
    return ssl.cert_time_to_seconds(str(certificate["notAfter"])) if certificate else None
