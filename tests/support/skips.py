"""The rule of skips: each is counted and named, and one without a good cause fails the run."""

from collections import Counter

import pytest

from tests.support.folders import ONLY_SYNTHETIC
from tests.support.needs import MAY_LACK


class Skips:
    """A pytest plugin that keeps the rule.

    Parameters
    ----------
    ci
        Whether this is continuous integration, which has all that a contributor's machine may lack.
    """

    def __init__(self, *, ci: bool) -> None:
        self._allowed = {ONLY_SYNTHETIC} if ci else {ONLY_SYNTHETIC, *MAY_LACK}
        self._reasons: Counter[str] = Counter()

    @property
    def forbidden(self) -> list[str]:
        return sorted(set(self._reasons) - self._allowed)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            text = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            self._reasons[text.removeprefix("Skipped: ")] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail for a skip that is not allowed."""
        if self.forbidden and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was skipped, and why."""
        if self._reasons:
            terminalreporter.section("what was skipped")
        for reason, count in self._reasons.most_common():
            refused = " - NOT ALLOWED (see tests/support/skips.py)" if reason in self.forbidden else ""
            terminalreporter.line(f"{count} x {reason}{refused}")
