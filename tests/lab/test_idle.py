"""Candles that a backtest of ours walks past: nothing happens at them, and all else is as it was."""

from collections.abc import Callable
from datetime import timedelta
from inspect import unwrap
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import LocalTrade
from ict_host.idle import walk_past_idle_candles

from tests.strategy.host import CANDLE, NOW, load
from tests.strategy.support import BTC, ETH


def rows_of(begin: int, end: int, seed: int) -> list[list[Any]]:
    """Make Freqtrade's rows of a pair that trades from one candle to another; a few of them signal."""
    draw = np.random.default_rng(seed).random(end)
    opens = [pd.Timestamp(NOW) + row * CANDLE for row in range(begin, end)]
    signals = [[int(one < 0.005), 0, int(one > 0.995), 0] for one in draw[begin:]]
    return [[at, 1.0, 1.0, 1.0, 1.0, *signal, None, None] for at, signal in zip(opens, signals, strict=True)]


@pytest.fixture
def backtesting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make as much of Freqtrade's backtest as walks over candles."""
    known = {
        "timeframe_td": CANDLE, "timeframe_secs": 900, "timeframe_detail_td": timedelta(0), "abort": False,
        "timeframe_detail": "", "dynamic_pairlist": False, "pairlists": None, "progress": None,
        "_is_backtest_runmode": True, "required_startup": 7, "_can_short": True, "strategy": load(),
    }  # fmt: skip
    own = object.__new__(Backtesting)
    vars(own).update(known, wallets=SimpleNamespace(get_total={"USDT": 5.0}.get), wallet_captures=[], seen={})
    own.dataprovider = SimpleNamespace(
        _set_dataframe_max_index=own.seen.__setitem__, _set_dataframe_max_date=lambda at: None
    )
    monkeypatch.setattr(LocalTrade, "bt_trades_open", [])
    monkeypatch.setattr(LocalTrade, "bt_trades_open_pp", dict.fromkeys((BTC, ETH), LocalTrade.bt_trades_open))
    monkeypatch.setattr(Backtesting, "time_pair_generator", unwrap(Backtesting.time_pair_generator))
    return own


def walk(backtesting: Any, data: dict[str, Any]) -> tuple[list[Any], int]:
    """List what a backtest sees where something can happen, and count all that it looks at.

    A signal opens a trade for a few candles.
    """
    seen, count, left = [], 0, 0
    LocalTrade.bt_trades_open.clear()
    end = NOW + 499 * CANDLE
    for at, pair, row, is_last, side in backtesting.time_pair_generator(NOW - CANDLE, end, [*data], data):
        count += 1
        if side or LocalTrade.bt_trades_open or is_last:
            seen.append((at, pair, row, is_last, side, dict(backtesting.seen)))
        left = 9 if side and not left else max(left - 1, 0)
        LocalTrade.bt_trades_open[:] = [SimpleNamespace(pair=BTC)] if left else []
    captures, backtesting.wallet_captures = backtesting.wallet_captures, []
    backtesting.seen.clear()
    return [seen, captures], count


DATA = {BTC: rows_of(0, 500, 1), ETH: rows_of(40, 470, 2)}
OFF_GRID = [[row[0] + timedelta(minutes=1), *row[1:]] for row in DATA[ETH]]


@pytest.mark.parametrize(("change", "is_quick"), [
    (lambda own, data: None, True),
    (lambda own, data: data.update({ETH: []}), True),
    (lambda own, data: data.update({ETH: OFF_GRID}), False),
    (lambda own, data: data.update({ETH: DATA[ETH][:9] + DATA[ETH][8:]}), False),
    (lambda own, data: setattr(own.wallets, "get_total", {"USDT": 5.0, "ETH": 1.0}.get), False),
    (lambda own, data: setattr(own.strategy, "bot_loop_start", lambda **_: None), False),
])  # fmt: skip
def test_candles_walked_past_leave_all_as_it_was(
    change: Callable[[Any, dict[str, Any]], None], is_quick: bool, backtesting: Any
) -> None:
    data = dict(DATA)
    change(backtesting, data)
    before, all_of_them = walk(backtesting, data)
    walk_past_idle_candles()
    walk_past_idle_candles()
    now, looked_at = walk(backtesting, data)
    assert now == before
    assert (looked_at < all_of_them / 1.5) == is_quick
    assert not {"_time_generator", "_sync_pair_index"} & {*vars(backtesting)}
