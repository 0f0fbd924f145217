"""A quick backtest on the page: its row, trades and what became of each signal, as a browser keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from ict_lab.runs.journal import SIDES, Journal
from ict_lab.tune.quick_backtest import PHASES, ClosedTrade, Progress, Result
from ict_lab.words import Wording


@dataclass(frozen=True)
class Backtested:
    """What a backtest made of the candles on the screen.

    Attributes
    ----------
    trades : tuple[ClosedTrade, ...]
        Its closed trades.
    outcomes : Mapping[tuple[int, int], tuple[str, str]]
        What became of each signal and why, by the close of its candle in milliseconds and its side.
    """

    trades: tuple[ClosedTrade, ...] = ()
    outcomes: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


def progress_text(progress: Progress, say: Wording) -> str:
    """Say how far a backtest is."""
    seconds = f"{progress.seconds:.0f}"
    if progress.phase in ("starts", "runs"):
        return say(f"phase_{progress.phase}", seconds=seconds)
    doing = say(f"phase_{progress.phase}") if progress.phase in PHASES else progress.phase
    return say("phase", doing=doing, percent=progress.percent, seconds=seconds)


def run_row(result: Result, say: Wording) -> dict[str, Any]:
    """Keep a run for the table of runs."""
    name = result.strategy.removeprefix("ICT").removesuffix("Strategy")
    return {
        "number": result.number, "name": f"{result.number} · {name}", "figures": result.figures,
        "title": say("run_on", strategy=result.strategy, pair=result.pair),
        "outcomes": result.journal.reasons if result.journal else [],
    }  # fmt: skip


def drawn_trades(result: Result) -> dict[str, Any]:
    """Keep a run's trades and signals for the chart, and what they belong to."""
    return {
        "on": [result.strategy, result.pair], "rows": [astuple(one) for one in result.trades],
        "signals": _signals(result.journal) if result.journal else [],
    }  # fmt: skip


def tested_on(kept: Mapping[str, Any] | None, strategy: str, pair: str) -> Backtested:
    """Give back what was kept of a run of this strategy on this pair; nothing of another."""
    if not kept or kept["on"] != [strategy, pair]:
        return Backtested()
    outcomes = {(at, side): (outcome, reason) for at, side, outcome, reason in kept["signals"]}
    return Backtested(tuple(ClosedTrade(*one) for one in kept["rows"]), outcomes)


def _signals(journal: Journal) -> list[list[Any]]:
    sides = {name: side for side, name in SIDES.items()}
    table = journal.signals
    closes = table["signal_date"].dt.as_unit("ms").astype("int64")
    rows = zip(closes, table["side"].map(sides), table["outcome"], table["reason"], strict=True)
    return [list(row) for row in rows]
