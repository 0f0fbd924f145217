"""Break-even, trail, partial exit and time stop (EXIT-3 to EXIT-6) as the bot asks for them."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from freqtrade.persistence import Trade
from freqtrade.strategy.interface import IStrategy
from ict_host.entry import IctEntry
from ict_host.records import LEVELS_KEY, LevelRecords
from ict_host.signals import Signals

from ict.desk.levels import Levels
from tests.strategy.host import ENTRY, LOT, NOW, Provider, filled, ready, saved
from tests.strategy.test_levels import AGAINST, adjust, both_sides, entered, fill, target

pytestmark = pytest.mark.usefixtures("book")

R, NAN = 600.0, float("nan")


def at_r(side: str, gain: float) -> float:
    return ENTRY - AGAINST[side] * gain * R


# Settings, the swings of 4h behind and before a long, its gain in R, and the stops of a long and a short.
MOVES: dict[str, tuple[dict[str, Any], tuple[float, float], float, tuple[float, float]]] = {
    "short of break-even": ({"break_even_at_r": 1.0}, (NAN, NAN), 0.99, (59_400.0, 60_600.0)),
    "break-even": ({"break_even_at_r": 1.0}, (NAN, NAN), 1.0, (60_000.0, 60_000.0)),
    # 0.2 % beyond its own side's swing: 59 700 * 0.998, and 60 300 * 1.002
    "trail": ({"trail_timeframe": "4h"}, (59_700.0, 59_950.0), 0.0, (59_580.6, 60_420.6)),
    # Towards the price, as Freqtrade rounds it.
    "grid": (
        {"trail_timeframe": "4h", "stop_buffer": 0.0},
        (59_650.03, 60_349.97),
        0.0,
        (59_650.1, 60_349.9),
    ),
    # By the pair's group: 0.5 % beyond; by another's, 0.2 %.
    "trail of a group": ({"trail_timeframe": "4h", "pairs": {"BTC/.*": {"stop_buffer": 0.005}}},
        (59_900.05, NAN), 0.0, (59_600.6, 60_400.4)),
    "trail beside a group": ({"trail_timeframe": "4h", "pairs": {"ETH/.*": {"stop_buffer": 0.005}}},
        (59_900.05, NAN), 0.0, (59_780.3, 60_220.1)),
    "neither is asked for": ({}, (59_990.0, 60_010.0), 1.9, (59_400.0, 60_600.0)),
}  # fmt: skip


def show(strategy: IStrategy, side: str, *swings: float) -> None:
    """Let the newest candle show the swings of 4h behind and before a trade, as a long sees them."""
    own, other = swings if side == "long" else (2 * ENTRY - price for price in swings)
    names = ("low", "high") if side == "long" else ("high", "low")
    columns = {f"ict_swing_{name}_4h": [price] for name, price in zip(names, (own, other), strict=True)}
    strategy.dp = Provider(pd.DataFrame(columns))


@both_sides
@pytest.mark.parametrize("case", MOVES)
def test_a_stop_is_moved(case: str, side: str) -> None:
    """EXIT-3, EXIT-4: the newest candle shows the last confirmed swings, a short's mirrored at the entry."""
    block, swings, gain, stops = MOVES[case]
    strategy = ready(side, block)
    trade = entered(strategy, side)
    show(strategy, side, *swings)
    adjust(strategy, trade, at_r(side, gain), after_fill=False)
    assert trade.stop_loss == stops[side == "short"]


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize(("leverage", "is_part"), [(1.0, True), (5.0, True), (1.0, False)])
@both_sides
def test_a_fill_leaves_a_moved_stop_where_it_is(
    side: str, leverage: float, is_part: bool, is_restarted: bool
) -> None:
    """EXIT-3: at a fill Freqtrade sets the stop's last distance, from 59,700 to 59,500, off the entry."""
    strategy = ready(side, {"trail_timeframe": "4h", "partial_exit_at_r": 1.0, "stop_buffer": 0.0})
    strategy._levels = LevelRecords(live=True)
    trade = entered(strategy, side, leverage=leverage)
    show(strategy, side, 59_500.0, NAN)
    adjust(strategy, trade, at_r(side, -0.5), after_fill=False)
    moved = {"long": 59_500.0, "short": 60_500.0}[side]
    if is_restarted:
        strategy._levels = LevelRecords(live=True)
    # An entry whose fee was not known is booked again, too.
    order, price = trade.orders[0], ENTRY
    if is_part:
        price = at_r(side, 1.0)
        order = filled(trade.exit_side, price, NOW)
        order.amount = order.ft_amount = order.filled = 0.005
        trade.orders.append(order)
    trade.recalc_trade_from_orders()
    assert trade.stop_loss != moved
    saved(trade)
    fill(strategy, trade, order)
    adjust(strategy, trade, price, after_fill=True)
    assert trade.stop_loss == moved


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
    """And a position is never increased, whatever the price (RISK-1, RISK-2)."""
    strategy = ready(side, PARTS)
    trade = entered(strategy, side)
    assert [wanted(strategy, trade, at_r(side, gain)) for gain in (-2.0, -1.0, 0.0, 0.5, 0.99)] == [None] * 5
    for gain in (1.0, 1.9):
        change = wanted(strategy, trade, at_r(side, gain))
        # 30 % of 0.01 BTC, by Freqtrade's own arithmetic
        assert change is not None
        assert -change * trade.amount / trade.stake_amount == pytest.approx(0.003)
    part = filled(trade.exit_side, at_r(side, 1.0), NOW)
    part.order_id, part.amount, part.filled = "part", 0.003, 0.0
    part.ft_is_open, part.status = True, "open"
    trade.orders.append(part)
    saved(trade)
    assert wanted(strategy, trade, at_r(side, 1.0)) is None, "the order is under way"
    part.ft_is_open, part.status, part.filled = False, "closed", 0.003
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


