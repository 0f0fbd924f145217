"""Stop and target of a position (EXIT-1): fixed at the fill, never loosened, there again after a restart."""

import logging
from datetime import timedelta
from itertools import product
from typing import Any
from unittest.mock import Mock

import pytest
from freqtrade.persistence import Order, Trade
from freqtrade.strategy.interface import IStrategy
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper
from ict_host.records import LevelRecords

from ict.desk.levels import Levels
from tests.strategy import host
from tests.strategy.host import ENTRY, NOW, STOPS, TICK
from tests.strategy.support import BTC
from tests.strategy.test_fail_closed import ERRORS

pytestmark = pytest.mark.usefixtures("book")

AGAINST = {"long": -1, "short": 1}  # where a price goes to lose
TARGETS = {"long": 61_200.0, "short": 58_800.0}  # twice the stop's distance
both_sides = pytest.mark.parametrize("side", AGAINST)
every_leverage = pytest.mark.parametrize("leverage", [1.0, 5.0, 20.0])


def fill(strategy: IStrategy, trade: Trade, order: Order) -> None:
    """Tell the strategy of a fill as Freqtrade does: an exception is swallowed."""
    Trade.session.refresh(trade)
    told = {"pair": BTC, "trade": trade, "order": order, "current_time": NOW}
    strategy_safe_wrapper(strategy.order_filled, supress_error=True)(**told)


def adjust(strategy: IStrategy, trade: Trade, rate: float, *, after_fill: bool) -> None:
    """Let Freqtrade ask for the stop at a price, as it always does in a bot."""
    strategy.use_custom_stoploss = True
    strategy.ft_stoploss_adjust(rate, trade, NOW, trade.calc_profit_ratio(rate), 0, after_fill=after_fill)


def entered(strategy: IStrategy, side: str, **given: Any) -> Trade:
    """Fill an entry and let Freqtrade set its stop, as it does one after the other."""
    trade, order = host.opened(side, **given)
    fill(strategy, trade, order)
    adjust(strategy, trade, trade.open_rate, after_fill=True)
    host.saved(trade)
    return trade


def target(strategy: IStrategy, trade: Trade) -> float:
    _, ratio = strategy.min_roi_reached_entry(trade, 15, NOW)
    assert ratio is not None
    return trade.calc_close_rate_for_roi(ratio)


@both_sides
# At 5 the static stop is 600 away, too: a few ticks nearer, further, or the same.
@every_leverage
@pytest.mark.parametrize(("off", "ticks"), [
    (0.0, 0), (0.03, 1), (-0.04, 0), (0.1, 1), (-0.1, -1), (3.0, 30), (-3.0, -30), (-5.96, -59),
    (588.0, 5_880),  # 12 dollars of 60 000 are a narrow stop, but on the right side
])  # fmt: skip
def test_stop_and_target_are_placed_to_the_tick_and_stay(
    side: str, leverage: float, off: float, ticks: int
) -> None:
    """Recorded, in force and exported: one price, and the static stop stays in force nowhere."""
    strategy, nearer = host.ready(side), -AGAINST[side]
    host.signal(strategy, side, STOPS[side] + nearer * off)
    trade = entered(strategy, side, leverage=leverage)
    expected = round(STOPS[side] + nearer * ticks * TICK, 1)
    goal = round(ENTRY + 2 * (ENTRY - expected), 1)
    levels = strategy._levels.of(trade)
    assert [levels.stop, trade.stop_loss, trade.initial_stop_loss, levels.target] == [*[expected] * 3, goal]
    for rate in (expected + nearer, ENTRY, goal - nearer):
        adjust(strategy, trade, rate, after_fill=False)
        assert trade.stop_loss == expected
    assert target(strategy, trade) == pytest.approx(goal, abs=TICK)
    # A stop that counts as trailing would let the target win where both are in one candle.
    assert not trade.is_stop_loss_trailing


@both_sides
def test_a_price_at_the_static_stop_leaves_the_trades_own_in_force(side: str) -> None:
    """At 125 the static stop is 24 away: where price is there already, Freqtrade asks for no other."""
    strategy = host.ready(side)
    trade, order = host.opened(side, leverage=125.0)
    fill(strategy, trade, order)
    adjust(strategy, trade, ENTRY + 30 * AGAINST[side], after_fill=True)
    host.saved(trade)
    assert trade.stop_loss == STOPS[side]
    assert trade.initial_stop_loss_pct == strategy.stoploss  # or Freqtrade sets the stop anew at its start


@both_sides
def test_levels_are_fixed_at_the_first_fill_and_survive_a_restart(side: str) -> None:
    """A second fill changes nothing, after another signal or of a new strategy with other settings."""
    strategy = host.ready(side)
    number = entered(strategy, side, leverage=5.0).id
    Trade.session.expire_all()
    trade = Trade.get_trades([Trade.id == number]).one()
    host.signal(strategy, side, STOPS[side] + 5 * AGAINST[side])
    for bot in (strategy, host.load({"risk_reward": 5.0, "stop_buffer": 0.05})):
        fill(bot, trade, trade.orders[0])
        assert target(bot, trade) == pytest.approx(TARGETS[side], abs=TICK)
        adjust(bot, trade, ENTRY, after_fill=True)
        assert trade.stop_loss == pytest.approx(STOPS[side], abs=TICK)


