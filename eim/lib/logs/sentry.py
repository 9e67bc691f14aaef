"""Report errors to Sentry, without what people typed and without who they are."""

from typing import TYPE_CHECKING, Any

from eim.lib.logs import without_secrets
from eim.lib.logs.request_ids import request_id

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

# All that is kept of a request.
OF_A_REQUEST = ("method", "url")


def start_reporting(dsn: str) -> None:
    """Send errors to this address from now on. Ends the process if the package is missing."""
    try:
        # Not at the top: a site without a DSN loads none of it.
        import sentry_sdk
    except ImportError:
        raise SystemExit(
            "SENTRY_DSN is set, but the package sentry-sdk is missing: "
            "pip install --require-hashes -r requirements.txt"
        ) from None
    sentry_sdk.init(
        dsn=dsn,
        before_send=scrubbed,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
    )


def scrubbed(event: "Event", hint: "Hint") -> "Event":
    """Return an event with types, places in the code and the path, and no words about people."""
    event.pop("user", None)
    event.pop("extra", None)
    event.pop("breadcrumbs", None)
    if "request" in event:
        request = event["request"]
        event["request"] = {name: request[name] for name in OF_A_REQUEST if name in request}
    for exception in event.get("exception", {}).get("values", []):
        # A database quotes the row, a form what was typed.
        exception["value"] = ""
    if "logentry" in event:
        entry = event["logentry"]
        event["logentry"] = {"message": entry.get("formatted") or entry.get("message", "")}
    if number := request_id.get():
        event["tags"] = {"request_id": number}
    masked: Event = masked_in(event)
    return masked


def masked_in(value: Any) -> Any:
    """Return the value without tokens of links and e-mail addresses, however deep."""
    match value:
        case str():
            return without_secrets(value)
        case dict():
            return {key: masked_in(inner) for key, inner in value.items()}
        case list() | tuple():
            return [masked_in(inner) for inner in value]
    return value
