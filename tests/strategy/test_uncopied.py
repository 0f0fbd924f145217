"""Trades that backtests don't copy for callbacks which only read them: nowhere else."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.persistence import Trade
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper
from ict_host import uncopied
from ict_host.seams import habits
from ict_host.uncopied import CALLBACKS

from tests.strategy.host import ENTRY, NOW, load, opened, ready
from tests.strategy.live import start
from tests.strategy.support import BTC, copied_strategies, ict_block

pytestmark = pytest.mark.usefixtures("book")

OWN = """
from ICTObFvgStrategy import ICTObFvgStrategy


class OwnStrategy(ICTObFvgStrategy):
    def custom_roi(self, trade, **kwargs):
        trade.stake_amount = 0.0
        return None
"""


def handed(strategy: Any, callback: str) -> bool:
    got: list[Any] = []

    def seen(**kwargs: Any) -> None:
        got.append(kwargs["trade"])

    seen.__qualname__ = getattr(strategy, callback).__qualname__
    trade: list[int] = []
    strategy_safe_wrapper(seen, supress_error=True)(trade=trade)
    return got[0] is trade


@pytest.mark.parametrize("mode", [RunMode.BACKTEST, RunMode.HYPEROPT])
def test_a_backtest_hands_the_trade_itself(mode: RunMode) -> None:
    strategy = load(runmode=mode)
    assert [name for name in CALLBACKS if not handed(strategy, name)] == []


@pytest.mark.parametrize("mode", {*RunMode} - {RunMode.BACKTEST, RunMode.HYPEROPT})
def test_nothing_but_a_backtest_does(mode: RunMode) -> None:
    strategy = start(mode) if mode in TRADE_MODES else load(runmode=mode)
    assert not any(handed(strategy, name) for name in CALLBACKS)


def test_a_callback_of_ones_own_gets_its_copy(tmp_path: Path) -> None:
    strategies = copied_strategies(tmp_path / "strategies")
    (strategies / "OwnStrategy.py").write_text(OWN, encoding="utf-8")
    strategy = load(folder=strategies, name="OwnStrategy")
    assert [name for name in CALLBACKS if not handed(strategy, name)] == ["custom_roi"]


def test_another_freqtrade_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a name does not decide any more, nothing is changed."""
    for hands in (lambda trade: trade, lambda trade: [*trade], lambda trade: None):
        monkeypatch.setattr(
            habits, "strategy_safe_wrapper", lambda _, hands=hands, **__: lambda trade: hands(trade)
        )
        assert not habits.copies_by_name()
    strategy = load()
    assert not {*vars(strategy)} & {*CALLBACKS}


def test_the_callbacks_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freqtrade looks at a callback's arguments, too: without `after_fill` a trade keeps its static stop."""
    ours = load()
    monkeypatch.setattr(uncopied, "copies_by_name", lambda: False)
    before = load()
    for name in CALLBACKS:
        now, then = getattr(ours, name), getattr(before, name)
        assert inspect.getfullargspec(now) == inspect.getfullargspec(then)
        for part in ("__name__", "__doc__", "__code__"):
            assert getattr(now.__func__, part) == getattr(then.__func__, part)


def state(trade: Trade) -> dict[str, Any]:
    return {name: value for name, value in vars(trade).items() if name != "_sa_instance_state"}


@pytest.mark.parametrize(
    "block", [{}, {"trail_timeframe": "4h", "break_even_at_r": 0.5, "partial_exit_at_r": 0.5}]
)
@pytest.mark.parametrize("side", ["long", "short"])
def test_they_leave_the_trade_as_it_was(side: str, block: dict[str, Any]) -> None:
    strategy = ready(side, ict_block(**block))
    asked = {"pair": BTC, "current_time": NOW, "current_rate": ENTRY, "current_profit": 0.0}
    strategy._swing = lambda pair, side: ENTRY * (1 - side * 0.02)
    trade, order = opened(side)
    strategy.order_filled(trade=trade, order=order, **asked)
    # As a static stop would leave it, for the callback to have something to do.
    trade.stop_loss = ENTRY * (0.95 if side == "long" else 1.05)
    before = state(trade)
    assert strategy.custom_stoploss(trade=trade, after_fill=True, **asked) is not None
    strategy.custom_stoploss(trade=trade, after_fill=False, **asked)
    assert strategy.custom_roi(trade=trade, trade_duration=15, entry_tag="ob", side=side, **asked)
    strategy.custom_exit(trade=trade, **asked)
    strategy.adjust_trade_position(trade=trade, **asked)
    strategy.check_entry_timeout(trade=trade, order=order, **asked)
    assert state(trade) == before
