"""What a backtest need not ask at each candle: resting orders end, and stops move, where they did."""

from collections.abc import Callable
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import OPTIMIZE_MODES, TRADE_MODES, RunMode
from freqtrade.persistence import Order, Trade
from freqtrade.strategy.interface import IStrategy
from ict_host import exits, uneventful
from ict_host.ahead import state_of_book

from tests.strategy.host import CANDLE, ENTRY, NOW, load, opened, ready, saved, stopped
from tests.strategy.live import start
from tests.strategy.option_runs import run_all, write_variant
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, ETH, Workplace, copied_strategies, ict_block
from tests.strategy.test_resting import TOP, is_taken_back, pending, resting

pytestmark = pytest.mark.usefixtures("book")


def placed() -> tuple[Trade, Order]:
    """Make an order that is judged at the newest two closes."""
    trade, order = pending()
    order.order_date = NOW - 2 * CANDLE
    return trade, order


def other(profit: float | None = None, number: int = 0) -> Trade:
    """Store another pair's trade: one that has closed with a result, or one that is open."""
    trade, _ = opened("long", rate=TOP, at=NOW - (3 + number) * CANDLE)
    trade.pair = ETH
    if profit is None:
        saved(trade)
    else:
        stopped(trade, profit, NOW - timedelta(minutes=1))
    return trade


def change(strategy: IStrategy, name: str, value: Any) -> None:
    getattr(strategy, name).value = value


def test_what_is_known_is_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy, order = resting(), placed()
    assert not is_taken_back(strategy, order, after=-CANDLE)
    for judge in ("_ended_by_market", "_ended_by_limit"):
        monkeypatch.setattr(strategy, judge, lambda *_: 1 / 0)
    assert not is_taken_back(strategy, order)


def test_the_book_is_another_where_a_trade_beside_the_order_has_changed() -> None:
    own, others = placed()[0], other()
    before = state_of_book(NOW, 1.0, own.id)
    own.stop_loss = 1.0
    assert state_of_book(NOW, 1.0, own.id) == before
    for name in ("amount", "stop_loss", "realized_profit"):
        setattr(others, name, getattr(others, name) + 1.0)
        assert before != (before := state_of_book(NOW, 1.0, own.id))


@pytest.mark.parametrize(("happens", "over"), [
    (lambda _: None, False),
    (lambda _: other(profit=-1.0), False),
    (lambda _: other(profit=-400.0), True),
    (lambda _: [other(number=number) for number in range(5)], True),
    (lambda strategy: setattr(strategy.wallets, "equity", 0.0), True),
    (lambda strategy: change(strategy, "max_cost_r", 1e-6), True),
    (lambda strategy: change(strategy, "max_daily_trades", 1), False),
    # RISK-3: its own risk is 0.06 %, and counts once.
    (lambda strategy: change(strategy, "max_open_risk_percent", 0.1), False),
])  # fmt: skip
def test_it_is_judged_again_where_something_has_changed(
    happens: Callable[[IStrategy], object], over: bool
) -> None:
    """RISK-2: five entries a day, and 3 % of 10,000."""
    strategy, order = resting(), placed()
    assert not is_taken_back(strategy, order, after=-CANDLE)
    happens(strategy)
    assert is_taken_back(strategy, order) == over


@pytest.mark.parametrize(("ended", "late"), [(5, 0), (-1, 2)])
def test_a_zone_that_ends_ends_it_at_that_close_and_so_do_candles(ended: int, late: int) -> None:
    strategy, order = resting(ended=ended), placed()
    assert not is_taken_back(strategy, order, after=-CANDLE)
    assert is_taken_back(strategy, order, after=late * CANDLE)


