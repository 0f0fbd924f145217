"""What a backtest was given and what it did: raw candles, the oracle's signals and the exported trades."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from loopback.symbols import SymbolSpec, spec_of_pair
from tests.oracle import oracle_columns
from tests.oracle.candles import Market, read_candles
from tests.strategy.outlook import Outlook, far_edges, outlook_of
from tests.strategy.settings import Settings

CANDLE_MS = 15 * 60_000
DAY_MS = 24 * 60 * 60_000
START_EQUITY = 10_000.0
FEE = 0.0005
# Of the shipped configuration: what of the wallet the bot may use.
USABLE = 0.95
# A sweep may be of last week's high, a pool of 400 candles: twelve days before the test hold that story.
ORACLE_DAYS = 12
ORACLE_SETTINGS = ("min_body_ratio", "stop_buffer")


@dataclass(frozen=True)
class Fill:
    is_entry: bool
    time: int
    price: float
    amount: float
    tag: str | None

    @classmethod
    def read(cls, order: Mapping[str, Any]) -> Self:
        return cls(
            is_entry=order["ft_is_entry"], time=order["order_filled_timestamp"], price=order["safe_price"],
            amount=order["amount"], tag=order["ft_order_tag"],
        )  # fmt: skip

    def profit_of(self, trade: "Trade") -> float:
        """Give an exit's result, less its share of the fees; funding stays with the trade."""
        fees = FEE * self.amount * (trade.entry + self.price)
        return trade.side * self.amount * (self.price - trade.entry) - fees


@dataclass(frozen=True)
class Trade:
    """One exported trade; times in milliseconds UTC, `side` +1 or -1, money in USDT."""

    pair: str
    side: int
    opened: int
    closed: int
    entry: float
    exit: float
    amount: float
    stake: float
    leverage: float
    fees: tuple[float, float]
    profit: float
    funding: float
    reason: str
    stop: float
    tag: str | None
    first_stop: float = 0.0
    fills: tuple[Fill, ...] = ()

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        return cls(
            pair=row["pair"], side=-1 if row["is_short"] else 1, opened=row["open_timestamp"],
            closed=row["close_timestamp"], entry=row["open_rate"], exit=row["close_rate"],
            amount=row["amount"], stake=row["stake_amount"], leverage=row["leverage"],
            fees=(row["fee_open"], row["fee_close"]), profit=row["profit_abs"], funding=row["funding_fees"],
            reason=row["exit_reason"], stop=row["stop_loss_abs"], tag=row["enter_tag"],
            first_stop=row["initial_stop_loss_abs"],
            fills=tuple(Fill.read(order) for order in row["orders"]),
        )  # fmt: skip

    @property
    def parts(self) -> tuple[Fill, ...]:
        return tuple(fill for fill in self.fills if not fill.is_entry)[:-1]

    def __str__(self) -> str:
        opened = pd.Timestamp(self.opened, unit="ms")
        return f"{self.pair} {'long' if self.side > 0 else 'short'} of {opened:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Chart:
    """The raw candles of a pair and, from the oracle, what a trader should have seen on them.

    `far_edge` holds for each side the zone's edge that its stop is measured from, NaN without an entry;
    `columns` is everything that the oracle said, `outlook` what higher timeframes said.
    """

    time: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    far_edge: dict[int, np.ndarray]
    funding_time: np.ndarray
    funding_per_coin: np.ndarray
    close: np.ndarray
    columns: dict[str, list[Any]]
    outlook: Outlook

    @classmethod
    def read(cls, datadir: Path, pair: str, span_ms: tuple[int, int], settings: Settings) -> Self:
        frame = _read(datadir, pair, "15m-futures", span_ms)
        columns = _asked(datadir, pair, span_ms, *(getattr(settings, name) for name in ORACLE_SETTINGS))
        funding = _read(datadir, pair, "1h-funding_rate", span_ms).merge(
            _read(datadir, pair, "1h-mark", span_ms), on="date", suffixes=("", "_mark")
        )
        prices = (frame[name].to_numpy() for name in ("open", "high", "low"))
        per_coin = (funding["open"] * funding["open_mark"]).to_numpy()
        outlook = outlook_of(_market(datadir, pair, span_ms[1]), len(frame), settings)
        edges = far_edges(columns, outlook, settings)
        rest = (frame["close"].to_numpy(), columns, outlook)
        return cls(_times(frame), *prices, edges, _times(funding), per_coin, *rest)

    def at(self, time_ms: int) -> int:
        row = int(np.searchsorted(self.time, time_ms))
        assert self.time[row] == time_ms
        return row

    def signal(self, row: int) -> tuple[int, float]:
        """Direction and far edge of SIG-1's entry at the close of a candle; (0, NaN) without one."""
        for side, edges in self.far_edge.items():
            if np.isfinite(edges[row]):
                return side, float(edges[row])
        return 0, float("nan")

    def funding_of(self, trade: Trade) -> float:
        """Funding received, below zero if paid: rate times mark price at each funding time."""
        paid = (self.funding_time >= trade.opened) & (self.funding_time <= trade.closed)
        return -trade.side * trade.amount * float(self.funding_per_coin[paid].sum())


