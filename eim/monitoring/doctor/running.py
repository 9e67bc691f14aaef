"""Run checks so that none waits for ever, and none stops the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Thread
from time import monotonic

from django.utils import translation
from django.utils.translation import gettext

from eim.monitoring.doctor.findings import Finding, broken


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """A named check of the doctor; its function yields findings, and may fail or hang."""

    name: str
    find: Callable[[], Iterable[Finding]]
    # Seconds in all.
    limit: float = 5


class Run(Thread):
    """A check that runs beside the others; the process does not wait for one that hangs."""

    def __init__(self, checkup: Checkup) -> None:
        super().__init__(daemon=True)
        self.checkup = checkup
        self.found: list[Finding] = []
        # A thread begins with the site's first language.
        self.language = translation.get_language()

    def run(self) -> None:
        with translation.override(self.language):
            for finding in guarded(self.checkup.find):
                self.found.append(finding)

    def findings(self, started_at: float) -> list[Finding]:
        """Return what was found within the limit, and say so if the check still runs then."""
        self.join(max(0, started_at + self.checkup.limit - monotonic()))
        if not self.is_alive():
            return self.found
        late = gettext("There was no answer for %(limit)s seconds: it was given up.")
        return [*self.found, broken(late % {"limit": f"{self.checkup.limit:g}"})]


def run_all(checkups: Iterable[Checkup]) -> Iterator[tuple[str, Finding]]:
    """Run all at once, and yield the name and each finding, in their order."""
    runs = [Run(checkup) for checkup in checkups]
    started_at = monotonic()
    for run in runs:
        run.start()
    for run in runs:
        for finding in run.findings(started_at):
            yield run.checkup.name, finding


def guarded(find: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check; one that raises is a finding too."""
    try:
        yield from find()
    except Exception as fault:
        words = gettext("This check itself failed: %(fault)s")
        yield broken(words % {"fault": f"{type(fault).__name__}: {fault}"})
