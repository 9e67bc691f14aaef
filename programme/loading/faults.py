"""Report what is wrong with a file."""

from dataclasses import dataclass

from django.utils.translation import ngettext


@dataclass(frozen=True)
class Fault:
    """A fault: its path in the file, such as `sessions[3].ends`, and a translated sentence."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


class FileRefused(Exception):
    """The file has faults; a caller that has begun to write it must roll back."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        head = ngettext(
            "The file was refused and nothing was changed. It has %(count)s error:",
            "The file was refused and nothing was changed. It has %(count)s errors:",
            len(faults),
        ) % {"count": len(faults)}
        super().__init__("\n".join([head, *(f"  {fault}" for fault in faults)]))
