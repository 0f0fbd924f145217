"""Say what an entry of each model costs, before it is made: ``python -m ict_lab.costs``, `make costs`.

python -m ict_lab.costs --datadir path/to/data/binance
python -m ict_lab.costs --datadir path/to/data/binance --setup mine.json --fee 0.0004
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ict.desk.costs import fees_in_r, funding_in_r
from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.errors import LabError
from ict_lab.fees import MAKER_FEE, TAKER_FEE
from ict_lab.formatting import UNKNOWN, number
from ict_lab.funding import hourly_rates
from ict_lab.league.choice import OPTIONS as CHOICE
from ict_lab.league.choice import chosen
from ict_lab.league.stretch import Stretch
from ict_lab.league.subjects import Subject, find_entries_of
from ict_lab.league.trading import Spec, scene_of, trades_of
from ict_lab.replay.engine import Setup, replay
from ict_lab.replay.markets import funding_rates
from ict_lab.verdict.output import as_markdown_table
from ict_lab.verdict.tables import Table

OPTIONS: dict[str, dict[str, Any]] = CHOICE | {
    "--fee": {"type": float, "default": TAKER_FEE, "help": f"a taker's, ratio; default {TAKER_FEE}"},
    "--maker-fee": {"type": float, "default": MAKER_FEE, "help": f"a maker's; default {MAKER_FEE}"},
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 2 where it can't be made."""
    options = OneSentenceParser.of("python -m ict_lab.costs", __doc__, OPTIONS).parse_args(arguments)
    # Freqtrade warns of candles of a higher timeframe that are not there.
    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    try:
        for text in _said(options):
            print(text)
    except LabError as error:
        return failed("make costs", error)
    return 0


def _said(options: argparse.Namespace) -> Iterator[str]:
    spec = Spec(fee=options.fee, maker_fee=options.maker_fee)
    models, stretch = chosen(options)
    entered = {one: entries_of(one, stretch, spec) for one in models}
    yield as_markdown_table(costs_table(entered, hourly_of(stretch), spec))
    yield (
        f"\n{', '.join(stretch.pairs)}, {stretch.timeframe}, {stretch.start:%Y-%m-%d} to "
        f"{stretch.end:%Y-%m-%d}; fees {spec.fee:.3%}, as a maker {spec.maker_fee:.3%}."
    )
    yield from (f"Missing: {one}." for one in stretch.missing)


def entries_of(model: Subject, stretch: Stretch, spec: Spec) -> pd.DataFrame:
    """Trade a model by the replay: pair, entry, stop, opened and closed of each trade."""
    scene = scene_of(model, stretch, spec)
    replayed = replay(scene, Setup(model.params, find_entries_of(model)))
    trades = trades_of(replayed, scene.tape, spec)
    prices = {name: np.abs(getattr(replayed.entries, name)) for name in ("entry", "stop")}
    return trades[["pair", "opened", "closed"]].assign(**prices)


def hourly_of(stretch: Stretch) -> dict[str, float]:
    """Return what a long of each pair paid for an hour, the mean of the stretch; NaN where not known."""
    found = {}
    for pair in stretch.pairs:
        rates = funding_rates(stretch.folder, pair)
        within = rates[(rates["date"] >= stretch.start) & (rates["date"] <= stretch.end)]
        found[pair] = float(hourly_rates(within).mean()) if len(within) else float("nan")
    return found


def costs_table(entered: Mapping[Subject, pd.DataFrame], hourly: Mapping[str, float], spec: Spec) -> Table:
    """Tabulate the median entry's costs in R, a row a model and a column a pair.

    Parameters
    ----------
    entered : Mapping[Subject, pandas.DataFrame]
        Entries of each model: pair, entry, stop, opened, closed.
    hourly : Mapping[str, float]
        What a long pays for an hour on each pair, ratio of the notional.
    spec : Spec
        Fees.
    """
    columns = ("model", "enters", "entries", "held", "stop away", "nearest", *map(_short, hourly))
    rows = [_row(model, entries, hourly, spec) for model, entries in entered.items()]
    return Table("What an entry costs", columns, rows)


def _row(model: Subject, entries: pd.DataFrame, hourly: Mapping[str, float], spec: Spec) -> tuple[str, ...]:
    away = 100 * (entries["entry"] - entries["stop"]).abs() / entries["entry"]
    held = float((entries["closed"] - entries["opened"]).dt.total_seconds().median()) / 3_600
    costs = (
        _costs(entries[entries["pair"] == pair], rate * held, spec, rests=model.rests)
        for pair, rate in hourly.items()
    )
    return (
        model.model, "resting" if model.rests else "market", f"{len(entries):,}", number(held, ".1f") + " h",
        number(away.median(), ".2f") + " %", number(away.min(), ".2f") + " %", *costs,
    )  # fmt: skip


def _costs(entries: pd.DataFrame, funding: float, spec: Spec, *, rests: bool) -> str:
    """Write fees as a taker, with a maker's entry where it rests, and a long's funding."""
    taken = _median(entries, lambda entry, stop: fees_in_r(entry, stop, (spec.fee, spec.fee)))
    made = _median(entries, lambda entry, stop: fees_in_r(entry, stop, (spec.maker_fee, spec.fee)))
    # As if all were longs: what a long pays, a short gets.
    held = _median(entries, lambda entry, stop: abs(funding_in_r(entry, stop, 1.0)) * funding)
    return " / ".join((number(taken, ".2f"), number(made, ".2f") if rests else UNKNOWN, number(held, "+.3f")))


def _median(entries: pd.DataFrame, cost: Callable[[float, float], float]) -> float:
    each = [cost(entry, stop) for entry, stop in zip(entries["entry"], entries["stop"], strict=True)]
    return float(np.median(each)) if each else float("nan")


def _short(pair: str) -> str:
    return pair.partition("/")[0]


if __name__ == "__main__":
    sys.exit(main())
