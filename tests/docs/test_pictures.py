"""The pictures are what the painter draws on the hand tables and on the presets' charts."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from ict_lab.docs.pictures import HEIGHT, WIDTH

from tests.docs.markdown import ROOT, read
from tests.docs.pictures import FOLDER, PICTURES, SETUP_FOLDER, SETUPS, drawn, setup_drawn
from tests.strategy.preset_charts import CHARTS

PAGE = read(ROOT / "user_data" / "strategies" / "ict" / "README.md")
SETUPS_PAGE = read(ROOT / "docs" / "setups.md")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_up_to_date(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == drawn(name), "make docs writes it anew"
    assert PAGE.count(f"images/patterns/{name}.svg") == 1


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)
    assert {path.stem for path in SETUP_FOLDER.iterdir()} == set(SETUPS) == {chart.preset for chart in CHARTS}


@pytest.mark.parametrize("name", SETUPS)
def test_a_trade_of_each_preset_is_up_to_date(name: str) -> None:
    """With its entry, stop and target, and a caption in both languages."""
    picture = setup_drawn(name)
    assert (SETUP_FOLDER / f"{name}.svg").read_text(encoding="utf-8") == picture, "make docs writes it anew"
    assert [picture.count(f">{word} ") for word in ("entry", "stop", "target")] == [1, 1, 1]
    captions = SETUPS_PAGE.split(f"images/setups/{name}.svg")[1].splitlines()[1:3]
    assert [bool(re.search("[가-힣]", caption)) for caption in captions] == [False, True]


def test_a_zone_is_drawn_from_its_close_on() -> None:
    """OB-1: the block of candle 0 is known at 1 and lives at the last candle: one box, with its name."""
    assert drawn("order-block").count("<rect") == 1 + 5  # the box, and the bodies of five candles
    assert ">+OB</text>" in drawn("order-block")


def test_what_happens_at_a_candle_has_its_name() -> None:
    """DISP-1 at 20 alone; two higher major highs, at 4 and 6; SMT-1 at 5, by the second market's candles."""
    assert drawn("displacement").count(">DISP</text>") == 1
    assert drawn("major").count(">major HH</text>") == 2
    assert {name in drawn("major") for name in (">strong low</text>", ">weak high</text>")} == {True}
    assert drawn("divergence").count(">SMT</text>") == 1


@pytest.mark.parametrize("file", [*FOLDER.iterdir(), *SETUP_FOLDER.iterdir()], ids=lambda file: file.stem)
def test_no_name_is_on_another_or_cut_off(file: Path) -> None:
    found = re.findall(r'<text x="(.+?)" y="(.+?)" [^>]*middle">(.+?)<', file.read_text(encoding="utf-8"))
    # Letters of a wide font, 11 pixels high.
    names = [(float(x), float(y), 3.3 * len(name)) for x, y, name in found]
    assert all(half - 2 <= x <= WIDTH - half + 2 and 11 <= y <= HEIGHT for x, y, half in names)
    for (x, y, half), (other_x, other_y, other_half) in combinations(names, 2):
        assert abs(y - other_y) >= 11 or abs(x - other_x) >= half + other_half
