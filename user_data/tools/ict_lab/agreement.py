"""Trade an export's settings by the fast replay, and compare it with Freqtrade trade by trade.

    python -m ict_lab.agreement user_data/backtest_results --datadir path/to/data/binance

It says for each strategy how many trades are the same in pair, side, entry, exit, reason and profit, what the
others differ in, and how long analysis and replay took. A search that trusts the replay begins with this.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.errors import LabError
from ict_lab.replay.engine import as_trades, replay
from ict_lab.replay.markets import Market, load_market
from ict_lab.replay.scene import Scene
from ict_lab.replay.tape import tape_of
from ict_lab.runs.run import BacktestRun, read_runs

LEAST = 0.999
KEY = ["pair", "is_short", "open_date"]
# What may differ, and by how much it does not count.
COMPARED = {"close_date": 0.0, "exit_reason": 0.0, "close_rate": 1e-9, "entered": 1e-9, "profit_abs": 1e-6}
ONLY = {"left_only": "only the replay's", "right_only": "only Freqtrade's"}


@dataclass(frozen=True)
class Agreement:
    """How a replay compares with a backtest.

    Attributes
    ----------
    same, trades : int
        Trades that are the same, and of how many.
    causes : pandas.Series
        What the others differ in first, counted.
    seconds : float
        Processor time of analysis and replay; loading the candles is apart.
    """

    same: int
    trades: int
    causes: pd.Series[int]
    seconds: float

    @property
    def share(self) -> float:
        """Share of the trades that are the same."""
        return self.same / self.trades if self.trades else 1.0


def agreement_of(run: BacktestRun, datadir: Path) -> Agreement:
    """Replay a backtest of one of our strategies.

    Raises
    ------
    LabError
        When its candles are not there, or it is another house's strategy.
    """
    if run.own_setup is None:
        raise LabError(f"{run.strategy} is no strategy of this product: its entries can't be replayed")
    params = run.own_setup.params
    markets = [
        load_market(datadir, pair, run.timeframe, run.start, run.end, params, run.contract(pair).tick)
        for pair in run.pairs
    ]
    begun = time.process_time()
    replayed = _replayed(run, markets)
    return compared(replayed, run.trades, time.process_time() - begun)


def _replayed(run: BacktestRun, markets: Sequence[Market]) -> pd.DataFrame:
    assert run.own_setup is not None
    tape = tape_of(markets, run.own_setup.params.trail_timeframe)
    contracts = [run.contract(market.pair) for market in markets]
    scene = Scene(markets, tape, run.account, contracts, float(run.trades["fee_open"].mean()))
    return as_trades(replay(scene, run.own_setup), tape)


def compared(ours: pd.DataFrame, theirs: pd.DataFrame, seconds: float = 0.0) -> Agreement:
    """Set trades beside each other by pair, side and entry."""
    both = _dated(ours).merge(
        _dated(theirs), on=KEY, how="outer", suffixes=("", "_freqtrade"), indicator=True
    )
    cause = both["_merge"].astype(str).map(ONLY)
    for name, tolerance in COMPARED.items():
        mine, other = both[name], both[f"{name}_freqtrade"]
        differs = (mine - other).abs() > tolerance if tolerance else mine != other
        cause = cause.mask(cause.isna() & differs, f"another {name}")
    return Agreement(int(cause.isna().sum()), len(both), cause.value_counts(), seconds)


def _dated(trades: pd.DataFrame) -> pd.DataFrame:
    # Without a trade the columns have no kind of value of their own.
    kinds = {"pair": str, "is_short": bool}
    dates = {name: pd.to_datetime(trades[name], utc=True) for name in ("open_date", "close_date")}
    dates = {name: column.dt.as_unit("ns") for name, column in dates.items()}
    return trades.assign(**dates).astype(kinds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Say how far both agree; return 0 where they do, 1 where they do not, 2 where it can't be said."""
    parser = OneSentenceParser(
        prog="python -m ict_lab.agreement", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("exports", nargs="+", type=Path, metavar="EXPORT")
    parser.add_argument("--datadir", type=Path, default=Path("user_data/data/binance"))
    options = parser.parse_args(arguments)
    least = 1.0
    try:
        for run in (run for path in options.exports for run in read_runs(path) if len(run.trades)):
            found = agreement_of(run, options.datadir)
            causes = "".join(f", {count} {cause}" for cause, count in found.causes.items())
            print(
                f"{run.strategy}: {found.same} of {found.trades} trades the same ({found.share:.2%})"
                f"{causes}; {found.seconds:.2f} s"
            )
            least = min(least, found.share)
    except LabError as error:
        return failed("agreement", error)
    return 0 if least >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
