"""The judgement of a subject: its numbers, what they are measured against, and what that shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from scipy import stats

from ict_lab.chance.draws import Draws
from ict_lab.chance.markets import Floats
from ict_lab.chance.random_entries import enter_at_random
from ict_lab.chance.replay import LEAST_AGREEMENT
from ict_lab.expectancy import Expectancy, counted, expectancy_of
from ict_lab.trades import missing_funding, without_funding
from ict_lab.trials import Trial, variants
from ict_lab.verdict.holding import Holding, holding_of
from ict_lab.verdict.overfitting import Overfitting, overfitting_among
from ict_lab.verdict.placebo import LEAST_OVERLAP, Desk, draw_placebos
from ict_lab.verdict.sharpe import Deflated, best_by_luck, deflated
from ict_lab.verdict.stress import Stress, stressed
from ict_lab.verdict.subjects import Subject

SIGNIFICANT = 0.05
CERTAIN = 0.95
# The smallest edge that is found is one that would be found four times in five.
POWER = 0.8


@dataclass(frozen=True)
class Effort:
    """How much to draw.

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
    seed: int = 1


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
    """What is known about a subject.

    Attributes
    ----------
    subject : Subject
        What it is about.
    expectancy : Expectancy
        Mean R of a trade after costs.
    gross_r : float
        The same before costs.
    chance, placebo : Draws or None
        Random entries and placebo zones; None where they can't be compared, see `notes`.
    sharpe : Deflated
        Daily Sharpe ratio for the number of variants tried.
    overfitting : Overfitting or None
        Among those variants; None where no two of them can be compared.
    notes : Sequence[str]
        What was left out, and why.
    effort : Effort
        How much was drawn.
    """

    subject: Subject
    expectancy: Expectancy
    gross_r: float
    chance: Draws | None
    placebo: Draws | None
    sharpe: Deflated
    overfitting: Overfitting | None
    notes: Sequence[str]
    effort: Effort

    @cached_property
    def holding(self) -> Holding:
        """The same pairs held."""
        return holding_of(self.subject)

    @cached_property
    def halves(self) -> list[Slice]:
        """By half-year."""
        return _slices(self.subject.trades, _half_years(self.subject.trades))

    @cached_property
    def pairs(self) -> list[Slice]:
        """By pair."""
        return _slices(self.subject.trades, self.subject.trades["pair"])

    @cached_property
    def stress(self) -> list[Stress]:
        """Under worse costs."""
        return stressed(self.subject.parts, self.effort.slippage)

    @property
    def trades(self) -> int:
        """Trades that were judged."""
        return len(self.subject.trades)

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
    subject: Subject,
    tried: Sequence[Trial],
    elsewhere: int,
    effort: Effort,
    progress: Callable[[str, int, int], None],
    inside: Sequence[Trial] = (),
) -> Judgement:
    """Judge a subject.

    Parameters
    ----------
    subject : Subject
        What to judge.
    tried : Sequence[Trial]
        Every trial of the log.
    elsewhere : int
        Variants that were tried and are in no log.
    effort : Effort
        How much to draw.
    progress : Callable
        Told what is done, how many draws of it were made since it was told last, and of how many.
    inside : Sequence[Trial]
        Trials of a walk-forward's searches.
    """
    random = np.random.default_rng(effort.seed)
    trades = subject.trades
    fair = subject.agreement >= LEAST_AGREEMENT
    chance = _by_chance(subject, effort, random, progress) if fair else None
    placebo, why = _by_placebo(subject, effort, random, progress) if fair else (None, "")
    return Judgement(
        subject=subject,
        expectancy=expectancy_of(trades["r_multiple"], trades["close_date"]),
        gross_r=float((trades["gross_abs"] / trades["risk_abs"]).mean()),
        chance=chance,
        placebo=placebo,
        sharpe=deflated(subject.weekly_returns, max(variants(tried), 1) + elsewhere),
        overfitting=overfitting_among(inside or _on_the_same_candles(subject, tried)),
        notes=[*_notes(subject, inside), *filter(None, [why])],
        effort=effort,
    )


