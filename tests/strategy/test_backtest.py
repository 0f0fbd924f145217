"""Backtests by the real Freqtrade, recomputed trade by trade from candles and rulebook."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest

from tests.strategy import record
from tests.strategy.record import DAY_MS, FEE, USABLE, Backtest, Chart, Trade, contract
from tests.strategy.replay import Replay, coins_of_risk
from tests.strategy.runs import RUNS
from tests.strategy.support import STRATEGY

pytestmark = pytest.mark.xdist_group("strategy-backtests")

every_run = pytest.mark.parametrize("backtest", RUNS, indirect=True)
CENT = 0.01


def rows(run: Backtest, trade: Trade) -> tuple[Chart, int, int]:
    """Find the trade's chart, and its rows there: of the entry and of the exit."""
    chart = run.charts[trade.pair]
    return chart, chart.at(trade.opened), chart.at(trade.closed)


def tick(trade: Trade) -> float:
    """One tick, and a little for the rounding of floats."""
    return float(contract(trade.pair).tick) * (1 + 1e-6)


def zone_stop(run: Backtest, trade: Trade) -> float:
    """EXIT-1 from the raw candles: the stop that the signal candle's zone gives."""
    chart, entered, _ = rows(run, trade)
    return record.zone_stop(chart, trade.pair, entered, trade.side, run.settings)


def target(run: Backtest, trade: Trade) -> float:
    """EXIT-1 from the raw candles: the entry, and a multiple of its distance from the stop."""
    return trade.entry + run.settings.risk_reward * (trade.entry - zone_stop(run, trade))


def wrong(run: Backtest, is_right: Callable[[Trade], bool]) -> list[str]:
    """List the trades that a rule does not hold for."""
    assert run.trades
    return [str(trade) for trade in run.trades if not is_right(trade)]


@every_run
def test_there_is_something_to_check(backtest: Backtest) -> None:
    trades = backtest.trades
    assert len(trades) >= 60
    assert {trade.side for trade in trades} == {1, -1}
    assert {trade.reason for trade in trades} >= {"roi", "stop_loss"}
    assert {trade.pair for trade in trades} == set(backtest.pairs)


@pytest.mark.parametrize("backtest", ["defaults"], indirect=True)
def test_the_defaults_make_enough_trades(backtest: Backtest) -> None:
    assert len(backtest.trades) >= 200


@every_run
def test_entry_follows_a_signal_of_its_side_at_the_next_open(backtest: Backtest) -> None:
    """SIG-1."""

    def is_right(trade: Trade) -> bool:
        chart, entered, _ = rows(backtest, trade)
        return chart.signal(entered - 1)[0] == trade.side and trade.entry == chart.open[entered]

    assert wrong(backtest, is_right) == []


@every_run
def test_stop_is_behind_the_zone(backtest: Backtest) -> None:
    """EXIT-1, on the grid; the export's first stop is the one in force to the end."""

    def is_right(trade: Trade) -> bool:
        return trade.first_stop == trade.stop == zone_stop(backtest, trade)

    assert wrong(backtest, is_right) == []


def expected_exit(run: Backtest, trade: Trade) -> tuple[str, int, float]:
    """Walk the candles from the entry: reason, row and price of the exit by the rulebook."""
    chart, entered, _ = rows(run, trade)
    goal = target(run, trade)
    last = chart.at(run.end)
    for row in range(entered, last + 1):
        bad, good = (chart.low, chart.high) if trade.side > 0 else (chart.high, chart.low)
        if trade.side * (bad[row] - trade.stop) <= 0:
            return "stop_loss", row, trade.stop
        # A candle that only just reaches the target may count or not: Freqtrade compares rounded profits.
        reached = trade.side * (good[row] - goal)
        if reached > tick(trade) or (reached >= -tick(trade) and trade.closed == chart.time[row]):
            return "roi", row, goal
    return "force_exit", last, float(chart.open[last])


@every_run
def test_exit_is_the_first_that_the_candles_allow(backtest: Backtest) -> None:
    """EXIT-1: the stop or the target, whichever comes first, the stop where both are in one candle."""

    def is_right(trade: Trade) -> bool:
        _, _, left = rows(backtest, trade)
        reason, row, price = expected_exit(backtest, trade)
        return (trade.reason, left) == (reason, row) and abs(trade.exit - price) <= tick(trade)

    assert wrong(backtest, is_right) == []


@every_run
def test_exit_price_was_traded(backtest: Backtest) -> None:
    def is_right(trade: Trade) -> bool:
        chart, _, left = rows(backtest, trade)
        return chart.low[left] <= trade.exit <= chart.high[left]

    assert wrong(backtest, is_right) == []


@every_run
def test_entries_are_those_that_the_rulebook_demands_and_allows(backtest: Backtest) -> None:
    """SIG-1, RISK-1, RISK-2: no signal was skipped without a cause, none was taken against one."""
    assert Replay(backtest).walk().complaints == []


@pytest.mark.parametrize(
    ("backtest", "causes"),
    [
        pytest.param("defaults", {"a position is open", "daily trades"}, id="defaults"),
        pytest.param("leverage", {"daily loss", "daily trades"}, id="leverage"),
        pytest.param("two pairs", {"daily loss", "daily trades"}, id="two pairs"),
        pytest.param("other", {"daily trades", "the exchange's minimum"}, id="other"),
    ],
    indirect=["backtest"],
)
def test_each_cause_to_skip_a_signal_occurs(backtest: Backtest, causes: set[str]) -> None:
    refused = Replay(backtest).walk().refused
    assert all(refused.get(cause, 0) >= 10 for cause in causes), refused


