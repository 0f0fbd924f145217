"""Break-even, trail, partial exit and time stop (EXIT-3 to EXIT-6) as the bot asks for them, each alone."""

from datetime import timedelta

import pandas as pd
import pytest
from freqtrade.persistence import Trade
from freqtrade.strategy.interface import IStrategy

from tests.strategy.host import (
    ENTRY,
    LOT,
    NOW,
    STOPS,
    TICK,
    Provider,
    filled,
    ready,
    saved,
    signal,
)
from tests.strategy.test_levels import AGAINST, adjust, both_sides, entered

pytestmark = pytest.mark.usefixtures("book")

R = 600.0


def at_r(side: str, gain: float) -> float:
    """Give the price at a gain in R."""
    return ENTRY - AGAINST[side] * gain * R


def swings(strategy: IStrategy, low: float, high: float) -> None:
    """Let the newest candle show the last confirmed swings of 4h."""
    frame = pd.DataFrame({"ict_swing_low_4h": [low], "ict_swing_high_4h": [high]})
    strategy.dp = Provider(frame)


@both_sides
def test_break_even_alone(side: str) -> None:
    strategy = ready(side, {"break_even_at_r": 1.0})
    trade = entered(strategy, side)
    adjust(strategy, trade, at_r(side, 0.99), after_fill=False)
    assert trade.stop_loss == STOPS[side]
    adjust(strategy, trade, at_r(side, 1.0), after_fill=False)
    assert trade.stop_loss == ENTRY


@both_sides
def test_trail_alone_and_behind_its_own_side(side: str) -> None:
    """A long's stop goes behind the swing low, a short's behind the swing high, 0.2 % beyond it."""
    strategy = ready(side, {"trail_timeframe": "4h"})
    trade = entered(strategy, side)
    low, high = (59_700.0, 59_950.0) if side == "long" else (60_050.0, 60_300.0)
    swings(strategy, low, high)
    adjust(strategy, trade, ENTRY, after_fill=False)
    # 59 700 * 0.998 = 59 580.6; 60 300 * 1.002 = 60 420.6, which a short's order rounds down to itself
    expected = {"long": 59_580.6, "short": 60_420.6}[side]
    assert trade.stop_loss == pytest.approx(expected, abs=1.01 * TICK)
    assert AGAINST[side] * (trade.stop_loss - STOPS[side]) < 0


@both_sides
def test_a_moved_stop_is_on_the_grid_towards_the_price(side: str) -> None:
    """As Freqtrade rounds it: 59 650.03 to 59 650.1, and 60 349.97 to 60 349.9."""
    strategy = ready(side, {"trail_timeframe": "4h", "stop_buffer": 0.0})
    trade = entered(strategy, side)
    swings(strategy, 59_650.03, 60_349.97)
    adjust(strategy, trade, ENTRY, after_fill=False)
    assert trade.stop_loss == {"long": 59_650.1, "short": 60_349.9}[side]


@pytest.mark.parametrize(("pairs", "expected"), [("BTC/.*", 59_103.0), ("ETH/.*", 59_581.0)])
def test_a_trail_is_as_far_beyond_as_the_pairs_group_says(pairs: str, expected: float) -> None:
    """1 % beyond 59,700 for the group, 0.2 % for the others."""
    block = {"trail_timeframe": "4h", "pairs": {pairs: {"stop_buffer": 0.01}}}
    strategy = ready("long", block)
    signal(strategy, "long", 58_000.0)
    trade = entered(strategy, "long")
    swings(strategy, 59_700.0, 60_300.0)
    adjust(strategy, trade, ENTRY, after_fill=False)
    assert trade.stop_loss == pytest.approx(expected, abs=1.0)


@both_sides
def test_neither_where_neither_is_asked_for(side: str) -> None:
    strategy = ready(side)
    trade = entered(strategy, side)
    swings(strategy, 59_990.0, 60_010.0)
    adjust(strategy, trade, at_r(side, 1.9), after_fill=False)
    assert trade.stop_loss == STOPS[side]


def wanted(strategy: IStrategy, trade: Trade, rate: float) -> float | None:
    """Ask for a change of the position as Freqtrade does."""
    change, _ = strategy._adjust_trade_position_internal(
        trade=trade, current_time=NOW, current_rate=rate, current_profit=0.0, min_stake=5.0, max_stake=9e9,
        current_entry_rate=rate, current_exit_rate=rate, current_entry_profit=0.0, current_exit_profit=0.0,
    )  # fmt: skip
    return change