def test_another_order_and_another_run_are_judged_anew() -> None:
    strategy, first = resting(), placed()
    assert not is_taken_back(strategy, first)
    known = strategy._ahead
    assert known.keeps(BTC, known._until[BTC][0], 5)
    assert not known.keeps(BTC, (first[0].id + 1, *known._until[BTC][0][1:]), 5)
    for order, late in ((first[1], 0), (copy(first[1]), 0), (first[1], 1)):
        rests = known.rests(order, first[0], strategy.params(), NOW + late * CANDLE, strategy._equity)
        assert rests == (order is first[1] and not late)
    known.forget(BTC)
    assert (known._until, known._within, known._quiet) == ({}, {}, {})


@pytest.mark.parametrize("mode", RunMode)
def test_only_a_backtest_reads_once_a_candle(mode: RunMode, monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = start(mode) if mode in TRADE_MODES else load(runmode=mode)
    assert (strategy._ahead is None) == strategy._is_live
    for name in ("advise_indicators", "advise_entry"):
        monkeypatch.setattr(IStrategy, name, lambda own, *_: own.params())
    advised = [(getattr(strategy, name), 0, {}) for name in ("advise_indicators", "advise_entry")]
    for number, (ask, *given) in enumerate([(strategy.bot_loop_start, NOW), *advised]):
        strategy.bot_loop_start(current_time=NOW)
        first = strategy.params()
        change(strategy, "risk_reward", 5.0 + number)
        assert (strategy.params() is first) == (mode in OPTIMIZE_MODES)
        assert (ask(*given) or strategy.params()).risk_reward == 5.0 + number


@pytest.mark.parametrize(("runmode", "block", "asked"), [
    (RunMode.BACKTEST, {"partial_exit_at_r": 0.7}, False),
    (RunMode.HYPEROPT, {}, False),
    (RunMode.BACKTEST, {"break_even_at_r": 0.5}, True),
    (RunMode.BACKTEST, {"trail_timeframe": "4h"}, True),
])  # fmt: skip
def test_stops_are_looked_at_where_a_rule_moves_them(
    runmode: RunMode, block: dict[str, Any], asked: bool
) -> None:
    assert load(ict_block(**block), runmode=runmode).use_custom_stoploss == asked
    assert start(RunMode.DRY_RUN).use_custom_stoploss


@pytest.mark.parametrize("fault", ["none", "no signal", "another stop"])
def test_a_stop_that_is_not_in_force_is_looked_at(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    strategy, (trade, order) = ready("long"), opened("long")
    if fault == "no signal":
        strategy._signals.clear()
    elif fault == "another stop":
        monkeypatch.setattr(exits, "_distance", lambda *_: 0.5)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    assert strategy.use_custom_stoploss == (fault != "none")


@pytest.mark.parametrize("name", ["custom_stoploss", "order_filled"])
def test_a_callback_of_ones_own_is_asked(name: str, tmp_path: Path) -> None:
    strategies = copied_strategies(tmp_path / "strategies")
    own = f"\n    def {name}(self, *asked, **named):\n        return super().{name}(*asked, **named)\n"
    write_variant(strategies, "OwnStrategy", ict_block(), more=own)
    assert load(folder=strategies, name="OwnStrategy").use_custom_stoploss


ASKED: list[dict[str, Any]] = [
    {}, {"trailing_stop": True}, {"minimal_roi": {0: 0.01}}, {"custom_roi": print},
    {"min_roi_reached": print}, {"use_exit_signal": True}, {"use_custom_stoploss": True},
]  # fmt: skip


def at_candle(strategy: IStrategy, trade: Trade, worst: float, best: float) -> list[Any]:
    """Ask for exits at a candle whose prices are parts of the way to the stop (below 0) and to the target."""
    levels = strategy._levels.of(trade)
    ways = {False: ENTRY - levels.stop, True: levels.target - ENTRY}
    low, high = sorted(ENTRY + part * ways[part > 0] for part in (worst, best))
    found = strategy.should_exit(trade, ENTRY, NOW + CANDLE, enter=False, exit_=False, low=low, high=high)
    return [found, trade.max_rate, trade.min_rate]


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("worst", [-1.5, -1.0, -0.999, 0.5])
@pytest.mark.parametrize("best", [-0.5, 0.999, 1.0, 1.5])
def test_a_trade_ends_as_if_each_candle_was_asked_about(
    side: str, worst: float, best: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy, (trade, order) = ready(side), opened(side)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    quick = at_candle(strategy, trade, worst, best)
    for change in ASKED:
        with monkeypatch.context() as patch:
            for name, value in change.items():
                patch.setattr(strategy, name, value)
            patch.setattr(strategy, "_stop_and_target_alone", uneventful.asks_for_nothing_else(strategy))
            patch.setattr(IStrategy, "should_exit", lambda *_, **__: ["asked"])
            is_quiet = worst > -1 and best < 1 and not change
            assert (at_candle(strategy, trade, worst, best)[0] == []) == is_quiet
    strategy._stop_and_target_alone = False
    assert at_candle(strategy, trade, worst, best) == quick


# As if nothing was known ahead: each candle is walked over and each stop looked at, settings are read at each
# call, and each callback gets a copy of the trade.
ASKS = """        self._ahead = None
    use_custom_stoploss = property(lambda self: True, lambda self, value: None)
    _stop_and_target_alone = property(lambda self: False, lambda self, value: None)
    _past_fill = property(lambda self: set(), lambda self, value: None)
    _read_anew = lambda self, *, once: None
    bot_loop_start = lambda self, **kwargs: None
"""
START = """
    def ft_bot_start(self, **kwargs):
        from copy import deepcopy
        from freqtrade.strategy import strategy_wrapper
        from ict_host.uncopied import CALLBACKS
        strategy_wrapper.deepcopy = deepcopy
        super().ft_bot_start(**kwargs)
        strategy_wrapper.deepcopy = {copy}
        for callback in {own}:
            del vars(self)[callback]
"""
AHEAD = {True: START.format(copy=None, own=()), False: ASKS + START.format(copy="deepcopy", own="CALLBACKS")}
VARIANTS = {
    "Plain": {"entry_at": "zone", "entry_zones": ["ob", "fvg"]},
    # Every limit, pools as targets and for a part, windows, and zones that are entered once.
    "Strict": {
        "entry_at": "zone", "entry_zones": ["ob", "fvg", "breaker"], "entry_threshold": 2.0,
        "htf_gate": False, "target_at": "liquidity", "partial_exit_at": "liquidity",
        "partial_exit_at_r": 0.5, "one_entry_per_zone": True, "entry_windows": ["london", "new_york"],
        "max_daily_trades": 2, "max_open_risk_percent": 0.4, "max_weekly_loss_percent": 2.0,
        "max_drawdown_percent": 2.0, "max_losing_streak": 2, "streak_pause_hours": 5.0,
    },
    "Moved": {"break_even_at_r": 0.5, "trail_timeframe": "1h", "max_hold_candles": 30},
    "Market": {},
    "Leverage": {"position_leverage": 20, "partial_exit_at_r": 0.7, "htf_gate": False},
}  # fmt: skip


def test_trades_and_ends_of_orders_are_the_same(workplaces: Callable[..., Workplace], tmp_path: Path) -> None:
    strategies = copied_strategies(tmp_path / "strategies")
    names = {f"{name}{ahead}": (block, ahead) for name, block in VARIANTS.items() for ahead in (True, False)}
    for name, (block, ahead) in names.items():
        write_variant(strategies, name, ict_block(**block), more=AHEAD[ahead])
    place = workplaces("ahead", strategies)
    runs = run_all(place, dict.fromkeys(names, Settings()), "20240301-20240312", (BTC, ETH), ict={})
    for name in VARIANTS:
        ahead, each = (runs[f"{name}{known}"].results for known in (True, False))
        assert len(each["trades"]) > 5, name
        assert (each["timedout_entry_orders"] > 5) == ("entry_at" in VARIANTS[name]), name
        for what in ("trades", "timedout_entry_orders", "rejected_signals"):
            assert ahead[what] == each[what], (name, what)
