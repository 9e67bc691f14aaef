"""Format log records as JSON, without the tokens of mailed links and without addresses."""

import json
import logging
import re
from datetime import UTC, datetime

from eim.lib.logs.request_ids import request_id

# A signed token, `<payload>:<signature>`: with it a reader of the logs could act for somebody.
TOKEN = re.compile(
    r"(?<![\w.=:-])(?:[\w.=:-]|%(?:25)*3A)*(?::|%(?:25)*3A)[\w-]{20,}", re.IGNORECASE
)
# Addresses that are personal as a whole, without or with the site's own in front.
PERSONAL = re.compile(r"""((?:^|[\s"'(<]|://[^/\s]{1,255})/+(?:[pP]|door)/)[^\s"'<>)]+""")

# An address, also as in a link (`%40`), and with quotes or an apostrophe in what is before the @.
# An apostrophe before it all stays. No match begins within a word: the search stays linear.
ADDRESS = re.compile(
    r"""
    (?: "(?: [^"\r\n] | (?<=\\)" ){0,128}"
      | (?<! [^\s<>"(),;:=] ) (?P<before>'*+) [^\s<>"(),;:=]+
    )
    (?: @ | %(?:25)*40 )
    [^\s<>"'(),;:\\]* [^\s<>"'(),;:.\\]
    """,
    re.VERBOSE,
)


class JsonLine(logging.Formatter):
    """Format a record as one line of JSON; escaped line breaks let nobody forge an entry."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if number := request_id.get():
            entry["request"] = number
        if record.exc_info:
            entry["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def without_secrets(text: str) -> str:
    """Return the text without tokens of links and e-mail addresses."""
    return without_addresses(without_tokens(text))


def without_addresses(text: str) -> str:
    return ADDRESS.sub(lambda found: f"{found['before'] or ''}…", text)


def without_tokens(text: str) -> str:
    return PERSONAL.sub(r"\1…", TOKEN.sub("…", text))
