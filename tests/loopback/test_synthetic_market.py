"""The laws of the synthetic market."""

import time

import numpy as np
import pytest

from loopback.exchange import Exchange
from loopback.market.candles import Candles, FloatArray
from loopback.market.intervals import DAY_MS, HOUR_MS, LENGTH_MS, MINUTE_MS
from loopback.market.source import Kind
from loopback.market.synthetic import SyntheticMarket
from loopback.symbols import SPECS, first_symbols, spec_of_pair
from tests.loopback.conftest import END_MS, START_MS

SYMBOLS = ("BTCUSDT", "ETHUSDT", "LTCUSDT")
FIELDS = ("open_ms", "open", "high", "low", "close", "volume")


def same(left: Candles, right: Candles) -> bool:
    """Tell whether two tables are equal to the last bit."""
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in FIELDS)


def log_returns(market: SyntheticMarket, symbol: str) -> FloatArray:
    """Return the 5-minute log returns of a contract."""
    return np.diff(np.log(market.candles(symbol, Kind.LAST, "5m").close))


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("kind", list(Kind))
def test_same_seed_and_start_give_the_same_candles_whatever_the_end(
    market: SyntheticMarket, symbol: str, kind: Kind
) -> None:
    """Funding too; another seed gives another market."""
    shorter = SyntheticMarket(START_MS, START_MS + 23 * DAY_MS, seed=7, symbols=(symbol,))
    candles, expected = market.candles(symbol, kind, "5m"), shorter.candles(symbol, kind, "5m")
    assert same(candles.rows(0, len(expected)), expected)
    funding = shorter.funding(symbol).rate
    assert np.array_equal(market.funding(symbol).rate[: len(funding)], funding)
    other = SyntheticMarket(START_MS, START_MS + 23 * DAY_MS, seed=8, symbols=(symbol,))
    assert not same(other.candles(symbol, kind, "5m"), expected)
    # Prices are in order, without a gap in time or between close and open.
    assert (candles.low > 0).all()
    assert (candles.low <= np.minimum(candles.open, candles.close)).all()
    assert (candles.high >= np.maximum(candles.open, candles.close)).all()
    assert np.array_equal(candles.open_ms, np.arange(START_MS, END_MS, 5 * MINUTE_MS))
    assert np.array_equal(candles.open[1:], candles.close[:-1])


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_prices_and_volumes_are_on_the_contracts_grid(market: SyntheticMarket, symbol: str) -> None:
    candles, spec = market.candles(symbol, Kind.LAST, "5m"), SPECS[symbol]
    for prices in (candles.open, candles.high, candles.low, candles.close):
        assert all(spec.price_text(price) == spec.price_text(spec.to_tick(price)) for price in prices[:500])
    assert (candles.volume >= float(spec.step)).all()


@pytest.mark.parametrize("interval", ["15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d"])
def test_longer_candles_are_exactly_the_shorter_ones_together(market: SyntheticMarket, interval: str) -> None:
    """Worked out by reshaping, where the code under test groups by open time."""
    short, long = market.candles("LTCUSDT", Kind.LAST, "5m"), market.candles("LTCUSDT", Kind.LAST, interval)
    width = LENGTH_MS[interval] // LENGTH_MS["5m"]
    assert np.array_equal(long.open_ms, short.open_ms[::width])
    assert np.array_equal(long.open, short.open[::width])
    assert np.array_equal(long.close, short.close[width - 1 :: width])
    assert np.array_equal(long.high, short.high.reshape(-1, width).max(axis=1))
    assert np.array_equal(long.low, short.low.reshape(-1, width).min(axis=1))
    assert long.volume == pytest.approx(short.volume.reshape(-1, width).sum(axis=1), rel=1e-12)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_returns_have_fat_tails_and_their_volatility_clusters(market: SyntheticMarket, symbol: str) -> None:
    returns = log_returns(market, symbol)
    standard = (returns - returns.mean()) / returns.std()
    assert (standard**4).mean() > 6  # 3 for a normal law
    assert (np.abs(standard) > 4).mean() > 10 * 6.3e-5  # ten times as many beyond four deviations
    sizes = np.minimum(np.abs(returns), 5 * returns.std())
    assert np.corrcoef(sizes[:-1], sizes[1:])[0, 1] > 0.1
    assert np.corrcoef(sizes[:-288], sizes[288:])[0, 1] > 0.05
    assert abs(np.corrcoef(returns[:-1], returns[1:])[0, 1]) < 0.05


