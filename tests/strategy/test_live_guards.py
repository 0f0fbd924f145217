"""Guards of a bot that trades: a missing stop, an unknown position, a stop's loss in the day's caps."""

from datetime import timedelta

import pytest
from freqtrade.enums import RunMode
from freqtrade.persistence import PairLocks, Trade
from freqtrade.strategy.interface import IStrategy

from tests.strategy.host import (
    ENTRY,
    EQUITY,
    NOW,
    STOPS,
    TICK,
    filled,
    opened,
    saved,
    signal,
)
from tests.strategy.live import LiveWallets, position, resting_stop, running, start
from tests.strategy.support import BTC, ETH, ict_block
from tests.strategy.test_fail_closed import confirmed

pytestmark = pytest.mark.usefixtures("book")

SIGNS = {"long": 1, "short": -1}
both_sides = pytest.mark.parametrize("side", SIGNS)


def exit_reason(strategy: IStrategy, trade: Trade, rate: float) -> str:
    """Ask for exits as Freqtrade does; empty where it would do nothing."""
    exits = strategy.should_exit(trade, rate, NOW, enter=False, exit_=False)
    return exits[0].exit_reason if exits else ""


@both_sides
@pytest.mark.parametrize(
    ("rests", "beyond", "closes"),
    [
        (False, -0.001, False), (False, 0.0, True), (False, 0.0001, True), (False, 0.05, True),
        (True, -0.001, False), (True, 0.0, False), (True, 0.0019, False), (True, 0.0021, True),
    ],
)  # fmt: skip
def test_a_live_bot_watches_a_stop(side: str, rests: bool, beyond: float, closes: bool) -> None:
    """At the stop where none rests on the exchange, clearly beyond it where one should have fired."""
    strategy = running(side)
    trade = position(strategy, side)
    if rests:
        resting_stop(trade, is_open=True)
    rate = trade.stop_loss * (1 - SIGNS[side] * beyond)
    assert exit_reason(strategy, trade, rate) == ("stop_watch" if closes else "")


@both_sides
def test_the_tightest_stop_is_watched(side: str) -> None:
    """Freqtrade's static stop is still in force where it could not read the price at the fill."""
    strategy = running(side)
    trade, order = opened(side)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    assert abs(trade.stop_loss - ENTRY) > 1000.0
    assert exit_reason(strategy, trade, STOPS[side] + SIGNS[side] * TICK) == ""
    assert exit_reason(strategy, trade, STOPS[side]) == "stop_watch"


@both_sides
def test_the_static_stop_is_watched_where_a_trade_has_no_other(side: str) -> None:
    strategy = running(side)
    signal(strategy, side, candles_ago=5)
    trade, _ = opened(side)
    static = ENTRY * (1 - SIGNS[side] * 0.05)
    assert exit_reason(strategy, trade, static + SIGNS[side] * TICK) == ""
    assert exit_reason(strategy, trade, static - SIGNS[side] * TICK) == "stop_watch"


@pytest.mark.parametrize("runmode", [RunMode.BACKTEST, RunMode.HYPEROPT])
def test_a_backtest_watches_none(runmode: RunMode) -> None:
    """Freqtrade itself stops its trades."""
    assert start(runmode).use_exit_signal is False


@both_sides
def test_a_dry_run_leaves_a_stop_in_force_to_freqtrade(side: str) -> None:
    """A second exit would only hide that."""
    strategy = running(side, RunMode.DRY_RUN)
    trade = position(strategy, side)
    assert exit_reason(strategy, trade, trade.stop_loss * (1 - SIGNS[side] * 0.05)) == "stop_loss"


@both_sides
@pytest.mark.parametrize("rests", [False, True])
def test_a_dry_run_watches_a_stop_that_is_not_in_force(side: str, rests: bool) -> None:
    """It went down right after the entry; meanwhile the price ran through the stop, the static one is far."""
    strategy = running(side, RunMode.DRY_RUN)
    trade, order = opened(side)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    if rests:
        resting_stop(trade, is_open=True)
    assert exit_reason(strategy, trade, STOPS[side] - SIGNS[side] * TICK) == "stop_watch"
    # Before the price is there, Freqtrade places the trade's own stop, whatever another static one says.
    strategy.stoploss = -0.15
    strategy.ft_stoploss_adjust(ENTRY, trade, NOW, 0.0, 0)
    assert trade.stop_loss == STOPS[side]


@both_sides
def test_a_stop_that_rests_further_away_does_not_keep_the_bot_waiting(side: str) -> None:
    """Live: the static stop was placed before the trade's own could be."""
    strategy = running(side)
    trade, order = opened(side)
    resting_stop(trade, is_open=True)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    assert exit_reason(strategy, trade, STOPS[side] - SIGNS[side] * TICK) == "stop_watch"


