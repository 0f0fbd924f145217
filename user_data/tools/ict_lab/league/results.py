"""The league's rows: each variant measured, tested, and judged with all others (docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from scipy import stats

from ict_lab.league.freqtrade import Checked
from ict_lab.league.stretch import Stretch
from ict_lab.league.trading import Traded
from ict_lab.statistics.difference import Difference, difference_of
from ict_lab.statistics.expectancy import Expectancy, expectancy_of, weekly_sums
from ict_lab.statistics.false_discovery import adjusted
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.statistics.sharpe import Deflated, best_by_luck, deflated, sharpe_ratio
from ict_lab.trials import Trial, parameters_hash

FALSE_DISCOVERIES, CERTAIN, POWER = 0.05, 0.95, 0.8


@dataclass(frozen=True)
class Row:
    """A base, and what is said of it.

    Attributes
    ----------
    traded : Traded
        What it made.
    net : Expectancy
        Mean net R, with its interval and H1's p-value.
    random, placebo : NullDistribution or None
        What chance made in its place, H2 and H3.
    sharpe : Deflated
        With all tries.
    checked : Checked
        Whether Freqtrade trades the same.
    q : Mapping[str, float]
        The p-values of H1 to H3, adjusted for the whole table.
    """

    traded: Traded
    net: Expectancy
    random: NullDistribution | None
    placebo: NullDistribution | None
    sharpe: Deflated
    checked: Checked
    q: Mapping[str, float]

    @property
    def doubts(self) -> list[str]:
        """What speaks against an edge, in words; none where one is claimed."""
        if self.traded.refused:
            return [self.traded.refused]
        if not self.checked.is_same:
            return ["not judged: Freqtrade trades otherwise, or was not run"]
        found = [self.net.shortage] if self.net.shortage else []
        said = {
            "H1": "it does not gain after costs",
            "H2": "random entries do as well",
            "H3": "its placebo does as well",
        }
        found += [words for test, words in said.items() if not self.q[test] <= FALSE_DISCOVERIES]
        if not self.sharpe.probability >= CERTAIN:
            found.append("it may be the luckiest of all tries")
        return found

    @property
    def verdict(self) -> str:
        """Edge, loss, nothing shown, or why there is none."""
        if self.traded.refused or not self.checked.is_same:
            return "not judged"
        if not self.doubts:
            return "edge"
        return "loss" if self.net.shows_loss else "nothing shown"

    @property
    def smallest_edge(self) -> float:
        """Mean R that H1 alone would have found four times in five."""
        return float(stats.norm.ppf(CERTAIN) + stats.norm.ppf(POWER)) * self.net.error

    @property
    def smallest_after_tries(self) -> float:
        """The same for the best of all tries."""
        return self.smallest_edge + best_by_luck(self.sharpe.trials, 1.0) * self.net.error


@dataclass(frozen=True)
class Added:
    """What a required fact adds to a base (H4).

    Attributes
    ----------
    model, fact : str
        Of what, and which.
    with_it, without : Expectancy
        Mean net R of both.
    adds : Difference
        The difference.
    q : float
        Its p-value, adjusted for the whole table.
    """

    model: str
    fact: str
    with_it: Expectancy
    without: Expectancy
    adds: Difference
    q: float


@dataclass(frozen=True)
class League:
    """All that a run found.

    Attributes
    ----------
    stretch : Stretch
        The candles.
    rows : Sequence[Row]
        Bases, in the order of their mean net R.
    added : Sequence[Added]
        What required facts add.
    twins : Mapping[str, Traded]
        The other way to enter, by model.
    tries : int
        Variants that were ever tried.
    """

    stretch: Stretch
    rows: Sequence[Row]
    added: Sequence[Added]
    twins: Mapping[str, Traded]
    tries: int

    @property
    def sentence(self) -> str:
        """What it comes to."""
        edges = [row.traded.subject.name for row in self.rows if row.verdict == "edge"]
        losses = sum(row.verdict == "loss" for row in self.rows)
        judged = sum(row.verdict != "not judged" for row in self.rows)
        pairs = ", ".join(pair.partition("/")[0] for pair in self.stretch.pairs)
        where = f"on {pairs}, {self.stretch.start:%Y-%m-%d} to {self.stretch.end:%Y-%m-%d}"
        shows = f"{', '.join(edges)} show an edge" if edges else f"None of {judged} models shows an edge"
        return f"{shows} after costs {where}; {losses} show a loss; {self.tries} variants tried."


def trial_of(traded: Traded, stretch: Stretch) -> Trial:
    """Make the record that a variant was tried."""
    made = {**traded.subject.settings, "timeframe": stretch.timeframe, "pairs": sorted(stretch.pairs)}
    return Trial(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        strategy=traded.subject.strategy,
        parameters=parameters_hash(made),
        timerange=stretch.timerange,
        trades=len(traded.trades),
        net_profit=float(traded.returns.sum()),
        expectancy_r=float(traded.trades["net_r"].mean()),
        sharpe=sharpe_ratio(traded.returns),
        start=str(stretch.start.date()),
        daily_returns=tuple(round(value, 10) for value in traded.returns.tolist()),
    )


def judge(found: Sequence[Traded], checked: Mapping[str, Checked], stretch: Stretch, tries: int) -> League:
    """Judge all variants together.

    Parameters
    ----------
    found : Sequence[Traded]
        Every variant.
    checked : Mapping[str, Checked]
        What Freqtrade says of each base, by its name.
    stretch : Stretch
        The candles.
    tries : int
        Variants that were ever tried, these included.
    """
    bases = {one.subject.model: one for one in found if one.subject.role == "base"}
    less = [one for one in found if one.subject.role == "without"]
    net = {name: net_of(one.trades) for name, one in bases.items()}
    chance = {name: (_null(one, "random"), _null(one, "placebo")) for name, one in bases.items()}
    adds = [_adds(bases[one.subject.model].trades, one.trades) for one in less]
    family = [
        (name, p)
        for name in bases
        for p in (net[name].p_value, *(one.fitted_p_value if one else np.nan for one in chance[name]))
    ]
    family += [(variant.subject.model, one.p_value) for variant, one in zip(less, adds, strict=True)]
    valid = [p if checked[name].is_same else np.nan for name, p in family]
    q = iter(adjusted(np.array(valid)).tolist())
    rows = [
        Row(
            one, net[name], *chance[name], _deflated(one, stretch, tries), checked[name],
            {test: next(q) for test in ("H1", "H2", "H3")},
        )
        for name, one in bases.items()
    ]  # fmt: skip
    added = [
        Added(of.model, of.fact, net[of.model], net_of(variant.trades), one, next(q))
        for variant, one in zip(less, adds, strict=True)
        for of in [variant.subject]
    ]
    twins = {one.subject.model: one for one in found if one.subject.role == "twin"}
    ranked = sorted(rows, key=lambda row: -np.nan_to_num(row.net.mean, nan=-np.inf))
    return League(stretch, ranked, added, twins, tries)


def net_of(trades: pd.DataFrame) -> Expectancy:
    """Estimate the mean net R of some trades."""
    return expectancy_of(trades["net_r"], trades["closed"])


def _adds(with_it: pd.DataFrame, without: pd.DataFrame) -> Difference:
    return difference_of(*(trades.set_index("closed")["net_r"] for trades in (with_it, without)))


def _null(traded: Traded, name: str) -> NullDistribution | None:
    draws = getattr(traded, name)
    if not len(draws):
        return None
    actual = float(traded.trades["net_r"].mean())
    return NullDistribution(draws, draws, float(len(traded.trades)), actual, len(traded.trades))


def _deflated(traded: Traded, stretch: Stretch, tries: int) -> Deflated:
    days = pd.date_range(stretch.start.floor("D"), periods=stretch.days, freq="D")
    return deflated(weekly_sums(traded.returns, days), tries)
