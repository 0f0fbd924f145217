"""Random entries: exits candle by candle, and the answers that are known beforehand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.random_entries import enter_at_random, target_of, walk
from ict_lab.trades import Backtest, read_backtests

from tests.report.exports import BTC, FEE, START, STRATEGY, many, random_walk, result, trade, write

# Open, high, low, close; a long is entered at the open of the first, at 100, its stop is 98, its target 104.
EXITS = [
    ("stop", [(100, 101, 97, 99)], 98.0),
    ("target", [(100, 105, 99, 104)], 104.0),
    ("both in a candle: the stop", [(100, 105, 97, 104)], 98.0),
    ("the stop to the tick", [(100, 103, 98, 99)], 98.0),
    ("target later", [(100, 101, 99, 100), (100, 104, 99, 101)], 104.0),
    ("opens beyond the stop", [(100, 101, 99, 100), (96, 97, 95, 96)], 96.0),
    ("opens beyond the target", [(100, 101, 99, 100), (106, 107, 105, 106)], 106.0),
    ("neither", [(100, 101, 99, 100), (100, 102, 99, 101)], 101.0),
]


@pytest.mark.parametrize(("rows", "expected"), [row[1:] for row in EXITS], ids=[row[0] for row in EXITS])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_how_a_trade_leaves(rows: list[tuple[float, ...]], expected: float, side: float) -> None:
    market = np.array(rows, float)
    if side < 0:
        # The same market upside down: 200 - p.
        market, expected = 200 - market[:, [0, 2, 1, 3]], 200 - expected
    stop, target = 100 - side * 2, 100 + side * 4
    last = np.array([len(rows) - 1])
    left = walk(market, np.array([0]), last, np.array([side]), np.array([stop]), np.array([target]))
    assert left[0] == pytest.approx(expected)


def test_walk_agrees_with_a_plain_loop() -> None:
    random = np.random.default_rng(5)
    market = random_walk(400, 5)[["open", "high", "low", "close"]].to_numpy()
    count = 300
    at = random.integers(0, 400, count)
    last = np.minimum(at + random.integers(0, 60, count), 399)
    side, distance = random.choice([1.0, -1.0], count), random.uniform(0.001, 0.02, count)
    stop = market[at, 0] * (1 - side * distance)
    target = np.where(random.random(count) < 0.3, np.nan, market[at, 0] * (1 + side * 1.5 * distance))
    left = walk(market, at, last, side, stop, target)
    for number in range(count):
        arguments = (at[number], last[number], side[number], stop[number], target[number])
        assert left[number] == plainly(market, *arguments)


def plainly(market: np.ndarray, at: int, last: int, side: float, stop: float, target: float) -> float:
    for opened, high, low, _ in market[at : last + 1]:
        if (low <= stop) if side > 0 else (high >= stop):
            return min(stop, opened) if side > 0 else max(stop, opened)
        if (high >= target) if side > 0 else (low <= target):
            return max(target, opened) if side > 0 else min(target, opened)
    return market[last, 3]


def backtest_of(folder: Path, rows: list[dict[str, object]]) -> Backtest:
    return read_backtests(write(folder, {STRATEGY: result(rows)}))[0]


def test_where_the_market_only_rises_every_long_reaches_its_target(tmp_path: Path) -> None:
    """Stop 2 % away, target 4 %: 2 R less the fees of both sides, over the risk of 2 %."""
    rows = [
        trade(100.0, [(1.0, 104.0)], (98.0, 0.02), opened=START + pd.Timedelta(hours=3 * at))
        for at in range(20)
    ]
    closes = 100.0 * 1.004 ** np.arange(2688)
    rising = pd.DataFrame({"date": pd.date_range(START, periods=2688, freq="15min"), "close": closes})
    rising["open"] = closes / 1.004
    rising = rising.assign(low=rising["open"], high=rising["close"]).iloc[:2689]
    drawn = enter_at_random(backtest_of(tmp_path, rows), {BTC: rising}, draws=40)
    fees = (FEE + FEE * 1.04) / 0.02
    assert (drawn.target_r, drawn.trades) == (2.0, 20)
    # One that is entered among the last ten candles may be cut short.
    assert np.median(drawn.mean_r) == pytest.approx(2.0 - fees, abs=0.01)
    assert drawn.actual_mean_r == pytest.approx(2.0 - fees)


def test_in_a_fair_game_random_entries_lose_the_fees(tmp_path: Path) -> None:
    backtest = backtest_of(tmp_path, many(60))
    drawn = enter_at_random(backtest, {BTC: random_walk(2688, 11)}, draws=200)
    uncertain = 4 * drawn.mean_r.std() / np.sqrt(12)  # a market of 28 days holds few independent trades
    assert drawn.mean_r.mean() == pytest.approx(-2 * FEE / 0.02, abs=uncertain)


def test_p_is_the_part_of_the_draws_that_did_as_well(tmp_path: Path) -> None:
    """The trades made by hand gain in a market that gives nothing away, and then lose in it."""
    market = {BTC: random_walk(2688, 12)}
    good = [trade(100.0, [(1.0, 104.0)], (98.0, 0.02)) for _ in range(30)]
    bad = [trade(100.0, [(1.0, 98.0)], (98.0, 0.02), reason="stop_loss") for _ in range(30)]
    won = enter_at_random(backtest_of(tmp_path / "good", good), market, draws=99)
    lost = enter_at_random(backtest_of(tmp_path / "bad", bad), market, draws=99)
    assert won.p_value == 1 / 100
    assert lost.p_value == 1.0


def test_without_a_target_a_trade_is_held_as_long_as_the_one_it_stands_for(tmp_path: Path) -> None:
    """Eight candles of 0.4 % each, stop never touched: 3.25 % over a risk of 2 %, less the fees."""
    rows = [trade(100.0, [(1.0, 98.0)], (98.0, 0.02), hours=1.75, reason="stop_loss") for _ in range(10)]
    closes = 100.0 * 1.004 ** np.arange(2688)
    rising = pd.DataFrame({"date": pd.date_range(START, periods=2688, freq="15min"), "close": closes})
    rising = rising.assign(open=closes / 1.004, low=closes / 1.004, high=closes)
    drawn = enter_at_random(backtest_of(tmp_path, rows), {BTC: rising}, draws=30)
    gain = 1.004**8 - 1
    assert np.isnan(drawn.target_r)
    assert np.median(drawn.mean_r) == pytest.approx((gain - FEE - FEE * (1 + gain)) / 0.02, abs=0.005)


def test_the_target_is_where_the_exits_at_one_were(tmp_path: Path) -> None:
    trades = backtest_of(tmp_path, many(40)).trades
    assert target_of(trades) == pytest.approx(2.0)
    assert np.isnan(target_of(trades[trades["exit_reason"] == "stop_loss"]))
    assert np.isnan(target_of(trades[trades["exit_reason"] == "roi"].head(4)))


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    backtest, market = backtest_of(tmp_path, many(30)), {BTC: random_walk(2688, 13)}
    first, again, other = (enter_at_random(backtest, market, draws=10, seed=seed) for seed in (1, 1, 2))
    assert list(first.mean_r) == list(again.mean_r) != list(other.mean_r)


def test_what_can_not_be_compared_is_refused(tmp_path: Path) -> None:
    market = {BTC: random_walk(2688, 14)}
    backtest = backtest_of(tmp_path, many(30))
    with pytest.raises(LabError, match="need candles of a traded pair"):
        enter_at_random(backtest, {})
    with pytest.raises(LabError, match="must reach into"):
        enter_at_random(backtest, {BTC: market[BTC].assign(date=market[BTC]["date"] - pd.Timedelta(days=99))})
    moved = trade(100.0, [(1.0, 104.0)], (100.0, 0.029126))
    with pytest.raises(LabError, match="first stop of each trade; 1 of 31 lack it"):
        enter_at_random(backtest_of(tmp_path, [*many(30), moved]), market)
