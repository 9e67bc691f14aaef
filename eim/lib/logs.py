"""Format log records as JSON, without the tokens of mailed links."""

import json
import logging
import re
from datetime import UTC, datetime

# A signed token, `<payload>:<signature>`: with it a reader of the logs could act for somebody.
TOKEN = re.compile(r"(?<![\w.=:-])(?:[\w.=:-]|%3A)*(?::|%3A)[\w-]{20,}", re.IGNORECASE)


class JsonLine(logging.Formatter):
    """Format a record as one line of JSON; escaped line breaks let nobody forge an entry."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_tokens(record.getMessage()),
        }
        if record.exc_info:
            entry["trace"] = without_tokens(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def without_tokens(text: str) -> str:
    return TOKEN.sub("…", text)
