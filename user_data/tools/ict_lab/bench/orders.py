"""A backtest's entry orders on one pair, and the stand-in's signals that repeat them and their trades."""

from itertools import zip_longest

import numpy as np
import pandas as pd

from ict_lab.runs.export import Export
from ict_lab.runs.journal import KEY

AT_ONCE = "at once"
# Of the market's price: where an order that was cancelled rests in the stand-in, so that it never fills.
_FAR = {"long": 0.5, "short": 1.5}


def entry_orders(export: Export, trades: pd.DataFrame, opens: pd.Series) -> pd.DataFrame:
    """List the orders that were placed, oldest first.

    Parameters
    ----------
    export : Export
        A backtest of one pair with its journal.
    trades : pandas.DataFrame
        Freqtrade's, oldest first: one for each order that filled.
    opens : pandas.Series
        Open of each candle by its time.

    Returns
    -------
    pandas.DataFrame
        placed and cancelled (time, UTC; no time where it was not), side, rate, filled.
    """
    record = export.config[KEY][export.strategy]
    placed = [(at, side) for _, at, side, answer, _ in record["asked"] if answer == "placed"]
    rates, rows = iter(trades["open_rate"]), []
    # A pair has one entry at a time: the first that was placed is the first that ended.
    for (at, side), end in zip_longest(placed, record["ended"]):
        _, ended, how = end or (None, None, "unfilled")
        rate = next(rates) if how == "filled" else opens[pd.Timestamp(at, unit="ms", tz="UTC")] * _FAR[side]
        rows.append((at, ended if how == "taken_back" else None, side, rate, how == "filled"))
    orders = pd.DataFrame(rows, columns=["placed", "cancelled", "side", "rate", "filled"])
    times = ("placed", "cancelled")
    return orders.assign(**{name: pd.to_datetime(orders[name], unit="ms", utc=True) for name in times})


def signals_of(orders: pd.DataFrame, trades: pd.DataFrame, dates: pd.Series) -> pd.DataFrame:
    """Turn orders and trades into the signals that repeat them.

    Freqtrade acts at the open of the candle after a signal's. A trade that was closed by the backtest's end
    needs no exit, and one that ended on its first candle gets a tag instead of an exit.
    """
    count = len(dates)
    names = ("enter_long", "enter_short", "exit_long", "exit_short")
    flags = {name: np.zeros(count, int) for name in names}
    tags = np.full(count, None, object)
    entries = dates.searchsorted(orders["placed"]) - 1
    filled = entries[orders["filled"]]
    opened, closed = (dates.searchsorted(trades[name]) - 1 for name in ("open_date", "close_date"))
    for entry, side in zip(entries, orders["side"], strict=True):
        flags[f"enter_{side}"][entry] = 1
        tags[entry] = "ob"
    sides = np.where(trades["is_short"], "short", "long")
    exits = zip(filled, opened, closed, sides, trades["exit_reason"], strict=True)
    for entry, start, end, side, reason in exits:
        if start == end:
            tags[entry] = AT_ONCE
        elif reason != "force_exit":
            flags[f"exit_{side}"][end] = 1
    return pd.DataFrame({"date": dates, **flags, "enter_tag": tags})
