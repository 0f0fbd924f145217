"""The trades of a Freqtrade backtest export, each with its risk, its costs and its R multiple."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from freqtrade.constants import LAST_BT_RESULT_FN
from freqtrade.data.btanalysis import BT_DATA_COLUMNS, get_latest_backtest_filename, load_backtest_stats
from freqtrade.exceptions import OperationalException

from ict_lab.errors import LabError

OWN_COLUMNS = (
    "side", "entered", "first_stop", "risk_abs", "r_multiple", "gross_abs", "fees_abs", "funding_abs",
)  # fmt: skip


@dataclass(frozen=True)
class Backtest:
    """What one strategy did in a backtest.

    Attributes
    ----------
    strategy, timeframe : str
        Name of the class, and of its candles.
    pairs : tuple[str, ...]
        What it might trade, in the export's order.
    start, end : pandas.Timestamp
        First and last candle of the backtest, UTC.
    starting_balance : float
        Wallet at the start, in `stake_currency`.
    stake_currency : str
        Currency of every amount of money here.
    trades : pandas.DataFrame
        One row a closed trade, ordered by `close_date`: Freqtrade's own columns, and

        - side: "long" or "short";
        - entered: amount that was entered; Freqtrade's own `amount` is what a partial exit left of it;
        - first_stop: price of the stop that was fixed at the entry, NaN where the export does not say it;
        - risk_abs: what that stop would have lost before costs, |open_rate - first_stop| times the
          amount that was entered; NaN without a first stop;
        - r_multiple: profit_abs, which is after all costs, over risk_abs; NaN without a risk;
        - gross_abs: result of the prices alone;
        - fees_abs: fees of all orders, never negative;
        - funding_abs: funding received, negative if paid, as Freqtrade signs it.

        gross_abs - fees_abs + funding_abs is profit_abs. No rows where this strategy did not trade
        and another one of the same export did.
    source : pathlib.Path
        The file that was read.
    slots : float
        How many positions it might have open at once.
    """

    strategy: str
    timeframe: str
    pairs: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp
    starting_balance: float
    stake_currency: str
    trades: pd.DataFrame = field(repr=False)
    source: Path
    slots: float = math.inf


def read_backtests(path: Path | str) -> list[Backtest]:
    """Read a backtest export of Freqtrade, one result a strategy in it.

    Parameters
    ----------
    path : pathlib.Path or str
        The .zip (or, of older Freqtrades, .json) file, or a folder whose latest result is read.

    Raises
    ------
    LabError
        When there is no such file, it is no backtest export, or nothing was traded in it.
    """
    file = _file_at(Path(path))
    results = _results_in(file)
    backtests = [_backtest(name, result, file) for name, result in results.items()]
    if not any(len(backtest.trades) for backtest in backtests):
        raise LabError(f"{file} has no trades: {', '.join(results) or 'no strategy'} traded nothing")
    return backtests


def _file_at(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise LabError(f"no backtest export at {path}: neither a file nor a folder")
    try:
        file: Path = path / get_latest_backtest_filename(path)
    except (ValueError, TypeError) as error:
        raise LabError(
            f"no backtest export in the folder {path}: its {LAST_BT_RESULT_FN} names none. "
            "Run `freqtrade backtesting` first, or name a .zip file"
        ) from error
    if not file.is_file():
        raise LabError(f"{path / LAST_BT_RESULT_FN} names {file.name}, which is not there any more")
    return file


def _results_in(file: Path) -> Mapping[str, Mapping[str, Any]]:
    wanted = "a backtest export of Freqtrade (a .zip of `freqtrade backtesting --export trades`)"
    if file.suffix == ".zip" and not zipfile.is_zipfile(file):
        raise LabError(f"{file} must be {wanted}, was no zip archive")
    try:
        content = load_backtest_stats(file)
    # Freqtrade's own reader lets through whatever its parser and its codec raise, all of them ValueErrors.
    except (ValueError, OperationalException) as error:
        raise LabError(f"{file} must be {wanted}, could not be read: {error}") from error
    results = content.get("strategy") if isinstance(content, dict) else None
    if not isinstance(results, dict) or not all(_is_result(result) for result in results.values()):
        raise LabError(f"{file} must be {wanted}, holds something else")
    return results


def _is_result(result: object) -> bool:
    needed = {"trades", "pairlist", "timeframe", "backtest_start_ts", "backtest_end_ts", "starting_balance"}
    return isinstance(result, dict) and needed <= set(result)


def _backtest(name: str, result: Mapping[str, Any], file: Path) -> Backtest:
    return Backtest(
        strategy=name,
        timeframe=result["timeframe"],
        pairs=tuple(result["pairlist"]),
        start=pd.Timestamp(result["backtest_start_ts"], unit="ms", tz="UTC"),
        end=pd.Timestamp(result["backtest_end_ts"], unit="ms", tz="UTC"),
        starting_balance=float(result["starting_balance"]),
        stake_currency=result["stake_currency"],
        trades=_trades(result["trades"], file, custom_stop=bool(result.get("use_custom_stoploss"))),
        source=file,
        slots=float(result.get("max_open_trades", math.inf)),
    )


def _trades(rows: Sequence[Mapping[str, Any]], file: Path, *, custom_stop: bool) -> pd.DataFrame:
    if not rows:
        return pd.DataFrame(columns=[*BT_DATA_COLUMNS, *OWN_COLUMNS])
    missing = sorted(set(BT_DATA_COLUMNS) - set(rows[0]))
    if missing:
        raise LabError(
            f"{file} was written by another version of Freqtrade: its trades lack {', '.join(missing)}"
        )
    trades = pd.DataFrame(list(rows))
    for name in ("open_date", "close_date"):
        trades[name] = pd.to_datetime(trades[name], utc=True)
    trades = trades.sort_values(["close_date", "open_date"], kind="stable", ignore_index=True)
    money = pd.DataFrame([_money_of(row) for _, row in trades.iterrows()])
    side = np.where(trades["is_short"], "short", "long")
    return in_r(trades.assign(side=side, **money), _first_stops(trades, custom_stop=custom_stop))


def in_r(trades: pd.DataFrame, first_stop: pd.Series[float] | npt.NDArray[np.float64]) -> pd.DataFrame:
    """Measure trades in what they risked: the one R of the report and the verdict.

    Parameters
    ----------
    trades : pandas.DataFrame
        open_rate, entered and profit_abs of each.
    first_stop : pandas.Series or numpy.ndarray
        Price of the stop that each was given at its entry, NaN where it is not known.
    """
    with_stop = trades.assign(first_stop=first_stop)
    risk = (with_stop["open_rate"] - with_stop["first_stop"]).abs() * with_stop["entered"]
    risk = risk.where(risk > 0)
    return with_stop.assign(risk_abs=risk, r_multiple=with_stop["profit_abs"] / risk)


def without_funding(trades: pd.DataFrame) -> int:
    """Count trades of contracts that were open at a funding time and have no funding at all.

    A contract pays every eight hours at the least, 00:00, 08:00 and 16:00 UTC, and a rate of exactly zero
    is rare: Freqtrade counts rates that its data lacks as zero, without a word.
    """
    before_close = (trades["close_date"] - pd.Timedelta(1)).dt.floor("8h")
    held = trades["pair"].str.contains(":") & (trades["open_date"] < before_close)
    return int((held & (trades["funding_abs"] == 0)).sum())


def missing_funding(count: int, of_all: int) -> str:
    """Say that funding is missing, and what to do."""
    return (
        f"{count} of {of_all} trades were open at a funding time and have none: the candles lack rates or "
        "mark prices then, and the result is without them. `freqtrade download-data` brings them"
    )


def _money_of(trade: pd.Series[Any]) -> dict[str, float]:
    """Amount that was entered, and where the profit came from, order by order: partial exits count too."""
    entered = _filled(trade, entries=True)
    exited = _filled(trade, entries=False)
    bought, sold = (sum(amount * price for amount, price in orders) for orders in (entered, exited))
    return {
        "entered": sum(amount for amount, _ in entered),
        "gross_abs": (bought - sold) if trade["is_short"] else (sold - bought),
        "fees_abs": bought * trade["fee_open"] + sold * trade["fee_close"],
        "funding_abs": trade["funding_fees"],
    }


def _filled(trade: pd.Series[Any], *, entries: bool) -> list[tuple[float, float]]:
    return [
        (order["amount"], order["safe_price"])
        for order in trade["orders"]
        if order["ft_is_entry"] == entries and order["order_filled_timestamp"]
    ]


def _first_stops(trades: pd.DataFrame, *, custom_stop: bool) -> npt.NDArray[np.float64]:
    """Find the stop that each trade was given at its entry.

    Freqtrade exports a trade's static stop as the initial one, and of the strategy's own stops the last
    alone. A strategy may put its own first stop into the record, as ours do; then the initial stops of
    its trades are not where the static one would be. Without that the last stop is the first one if it
    was never moved: Freqtrade exports a stop's distance from the price at which it was set, and for the
    first one that price is the entry.
    """
    initial, last = trades["initial_stop_loss_abs"], trades["stop_loss_abs"]
    recorded = not _set_at_entry(trades, initial, trades["initial_stop_loss_ratio"]).all()
    if recorded or not custom_stop:
        return initial.to_numpy(float)
    trailed = trades["exit_reason"] == "trailing_stop_loss"
    never_moved = _set_at_entry(trades, last, trades["stop_loss_ratio"]) & ~trailed
    return last.where(never_moved).to_numpy(float)


def _set_at_entry(trades: pd.DataFrame, stop: pd.Series[float], ratio: pd.Series[float]) -> pd.Series[bool]:
    """Whether a stop lies as far from the entry as Freqtrade says that it lay from the price then."""
    side = np.where(trades["is_short"], -1, 1)
    expected = trades["open_rate"] * (1 - side * ratio.abs() / trades["leverage"])
    # Freqtrade rounds a stop to the tick; a little more for the floats.
    near: pd.Series[bool] = (stop - expected).abs() <= 1.001 * _ticks(trades)
    return near


def _ticks(trades: pd.DataFrame) -> pd.Series[float]:
    """Smallest step of each trade's prices, as the decimals of its pair's highs and lows show it."""
    prices = trades[["min_rate", "max_rate"]].astype(str)
    decimals = prices.apply(lambda column: -column.map(lambda price: Decimal(price).as_tuple().exponent))
    most = decimals.max(axis=1).groupby(trades["pair"]).transform("max")
    steps: pd.Series[float] = 10.0**-most
    return steps
