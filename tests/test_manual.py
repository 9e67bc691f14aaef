"""The manual's commands are run by tests/drill/test_operating.py, or say why they are not."""

from tests.manual import MANUAL, blocks

MARKED = """
<!-- drill: packages -->
```
apt-get update
```

Then:

```
reboot
```

<!-- not run: nobody is there -->
```
ask
```
"""


def test_each_block_of_the_manual_is_run_or_says_why_not():
    found = list(blocks(MANUAL.read_text()))

    unmarked = [f"line {block.line}" for block in found if not (block.step or block.reason)]
    assert unmarked == [], "Write <!-- drill: STEP --> or <!-- not run: REASON --> before it."
    assert len(found) == MANUAL.read_text().count("\n```") / 2


def test_a_block_is_known_by_the_line_before_it():
    found = [(block.step, block.reason, block.commands) for block in blocks(MARKED)]

    assert found == [
        ("packages", None, "apt-get update\n"),
        (None, None, "reboot\n"),
        (None, "nobody is there", "ask\n"),
    ]
