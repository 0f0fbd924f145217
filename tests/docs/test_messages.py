"""docs/messages.md shows every message; its texts are made, see test_made_pages."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
import rapidjson
from ict_lab.docs.messages import EXAMPLES, LIMITS, REASONS, STEPS

import ict.words
from ict.desk.limits.facts import Cause
from ict.words.findings import USUAL_ADVICE, Finding
from ict.words.languages import WORDS
from tests.docs.markdown import ROOT, read, table_with

PAGE = read(ROOT / "docs" / "messages.md")


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
    rows = table_with(PAGE, "message", "when")
    assert {row[0].strip("`"): row[column] for row in rows} == fields