def _on_the_same_candles(subject: Subject, tried: Sequence[Trial]) -> list[Trial]:
    """Trials that a subject was chosen among; nothing was chosen among those of other candles."""
    return [trial for trial in tried if trial.timerange == subject.timerange]


def _notes(subject: Subject, inside: Sequence[Trial]) -> list[str]:
    notes = list(subject.notes)
    if missing := without_funding(subject.trades):
        notes.append(missing_funding(missing, len(subject.trades)))
    if subject.left_out:
        notes.append(f"{subject.left_out} trades are left out: their first stop is not known")
    if subject.agreement < LEAST_AGREEMENT:
        notes.append(
            f"random entries and placebo zones are not compared: the simulation ends only "
            f"{subject.agreement:.1%} of the trades as Freqtrade did, of {LEAST_AGREEMENT:.0%} that it takes"
        )
    elif not _enters_at_zones(subject):
        notes.append("no placebo zones: the entries of this strategy are not at order blocks")
    if inside:
        notes.append(
            f"{counted(variants(inside), 'variant')} tried inside the walk-forward, on its training candles: "
            "they chose no test window, so the Sharpe ratio of the tests is not deflated by them"
        )
    if not subject.unseen:
        notes.append("the rules may have been chosen on these very candles: only a walk-forward's are unseen")
    return notes


def _enters_at_zones(subject: Subject) -> bool:
    return all(part.rules is not None and part.rules.enters_at_zones for part in subject.parts)


def _by_chance(
    subject: Subject,
    effort: Effort,
    random: np.random.Generator,
    progress: Callable[[str, int, int], None],
) -> Draws | None:
    draws, of_all = effort.random_draws, effort.random_draws * len(subject.parts)
    if not (draws and len(subject.trades)):
        return None
    return enter_at_random(
        subject.parts, draws, random, lambda made: progress("random entries", made, of_all)
    )


def _by_placebo(
    subject: Subject,
    effort: Effort,
    random: np.random.Generator,
    progress: Callable[[str, int, int], None],
) -> tuple[Draws | None, str]:
    """Trade placebo zones; None with the reason where that would say nothing."""
    draws = effort.placebo_draws
    if not (draws and len(subject.trades) and _enters_at_zones(subject)):
        return None, ""
    desks = [Desk(part) for part in subject.parts]
    real = [desk.real() for desk in desks]
    overlap = min(desk.overlap(run) for desk, run in zip(desks, real, strict=True))
    if overlap < LEAST_OVERLAP:
        return None, (
            f"no placebo zones: the desk that trades them has only {overlap:.0%} of the entries in common "
            f"with the backtest, of {LEAST_OVERLAP:.0%} that it takes"
        )
    step = partial(progress, "placebo zones")
    of_all = draws * len(desks)
    runs = [draw_placebos(desk, draws, random, lambda made: step(made, of_all)) for desk in desks]
    together = [[run.results for run in of_draw] for of_draw in zip(*runs, strict=True)]
    return Draws(
        net_r=np.array([_mean([result.net_r for result in results]) for results in together]),
        gross_r=np.array([_mean([result.gross_r for result in results]) for results in together]),
        trades=float(np.mean([sum(len(result.risk) for result in results) for results in together])),
        actual=_mean([run.results.net_r for run in real]),
        actual_trades=sum(len(run.at) for run in real),
    ), ""


def _mean(values: Sequence[Floats]) -> float:
    joined = np.concatenate(values)
    # Zones that gave no entry at all made nothing.
    return float(joined.mean()) if len(joined) else 0.0


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


def number(value: float, form: str = "+.2f") -> str:
    """Write a number, or that it is not known."""
    return format(value, form) if math.isfinite(value) else "–"
