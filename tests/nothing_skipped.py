"""A pytest plugin for CI: tests of the trained bot and of the browser run, or the run fails.

Elsewhere they are skipped with a reason where their part is not installed. Here no test of
the bot may be skipped, and some test of each kind must have run. Used as
`pytest -p tests.nothing_skipped`.
"""

from collections.abc import Generator

import pytest

REQUIRED = ("live", "browser")
ran: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    marks = [mark for mark in REQUIRED if item.get_closest_marker(mark)]
    if "live" in marks and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    elif report.when == "call":
        ran.update(marks)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if set(REQUIRED) - ran and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for mark in sorted(set(REQUIRED) - ran):
        terminalreporter.write_line(f"ERROR no {mark} test ran, and CI needs at least one")
