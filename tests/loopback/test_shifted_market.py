"""Old candles served as if they were of now."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from loopback.clock import FixedClock
from loopback.market.folder import FolderMarket
from loopback.market.intervals import DAY_MS, HOUR_MS
from loopback.market.shifted import WEEK_MS, ShiftedMarket, shifted_to
from loopback.market.source import Kind
from loopback.market.synthetic import SyntheticMarket
from loopback.market.view import MarketView
from tests.loopback.conftest import END_MS, START_MS

NOW_MS = START_MS + 1_000 * DAY_MS + 12_345


@pytest.fixture(scope="module")
def shifted(market: SyntheticMarket) -> ShiftedMarket:
    return shifted_to(market, NOW_MS)


def test_candles_reach_now_and_go_on(shifted: ShiftedMarket) -> None:
    end_ms = shifted.base("BTCUSDT", Kind.LAST).end_ms
    assert NOW_MS + DAY_MS <= end_ms < NOW_MS + DAY_MS + WEEK_MS
    assert MarketView(shifted, FixedClock(NOW_MS)).has_started("BTCUSDT")
    assert shifted.weeks * WEEK_MS == end_ms - END_MS


@pytest.mark.parametrize("interval", ["5m", "1h", "4h", "1d", "1w"])
def test_candles_are_the_same_but_for_their_time(
    market: SyntheticMarket, shifted: ShiftedMarket, interval: str
) -> None:
    old, new = (source.candles("ETHUSDT", Kind.LAST, interval) for source in (market, shifted))
    assert np.array_equal(new.open_ms - old.open_ms, np.full(len(old), shifted.weeks * WEEK_MS))
    assert np.array_equal(new.close, old.close)
    assert np.array_equal(new.volume, old.volume)


def test_funding_stays_at_its_hours_and_months_are_made_anew(
    market: SyntheticMarket, shifted: ShiftedMarket
) -> None:
    old, new = market.funding("BTCUSDT"), shifted.funding("BTCUSDT")
    assert np.array_equal(new.rate, old.rate)
    assert (new.time_ms % (8 * HOUR_MS) == 0).all()
    opens = shifted.candles("BTCUSDT", Kind.LAST, "1M").open_ms.astype("datetime64[ms]")
    assert (opens == opens.astype("datetime64[M]")).all()


def test_market_that_reaches_now_already_is_not_moved_forward(market: SyntheticMarket) -> None:
    assert shifted_to(market, END_MS - DAY_MS).weeks == 0
    assert shifted_to(market, END_MS - DAY_MS + 1).weeks == 1
    assert "moved by 1 weeks" in shifted_to(market, END_MS).describe()


def test_candles_of_the_moment(candle_folder: Path) -> None:
    source = FolderMarket(candle_folder)
    view = MarketView(shifted_to(source, NOW_MS), FixedClock(NOW_MS))
    for symbol in source.symbols:
        assert view.last_price(symbol) > 0
        assert view.mark_price(symbol) == pytest.approx(view.last_price(symbol), rel=Decimal("0.05"))
