"""The judgement of a track record: its numbers, what they are measured against, and what that shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from ict_lab.chance.holding import Holding, holding_of
from ict_lab.formatting import counted, number
from ict_lab.runs.settings import variants_tried
from ict_lab.runs.trades import missing_funding, parts_at_opens
from ict_lab.statistics.expectancy import Expectancy, expectancy_of
from ict_lab.statistics.null_distribution import SEED, NullDistribution
from ict_lab.statistics.overfitting import Overfitting, overfitting_among
from ict_lab.statistics.sharpe import Deflated, best_by_luck, deflated
from ict_lab.trials import Trial, tries
from ict_lab.verdict.comparisons import Progress, by_chance, by_placebo
from ict_lab.verdict.stress import Stress, stressed
from ict_lab.verdict.track_record import TrackRecord

SIGNIFICANT = 0.05
CERTAIN = 0.95
# The smallest edge that is found is one that would be found four times in five.
POWER = 0.8


@dataclass(frozen=True)
class VerdictSpec:
    """How much a verdict draws.

    Attributes
    ----------
    random_draws, placebo_draws : int
        Random entries and placebo zones.
    slippage : float
        Of stops under stress, ratio of the price.
    seed : int
        The same seed gives the same verdict.
    """

    random_draws: int = 500
    placebo_draws: int = 100
    slippage: float = 0.0005
    seed: int = SEED


@dataclass(frozen=True)
class Slice:
    """A part of the trades.

    Attributes
    ----------
    name : str
        A half-year or a pair.
    trades : int
        How many.
    expectancy : Expectancy
        Mean R after costs.
    total_r, total : float
        Sum in R and in the stake currency.
    wins : float
        Share of the trades that gained.
    """

    name: str
    trades: int
    expectancy: Expectancy
    total_r: float
    total: float
    wins: float


@dataclass(frozen=True)
class Judgement:
    """What is known about a track record.

    Attributes
    ----------
    record : TrackRecord
        What it is about.
    expectancy : Expectancy
        Mean R of a trade after costs.
    gross_r : float
        The same before costs.
    chance, placebo : NullDistribution or None
        Random entries and placebo zones; None where they can't be compared, see `notes`.
    sharpe : Deflated
        Daily Sharpe ratio for the number of variants tried.
    overfitting : Overfitting or None
        Among those variants; None where no two of them can be compared.
    notes : Sequence[str]
        What was left out, and why.
    spec : VerdictSpec
        How much was drawn.
    """

    record: TrackRecord
    expectancy: Expectancy
    gross_r: float
    chance: NullDistribution | None
    placebo: NullDistribution | None
    sharpe: Deflated
    overfitting: Overfitting | None
    notes: Sequence[str]
    spec: VerdictSpec

    @cached_property
    def holding(self) -> Holding:
        """The same pairs held."""
        return holding_of(self.record.runs)

    @cached_property
    def halves(self) -> list[Slice]:
        """By half-year."""
        return _slices(self.record.trades, _half_years(self.record.trades))

    @cached_property
    def pairs(self) -> list[Slice]:
        """By pair."""
        return _slices(self.record.trades, self.record.trades["pair"])

    @cached_property
    def stress(self) -> list[Stress]:
        """Under worse costs."""
        return stressed(self.record.runs, self.spec.slippage)

    @property
    def trades(self) -> int:
        """Trades that were judged."""
        return len(self.record.trades)

    @property
    def doubts(self) -> list[str]:
        """What keeps this from being evidence of an edge; empty where nothing does."""
        mean, found = self.expectancy, []
        if mean.shortage:
            found.append(f"there are {mean.shortage}")
        elif not mean.shows_gain:
            found.append(
                "the mean's interval is below zero" if mean.shows_loss else "the mean's interval holds zero"
            )
        if self.chance is None:
            found.append("it cannot be compared with random entries")
        elif self.chance.p_value > SIGNIFICANT:
            found.append(f"random entries do as well (p = {self.chance.p_value:.2f})")
        if not self.sharpe.probability >= CERTAIN:
            tried, certain = counted(self.sharpe.trials, "variant"), number(self.sharpe.probability, ".2f")
            found.append(f"the Sharpe ratio may be luck ({tried} tried, probability {certain})")
        if not self.stress[-1].expectancy_r > 0:
            found.append(f"it does not survive worse costs ({number(self.stress[-1].expectancy_r)} R)")
        return found

    @property
    def smallest_edge(self) -> float:
        """Mean R that so many trades, after so many variants, would have shown; NaN where not known."""
        hurdle = best_by_luck(self.sharpe.trials, 1.0)
        return float(hurdle + stats.norm.ppf(CERTAIN) + stats.norm.ppf(POWER)) * self.expectancy.error

    @property
    def shown(self) -> bool:
        """Whether an edge was shown."""
        return not self.doubts


def judge(
    record: TrackRecord,
    tried: Sequence[Trial],
    elsewhere: int,
    spec: VerdictSpec,
    progress: Progress,
    inside: Sequence[Trial] = (),
) -> Judgement:
    """Judge a track record.

    Parameters
    ----------
    record : TrackRecord
        What to judge.
    tried : Sequence[Trial]
        Every trial of the log.
    elsewhere : int
        Variants that were tried and are in no log.
    spec : VerdictSpec
        How much to draw.
    progress : Callable
        Gets what is done, how many draws of it were made since its last call, and of how many.
    inside : Sequence[Trial]
        Trials of a walk-forward's searches: they chose no test window, and do not count against one.
    """
    random = np.random.default_rng(spec.seed)
    trades = record.trades
    chance, why_no_chance = by_chance(record, spec.random_draws, random, progress)
    placebo, why_no_placebo = by_placebo(record, spec.placebo_draws, random, progress)
    mine = {trial.identity for trial in inside}
    against = tries(trial for trial in tried if trial.identity not in mine)
    elsewhere += variants_tried(record.name)
    return Judgement(
        record=record,
        expectancy=expectancy_of(trades["r_multiple"], trades["close_date"]),
        gross_r=float((trades["gross_abs"] / trades["risk_abs"]).mean()),
        chance=chance,
        placebo=placebo,
        sharpe=deflated(record.weekly_returns, max(against, 1) + elsewhere),
        overfitting=overfitting_among(inside or _on_the_same_candles(record, tried)),
        notes=[*_notes(record, inside), *dict.fromkeys(filter(None, [why_no_chance, why_no_placebo]))],
        spec=spec,
    )


def _on_the_same_candles(record: TrackRecord, tried: Sequence[Trial]) -> list[Trial]:
    """Trials that a strategy was chosen among; nothing was chosen among those of other candles."""
    return [trial for trial in tried if trial.timerange == record.timerange]


def _notes(record: TrackRecord, inside: Sequence[Trial]) -> list[str]:
    notes = list(record.notes)
    if missing := sum(traced.unfunded for traced in record.runs):
        notes.append(missing_funding(missing, sum(len(traced.run.trades) for traced in record.runs)))
    if parts := parts_at_opens(record.trades):
        notes.append(parts)
    if record.left_out:
        notes.append(f"{record.left_out} trades are left out: their first stop is not known")
    if own := variants_tried(record.name):
        notes.append(f"the defaults of {record.name} were chosen among {own} variants, which count too")
    if inside:
        notes.append(
            f"{counted(tries(inside), 'variant')} tried inside the walk-forward, on its training candles: "
            "they chose no test window, so the Sharpe ratio of the tests is not deflated by them"
        )
    if not record.unseen:
        notes.append("the rules may have been chosen on these very candles: only a walk-forward's are unseen")
    return notes


def _half_years(trades: pd.DataFrame) -> pd.Series[str]:
    closed = trades["close_date"].dt
    names: pd.Series[str] = closed.year.astype(str) + np.where(closed.month <= 6, " H1", " H2")
    return names


def _slices(trades: pd.DataFrame, key: pd.Series[str]) -> list[Slice]:
    return [_slice(str(name), of_slice) for name, of_slice in trades.groupby(key, sort=True)]


def _slice(name: str, trades: pd.DataFrame) -> Slice:
    return Slice(
        name=name,
        trades=len(trades),
        expectancy=expectancy_of(trades["r_multiple"], trades["close_date"]),
        total_r=float(trades["r_multiple"].sum()),
        total=float(trades["profit_abs"].sum()),
        wins=float((trades["profit_abs"] > 0).mean()),
    )