PARTS = {"partial_exit_at_r": 1.0, "partial_exit_percent": 30.0}


@both_sides
def test_a_part_is_closed_once_at_its_gain(side: str) -> None:
    strategy = ready(side, PARTS)
    trade = entered(strategy, side)
    assert wanted(strategy, trade, at_r(side, 0.99)) is None
    assert wanted(strategy, trade, at_r(side, -1.0)) is None
    change = wanted(strategy, trade, at_r(side, 1.0))
    # 30 % of 0.01 BTC, by Freqtrade's own arithmetic
    assert change is not None
    assert -change * trade.amount / trade.stake_amount == pytest.approx(0.003)
    part = filled(trade.exit_side, at_r(side, 1.0), NOW)
    part.order_id, part.amount, part.filled = "part", 0.003, 0.003
    trade.orders.append(part)
    trade.recalc_trade_from_orders()
    saved(trade)
    assert wanted(strategy, trade, at_r(side, 1.5)) is None


@pytest.mark.parametrize(("percent", "lots"), [(50.0, 5), (34.9, 3), (9.9, 0), (99.0, 9)])
def test_a_part_is_whole_lots(percent: float, lots: int) -> None:
    """Freqtrade cuts what a float leaves of a lot: the order is for that amount and not one lot less."""
    strategy = ready(block={**PARTS, "partial_exit_percent": percent})
    trade = entered(strategy, "long")
    amount = -(wanted(strategy, trade, at_r("long", 1.0)) or 0.0) * trade.amount / trade.stake_amount
    assert amount // LOT == lots


def test_a_part_waits_for_an_order_under_way() -> None:
    strategy = ready(block=PARTS)
    trade = entered(strategy, "long")
    order = filled("sell", at_r("long", 1.0), NOW)
    order.order_id, order.ft_is_open, order.status, order.filled = "open", True, "open", 0.0
    trade.orders.append(order)
    saved(trade)
    assert wanted(strategy, trade, at_r("long", 1.0)) is None


def test_nothing_is_closed_in_parts_where_that_is_off() -> None:
    strategy = ready()
    assert strategy.position_adjustment_enable is False
    assert wanted(strategy, entered(strategy, "long"), at_r("long", 1.9)) is None
    assert ready(block=PARTS).position_adjustment_enable is True


def test_a_position_is_never_increased() -> None:
    """RISK-1, RISK-2: whatever the price, no stake above 0 is asked for."""
    strategy = ready(block=PARTS)
    trade = entered(strategy, "long")
    for gain in (-2.0, -1.0, 0.0, 0.5, 1.0, 1.9):
        assert (wanted(strategy, trade, at_r("long", gain)) or 0.0) <= 0


HELD = {"max_hold_candles": 3}


def ended(strategy: IStrategy, trade: Trade, minutes: float) -> list[str]:
    """Ask for exits some minutes after the open of the candle of the entry, at the entry's price."""
    at = NOW + timedelta(minutes=minutes)
    return [row.exit_reason for row in strategy.should_exit(trade, ENTRY, at, enter=False, exit_=False)]


@pytest.mark.parametrize(("side", "seconds"), [("long", 0), ("short", 4), ("long", 899)])
def test_the_time_is_over_when_three_candles_have_closed(side: str, seconds: int) -> None:
    """EXIT-6: the fill's own is the first of them, whenever in it the fill was."""
    strategy = ready(side, HELD)
    trade = entered(strategy, side, at=NOW + timedelta(seconds=seconds))
    assert [ended(strategy, trade, minutes) for minutes in (15, 30, 44.9)] == [[], [], []]
    assert ended(strategy, trade, 45) == ["time_stop"]
    assert ended(strategy, trade, 46) == ["time_stop"]


def test_the_time_counts_from_the_fill_and_not_from_the_order() -> None:
    """A resting order's trade is dated by its placing: four candles before, here."""
    strategy = ready(block=HELD)
    trade = entered(strategy, "long")
    trade.open_date = NOW.replace(tzinfo=None) - timedelta(hours=1)
    saved(trade)
    assert ended(strategy, trade, 44.9) == []
    assert ended(strategy, trade, 45) == ["time_stop"]


def test_nobody_asks_for_the_time_where_that_is_off() -> None:
    strategy = ready()
    assert strategy.use_exit_signal is False
    assert ready(block=HELD).use_exit_signal is True
    assert ended(strategy, entered(strategy, "long"), 10_000) == []
