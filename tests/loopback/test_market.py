"""Candles, intervals, the way inside a candle, and what the clock lets through."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from loopback.clock import FixedClock, RunningClock
from loopback.market.book import book
from loopback.market.candles import Candle, Candles, aggregate, aggregate_finished
from loopback.market.intervals import DAY_MS, HOUR_MS, LENGTH_MS, next_open, open_of
from loopback.market.path import so_far
from loopback.market.source import Kind
from loopback.market.synthetic import SyntheticMarket
from loopback.market.view import MarketView, Window
from loopback.symbols import SPECS
from tests.loopback.conftest import END_MS, NOW_MS, START_MS

ALL = Window(None, None, 10**9)


def at(text: str) -> int:
    """Return a time in milliseconds UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def hours(*rows: tuple[float, float, float, float, float], start_ms: int = START_MS) -> Candles:
    """Return hourly candles from (open, high, low, close, volume)."""
    open_ms = start_ms + HOUR_MS * np.arange(len(rows), dtype=np.int64)
    return Candles("1h", open_ms, *np.array(rows, dtype=float).T)


@pytest.mark.parametrize(("moment", "interval", "opened", "following"), [
    ("2024-02-14T13:47", "15m", "2024-02-14T13:45", "2024-02-14T14:00"),
    ("2024-02-14T13:47", "4h", "2024-02-14T12:00", "2024-02-14T16:00"),
    ("2024-02-14T13:47", "1w", "2024-02-12T00:00", "2024-02-19T00:00"),  # a week begins on Monday
    ("2024-02-12T00:00", "1w", "2024-02-12T00:00", "2024-02-19T00:00"),
    ("2024-02-29T23:59", "1M", "2024-02-01T00:00", "2024-03-01T00:00"),  # a leap year's February
])  # fmt: skip
def test_candles_open_where_binance_opens_them(
    moment: str, interval: str, opened: str, following: str
) -> None:
    opens = open_of(np.array([at(moment)]), interval)
    assert opens[0] == at(opened)
    assert next_open(opens, interval)[0] == at(following)


def test_aggregation_by_hand() -> None:
    short = hours((10, 12, 9, 11, 1.1), (11, 15, 11, 14, 2.2), (14, 14, 8, 9, 0.3))
    assert aggregate(short, "2h")[0] == Candle(START_MS, 10, 15, 9, 14, 3.3)
    assert aggregate(short, "2h")[1] == Candle(START_MS + 2 * HOUR_MS, 14, 14, 8, 9, 0.3)
    assert len(aggregate_finished(short, "2h")) == 1  # the third hour fills half a candle only


RISES, FALLS, FLAT = Candle(0, 10, 15, 9, 12, 100), Candle(0, 12, 15, 9, 10, 100), Candle(0, 5, 5, 5, 5, 8)


@pytest.mark.parametrize(("candle", "fraction", "expected"), [
    # 1 down, 6 up, 3 down: the low first, then up, at the high, and down to the close: the candle itself.
    (RISES, 0.0, (10, 10, 10, 10)), (RISES, 0.1, (10, 10, 9, 9)), (RISES, 0.3, (10, 11, 9, 11)),
    (RISES, 0.7, (10, 15, 9, 15)), (RISES, 0.9, (10, 15, 9, 13)), (RISES, 1.0, (10, 15, 9, 12)),
    # A falling one goes to its high first, a flat one stays where it is.
    (FALLS, 0.3, (12, 15, 12, 15)), (FLAT, 0.25, (5, 5, 5, 5)),
])  # fmt: skip
def test_way_of_a_candle_by_hand(candle: Candle, fraction: float, expected: tuple[float, ...]) -> None:
    assert tuple(so_far(candle, fraction)) == pytest.approx((0, *expected, candle.volume * fraction))


