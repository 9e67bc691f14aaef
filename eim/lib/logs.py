import json
import logging
import re
from datetime import UTC, datetime

# What `signing` makes, `<payload>:<signature>`: whoever reads it in an address could act with it.
TOKEN = re.compile(r"(?<![\w.=:-])(?:[\w.=:-]|%3A)*(?::|%3A)[\w-]{20,}", re.IGNORECASE)


class JsonLine(logging.Formatter):
    """One record, one line of JSON: line breaks are escaped, so no entry can be forged.

    Links from mails stand in it without what they prove.
    """

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