@dataclass(frozen=True)
class Backtest:
    """One run: its settings, its trades in the order they opened, and the charts of its pairs.

    `folder` is where Freqtrade exported it.
    """

    settings: Settings
    pairs: tuple[str, ...]
    results: dict[str, Any]
    datadir: Path
    log: str = field(repr=False, default="")
    folder: Path = Path()

    @cached_property
    def trades(self) -> list[Trade]:
        return sorted((Trade.read(row) for row in self.results["trades"]), key=lambda trade: trade.opened)

    @cached_property
    def charts(self) -> dict[str, Chart]:
        span = (self.results["backtest_start_ts"] - ORACLE_DAYS * DAY_MS, self.end)
        return {pair: Chart.read(self.datadir, pair, span, self.settings) for pair in self.pairs}

    @property
    def first_entry(self) -> int:
        """Open time of the first candle on which Freqtrade enters: the first has no candle before it."""
        return self.results["backtest_start_ts"] + CANDLE_MS

    @property
    def end(self) -> int:
        """Open time of the last candle, on which nothing is entered and everything is closed."""
        return self.results["backtest_end_ts"]


def zone_stop(chart: Chart, pair: str, row: int, side: int, settings: Settings) -> float:
    return on_grid(chart.signal(row - 1)[1] * (1 - side * settings.stop_buffer), pair, side)


def entry_stop(chart: Chart, pair: str, row: int, entry: float, side: int, settings: Settings) -> float:
    """EXIT-1, EXIT-2: the stop of an entry at a price, signalled by the candle before a row."""
    behind_zone = zone_stop(chart, pair, row, side, settings)
    far_enough = on_grid(entry - side * chart.outlook.least_distance[row - 1], pair, -side)
    return side * min(side * behind_zone, side * far_enough)


def on_grid(price: float, pair: str, side: int) -> float:
    """Round to the tick above for side 1, below for -1: so Freqtrade rounds the order of a stop."""
    ticks = Decimal(str(float(price))) / contract(pair).tick
    return float(ticks.to_integral_value(ROUND_CEILING if side > 0 else ROUND_FLOOR) * contract(pair).tick)


def contract(pair: str) -> SymbolSpec:
    return spec_of_pair(pair)


def _read(datadir: Path, pair: str, kind: str, span_ms: tuple[int, int]) -> pd.DataFrame:
    name = pair.replace("/", "_").replace(":", "_")
    frame = pd.read_feather(datadir / "futures" / f"{name}-{kind}.feather")
    first, last = (pd.Timestamp(time, unit="ms", tz="UTC") for time in span_ms)
    return frame[frame["date"].between(first, last)].reset_index(drop=True)


@cache
def _asked(datadir: Path, pair: str, span_ms: tuple[int, int], *settings: Any) -> dict[str, list[Any]]:
    """Ask the oracle, once for all runs that differ in other settings alone."""
    return oracle_columns(
        _read(datadir, pair, "15m-futures", span_ms), **dict(zip(ORACLE_SETTINGS, settings, strict=True))
    )


@cache
def _market(datadir: Path, pair: str, end_ms: int) -> Market:
    """Make the oracle's market of all candles up to a time, once: it keeps the higher candles made of it."""
    return Market(read_candles(_read(datadir, pair, "15m-futures", (0, end_ms))))


def _times(frame: pd.DataFrame) -> np.ndarray:
    return frame["date"].dt.tz_localize(None).to_numpy().astype("datetime64[ms]").astype(np.int64)
