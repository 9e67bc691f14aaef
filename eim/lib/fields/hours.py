"""Read hours as people of the region type them: 9, 8.00, 9h30, 9:00 a. m."""

import re
from typing import Any

from django import forms

HOUR = re.compile(
    r"(?P<hour>\d{1,2})\s*(?:[:.,h]\s*(?P<minute>\d{2})|h(?:rs?|s)?\.?)?(?::00)?"
    r"\s*(?:h(?:rs?|s)?\.?|m(?:in)?)?\s*(?:(?P<half>[ap])\.?\s*m\.?)?"
)


def plain_hour(text: str) -> str:
    """Return the hour as 21:30; a text that names no hour as it is."""
    found = HOUR.fullmatch(" ".join(text.lower().split()))
    if found is None:
        return text
    hour, half = int(found["hour"]), found["half"]
    if half and not 1 <= hour <= 12:
        return text
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{found['minute'] or '00'}"


class HourField(forms.TimeField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_hour(value) if isinstance(value, str) else value)
