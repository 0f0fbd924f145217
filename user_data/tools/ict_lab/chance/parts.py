"""A backtest with all that it takes to follow its trades again: rules, candles and replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ict_lab.chance.markets import Course, Floats, Market, Source, course_of, load_market
from ict_lab.chance.replay import Replay, replay
from ict_lab.chance.rules import ExitRule, IctRules, exit_rule, ict_rules, read_export, variant_of
from ict_lab.trades import Backtest
from ict_lab.trials import parameters_hash


@dataclass(frozen=True)
class Part:
    """One backtest with its rules and its candles.

    Attributes
    ----------
    backtest : Backtest
        Its trades.
    rules : IctRules or None
        Settings, of one of our strategies.
    rule : ExitRule
        What ends its trades.
    variant : str
        Hash of all that makes it this variant.
    markets : Sequence[Market]
        Candles of its pairs.
    course : Course
        The same, end to end.
    replayed : Replay
        Its trades through the simulation.
    """

    backtest: Backtest
    rules: IctRules | None
    rule: ExitRule
    variant: str
    markets: Sequence[Market]
    course: Course
    replayed: Replay

    @property
    def days(self) -> pd.DatetimeIndex:
        """UTC days of the backtest."""
        return pd.date_range(self.backtest.start.floor("D"), self.backtest.end.floor("D"), freq="D")

    @property
    def daily_returns(self) -> Floats:
        """Profit of each UTC day over the starting balance; 0 for a day on which nothing was closed."""
        trades = self.backtest.trades
        profit = trades.groupby(trades["close_date"].dt.floor("D"))["profit_abs"].sum()
        returns: Floats = (
            profit.reindex(self.days, fill_value=0.0).to_numpy(float) / self.backtest.starting_balance
        )
        return returns


def read_part(backtest: Backtest, folder: Path) -> Part:
    """Load what belongs to a backtest.

    Raises
    ------
    LabError
        When the candles are not there, or the export's settings make no sense.
    """
    export = read_export(backtest)
    rules = ict_rules(backtest, export)
    rule = exit_rule(backtest, rules)
    source = Source(folder, backtest.timeframe, export.config.get("trading_mode", "futures") == "futures")
    traded = [pair for pair in backtest.pairs if (backtest.trades["pair"] == pair).any()]
    markets = [load_market(source, pair, backtest.start, backtest.end, rules) for pair in traded]
    course = course_of(markets, rules)
    variant = parameters_hash(variant_of(backtest, export, rules))
    replayed = replay(backtest.trades, course, markets, rule, rules)
    return Part(backtest, rules, rule, variant, markets, course, replayed)
