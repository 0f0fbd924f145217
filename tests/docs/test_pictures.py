"""The pictures are what the painter draws on the hand tables and on the presets' charts."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from ict_lab.docs.pictures import HEIGHT, WIDTH

from tests.docs.markdown import ROOT, read
from tests.docs.pictures import (
    FOLDER,
    LIBRARY_BLOCK,
    PEERS_FILE,
    PEERS_FIRST,
    PICTURES,
    SETUP_FOLDER,
    SETUPS,
    drawn,
    peers_blocks,
    peers_candles,
    peers_drawn,
    setup_drawn,
)
from tests.strategy.preset_charts import CHARTS

PAGE = read(ROOT / "user_data" / "strategies" / "ict" / "README.md")
SETUPS_PAGES = [read(ROOT / "docs" / name) for name in ("setups.md", "setups.ko.md")]
PEERS_PAGE = read(ROOT / "docs" / "tradingview.md")


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
    captions = [page.split(f"images/setups/{name}.svg")[1].splitlines()[1] for page in SETUPS_PAGES]
    assert [bool(re.search("[가-힣]", caption)) for caption in captions] == [False, True]


def test_the_picture_of_three_rules_is_up_to_date() -> None:
    """Its caption says, in both languages, where each rule's blocks are and when they were known."""
    picture = peers_drawn()
    assert PEERS_FILE.read_text(encoding="utf-8") == picture, "make docs writes it anew"
    assert [picture.count(f">+{name}<") for name in ("ours", "LuxAlgo", "library")] == [3, 1, 1]
    captions = PEERS_PAGE.split("images/order_blocks.svg")[1].split("\n\n")[1:3]
    for blocks in peers_blocks().values():
        said = {str(at - PEERS_FIRST) for column in ("origin_at", "known_at") for at in blocks[column]}
        assert all(said <= {*re.findall(r"\d+", caption)} for caption in captions)
    assert [bool(re.search("[가-힣]", caption)) for caption in captions] == [False, True]


def test_the_librarys_block_is_as_its_documentation_has_it() -> None:
    """A high above 49 candles before and 50 after it; the lowest candle from there to the close beyond."""
    high, low, close = (peers_candles()[name].to_numpy() for name in ("high", "low", "close"))
    swing = int(high[49:120].argmax()) + 49
    assert high[swing] == high[swing - 49 : swing + 51].max()
    known = next(at for at in range(swing + 1, len(close)) if close[at] > high[swing])
    assert known > swing + 50, "the swing was known by then"
    assert f"whose close breaks that of {swing - PEERS_FIRST}." in PEERS_PAGE
    origin = swing + 1 + int(low[swing + 1 : known].argmin())
    assert (1, round(high[origin], 1), round(low[origin], 1), origin, known, -1) == LIBRARY_BLOCK


def test_what_happens_at_a_candle_has_its_name() -> None:
    """OB-1: the block of candle 0 is known at 1 and lives at the last candle: one box, with its name.

    DISP-1 at 20 alone; two higher major highs, at 4 and 6; SMT-1 at 5, by the second market's candles.
    """
    assert drawn("order-block").count("<rect") == 1 + 5  # the box, and the bodies of five candles
    for name, texts in (
        ("order-block", {"+OB": 1}), ("displacement", {"DISP": 1}), ("divergence", {"SMT": 1}),
        ("major", {"major HH": 2, "strong low": 1, "weak high": 1}),
    ):  # fmt: skip
        assert {text: drawn(name).count(f">{text}</text>") for text in texts} == texts


@pytest.mark.parametrize(
    "file", [*FOLDER.iterdir(), *SETUP_FOLDER.iterdir(), PEERS_FILE], ids=lambda file: file.stem
)
def test_no_name_is_on_another_or_cut_off(file: Path) -> None:
    found = re.findall(r'<text x="(.+?)" y="(.+?)" [^>]*middle">(.+?)<', file.read_text(encoding="utf-8"))
    # Letters of a wide font, 11 pixels high.
    names = [(float(x), float(y), 3.3 * len(name)) for x, y, name in found]
    assert all(half - 2 <= x <= WIDTH - half + 2 and 11 <= y <= HEIGHT for x, y, half in names)
    for (x, y, half), (other_x, other_y, other_half) in combinations(names, 2):
        assert abs(y - other_y) >= 11 or abs(x - other_x) >= half + other_half
