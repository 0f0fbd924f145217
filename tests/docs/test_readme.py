"""The README's tables name what is there."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import README, ROOT, read, table_with
from tests.support.places import STRATEGIES

TEXT = read(README)
CONFIG = ROOT / "user_data" / "config"


def test_the_strategies_are_those_that_are_there() -> None:
    named = {row[0].strip("`") for row in table_with(TEXT, "class", "trades")}
    assert named == {path.stem for path in STRATEGIES.glob("ICT*.py")}


def test_the_overlays_are_those_that_are_there() -> None:
    named = {name for row in table_with(TEXT, "overlay") for name in re.findall(r"`([\w.]+\.json)`", row[0])}
    assert named == {path.name for path in CONFIG.glob("*.json") if not path.name.endswith(".local.json")}


def test_the_figures_are_of_the_four_strategies_that_are_backtested() -> None:
    summary, verdict = (
        table_with(TEXT, "strategy", "trades", "avg profit %"),
        table_with(TEXT, "strategy", "trades", "net R"),
    )
    named = [[re.findall(r"`(\w+)`", row[0]) for row in table] for table in (summary, verdict)]
    assert named[0] == named[1]
    assert all(len(names) == 1 and (STRATEGIES / f"{names[0]}.py").exists() for names in named[0])
    assert [row[1] for row in summary] == [row[1] for row in verdict]


@pytest.mark.parametrize("name", ["Makefile", "config.json", ".env.example", "docker-compose.yml", "LICENSE"])
def test_what_it_starts_from_is_there(name: str) -> None:
    assert Path(ROOT / name).is_file()
