"""The README and the pages of docs/ name what is there, and tell what the code does."""

import json
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
import rapidjson
from ict_lab.docs.commands import README, blocks, read
from ict_lab.docs.messages import EXAMPLES, LIMITS, REASONS, STEPS
from ict_lab.statistics.expectancy import LEAST_FOR_CLAIM
from ict_lab.verdict.judgement import CERTAIN, SIGNIFICANT

import ict.words
from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.desk.limits.facts import Cause
from ict.desk.requirements import REQUIREMENTS, RESTING_ENTRIES, Requirement
from ict.drawing.colours import BEARISH, BULLISH, SPENT
from ict.drawing.settings import DrawingSettings, limits
from ict.pair_groups import PairGroups
from ict.params import Params, settings
from ict.words.findings import USUAL_ADVICE, Finding
from ict.words.languages import WORDS
from tests.docs.markdown import codes, table_with, tables
from tests.docs.texts import HOLE, said_by
from tests.drawing.support import NONE, picture
from tests.support.markets import synthetic
from tests.support.places import CONFIG, LAB, STRATEGIES
from tests.support.places import REPOSITORY as ROOT
from tests.support.source import functions

TEXT = read(README)


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


# docs/research.md tells what the verdict asks for, in its figures and its words


RESEARCH = read(ROOT / "docs" / "research.md")
DOUBTS = table_with(RESEARCH, "question", "requirement", "otherwise")


def test_the_figures_are_those_of_the_verdict() -> None:
    asked = " ".join(row[1] for row in DOUBTS)
    things = {thing: least for thing, least in LEAST_FOR_CLAIM.items() if " with " not in thing}
    assert all(f"{least} {thing}s" in asked for thing, least in things.items())
    assert f"in {LEAST_FOR_CLAIM['week with trades']} weeks" in asked
    assert f"at most {SIGNIFICANT * 100:g} % of the draws" in asked
    assert f"with {CERTAIN * 100:g} % probability" in asked
    # The headline begins as the page says, and every doubt is in the table.
    said = list(said_by([LAB / "verdict" / "sentences.py"]))
    for beginning in re.findall(r'begins with "(.+?)" or "(.+?)"', RESEARCH)[0]:
        assert any(text.startswith(beginning) for text in said)
    source = read(LAB / "verdict" / "judgement.py")
    doubts = source[source.index("def doubts") : source.index("def shown")]
    # One of them is not a question of its own: without candles there is nothing to compare with.
    assert doubts.count("found.append(") == len(DOUBTS) + 1


@pytest.mark.parametrize("quote", [row[2].strip('"') for row in DOUBTS])
def test_the_verdict_can_say_it(quote: str) -> None:
    files = [LAB / "verdict" / "judgement.py", LAB / "statistics" / "expectancy.py"]
    said = [text.replace(HOLE, "...") for text in said_by(files)]
    assert any(quote.removeprefix("there are ") in text for text in said)


# docs/safety.md names guards and tests that exist, and says so where there is none


SAFETY = read(ROOT / "docs" / "safety.md")
COLUMNS = ["required", "what guarantees it", "test", "limit"]
GUARDED = [row for rows in tables(SAFETY) if rows[0] == COLUMNS for row in rows[1:]]
CITED = sorted({code for _, _, test, _ in GUARDED for code in codes(test) if code.startswith("tests/")})
GUARDS = sorted({code for _, guard, _, _ in GUARDED for code in codes(guard) if "/" in code})


@cache
def names_in(file: Path) -> set[str]:
    return {function.name for function in functions(read(file))}


def test_the_tests_and_guards_that_are_cited_exist() -> None:
    cited = [(ROOT / file, name) for file, _, name in (code.partition("::") for code in CITED)]
    assert [file for file, _ in cited if not file.is_file()] == []
    assert [(file, name) for file, name in cited if name and name not in names_in(file)] == []
    assert [one for one in GUARDS if not ((STRATEGIES / one).exists() or (ROOT / one).exists())] == []


def test_every_row_names_a_guard_a_test_and_a_limit() -> None:
    assert len(GUARDED) > 25
    for required, guard, test, limit in GUARDED:
        assert all((required, guard, limit))
        assert "`tests/" in test or test.startswith("no test"), required


# docs/tools.md names what the tools show


# What CONTRIBUTING.md describes.
DEVELOPERS = {"test", "quick", "lint", "docs", "clean", "reading"}
TOOLS_PAGE = read(ROOT / "docs" / "tools.md")
ZONES = {kind.setting for kind in ZONE_KINDS}


def test_the_names_on_the_chart_are_those_that_are_drawn() -> None:
    # Some kind of zone may be nowhere near a price.
    drawn = {kind.short for kind in ZONE_KINDS}
    for seed in (1, 2, 5):
        candles = synthetic(6000, seed=seed)
        for names in (ZONES, *({name} for name in NONE.keys() - ZONES)):
            many = {name: True if limits()[name].is_switch else 20 for name in names}
            shown = picture(candles, **{**NONE, **many}, screen_candles=3000, drawn_candles=6000)
            drawn |= {one["label"].lstrip("+-").removesuffix(" 4h") for one in shown if one.get("label")}
    rows = table_with(TOOLS_PAGE, "name", "what it is")
    assert {name for row in rows for name in codes(row[0])} == drawn


def test_each_target_has_a_word_and_the_colours_are_those_of_the_drawing() -> None:
    commands = [row[0] for row in table_with(TOOLS_PAGE, "command", "what it does")]
    named = {name for words in commands for name in re.findall(r"make (\w+)", words)}
    ours = read(ROOT / "Makefile").partition("##@ First steps")[2]
    assert named == {*re.findall(r"(?m)^([a-z]+):.*## ", ours)} - DEVELOPERS
    assert max(range(3), key=BULLISH.__getitem__) == 2, "blue"
    assert sorted(range(3), key=BEARISH.__getitem__) == [2, 1, 0], "orange"
    assert len(set(SPENT)) == 1, "grey"


# docs/messages.md shows every message; its texts are made, see test_made_pages


MESSAGES = read(ROOT / "docs" / "messages.md")


def test_every_message_of_the_code_is_one_of_them() -> None:
    """A message's maker ends in _message."""
    modules = [import_module(f"ict.words.{module.name}") for module in iter_modules(ict.words.__path__)]
    makers = {name for module in modules for name in dir(module) if name.endswith("_message")}
    assert makers == {make.__name__ for make, _ in EXAMPLES.values()}
    assert {facts.limit for facts in LIMITS} == {c for c in get_args(Cause) if not c.startswith("daily")}
    assert {f"is_{name}" for name in (*REASONS, *STEPS)} < set(WORDS["en"])


def test_a_finding_names_what_to_do() -> None:
    assert {name: USUAL_ADVICE[name] for name in get_args(Finding)} == USUAL_ADVICE


def overlay(name: str) -> dict[str, Any]:
    mode = rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS
    text = (ROOT / "user_data" / "config" / name).read_text(encoding="utf-8")
    block: dict[str, Any] = rapidjson.loads(text, parse_mode=mode)["discord"]
    return block


@pytest.mark.parametrize(("name", "column"), [("discord.json", 2), ("discord.ko.json", 3)])
def test_freqtrades_messages_are_those_of_the_overlays(name: str, column: int) -> None:
    fields = {
        kind: ", ".join(label for field in template for label in field)
        for kind, template in overlay(name).items()
        if isinstance(template, list) and template
    }
    rows = table_with(MESSAGES, "message", "when")
    assert {row[0].strip("`"): row[column] for row in rows} == fields
