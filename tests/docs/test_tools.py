"""docs/tools.md names what the tools show."""

import re

from ict.drawing.colours import BEARISH, BULLISH, SPENT
from tests.docs.markdown import ROOT, read, table_with

PAGE = read(ROOT / "docs" / "tools.md")
DRAWING = ROOT / "user_data" / "strategies" / "ict" / "drawing"


def test_the_names_on_the_chart_are_those_that_are_drawn() -> None:
    source = "\n".join(read(path) for path in sorted(DRAWING.glob("*.py")))
    drawn = set(re.findall(r'"([A-Z]{2,5}|CHoCH|sweep)"', source)) - {"UTC"}
    assert {row[0].strip("`") for row in table_with(PAGE, "name", "what it is")} == drawn


def test_the_colours_are_those_of_the_drawing() -> None:
    assert max(range(3), key=BULLISH.__getitem__) == 2, "blue"
    assert sorted(range(3), key=BEARISH.__getitem__) == [2, 1, 0], "orange"
    assert len(set(SPENT)) == 1, "grey"


def test_each_target_has_a_word() -> None:
    named = {
        name
        for row in table_with(PAGE, "command", "what it does")
        for name in re.findall(r"make (\w+)", row[0])
    }
    assert named == {
        "report",
        "tune",
        "hyperopt",
        "walkforward",
        "verdict",
        "paper",
        "soak",
        "chaos",
        "bench",
    }