HELD = {"max_hold_candles": 3}


def ended(strategy: IStrategy, trade: Trade, minutes: float) -> list[str]:
    """Ask for exits some minutes after the open of the candle of the entry, at the entry's price."""
    at = NOW + timedelta(minutes=minutes)
    return [row.exit_reason for row in strategy.should_exit(trade, ENTRY, at, enter=False, exit_=False)]


@pytest.mark.parametrize(("side", "seconds", "placed"), [
    ("long", 0, 0), ("short", 4, 0), ("long", 899, 0),
    ("long", 0, -3_600),  # a resting order's trade is dated by its placing
])  # fmt: skip
def test_the_time_is_over_when_three_candles_have_closed(side: str, seconds: int, placed: int) -> None:
    """EXIT-6: the fill's own is the first of them, whenever in it the fill was."""
    strategy = ready(side, HELD)
    trade = entered(strategy, side, at=NOW + timedelta(seconds=seconds))
    if placed:
        trade.open_date = NOW.replace(tzinfo=None) + timedelta(seconds=placed)
        saved(trade)
    assert [ended(strategy, trade, minutes) for minutes in (15, 30, 44.9)] == [[], [], []]
    assert [ended(strategy, trade, minutes) for minutes in (45, 46)] == [["time_stop"]] * 2


def test_what_is_off_is_not_asked_for() -> None:
    strategy = ready()
    assert (strategy.position_adjustment_enable, strategy.use_exit_signal) == (False, False)
    trade = entered(strategy, "long")
    assert (wanted(strategy, trade, at_r("long", 1.9)), ended(strategy, trade, 10_000)) == (None, [])
    assert ready(block=PARTS).position_adjustment_enable is True
    assert ready(block=HELD).use_exit_signal is True


# A part at the first pool, the rest at the next one (EXIT-5, TGT-1)

AT_POOLS = {"partial_exit_at": "liquidity", "partial_exit_percent": 30.0, "target_at": "liquidity"}


def aiming(side: str, pools: list[float], monkeypatch: pytest.MonkeyPatch) -> IStrategy:
    levels = [at_r(side, pool) for pool in pools]
    monkeypatch.setattr(Signals, "draws_at", lambda self, row, direction: levels)
    monkeypatch.setattr(IctEntry, "_higher_candles", lambda self, pair, params: {})
    return ready(side, AT_POOLS)


@both_sides
def test_a_part_is_closed_at_the_first_pool_also_after_a_restart(
    side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = entered(strategy := aiming(side, [0.5, 0.8, 2.5], monkeypatch), side)
    assert trade.get_custom_data(LEVELS_KEY)["part"] == at_r(side, 0.5)
    assert target(strategy, trade) == pytest.approx(at_r(side, 2.5), abs=0.1)
    for bot in (strategy, aiming(side, [0.2, 9.0], monkeypatch)):
        assert wanted(bot, trade, at_r(side, 0.49)) is None
        change = wanted(bot, trade, at_r(side, 0.5))
        assert change is not None
        assert -change * trade.amount / trade.stake_amount == pytest.approx(0.003)


def test_a_record_without_a_part_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trade that an older version has opened: it keeps its target, and is closed whole."""
    trade = entered(aiming("long", [0.5, 2.5], monkeypatch), "long")
    old = {"schema": 1, "entry": ENTRY, "stop": ENTRY - 600, "target": ENTRY + 1200}
    trade.set_custom_data(LEVELS_KEY, old)
    saved(trade)
    bot = aiming("long", [0.5, 2.5], monkeypatch)
    assert bot._levels.of(trade) == Levels(ENTRY, ENTRY - 600, ENTRY + 1200, None)
    assert wanted(bot, trade, at_r("long", 1.9)) is None