@both_sides
@every_leverage
@pytest.mark.parametrize("beyond", [0.0, 30.0, 600.0])
def test_a_fill_beyond_its_stop_is_stopped_at_once(side: str, leverage: float, beyond: float) -> None:
    """Its stop is 0.05 % behind the fill and in force: no record has one on the wrong side."""
    strategy = host.ready(side)
    rate = STOPS[side] + AGAINST[side] * beyond
    trade = entered(strategy, side, rate=rate, leverage=leverage)
    levels = strategy._levels.of(trade)
    assert (levels.entry, levels.target) == (rate, None)
    assert levels.stop == trade.stop_loss == trade.initial_stop_loss
    assert AGAINST[side] * (levels.stop - rate) == pytest.approx(0.0005 * rate, abs=TICK)


@both_sides
@pytest.mark.parametrize("inner", ["stoploss_from_absolute", "Levels"])
def test_a_stop_is_not_loosened_by_an_error(monkeypatch: pytest.MonkeyPatch, side: str, inner: str) -> None:
    trade = entered(host.ready(side), side)
    placed = trade.stop_loss
    restarted = host.ready(side)
    asked = type(restarted).custom_stoploss if inner != "Levels" else type(restarted._levels).read
    for error in ERRORS:
        monkeypatch.setitem(asked.__globals__, inner, Mock(side_effect=error))
        for after_fill, rate in product((True, False), (ENTRY, STOPS[side] - AGAINST[side], TARGETS[side])):
            adjust(restarted, trade, rate, after_fill=after_fill)
            assert trade.stop_loss == placed


@both_sides
@pytest.mark.parametrize(("leverage", "off"), [(1.0, 0.0), (5.0, 3.0)], ids=["far away", "within 0.01 %"])
def test_a_stop_that_was_missed_at_the_fill_is_placed_later(side: str, leverage: float, off: float) -> None:
    """Of a trade of an earlier release: Freqtrade asks only once with `after_fill`, and not without a price.

    No stop is moved for 0.01 %, but the static one, which is the looser, is not the trade's own.
    """
    strategy = host.ready(side)
    trade, order = host.opened(side, leverage=leverage)
    own = STOPS[side] - AGAINST[side] * off
    host.signal(strategy, side, own)
    fill(strategy, trade, order)
    assert trade.stop_loss == own
    trade.adjust_stop_loss(ENTRY, strategy.stoploss, allow_refresh=True)
    assert trade.stop_loss != own
    adjust(strategy, trade, ENTRY, after_fill=False)
    assert trade.stop_loss == own


@both_sides
def test_a_target_knows_a_fee_that_comes_later(side: str) -> None:
    """Live, Freqtrade takes the maker's until it has seen the fills: 0.02 % less is 0.02 R here."""
    strategy = host.ready(side)
    trade = entered(strategy, side)
    assert target(strategy, trade) == pytest.approx(TARGETS[side], abs=TICK)
    trade.fee_close = 0.001
    assert target(strategy, trade) == pytest.approx(TARGETS[side], abs=TICK)
    trade.fee_open = 0.001
    trade.recalc_open_trade_value()
    assert target(strategy, trade) == pytest.approx(TARGETS[side], abs=TICK)


def test_the_signal_is_the_one_that_had_closed_when_the_order_was_placed() -> None:
    """A fill that is told late must not take a newer signal's stop."""
    strategy = host.ready()
    entries = host.no_signals(6)
    entries.direction[-2:] = 1
    entries.stop[-2:] = STOPS["long"] - 100, STOPS["long"]
    host.step(strategy, entries)
    trade, order = host.opened(at=NOW - timedelta(minutes=15))
    fill(strategy, trade, order)
    adjust(strategy, trade, ENTRY, after_fill=True)
    assert trade.stop_loss == pytest.approx(STOPS["long"] - 100, abs=TICK)


def test_a_trade_has_no_levels_of_an_earlier_one_with_its_number() -> None:
    """Each backtest counts its trades from one, also after one that was cut short."""
    records, (trade, _) = LevelRecords(live=False), host.opened()
    for stop in (59_000.0, 59_400.0):
        records.fix(trade, Levels(ENTRY, stop, None), None)
        assert (records.of(trade), records.moved_stop(trade)) == (Levels(ENTRY, stop, None), None)
        records.move_stop(trade, 59_500.0)


@both_sides
def test_a_fill_without_its_signal_keeps_the_static_stop_until_it_is_known(
    side: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot was stopped between order and fill; at its start Freqtrade tells of fills first."""
    strategy, static = host.load(), pytest.approx(ENTRY * (1 + AGAINST[side] * 0.05), abs=TICK)
    strategy.wallets, strategy.dp = host.Wallets(), host.Provider()
    trade = entered(strategy, side)
    assert trade.stop_loss == static
    assert strategy.min_roi_reached_entry(trade, 15, NOW) == (None, None)
    # Other tests may have let Freqtrade's loggers tell more than their warnings.
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    for candles_ago, stop in ((5, static), (1, STOPS[side])):  # one from before a long pause is not its own
        host.signal(strategy, side, candles_ago=candles_ago)
        adjust(strategy, trade, ENTRY, after_fill=False)
        assert trade.stop_loss == stop
    assert target(strategy, trade) == pytest.approx(TARGETS[side], abs=TICK)
