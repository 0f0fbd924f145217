"""Backtest exports written by hand, in the shape of Freqtrade's own."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
STRATEGY = "ICTObFvgStrategy"
FEE = 0.0005
START = pd.Timestamp("2024-01-03", tz="UTC")
STEM = "backtest-result-2024-02-01_00-00-00"
STATIC = -0.05
# A tag that would do harm if it were not escaped.
EVIL = "<img src=x onerror=alert(1)>&\"'"


def order(
    amount: float, price: float, time: pd.Timestamp, *, entry: bool, side: str = "buy"
) -> dict[str, Any]:
    return {
        "amount": amount, "safe_price": price, "ft_order_side": "buy" if entry else "sell",
        "order_filled_timestamp": int(time.timestamp() * 1000), "ft_is_entry": entry, "ft_order_tag": None,
        "cost": amount * price,
    }  # fmt: skip


def trade(
    entry: float, exits: Sequence[tuple[float, float]], stop: tuple[float, float], *,
    opened: str | pd.Timestamp = "2024-01-03 10:00", hours: float = 2.0, short: bool = False,
    leverage: float = 1.0, funding: float = 0.0, reason: str = "roi", tag: str | None = "ob+htf",
    pair: str = BTC, initial: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Make a trade: `exits` are (amount, price), `stop` the last one and its ratio.

    The ratio is to the price at which the stop was set. The profit is added up here, order by order, and
    not by the code that is tested.
    """
    start = pd.Timestamp(opened)
    start = start if start.tzinfo else start.tz_localize("UTC")
    end = start + pd.Timedelta(hours=hours)
    amount = sum(size for size, _ in exits)
    side = -1 if short else 1
    gross = sum(side * size * (price - entry) for size, price in exits)
    fees = FEE * (amount * entry + sum(size * price for size, price in exits))
    stake, prices = amount * entry / leverage, (entry, exits[-1][1])
    orders = [order(amount, entry, start, entry=True)]
    orders += [order(size, price, end, entry=False) for size, price in exits]
    return {
        "pair": pair, "stake_amount": stake, "max_stake_amount": stake,
        "amount": exits[-1][0], "open_date": str(start), "close_date": str(end), "open_rate": entry,
        "close_rate": exits[-1][1], "fee_open": FEE, "fee_close": FEE, "trade_duration": int(hours * 60),
        "profit_ratio": (gross - fees + funding) * leverage / (amount * entry),
        "profit_abs": gross - fees + funding, "exit_reason": reason,
        "initial_stop_loss_abs": entry * (1 + side * STATIC / leverage) if initial is None else initial,
        "initial_stop_loss_ratio": STATIC, "stop_loss_abs": stop[0], "stop_loss_ratio": -abs(stop[1]),
        "min_rate": min(prices) - 0.01, "max_rate": max(prices) + 0.01, "is_open": False,
        "enter_tag": tag, "leverage": leverage, "is_short": short,
        "open_timestamp": int(start.timestamp() * 1000), "close_timestamp": int(end.timestamp() * 1000),
        "orders": orders, "funding_fees": funding, "weekday": start.weekday(),
    }  # fmt: skip


def result(trades: Sequence[dict[str, Any]], **other: Any) -> dict[str, Any]:
    return {
        "trades": list(trades), "pairlist": [BTC, ETH], "timeframe": "15m", "starting_balance": 1000,
        "backtest_start_ts": int(START.timestamp() * 1000),
        "backtest_end_ts": int((START + pd.Timedelta(days=28)).timestamp() * 1000),
        "stake_currency": "USDT", "use_custom_stoploss": True, **other,
    }  # fmt: skip


def write(
    folder: Path, strategies: dict[str, dict[str, Any]], config: dict[str, Any] | None = None,
    more: dict[str, str] | None = None,
) -> Path:  # fmt: skip
    """Write an export, and the note that names it the latest."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{STEM}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{STEM}.json", json.dumps({"strategy": strategies, "strategy_comparison": []}))
        archive.writestr(f"{STEM}_config.json", json.dumps(config or {}))
        for name, text in (more or {}).items():
            archive.writestr(name, text)
    (folder / ".last_result.json").write_text(json.dumps({"latest_backtest": path.name}), encoding="utf-8")
    return path


def many(count: int, *, tag: str = "ob+htf") -> list[dict[str, Any]]:
    """Trades that win twice what they risk, two times in five, one after the other."""
    rows = []
    for number in range(count):
        opened = START + pd.Timedelta(days=2, hours=3 * number)
        short, won = number % 3 == 0, number % 5 < 2
        side = -1 if short else 1
        exit_at = 100.0 + side * (4.0 if won else -2.0)
        # A ratio is of the price at which the stop was set: the entry.
        made = trade(
            100.0, [(1.0, exit_at)], (100.0 - side * 2.0, 0.02), opened=opened, short=short, tag=tag,
            reason="roi" if won else "stop_loss",
        )  # fmt: skip
        rows.append(made)
    return rows


def random_walk(count: int, seed: int) -> pd.DataFrame:
    """Make a market without memory in steps so small that no candle jumps over a level."""
    steps = np.random.default_rng(seed).normal(0.0, 0.0004, (count, 40)).cumsum().reshape(count, 40)
    path = 100 * np.exp(steps)
    opened = np.append(100.0, path[:-1, -1])
    return pd.DataFrame(
        {"date": pd.date_range(START, periods=count, freq="15min"), "open": opened,
         "high": np.maximum(path.max(axis=1), opened), "low": np.minimum(path.min(axis=1), opened),
         "close": path[:, -1], "volume": 1.0},
    )  # fmt: skip


def candles_of(rows: Sequence[dict[str, Any]], walk: pd.DataFrame) -> pd.DataFrame:
    """Bend a market so that these trades, one after the other, happened in it.

    From its entry to its exit a trade sees a tenth of what the market moved; its last candle trades through
    the exit: one that only meets a target does not fill it.
    """
    frame = walk.copy()
    prices = ["open", "high", "low", "close"]
    for row in rows:
        opened, closed = pd.Timestamp(row["open_date"]), pd.Timestamp(row["close_date"])
        first, last = frame["date"].searchsorted(opened), frame["date"].searchsorted(closed)
        seen = slice(first, last)
        start = frame.loc[first, "open"]
        frame.loc[seen, prices] = row["open_rate"] * (1 + 0.1 * (frame.loc[seen, prices] / start - 1))
        frame.loc[last, "high"] = max(row["close_rate"] + 0.01, frame.loc[last, "high"])
        frame.loc[last, "low"] = min(row["close_rate"] - 0.01, frame.loc[last, "low"])
    return frame


def write_candles(datadir: Path, frame: pd.DataFrame, pair: str = BTC) -> Path:
    (datadir / "futures").mkdir(parents=True, exist_ok=True)
    name = pair.replace("/", "_").replace(":", "_")
    frame.to_feather(datadir / "futures" / f"{name}-15m-futures.feather")
    return datadir
