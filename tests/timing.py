"""A pytest plugin: which tests touch a database or are drills, and where the time of a run went."""

from collections import Counter
from types import SimpleNamespace

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
LARGEST = 10


class Timing:
    """Add up the seconds of each test file by phase: setup, call and teardown."""

    def __init__(self):
        self.seconds = Counter()
        self.tests = Counter()

    def pytest_runtest_logreport(self, report):
        file = report.nodeid.partition("::")[0]
        self.seconds[file, report.when] += report.duration
        self.tests[file] += report.when == "call"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """Count the tests that were deselected: each worker deselects the same ones."""
        reporter = node.config.pluginmanager.get_plugin("terminalreporter")
        count = getattr(node, "workeroutput", {}).get("deselected", 0)
        reporter.stats["deselected"] = [SimpleNamespace()] * count

    def pytest_terminal_summary(self, terminalreporter):
        if len(self.tests) > 1:
            terminalreporter.section("where the time went")
            for line in self.lines():
                terminalreporter.write_line(line)

    def lines(self):
        """Yield a table: the files that took longest, and the sums of all."""
        files = sorted(self.tests, key=self.seconds_of, reverse=True)
        browser = [file for file in files if file.startswith("tests/browser/")]
        plain = [file for file in files if file not in browser]
        yield f"{'setup':>9}{'call':>9}{'teardown':>9}{'tests':>7}"
        for file in files[:LARGEST]:
            yield self.line(file, [file])
        for name, group in {"all with the browser": browser, "all without": plain}.items():
            if group:
                yield self.line(name, group)

    def line(self, name, files):
        phases = [
            sum(self.seconds[file, phase] for file in files)
            for phase in ("setup", "call", "teardown")
        ]
        tests = sum(self.tests[file] for file in files)
        return "".join(f"{seconds:7.1f} s" for seconds in phases) + f"{tests:7}  {name}"

    def seconds_of(self, file):
        return sum(self.seconds[file, phase] for phase in ("setup", "call", "teardown"))


def pytest_configure(config):
    config.pluginmanager.register(Timing(), "timing")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark for `-m` what touches a database, and what is in tests/drill."""
    for item in items:
        if item.nodeid.startswith("tests/drill/"):
            item.add_marker("drill")
        is_asked_for = DATABASE_FIXTURES.intersection(item.fixturenames)
        if is_asked_for or item.get_closest_marker("django_db"):
            item.add_marker("database")


def pytest_deselected(items):
    """Let a worker of xdist report its count to the process that writes the last line."""
    for item in items:
        output = getattr(item.config, "workeroutput", {})
        output["deselected"] = output.get("deselected", 0) + 1