def test_coins_move_together_and_the_mark_price_near_the_last(market: SyntheticMarket) -> None:
    assert np.corrcoef(log_returns(market, "BTCUSDT"), log_returns(market, "ETHUSDT"))[0, 1] > 0.5
    last, mark = (market.candles("BTCUSDT", kind, "5m").close for kind in (Kind.LAST, Kind.MARK))
    assert np.abs(mark / last - 1).max() < 0.005
    assert market.describe().startswith("SYNTHETIC candles of BTCUSDT, ETHUSDT, LTCUSDT, seed 7, 2024-01-01")


def test_funding_is_due_every_eight_hours_and_mostly_the_interest(market: SyntheticMarket) -> None:
    funding = market.funding("BTCUSDT")
    assert np.array_equal(funding.time_ms, np.arange(START_MS, END_MS, 8 * HOUR_MS))
    assert np.median(funding.rate) == pytest.approx(0.0001)
    assert len(np.unique(funding.rate)) > 1
    assert np.abs(funding.rate).max() < 0.005


def test_a_year_is_made_quickly() -> None:
    began = time.process_time()
    SyntheticMarket(START_MS, START_MS + 365 * DAY_MS, seed=3).candles("BTCUSDT", Kind.LAST, "1d")
    assert time.process_time() - began < 10.0


@pytest.mark.parametrize("seed", range(3))
def test_prices_stay_in_a_range_over_years(seed: int) -> None:
    market = SyntheticMarket(START_MS, START_MS + 3 * 365 * DAY_MS, seed)
    for symbol in SYMBOLS:
        closes = market.candles(symbol, Kind.LAST, "1d").close
        assert closes.max() / closes.min() < 25
        assert 0.1 < closes[-1] / closes[0] < 10


@pytest.mark.parametrize(("start_ms", "end_ms", "symbols", "message"), [
    (START_MS + 1, END_MS, SYMBOLS, "start and end must be whole days in order"),
    (END_MS, START_MS, SYMBOLS, "start and end must be whole days in order"),
    (START_MS, END_MS, ("DOGEUSDT",), "symbols must be among BTCUSDT"),
])  # fmt: skip
def test_impossible_markets_are_refused(
    start_ms: int, end_ms: int, symbols: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SyntheticMarket(start_ms, end_ms, symbols=symbols)


def test_contracts_of_no_real_coin_as_many_as_are_asked_for() -> None:
    assert first_symbols(2) == ("BTCUSDT", "ETHUSDT")
    symbols = first_symbols(100)
    assert (symbols[22:25], symbols[99]) == (("BLURUSDT", "COIN1USDT", "COIN2USDT"), "COIN77USDT")
    market = SyntheticMarket(START_MS, START_MS + DAY_MS, seed=7, symbols=symbols)
    assert list(Exchange(market).specs) == list(symbols)
    one, other = (market.candles(symbol, Kind.LAST, "5m") for symbol in symbols[98:])
    assert len(one) == len(other) == 288
    assert not np.array_equal(one.close, other.close)
    assert "COIN1USDT" not in SPECS


def test_a_numbered_contract_has_a_pair() -> None:
    assert spec_of_pair("COIN7/USDT:USDT").symbol == "COIN7USDT"
    for wrong in ("COIN0/USDT:USDT", "COIN7USDT", "COIN7/USDC:USDC", "BTC/USDT"):
        with pytest.raises(ValueError, match="pair must be one of"):
            spec_of_pair(wrong)
