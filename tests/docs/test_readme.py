"""The README's tables name what is there."""

import json
import re

import pytest

from ict.desk.requirements import REQUIREMENTS, RESTING_ENTRIES, Requirement
from ict.drawing.settings import DrawingSettings
from ict.pair_groups import PairGroups
from ict.params import Params, settings
from tests.docs.markdown import README, ROOT, blocks, read, table_with
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
    heads = (("strategy", "trades", "avg profit %"), ("strategy", "trades", "net R"))
    summary, verdict = (table_with(TEXT, *head) for head in heads)
    named = [[re.findall(r"`(\w+)`", row[0]) for row in table] for table in (summary, verdict)]
    assert named[0] == named[1]
    assert all(len(names) == 1 and (STRATEGIES / f"{names[0]}.py").exists() for names in named[0])
    assert [row[1] for row in summary] == [row[1] for row in verdict]
    # What it starts from is there.
    for name in ("Makefile", "config.json", ".env.example", "docker-compose.yml", "LICENSE"):
        assert (ROOT / name).is_file()


def test_the_examples_of_the_parameters_are_valid() -> None:
    page = read(ROOT / "docs" / "parameters.md")
    given = [json.loads(block.text) for block in blocks(page, "json")]
    assert Params.parse(given[0]["ict"]) != Params()
    for space, values in given[1]["params"].items():
        assert {settings()[name].space for name in values} == {space}
        Params.parse(values)
    assert len(PairGroups.parse(given[2]["ict"]["pairs"]).groups) == 2
    assert DrawingSettings.parse(given[3]["ict_drawing"]) != DrawingSettings()


@pytest.mark.parametrize(
    ("head", "rows"), [("key", REQUIREMENTS), ("key of resting entries", RESTING_ENTRIES)]
)
def test_troubleshooting_has_all_requirements(head: str, rows: tuple[Requirement, ...]) -> None:
    page = table_with(read(ROOT / "docs" / "troubleshooting.md"), head, "must be", "why")
    assert page == [[f"`{row.path}`", row.allowed or "left to the strategy", row.why] for row in rows]
