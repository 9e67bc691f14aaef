#!/usr/bin/env python
"""Cut a release: give what is under “Unreleased” its version and date, commit it, and tag it."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

CHANGES, PROJECT = Path("CHANGELOG.md"), Path("pyproject.toml")
UNRELEASED = "## Unreleased\n"
NUMBERS = re.compile(r"\d+\.\d+\.\d+")


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def version_of(project: str) -> str:
    found = re.search(r'(?m)^version = "(.+)"$', project)
    assert found, "pyproject.toml names no version."
    return found[1]


def changes_of(version: str, changes: str) -> str:
    """Return what a version brings, as the changelog says it."""
    _before, _heading, section = changes.partition(f"## {version}")
    return section.partition("\n")[2].partition("\n## ")[0].strip()


def refusal(version: str) -> str:
    """Return why there cannot be this release, or nothing."""
    if not NUMBERS.fullmatch(version):
        return "Name the version: make release VERSION=0.5.0."
    latest = version_of(PROJECT.read_text())
    if numbers(version) <= numbers(latest):
        return f"{version} is not later than {latest}."
    if git("status", "--porcelain"):
        return "There are changes that are not committed."
    if not changes_of("Unreleased", CHANGES.read_text()):
        return "CHANGELOG.md has nothing under “Unreleased”."
    return ""


def release(version: str) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    changes = CHANGES.read_text()
    CHANGES.write_text(changes.replace(UNRELEASED, f"{UNRELEASED}\n## {version} ({today})\n", 1))
    project = PROJECT.read_text()
    PROJECT.write_text(project.replace(version_of(project), version, 1))
    git("commit", "--quiet", "--all", "--message", f"Release {version}")
    git("tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", said(version))


def said(version: str) -> str:
    return f"{version}\n\n{changes_of(version, CHANGES.read_text())}\n"


if __name__ == "__main__":
    if reason := refusal(version := sys.argv[1]):
        sys.exit(reason)
    release(version)
    print(f"Tagged. Publish it: git push origin HEAD v{version}")