@pytest.mark.parametrize("interval", list(LENGTH_MS))
@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_later_than_now_is_served(market: SyntheticMarket, interval: str, kind: Kind) -> None:
    """Blind the market to all that opens after now: the answers must be the same."""
    seeing = MarketView(market, FixedClock(NOW_MS)).candles("BTCUSDT", kind, interval, ALL)
    assert (seeing.open_ms <= NOW_MS).all()
    finished = next_open(seeing.open_ms, interval) <= NOW_MS
    assert finished[:-1].all()
    expected = aggregate_finished(
        market.base("BTCUSDT", kind).between(0, NOW_MS // 300_000 * 300_000), interval
    )
    if len(seeing):
        assert np.array_equal(seeing.close[finished], expected.close)
        assert np.array_equal(seeing.high[finished], expected.high)


@pytest.mark.parametrize("interval", ["5m", "15m", "1h", "4h", "1d"])
def test_unfinished_candle_only_grows_and_ends_as_itself(market: SyntheticMarket, interval: str) -> None:
    clock = FixedClock(START_MS + 5 * DAY_MS)
    view = MarketView(market, clock)
    length = LENGTH_MS[interval]
    shown = []
    for step in range(1, 48):
        clock.move_to(START_MS + 5 * DAY_MS + step * length // 48)
        shown.append(view.candles("ETHUSDT", Kind.LAST, interval, Window(None, None, 1))[0])
    clock.move_to(START_MS + 5 * DAY_MS + length)
    shown.append(view.candles("ETHUSDT", Kind.LAST, interval, Window(None, clock.now_ms() - 1, 1))[0])
    assert {candle.open_ms for candle in shown} == {START_MS + 5 * DAY_MS}
    assert {candle.open for candle in shown} == {shown[-1].open}
    assert (np.diff([candle.high for candle in shown]) >= 0).all()
    assert (np.diff([candle.low for candle in shown]) <= 0).all()
    assert (np.diff([candle.volume for candle in shown]) >= 0).all()


def test_unfinished_hour_is_made_of_its_parts(market: SyntheticMarket) -> None:
    view = MarketView(market, FixedClock(NOW_MS))
    hour = view.candles("BTCUSDT", Kind.LAST, "1h", Window(None, None, 1))[0]
    parts = view.candles("BTCUSDT", Kind.LAST, "5m", Window(hour.open_ms, None, 12))
    assert len(parts) == 9  # 41 minutes and a half: eight candles and a running one
    assert (hour.open, hour.close) == (parts.open[0], parts.close[-1])
    assert (hour.high, hour.low) == (parts.high.max(), parts.low.min())


@pytest.mark.parametrize(("window", "expected"), [
    (Window(None, None, 3), [7, 8, 9]),  # the newest
    (Window(2, None, 3), [2, 3, 4]),  # from the start on
    (Window(None, 5, 3), [3, 4, 5]),  # the newest up to the end, which counts
    (Window(2, 3, 9), [2, 3]),
    (Window(2, 9, 3), [2, 3, 4]),
    (Window(10, None, 3), []),
])  # fmt: skip
def test_window_counts_like_binance(window: Window, expected: list[int]) -> None:
    assert np.arange(10)[window.rows(np.arange(10))].tolist() == expected


def test_market_that_has_ended_keeps_its_last_price_and_one_to_come_is_empty(market: SyntheticMarket) -> None:
    view = MarketView(market, FixedClock(END_MS + 30 * DAY_MS))
    final = market.base("BTCUSDT", Kind.LAST).close[-1]
    assert float(view.last_price("BTCUSDT")) == final
    assert view.day("BTCUSDT") == Candle(END_MS + 29 * DAY_MS, final, final, final, final, 0.0)
    view = MarketView(market, FixedClock(START_MS - 1))
    assert not view.has_started("BTCUSDT")
    assert len(view.candles("BTCUSDT", Kind.LAST, "5m", ALL)) == 0
    assert len(view.funding("BTCUSDT", ALL).rate) == 0
    # A day covers the last 24 hours.
    now = START_MS + 3 * DAY_MS
    rows = market.base("LTCUSDT", Kind.LAST).between(now - DAY_MS, now)
    day = MarketView(market, FixedClock(now)).day("LTCUSDT")
    assert (day.open, day.high, day.low) == (rows.open[0], rows.high.max(), rows.low.min())
    assert day.volume == pytest.approx(rows.volume.sum())


def test_book_is_one_tick_wide_around_the_last_price() -> None:
    bids, asks = book(SPECS["BTCUSDT"], Decimal("42000.1"), 3)
    assert [level.price for level in bids] == [Decimal("42000.1"), Decimal("42000.0"), Decimal("41999.9")]
    assert [level.price for level in asks] == [Decimal("42000.2"), Decimal("42000.3"), Decimal("42000.4")]
    assert all(level.quantity >= Decimal("0.001") for level in [*bids, *asks])


def test_maintenance_margin_is_continuous_between_brackets() -> None:
    """Amount and ratio by Binance's rule: notional x ratio - amount, equal from both sides of a border."""
    for spec in SPECS.values():
        for below, above in zip(spec.brackets, spec.brackets[1:], strict=False):
            border = above.notional_floor
            margins = [border * side.maintenance_ratio - side.maintenance_amount for side in (below, above)]
            assert margins[0] == margins[1]
    assert SPECS["BTCUSDT"].brackets[1].maintenance_amount == Decimal(50)  # 50,000 x (0.5 % - 0.4 %)


def test_clocks_do_not_run_backwards() -> None:
    clock = FixedClock(1_000)
    with pytest.raises(ValueError, match="now_ms must not be before 1000, was 999"):
        clock.move_to(999)
    running = RunningClock(5_000, speed=1_000.0)
    first = running.now_ms()
    assert 5_000 <= first <= running.now_ms()
    with pytest.raises(ValueError, match="speed must be above 0"):
        RunningClock(0, speed=0.0)


def test_quantities_round_down_and_prices_to_the_nearest() -> None:
    spec = SPECS["BTCUSDT"]
    assert spec.to_step(Decimal("0.0129")) == Decimal("0.012")
    assert spec.to_tick(42_000.16) == Decimal("42000.2")
    assert spec.price_text(Decimal("42000.2")) == "42000.20"  # Binance prints two digits on a grid of 0.1
