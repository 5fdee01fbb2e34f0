"""Print the ratios that the benchmarks recorded."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    session = getattr(config, "_benchmarksession", None)
    if session is None or not session.benchmarks:
        return
    terminalreporter.section("ratios")
    for one in session.benchmarks:
        for what, ratio in one.extra_info.items():
            terminalreporter.write_line(f"{one.name:40} {what:30} {ratio:8.2f}")