@every_run
def test_size_is_what_the_risk_allows(backtest: Backtest) -> None:
    """RISK-1, in whole steps of the contract."""
    equities = Replay(backtest).walk().equities

    def is_right(trade: Trade) -> bool:
        stop = zone_stop(backtest, trade)
        coins = coins_of_risk(equities[trade], trade.pair, trade.entry, stop, backtest.settings)
        margin = trade.amount * trade.entry / trade.leverage
        return abs(coins - trade.amount) < 1e-9 and abs(trade.stake - margin) < 1e-6

    assert wrong(backtest, is_right) == []


@every_run
def test_no_trade_is_too_large(backtest: Backtest) -> None:
    """RISK-1: neither the position nor what its stop loses, fees included."""
    equities, settings = Replay(backtest).walk().equities, backtest.settings

    def is_right(trade: Trade) -> bool:
        equity = equities[trade] * USABLE
        loss = trade.amount * (abs(trade.entry - trade.stop) + FEE * (trade.entry + trade.stop))
        largest = equity * settings.max_position_percent / 100 * settings.position_leverage
        return (
            loss <= equity * settings.risk_per_trade_percent / 100
            and trade.amount * trade.entry <= largest
            and trade.leverage == settings.position_leverage
        )

    assert wrong(backtest, is_right) == []


@pytest.mark.parametrize("backtest", ["other"], indirect=True)
def test_a_stopped_trade_loses_the_risk_that_was_set(backtest: Backtest) -> None:
    """RISK-1, with a risk so small that it makes the size: all of it but the last lot, and funding."""
    equities, settings = Replay(backtest).walk().equities, backtest.settings
    stopped = [trade for trade in backtest.trades if trade.reason == "stop_loss"]
    assert len(stopped) >= 20
    for trade in stopped:
        risk = equities[trade] * USABLE * settings.risk_per_trade_percent / 100
        lot = float(contract(trade.pair).step)
        lost = trade.funding - trade.profit
        assert risk * (1 - lot / (trade.amount + lot)) < lost * (1 + 1e-9) <= risk * (1 + 2e-9)


@every_run
def test_no_day_has_more_entries_than_allowed(backtest: Backtest) -> None:
    """RISK-2, counted once more without the replay."""
    per_day = pd.Series([trade.opened // DAY_MS for trade in backtest.trades]).value_counts()
    assert per_day.max() == backtest.settings.max_daily_trades


@every_run
def test_entries_resume_at_midnight(backtest: Backtest) -> None:
    """RISK-2: on the days after a full one, the first signal after 00:00 UTC is taken."""
    capped = [day for day, trades in by_day(backtest) if len(trades) == backtest.settings.max_daily_trades]
    resumed = [trade for trade in backtest.trades if trade.opened // DAY_MS - 1 in capped]
    first_hour = [trade for trade in resumed if trade.opened % DAY_MS < DAY_MS // 24]
    assert len(resumed) > len(capped) / 2
    assert first_hour
    assert (
        any(trade.opened % DAY_MS == 0 for trade in backtest.trades) or backtest.settings.max_daily_trades < 5
    )


def by_day(run: Backtest) -> Iterator[tuple[int, list[Trade]]]:
    """Give the trades of each UTC day on which there are any."""
    for day in sorted({trade.opened // DAY_MS for trade in run.trades}):
        yield day, [trade for trade in run.trades if trade.opened // DAY_MS == day]


@every_run
def test_fees_and_funding_are_in_the_profit(backtest: Backtest) -> None:
    def is_right(trade: Trade) -> bool:
        fees = FEE * trade.amount * (trade.entry + trade.exit)
        gross = trade.side * trade.amount * (trade.exit - trade.entry)
        return trade.fees == (FEE, FEE) and abs(trade.profit - (gross - fees + trade.funding)) < 1e-6

    assert wrong(backtest, is_right) == []


@every_run
def test_funding_is_that_of_the_files(backtest: Backtest) -> None:
    def is_right(trade: Trade) -> bool:
        return abs(trade.funding - backtest.charts[trade.pair].funding_of(trade)) < CENT / 10

    assert wrong(backtest, is_right) == []
    assert np.count_nonzero([trade.funding for trade in backtest.trades]) >= 10


@every_run
def test_entries_are_tagged(backtest: Backtest) -> None:
    assert wrong(backtest, lambda trade: bool(trade.tag)) == []


@every_run
def test_final_balance_is_the_sum_of_the_trades(backtest: Backtest) -> None:
    made = sum(trade.profit for trade in backtest.trades)
    assert backtest.results["final_balance"] == pytest.approx(10_000 + made, abs=CENT)


def test_the_files_values_count_and_the_configuration_wins(backtests: Callable[[str], Backtest]) -> None:
    """The same settings, said in two places, make the same trades."""
    assert backtests("file").trades == backtests("other").trades


@every_run
def test_no_callback_failed(backtest: Backtest) -> None:
    """Freqtrade goes on after an exception in a callback, and says so in its log."""
    said = [line for line in backtest.log.splitlines() if " WARNING " in line or " ERROR " in line]
    # RISK-1: told once, where a position would have been too small for the exchange.
    said = [line for line in said if "below the exchange's minimum" not in line]
    assert [line for line in said if "strategy_wrapper" in line or STRATEGY in line] == []
    assert "Traceback" not in backtest.log