def test_only_an_unknown_position_of_that_pair_forbids() -> None:
    simulated = running(runmode=RunMode.DRY_RUN)
    simulated.wallets = LiveWallets(positions={BTC: object()})
    assert confirmed(simulated)
    strategy = running()
    strategy.wallets = LiveWallets(positions={ETH: object()})
    assert confirmed(strategy)
    strategy.wallets = LiveWallets(positions={BTC: object()})
    position(strategy)
    assert confirmed(strategy)


def closed_by_exchange(trade: Trade, profit: float) -> None:
    """Book the exchange's stop as Freqtrade does: the order's side is neither buy nor sell."""
    resting_stop(trade, is_open=False)
    trade.is_open, trade.close_date, trade.close_profit_abs = False, NOW, profit
    trade.close_rate, trade.exit_reason = trade.stop_loss, "stoploss_on_exchange"
    saved(trade)


LIMITS = {
    "week": ({"max_weekly_loss_percent": 3.0}, "No more entries this week"),
    "drawdown": ({"max_drawdown_percent": 3.0}, "drawdown"),
    "streak": ({"max_losing_streak": 1}, "losing streak"),
    "cost": ({"max_cost_r": 0.05}, "fees too high"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_of_the_account_is_told_once_over_a_restart(name: str) -> None:
    """RISK-4 to RISK-7; what holds for a time locks every pair, a single entry's cost none."""
    block, words = LIMITS[name]
    first = running(ict=ict_block(max_daily_loss_percent=100.0, **block))
    closed_by_exchange(position(first), -310.0)
    again = running(ict=ict_block(max_daily_loss_percent=100.0, **block))
    for strategy in (first, again):
        strategy.wallets = LiveWallets(EQUITY - 310.0)
        assert [confirmed(strategy) for _ in range(2)] == [False, False]
    told = [text for strategy in (first, again) for text in strategy.dp.sent if words in text]
    assert len(told) == 1
    assert PairLocks.is_pair_locked(ETH, NOW, "*") is (name != "cost")


@pytest.mark.parametrize(("lost", "allowed"), [(-299.0, True), (-310.0, False)])
@both_sides
def test_the_loss_of_a_stop_on_the_exchange_ends_the_day(side: str, lost: float, allowed: bool) -> None:
    """RISK-2: 3 % of 10 000, and the trader is told."""
    strategy = running(side)
    trade = position(strategy, side)
    closed_by_exchange(trade, lost)
    strategy.wallets = LiveWallets(EQUITY + lost)
    assert confirmed(strategy, side=side) is allowed
    caps = [text for text in strategy.dp.sent if text.startswith("No more entries today")]
    assert len(caps) == (not allowed)
    if caps:
        assert "-310.00 USDT" in caps[0]
        assert "3.10% / 3.00%" in caps[0]
        assert "2024-03-06 00:00 UTC" in caps[0]


def test_a_part_that_was_closed_counts_with_what_it_realised() -> None:
    """RISK-2: a trade that is still open has realised a loss of more than 300 today."""
    strategy = running()
    trade = position(strategy)
    trade.orders[0].amount = trade.orders[0].filled = 1.0
    half = filled("sell", trade.stop_loss, NOW)
    half.amount = half.filled = 0.5
    trade.orders.append(half)
    trade.recalc_trade_from_orders()
    saved(trade)
    assert trade.is_open
    assert -400 < trade.realized_profit < -300
    strategy.wallets = LiveWallets(EQUITY + trade.realized_profit)
    assert confirmed(strategy) is False


def test_yesterdays_gain_on_a_part_does_not_hide_todays_loss() -> None:
    """RISK-2: half was closed with 300 yesterday, the other half lost 300 today, 3 % of 10 000."""
    strategy = running()
    trade = position(strategy)
    trade.open_date = trade.orders[0].order_filled_date = NOW - timedelta(days=1)
    trade.orders[0].amount = trade.orders[0].filled = 1.0
    for number, (price, at) in enumerate(((60_600.0, NOW - timedelta(hours=20)), (59_390.0, NOW))):
        half = filled("sell", price, at)
        half.order_id, half.amount, half.filled = f"half {number}", 0.5, 0.5
        trade.orders.append(half)
    trade.recalc_trade_from_orders()
    trade.is_open, trade.close_date, trade.close_profit_abs = False, NOW, trade.realized_profit
    saved(trade)
    assert confirmed(strategy) is False
