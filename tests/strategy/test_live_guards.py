"""Guards of a bot that trades: a missing stop, an unknown position, a stop's loss in the day's caps."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from freqtrade.enums import RunMode
from freqtrade.persistence import PairLocks, Trade
from freqtrade.strategy.interface import IStrategy
from ict_host.one_entry import AdditionalEntryError
from ict_host.seams.access import bot_of

from tests.strategy.host import ENTRY, EQUITY, NOW, STOPS, TICK, filled, opened, saved, signal
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
@pytest.mark.parametrize(("rests", "beyond", "closes"), [
    (False, -0.001, False), (False, 0.0, True), (False, 0.0001, True), (False, 0.05, True),
    (True, -0.001, False), (True, 0.0, False), (True, 0.0019, False), (True, 0.0021, True),
])  # fmt: skip
def test_a_live_bot_watches_a_stop(side: str, rests: bool, beyond: float, closes: bool) -> None:
    """At the stop where none rests on the exchange, clearly beyond it where one should have fired."""
    strategy = running(side)
    trade = position(strategy, side)
    if rests:
        resting_stop(trade, is_open=True)
    rate = trade.stop_loss * (1 - SIGNS[side] * beyond)
    assert exit_reason(strategy, trade, rate) == ("stop_watch" if closes else "")


@both_sides
@pytest.mark.parametrize(("runmode", "rests", "ticks"), [
    (RunMode.LIVE, False, 0), (RunMode.LIVE, True, 1),
    (RunMode.DRY_RUN, False, 1), (RunMode.DRY_RUN, True, 1),
])  # fmt: skip
def test_the_trades_own_stop_is_watched_while_the_static_one_is_in_force(
    side: str, runmode: RunMode, rests: bool, ticks: int
) -> None:
    """As of a trade that an earlier release entered, whose stop Freqtrade did not ask for at the fill."""
    strategy = running(side, runmode)
    trade, order = opened(side)
    if rests:
        resting_stop(trade, is_open=True)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    trade.adjust_stop_loss(ENTRY, strategy.stoploss, allow_refresh=True)
    assert abs(trade.stop_loss - ENTRY) > 1000.0
    assert exit_reason(strategy, trade, STOPS[side] - SIGNS[side] * TICK * ticks) == "stop_watch"
    # Before the price is there, Freqtrade places the trade's own stop, whatever another static one says.
    strategy.stoploss = -0.15
    strategy.ft_stoploss_adjust(ENTRY, trade, NOW, 0.0, 0)
    assert trade.stop_loss == STOPS[side]


@both_sides
def test_the_static_stop_is_watched_where_a_trade_has_no_other(side: str) -> None:
    strategy = running(side)
    signal(strategy, side, candles_ago=5)
    trade, _ = opened(side)
    static = ENTRY * (1 - SIGNS[side] * 0.05)
    assert exit_reason(strategy, trade, static + SIGNS[side] * TICK) == ""
    assert exit_reason(strategy, trade, static - SIGNS[side] * TICK) == "stop_watch"


@both_sides
def test_a_stop_in_force_is_freqtrades_own_in_simulations(side: str) -> None:
    """A second exit would only hide that; a backtest watches none."""
    strategy = running(side, RunMode.DRY_RUN)
    trade = position(strategy, side)
    assert exit_reason(strategy, trade, trade.stop_loss * (1 - SIGNS[side] * 0.05)) == "stop_loss"
    assert not any(start(runmode).use_exit_signal for runmode in (RunMode.BACKTEST, RunMode.HYPEROPT))


@pytest.mark.parametrize("waits", [True, False])
def test_an_entry_waits_until_the_last_one_has_its_stop(waits: bool) -> None:
    """Without a word: the next loop, which places the stop first, may enter."""
    strategy = running()
    guard = SimpleNamespace(awaits_stop=waits, stops_entry=lambda pair: None, plan=lambda *_: None)
    strategy._guard = guard
    assert confirmed(strategy) is not waits
    assert strategy.dp.sent == []


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


def closed_by_exchange(trade: Trade, profit: float, at: datetime = NOW) -> None:
    """Book the exchange's stop as Freqtrade does: the order's side is neither buy nor sell."""
    resting_stop(trade, is_open=False)
    trade.is_open, trade.close_date, trade.close_profit_abs = False, at, profit
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
    # A candle ago: in the candle of its last loss a streak may still end.
    closed_by_exchange(position(first), -310.0, NOW - timedelta(minutes=15))
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


@pytest.mark.parametrize("is_open", [True, False])
def test_parts_count_on_the_day_on_which_they_were_closed(is_open: bool) -> None:
    """RISK-2: a half lost 3 % of 10 000 today, whether or not the other gained as much yesterday."""
    strategy = running()
    trade = position(strategy)
    trade.open_date = trade.orders[0].order_filled_date = NOW - timedelta(days=1)
    trade.orders[0].amount = trade.orders[0].filled = 1.0
    for price, at in [(60_600.0, NOW - timedelta(hours=20)), (59_390.0, NOW)][is_open:]:
        half = filled("sell", price, at)
        half.order_id, half.amount, half.filled = f"half at {price}", 0.5, 0.5
        trade.orders.append(half)
    trade.recalc_trade_from_orders()
    if not is_open:
        trade.is_open, trade.close_date, trade.close_profit_abs = False, NOW, trade.realized_profit
    saved(trade)
    assert trade.is_open is is_open
    strategy.wallets = LiveWallets(EQUITY + trade.realized_profit)
    assert confirmed(strategy) is False


def test_a_simulated_trade_gets_no_further_entry() -> None:
    """With partial exits on, Freqtrade would let a forced one grow it past size and caps."""
    strategy = running(runmode=RunMode.DRY_RUN)
    bot = bot_of(strategy.dp)
    exchange, bot.handle_order_fee = bot.exchange, None
    exchange.create_order = dict
    assert type(strategy)._guards(strategy) is None
    assert bot.handle_order_fee is not None  # an exit is booked with its funding
    with pytest.raises(AdditionalEntryError, match="would bypass its size and the caps"):
        exchange.create_order(pair=BTC, reduceOnly=False, initial_order=False)
    assert exchange.create_order(pair=BTC, reduceOnly=True, initial_order=False)
    assert exchange.create_order(pair=BTC, reduceOnly=False, initial_order=True)
