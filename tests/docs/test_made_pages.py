"""The reference pages and the pictures are what `make docs` writes from the code."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from ict_lab.docs.columns import measured
from ict_lab.docs.commands import read
from ict_lab.docs.gaps import gaps
from ict_lab.docs.pages import PAGES, PARTS, made
from ict_lab.docs.pictures import HEIGHT, WIDTH
from ict_lab.errors import LabError

from ict.candles import Candles
from tests.docs import pictures
from tests.docs.markdown import table_with
from tests.docs.pictures import FOLDER, LIBRARY_BLOCK, PEERS_FILE, PEERS_FIRST, PICTURES, SETUP_FOLDER, SETUPS
from tests.strategy.preset_charts import CHARTS
from tests.support.markets import candle_frame, synthetic
from tests.support.places import REPOSITORY as ROOT


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_what_the_code_declares(page: Path) -> None:
    """Where this fails, `make docs` was forgotten."""
    assert made(read(page)) == read(page)


def test_what_was_changed_by_hand_is_found() -> None:
    """Each part is on one page, and every column was measured."""
    page = read(ROOT / "docs" / "parameters.md")
    assert made(page.replace("| 0.7 |", "| 0.8 |")) == page
    pages = "".join(read(page) for page in PAGES)
    parts = [name for name in ("columns", "gaps", *PARTS) if pages.count(f"`make docs`: {name} -->") != 1]
    assert parts == []
    rows = table_with(read(ROOT / "docs" / "columns.md"), "column", "group")
    assert [row[0] for row in rows if not row[4].endswith("%")] == []


def test_how_often_a_column_speaks(tmp_path: Path) -> None:
    """KZ-1: of whole days 4 hours of Asia, 3 of London and 3 of New York, so 10 of 24."""
    with pytest.raises(LabError, match="no candles of BTC/USDT:USDT 15m in"):
        measured(tmp_path)
    (tmp_path / "futures").mkdir()
    week = synthetic(7 * 96, seed=3, start="2024-06-03")
    week["date"] = week["date"].iloc[0] + week.index * week["date"].diff().min()
    for pair in ("BTC", "ETH"):
        week.to_feather(tmp_path / "futures" / f"{pair}_USDT_USDT-15m-futures.feather")
    assert measured(tmp_path)["`ict_kill_zone`"] == "41.7 %"


def test_a_body_gap_and_a_price_gap_are_counted() -> None:
    """The ATR is 1: bodies 0.06 apart are a gap, 0.04 are none; the last candle lies above the one before."""
    bodies = [(100.0, 100.5, 99.5, 100.0)] * 20
    up = [(100.06, 100.6, 99.6, 100.06), (100.1, 100.6, 99.6, 100.1), (101.0, 101.2, 100.7, 101.1)]
    assert gaps(Candles.from_frame(candle_frame([*bodies, *up]))) == (2, 1)


# The pictures are what the painter draws on the hand tables and on the presets' charts


RULES_PAGE = read(ROOT / "user_data" / "strategies" / "ict" / "README.md")
SETUPS_PAGES = [read(ROOT / "docs" / name) for name in ("setups.md", "setups.ko.md")]
PEERS_PAGE = read(ROOT / "docs" / "tradingview.md")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_up_to_date(name: str) -> None:
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert kept == pictures.drawn(name), "make docs writes it anew"
    assert RULES_PAGE.count(f"images/patterns/{name}.svg") == 1


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)
    assert {path.stem for path in SETUP_FOLDER.iterdir()} == set(SETUPS) == {chart.preset for chart in CHARTS}


@pytest.mark.parametrize("name", SETUPS)
def test_a_trade_of_each_preset_is_up_to_date(name: str) -> None:
    """With its entry, stop and target, and a caption in both languages."""
    picture = pictures.setup_drawn(name)
    assert (SETUP_FOLDER / f"{name}.svg").read_text(encoding="utf-8") == picture, "make docs writes it anew"
    assert [picture.count(f">{word} ") for word in ("entry", "stop", "target")] == [1, 1, 1]
    captions = [page.split(f"images/setups/{name}.svg")[1].splitlines()[1] for page in SETUPS_PAGES]
    assert [bool(re.search("[가-힣]", caption)) for caption in captions] == [False, True]


def test_the_picture_of_three_rules_is_up_to_date() -> None:
    """Its caption says, in both languages, where each rule's blocks are and when they were known."""
    picture = pictures.peers_drawn()
    assert PEERS_FILE.read_text(encoding="utf-8") == picture, "make docs writes it anew"
    assert [picture.count(f">+{name}<") for name in ("ours", "LuxAlgo", "library")] == [3, 1, 1]
    captions = PEERS_PAGE.split("images/order_blocks.svg")[1].split("\n\n")[1:3]
    for blocks in pictures.peers_blocks().values():
        said = {str(at - PEERS_FIRST) for column in ("origin_at", "known_at") for at in blocks[column]}
        assert all(said <= {*re.findall(r"\d+", caption)} for caption in captions)
    assert [bool(re.search("[가-힣]", caption)) for caption in captions] == [False, True]


def test_the_librarys_block_is_as_its_documentation_has_it() -> None:
    """A high above 49 candles before and 50 after it; the lowest candle from there to the close beyond."""
    high, low, close = (pictures.peers_candles()[name].to_numpy() for name in ("high", "low", "close"))
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
    assert pictures.drawn("order-block").count("<rect") == 1 + 5  # the box, and the bodies of five candles
    for name, texts in (
        ("order-block", {"+OB": 1}), ("displacement", {"DISP": 1}), ("divergence", {"SMT": 1}),
        ("major", {"major HH": 2, "strong low": 1, "weak high": 1}),
    ):  # fmt: skip
        assert {text: pictures.drawn(name).count(f">{text}</text>") for text in texts} == texts


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
