"""Read docs/operating.md as a script: its blocks of commands, and the step that runs each."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings

MANUAL = settings.BASE_DIR / "docs" / "operating.md"
# A block, and the line before it that says what becomes of it.
BLOCK = re.compile(r"^(?P<before>[^\n]*)\n```\w*\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- (?:drill: (?P<step>[a-z ]+)|not run: (?P<reason>.+)) -->")


@dataclass(frozen=True, kw_only=True)
class Block:
    """Commands of the manual, and the step of the drill that runs them or why none does."""

    line: int
    commands: str
    step: str | None
    reason: str | None


def blocks(text):
    for found in BLOCK.finditer(text):
        mark = MARK.fullmatch(found["before"])
        yield Block(
            line=text.count("\n", 0, found.start("commands")),
            commands=found["commands"],
            step=mark and mark["step"],
            reason=mark and mark["reason"],
        )


def steps():
    """Return the commands of each step, in the manual's order."""
    commands = defaultdict(str)
    for block in blocks(MANUAL.read_text()):
        if block.step:
            commands[block.step] += block.commands
    return dict(commands)
