"""docs/tools.md names what the tools show."""

import re

from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.drawing.colours import BEARISH, BULLISH, SPENT
from ict.drawing.settings import limits
from tests.docs.markdown import ROOT, codes, read, table_with
from tests.drawing.support import NONE, picture
from tests.support.markets import synthetic

# What CONTRIBUTING.md describes.
DEVELOPERS = {"test", "quick", "lint", "docs", "clean", "reading"}
PAGE = read(ROOT / "docs" / "tools.md")
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
    rows = table_with(PAGE, "name", "what it is")
    assert {name for row in rows for name in codes(row[0])} == drawn


def test_each_target_has_a_word_and_the_colours_are_those_of_the_drawing() -> None:
    commands = [row[0] for row in table_with(PAGE, "command", "what it does")]
    named = {name for words in commands for name in re.findall(r"make (\w+)", words)}
    ours = read(ROOT / "Makefile").partition("##@ First steps")[2]
    assert named == {*re.findall(r"(?m)^([a-z]+):.*## ", ours)} - DEVELOPERS
    assert max(range(3), key=BULLISH.__getitem__) == 2, "blue"
    assert sorted(range(3), key=BEARISH.__getitem__) == [2, 1, 0], "orange"
    assert len(set(SPENT)) == 1, "grey"
