"""A backtest, read once: what it traded, by which settings, and on which candles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict.exits.engine import Exits
from ict_lab.errors import LabError
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract, lot_of, tiers_of
from ict_lab.replay.engine import Setup
from ict_lab.runs.export import Export, read_exports
from ict_lab.runs.journal import Journal, contracts_of, journal_of
from ict_lab.runs.settings import exits_of, is_followed, setup_of, variant_of
from ict_lab.runs.trades import mean_r_of, trades_of
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.sharpe import sharpe_ratio
from ict_lab.trials import Trial, parameters_hash

# Freqtrade's own, where a configuration does not say it.
BALANCE_RATIO, LIQUIDATION_BUFFER, RESERVE = 0.99, 0.05, 0.05


@dataclass(frozen=True)
class BacktestRun:
    """What one strategy did in a backtest.

    Attributes
    ----------
    export : Export
        What Freqtrade wrote.
    trades : pandas.DataFrame
        See `trades_of`; no rows where this strategy did not trade and another one of the export did.
    """

    export: Export
    trades: pd.DataFrame = field(repr=False)

    @classmethod
    def of(cls, export: Export) -> BacktestRun:
        """Read the trades of an export."""
        return cls(export, trades_of(export))

    @property
    def strategy(self) -> str:
        """Name of the class."""
        return self.export.strategy

    @property
    def source(self) -> Path:
        """The file that was read."""
        return self.export.source

    @property
    def timeframe(self) -> str:
        """Of the strategy's candles."""
        return str(self._results("timeframe"))

    @property
    def pairs(self) -> tuple[str, ...]:
        """What it might trade, in the order of the whitelist."""
        return tuple(self._results("pairlist"))

    @property
    def start(self) -> pd.Timestamp:
        """Opening of the first candle, UTC."""
        return pd.Timestamp(self._results("backtest_start_ts"), unit="ms", tz="UTC")

    @property
    def end(self) -> pd.Timestamp:
        """Opening of the last candle, UTC."""
        return pd.Timestamp(self._results("backtest_end_ts"), unit="ms", tz="UTC")

    @property
    def timerange(self) -> str:
        """First and last day, as Freqtrade writes them."""
        return f"{self.start:%Y%m%d}-{self.end:%Y%m%d}"

    @property
    def starting_balance(self) -> float:
        """Wallet at the start, in `stake_currency`."""
        return float(self._results("starting_balance"))

    @property
    def stake_currency(self) -> str:
        """Currency of every amount of money."""
        return str(self._results("stake_currency"))

    @property
    def account(self) -> Account:
        """What it might spend."""
        config, stake = self.export.config, self._results("stake_amount", "unlimited")
        # Its `max_open_trades` beside it is never more than the pairs; a stake is a part of the setting.
        slots = self._results("max_open_trades_setting", -1)
        return Account(
            balance=self.starting_balance,
            slots=float(slots) if slots > 0 else math.inf,
            balance_ratio=float(config.get("tradable_balance_ratio", BALANCE_RATIO)),
            stake=math.inf if isinstance(stake, str) else float(stake),
            liquidation_buffer=float(config.get("liquidation_buffer", LIQUIDATION_BUFFER)),
            reserve=float(config.get("amount_reserve_percent", RESERVE)),
            capital=config.get("available_capital"),
        )

    def contract(self, pair: str) -> Contract:
        """Take what the journal says of a pair; without one, what its amounts tell."""
        said, tiers = contracts_of(self.export).get(pair), tiers_of(pair)
        return Contract.said(said, tiers) if said else Contract(lot_of(pair, self.trades), tiers)

    @cached_property
    def journal(self) -> Journal | None:
        """What became of its signals; None where the export does not say it."""
        try:
            return journal_of(self.export)
        except LabError:
            return None

    def _results(self, name: str, default: Any = None) -> Any:
        return self.export.results.get(name, default)

    # Settings

    @cached_property
    def setup(self) -> Setup | None:
        """Settings of one of our strategies, whose trades can be followed one by one."""
        return self.own_setup if is_followed(self.own_setup) else None

    @cached_property
    def own_setup(self) -> Setup | None:
        """Settings, of one of our strategies."""
        return setup_of(self.export)

    @cached_property
    def exits(self) -> Exits:
        """What ends its trades besides their stops, as far as that is known."""
        return exits_of(self.setup, self.trades)

    @property
    def has_exits_of_its_own(self) -> bool:
        """Whether its trades end by something that the candles do not show."""
        return self.setup is None and not self.exits.target.at_r

    @cached_property
    def variant(self) -> str:
        """Hash of all that makes it this variant."""
        return parameters_hash(variant_of(self.export, self.own_setup))

    # Results

    @property
    def days(self) -> pd.DatetimeIndex:
        """UTC days of the backtest."""
        return pd.date_range(self.start.floor("D"), self.end.floor("D"), freq="D")

    @cached_property
    def daily_returns(self) -> Floats:
        """Profit of each UTC day over the starting balance; 0 for a day on which nothing was closed."""
        if self.trades.empty:
            return np.zeros(len(self.days))
        profit = self.trades.groupby(self.trades["close_date"].dt.floor("D"))["profit_abs"].sum()
        return np.asarray(profit.reindex(self.days, fill_value=0.0), np.float64) / self.starting_balance

    @cached_property
    def expectancy(self) -> Expectancy:
        """Mean R of a trade after costs, of those whose risk is known."""
        return mean_r_of(self.trades)

    def trial(self) -> Trial:
        """Make the record that this variant was tried."""
        return trial_of([self], self.variant, self.timerange)


def trial_of(runs: Sequence[BacktestRun], variant: str, timerange: str) -> Trial:
    """Make the record that a variant was tried.

    Parameters
    ----------
    runs : Sequence[BacktestRun]
        What it did: one backtest, or the tests of a walk-forward in the order of time.
    variant : str
        Hash of all that makes it this variant.
    timerange : str
        First and last day of the candles.
    """
    returns = np.concatenate([run.daily_returns for run in runs])
    r = pd.concat([run.trades["r_multiple"] for run in runs])
    return Trial(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        strategy=runs[0].strategy,
        parameters=variant,
        timerange=timerange,
        trades=len(r),
        net_profit=float(returns.sum()),
        expectancy_r=float(r.astype(float).mean()),
        sharpe=sharpe_ratio(returns),
        start=str(runs[0].start.date()),
        daily_returns=tuple(round(value, 10) for value in returns.tolist()),
    )


def read_runs(path: Path | str) -> list[BacktestRun]:
    """Read a backtest export of Freqtrade, one run a strategy in it; see `read_exports`.

    Raises
    ------
    LabError
        Also when nothing was traded in it.
    """
    runs = [BacktestRun.of(export) for export in read_exports(path)]
    if not any(len(run.trades) for run in runs):
        names = ", ".join(run.strategy for run in runs) or "no strategy"
        raise LabError(f"{path} has no trades: {names} traded nothing")
    return runs
