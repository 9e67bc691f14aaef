from dataclasses import dataclass

from django.utils.translation import ngettext


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where in the file: `sessions[3].ends`."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


class FileRefused(Exception):
    """A file with faults: whoever began to write it must roll back."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        head = ngettext(
            "The file was refused and nothing was changed. It has %(count)s error:",
            "The file was refused and nothing was changed. It has %(count)s errors:",
            len(faults),
        ) % {"count": len(faults)}
        super().__init__("\n".join([head, *(f"  {fault}" for fault in faults)]))
