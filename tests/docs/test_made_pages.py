"""The reference pages are what `make docs` writes from the code."""

from pathlib import Path

import pytest
from ict_lab.docs.columns import measured
from ict_lab.docs.gaps import gaps
from ict_lab.docs.pages import PAGES, PARTS, made
from ict_lab.errors import LabError

from ict.candles import Candles
from tests.docs.markdown import ROOT, read, table_with
from tests.support.markets import candle_frame, synthetic


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
