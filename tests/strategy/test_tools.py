"""Freqtrade's list of strategies: ours and nothing else, wherever it searches."""

import re
from collections.abc import Callable

import pytest

from tests.strategy.support import Workplace
from tests.support.places import STRATEGIES

pytestmark = pytest.mark.xdist_group("strategy-tools")


def test_only_strategies_are_listed_and_each_loads(workplaces: Callable[..., Workplace]) -> None:
    """Freqtrade runs each file that it meets by its bare name, also those of our packages in all folders."""
    assert not list(STRATEGIES.rglob("__main__.py"))
    run = workplaces("list").run("list-strategies", "--recursive-strategy-search")
    assert run.returncode == 0, run.stderr[-3000:]
    rows = [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in run.stdout.splitlines()]
    listed = {row[0]: row[2] for row in rows[3:] if row and row[0]}
    assert listed == {file.stem: "OK" for file in STRATEGIES.glob("*.py")}
    assert "Could not import" not in run.stderr
    assert "usage:" not in run.stderr
