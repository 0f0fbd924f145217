"""docs/parameters.md has every setting as the code declares it, and no other."""

import importlib
import json
from typing import Any

import pytest

from ict.desk.messages import MessageSettings
from ict.drawing.settings import DrawingSettings, Limit, limits
from ict.params import Params, Setting, settings
from tests.docs.markdown import ROOT, blocks, read, table_with, tables

PAGE = read(ROOT / "docs" / "parameters.md")
TABLE = table_with(PAGE, "parameter", "default", "allowed", "unit")
PRESETS = table_with(PAGE, "parameter", "`ICTOrderBlockStrategy`")
NAMES = ["ICTOrderBlockStrategy", "ICTObTrendStrategy", "ICTSweepReversalStrategy"]


def shown(value: Any) -> str:
    """Write a value as the page does."""
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def row_of(name: str, setting: Setting) -> list[str]:
    """Write a setting's row."""
    default = getattr(Params(), name)
    span = "on, off" if isinstance(default, bool) else f"{setting.low:g} to {setting.high:g}"
    searched = "no"
    if setting.search:
        whole = setting.choices or isinstance(default, bool)
        searched = "all" if whole else f"{setting.search[0]:g} to {setting.search[1]:g}"
    rules, about = setting.about.split(": ", 1)
    allowed = ", ".join(setting.choices) or span
    return [f"`{name}`", shown(default), allowed, setting.unit, setting.space, searched, rules, about]


def test_the_table_is_what_the_code_declares() -> None:
    assert [row_of(name, setting) for name, setting in settings().items()] == TABLE


@pytest.mark.parametrize("column", range(1, 4))
def test_the_presets_change_what_their_table_says(column: int) -> None:
    preset = getattr(importlib.import_module(NAMES[column - 1]), NAMES[column - 1])
    values = {name: getattr(preset, name).value for name in settings()}
    changed = {
        f"`{name}`": shown(value) for name, value in values.items() if value != getattr(Params(), name)
    }
    assert {row[0]: row[column] for row in PRESETS if row[column]} == changed


def drawing_row(name: str, limit: Limit) -> list[str]:
    """Write a row of the drawing's settings."""
    default = getattr(DrawingSettings(), name)
    allowed = "on, off" if isinstance(default, bool) else f"{limit.low} to {limit.high}"
    return [f"`{name}`", shown(default), allowed, limit.about]


def test_the_other_blocks_are_what_the_code_declares() -> None:
    found = [rows[1:] for rows in tables(PAGE) if rows[0][:3] == ["setting", "default", "allowed"]]
    messages = [[f"`{name}`", shown(getattr(MessageSettings(), name))] for name in ("language", "patterns")]
    assert [row[:2] for row in found[0]] == messages
    assert found[1] == [drawing_row(name, limit) for name, limit in limits().items()]


def test_the_examples_are_valid() -> None:
    given = [json.loads(block.text) for block in blocks(PAGE, "json")]
    assert Params.parse(given[0]["ict"]) != Params()
    for space, values in given[1]["params"].items():
        assert {settings()[name].space for name in values} == {space}
        Params.parse(values)
    assert DrawingSettings.parse(given[2]["ict_drawing"]) != DrawingSettings()
