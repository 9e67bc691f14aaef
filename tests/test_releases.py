"""`make release` gives what is unreleased a version, and refuses what cannot be one."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from eim.monitoring.releases import code_version

RELEASE = settings.BASE_DIR / "bin" / "release.py"
CHANGES = "# Changes\n\n## Unreleased\n\n- Doors open.\n\n## 0.4.0 (2026-11-22)\n\n- Doors.\n"


@pytest.fixture
def git(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    for person in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{person}_NAME", "Ana")
        monkeypatch.setenv(f"GIT_{person}_EMAIL", "ana@museums.example")
    (tmp_path / "CHANGELOG.md").write_text(CHANGES)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.4.0"\n')

    def git(*arguments):
        command = ["git", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Begin")
    return git


def release(folder, version):
    """Return what the command refuses with, or nothing."""
    command = [sys.executable, RELEASE, version]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert bool(ended.stderr) == bool(ended.returncode)
    return ended.stderr.strip()


def test_release_names_what_was_unreleased_and_tags_it(git, tmp_path):
    assert release(tmp_path, "0.10.0") == ""

    today = git("log", "-1", "--format=%cs").strip()
    assert (tmp_path / "CHANGELOG.md").read_text() == CHANGES.replace(
        "## Unreleased\n", f"## Unreleased\n\n## 0.10.0 ({today})\n"
    )
    assert git("show", "v0.10.0:pyproject.toml") == '[project]\nversion = "0.10.0"\n'
    assert git("tag", "--list", "--format=%(contents)").strip() == "0.10.0\n\n- Doors open."
    assert git("status", "--porcelain") == ""


def test_what_cannot_be_a_release_is_refused(git, tmp_path):
    said = [release(tmp_path, version) for version in ("", "0.4", "0.4.0", "0.3.9")]
    (tmp_path / "left").touch()
    said.append(release(tmp_path, "0.5.0"))
    (tmp_path / "left").unlink()
    release(tmp_path, "0.5.0")
    said.append(release(tmp_path, "0.6.0"))

    assert said == [
        *["Name the version: make release VERSION=0.5.0."] * 2,
        "0.4.0 is not later than 0.4.0.",
        "0.3.9 is not later than 0.4.0.",
        "There are changes that are not committed.",
        "CHANGELOG.md has nothing under “Unreleased”.",
    ]
    assert git("tag", "--list") == "v0.5.0\n"


def test_the_version_of_the_code_has_a_section_in_the_changelog():
    headings = re.findall(r"(?m)^## (.+)$", (settings.BASE_DIR / "CHANGELOG.md").read_text())

    assert headings[0] == "Unreleased"
    assert headings[1].split()[0] == code_version()
