"""Two backtests side by side, by the report's statistics: `make compare A=FILE B=FILE`.

Without files, the newest two. A file with several strategies takes one of them behind a colon: FILE:NAME.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.defaults import RESULTS
from ict_lab.errors import LabError
from ict_lab.formatting import UNKNOWN, counted, number, signed
from ict_lab.runs.equity import equity_of
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.statistics.difference import Difference, difference_of
from ict_lab.statistics.expectancy import Expectancy, expectancy_of

PIPED_WIDTH = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; return the exit code."""
    parser = OneSentenceParser(prog="make compare", description=__doc__)
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="two backtests, each as FILE or FILE:STRATEGY"
    )
    asked = parser.parse_args(arguments)
    logging.getLogger("freqtrade").setLevel(logging.CRITICAL)
    try:
        one, other = (_run(name) for name in _pair(asked.files))
    except LabError as error:
        return failed("make compare", error)
    console = Console(highlight=False)
    show(console if console.is_terminal else Console(highlight=False, width=PIPED_WIDTH), one, other)
    return 0


def show(console: Console, one: BacktestRun, other: BacktestRun) -> None:
    """Print two backtests side by side, and in sentences what differs."""
    table = Table("", "A", "B", "A less B")
    for name, cells in rows(one, other).items():
        table.add_row(name, *cells)
    console.print(table)
    for sentence in sentences(one, other):
        console.print(sentence, markup=False)


def rows(one: BacktestRun, other: BacktestRun) -> dict[str, tuple[str, str, str]]:
    """Return the table: A, B and their difference, by what is compared."""
    r = difference_of(*(_by_close(run) for run in (one, other)))
    daily = _daily_difference(one, other)
    tabled: dict[str, tuple[str, str, str]] = {
        name: (a, b, "") for (name, a), b in zip(_facts(one).items(), _facts(other).values(), strict=True)
    }
    tabled["net R a trade, mean"] = (_interval(one.expectancy), _interval(other.expectancy), _interval(r))
    a, b = (signed(100 * float(run.daily_returns.mean()), 3) for run in (one, other))
    tabled["return a day, % of the wallet"] = (a, b, _interval(daily, 3))
    return tabled


def sentences(one: BacktestRun, other: BacktestRun) -> list[str]:
    """Say what the difference shows, what the two share and by which settings they differ."""
    r = difference_of(*(_by_close(run) for run in (one, other)))
    shown = f"A makes {'more' if r.mean > 0 else 'less'} a trade than B"
    lines = [
        f"{shown if r.is_shown else 'The difference a trade could be chance'}: "
        f"95 % interval {_signed(r.low)} to {_signed(r.high)} R, from {counted(r.weeks, 'week')}.",
        f"In both, by pair, side and candle: {counted(len(_entries(one) & _entries(other)), 'trade')}.",
    ]
    if (one.timerange, one.pairs, one.timeframe) != (other.timerange, other.pairs, other.timeframe):
        shared = counted(len(one.days.intersection(other.days)), "day")
        lines.append(
            "They ran on other days, pairs or candles: the difference is also the market's; "
            f"that of a day's return is over the {shared} of both."
        )
    if changed := changed_settings(one, other):
        named = ", ".join(f"{name} {a} and {b}" for name, (a, b) in changed.items())
        lines.append(f"Settings, A and B: {named}.")
    return lines


def changed_settings(one: BacktestRun, other: BacktestRun) -> Mapping[str, tuple[object, object]]:
    """Return the settings that differ, by name, where those of both are known."""
    if one.setup is None or other.setup is None:
        return {}
    a, b = asdict(one.setup.params), asdict(other.setup.params)
    return {name: (a[name], b[name]) for name in a if a[name] != b[name]}


def _facts(run: BacktestRun) -> dict[str, str]:
    trades, traded = run.trades, len(run.trades) > 0
    held = (trades["close_date"] - trades["open_date"]).median() if traded else UNKNOWN
    equity = equity_of(run) if traded else None
    return {
        "strategy": run.strategy,
        "days": run.timerange,
        "candles": f"{run.timeframe} of {', '.join(pair.partition('/')[0] for pair in run.pairs)}",
        "trades": str(len(trades)),
        "winners": f"{100 * (trades['profit_abs'] > 0).mean():.1f} %" if traded else UNKNOWN,
        "profit": f"{signed(float(trades['profit_abs'].sum()) if traded else 0.0)} {run.stake_currency}",
        "profit of the wallet": f"{signed(equity.change_percent)} %" if equity else UNKNOWN,
        "worst drawdown": f"{signed(equity.worst_drawdown)} %" if equity else UNKNOWN,
        "fees": number(float(trades["fees_abs"].sum()), ",.2f") if traded else UNKNOWN,
        "funding": signed(float(trades["funding_abs"].sum())) if traded else UNKNOWN,
        "median time in a trade": str(held).removeprefix("0 days "),
    }


def _interval(found: Expectancy | Difference, digits: int = 2) -> str:
    return f"{_signed(found.mean, digits)} ({_signed(found.low, digits)} to {_signed(found.high, digits)})"


def _signed(value: float, digits: int = 2) -> str:
    return signed(value, digits) if isfinite(value) else UNKNOWN


def _by_close(run: BacktestRun) -> pd.Series[float]:
    known = run.trades[run.trades["r_multiple"].notna()]
    return pd.Series(known["r_multiple"].to_numpy(float), index=pd.DatetimeIndex(known["close_date"]))


def _daily_difference(one: BacktestRun, other: BacktestRun) -> Expectancy:
    """Difference of the two on each day that both ran, percent of the wallet."""
    a, b = (pd.Series(100 * run.daily_returns, index=run.days) for run in (one, other))
    both = (a - b).dropna()
    return expectancy_of(both, pd.Series(both.index))


def _entries(run: BacktestRun) -> set[tuple[str, str, pd.Timestamp]]:
    return set(zip(run.trades["pair"], run.trades["side"], run.trades["open_date"], strict=True))


def _run(name: str) -> BacktestRun:
    file, _, strategy = name.partition(":")
    runs = {run.strategy: run for run in read_runs(Path(file))}
    if not strategy and len(runs) == 1:
        return next(iter(runs.values()))
    if strategy not in runs:
        raise LabError(
            f"{file} must be followed by a colon and one of {', '.join(runs)}, was {strategy or 'none'}"
        )
    return runs[strategy]


def _pair(files: Sequence[str]) -> Sequence[str]:
    if len(files) not in (0, 2):
        raise LabError(f"name two backtests, A and B, or none for the newest two: {len(files)} were named")
    return files or _newest()


def _newest() -> list[str]:
    found = sorted(RESULTS.glob("*.zip"), key=lambda path: path.stat().st_mtime)[-2:]
    if len(found) < 2:
        raise LabError(f"two backtests are needed, {RESULTS} holds {len(found)}: run make backtest")
    # The newer one is what was changed.
    return [str(path) for path in reversed(found)]


if __name__ == "__main__":
    sys.exit(main())
