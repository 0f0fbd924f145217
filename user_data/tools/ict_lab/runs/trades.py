"""Trades of a backtest export, each with its risk, its costs and its R multiple."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from freqtrade.data.btanalysis import BT_DATA_COLUMNS

from ict_lab.errors import LabError
from ict_lab.formatting import signed
from ict_lab.runs.export import Export
from ict_lab.statistics.expectancy import Expectancy, expectancy_of

# A contract pays at the least so often: at 00:00, 08:00 and 16:00 UTC.
FUNDED_EVERY = "8h"
OWN_COLUMNS = (
    "side", "entered", "first_stop", "risk_abs", "r_multiple", "gross_abs", "fees_abs",
    "entry_fees_abs", "funding_abs",
)  # fmt: skip


def trades_of(export: Export) -> pd.DataFrame:
    """Read the trades of an export, measured in what they risked.

    Returns
    -------
    pandas.DataFrame
        One row a closed trade, ordered by `close_date`: Freqtrade's own columns, and

        - side: "long" or "short";
        - entered: amount that was entered; Freqtrade's own `amount` is what a partial exit left of it;
        - first_stop: price of the stop that was fixed at the entry, NaN where the export does not say it;
        - risk_abs: what that stop would have lost before costs, |open_rate - first_stop| times the
          amount that was entered; NaN without a first stop;
        - r_multiple: profit_abs, which is after all costs, over risk_abs; NaN without a risk;
        - gross_abs: result of the prices alone;
        - fees_abs: fees of all orders, never negative;
        - entry_fees_abs: those of the entries among them;
        - funding_abs: funding received, negative if paid, as Freqtrade signs it.

        gross_abs - fees_abs + funding_abs is profit_abs.

    Raises
    ------
    LabError
        When another version of Freqtrade wrote them.
    """
    rows: Sequence[Any] = export.results["trades"]
    if not rows:
        return pd.DataFrame(columns=[*BT_DATA_COLUMNS, *OWN_COLUMNS])
    missing = sorted(set(BT_DATA_COLUMNS) - set(rows[0]))
    if missing:
        raise LabError(
            f"{export.source} was written by another version of Freqtrade: "
            f"its trades lack {', '.join(missing)}"
        )
    trades = pd.DataFrame(list(rows))
    for name in ("open_date", "close_date"):
        trades[name] = pd.to_datetime(trades[name], utc=True)
    trades = trades.sort_values(["close_date", "open_date"], kind="stable", ignore_index=True)
    money = pd.DataFrame([_money_of(trade) for trade in trades.to_dict("records")])
    trades = trades.assign(side=np.where(trades["is_short"], "short", "long"), **money)
    return in_r(trades, _first_stops(trades, custom_stop=bool(export.results.get("use_custom_stoploss"))))


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


def mean_r_of(*parts: pd.DataFrame) -> Expectancy:
    """Estimate the mean R of a trade after costs, from those whose risk is known in one or more backtests."""
    trades = pd.concat([part for part in parts if len(part)] or parts)
    known = trades[trades["r_multiple"].notna()]
    return expectancy_of(known["r_multiple"], known["close_date"])


def without_funding(trades: pd.DataFrame, known: Mapping[str, pd.DatetimeIndex] | None = None) -> int:
    """Count trades of contracts that were open at a funding time and lack funding.

    A rate of exactly zero is rare: Freqtrade counts rates that its data lacks as zero, without a word.

    Parameters
    ----------
    trades : pandas.DataFrame
        See `trades_of`.
    known : Mapping, optional
        When each pair's funding is known. Without it, only trades that have no funding at all are counted.
    """
    before_close = (trades["close_date"] - pd.Timedelta(1)).dt.floor(FUNDED_EVERY)
    held = trades["pair"].str.contains(":") & (trades["open_date"] < before_close)
    lacking = trades["funding_abs"] == 0
    for pair, times in (known or {}).items():
        mine = trades[held & (trades["pair"] == pair)]
        if mine.empty:
            continue
        begin, end = mine["open_date"].min().floor(FUNDED_EVERY), mine["close_date"].max()
        unknown = pd.date_range(begin, end, freq=FUNDED_EVERY).difference(times)
        first = unknown.searchsorted(mine["open_date"], side="right")
        lacking[mine.index] |= first < unknown.searchsorted(mine["close_date"], side="left")
    return int((held & lacking).sum())


def missing_funding(count: int, of_all: int) -> str:
    """Say that funding is missing, and what to do."""
    return (
        f"{count} of {of_all} trades were open at funding times of which the candles lack rate or mark "
        "price: the result is without that funding. `freqtrade download-data` brings them"
    )


def parts_at_opens(trades: pd.DataFrame) -> str:
    """Say at which gain parts were closed: Freqtrade asks for them at a candle's open, and fills them so."""
    gains = [gain for trade in trades.to_dict("records") if (gain := _gain_of_part(trade)) is not None]
    if not gains:
        return ""
    return (
        f"{len(gains)} of {len(trades)} trades were closed in part, at {signed(sum(gains) / len(gains))} R "
        "on average: a backtest closes a part at the open of the candle after, a live bot at the gain that "
        "was set"
    )


def _gain_of_part(trade: Mapping[Hashable, Any]) -> float | None:
    """Gain in R at which a trade's first part was closed; None where it was closed at once."""
    exits = [order["safe_price"] for order in trade.get("orders", ()) if not order["ft_is_entry"]]
    risk = abs(trade["open_rate"] - trade["first_stop"])
    if len(exits) < 2 or not risk > 0:
        return None
    gain: float = (-1 if trade["is_short"] else 1) * (exits[0] - trade["open_rate"]) / risk
    return gain


def _money_of(trade: Mapping[Hashable, Any]) -> dict[str, float]:
    """Amount that was entered, and where the profit came from, order by order: partial exits count too."""
    entered = _filled(trade, entries=True)
    exited = _filled(trade, entries=False)
    bought, sold = (sum(amount * price for amount, price in orders) for orders in (entered, exited))
    entry_fees = bought * trade["fee_open"]
    return {
        "entered": sum(amount for amount, _ in entered),
        "gross_abs": (bought - sold) if trade["is_short"] else (sold - bought),
        "fees_abs": entry_fees + sold * trade["fee_close"],
        "entry_fees_abs": entry_fees,
        "funding_abs": trade["funding_fees"],
    }


def _filled(trade: Mapping[Hashable, Any], *, entries: bool) -> list[tuple[float, float]]:
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
