"""What to know before one believes the figures: each a sentence with the number that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ict_lab.formatting import signed
from ict_lab.report.measure import Measure
from ict_lab.runs.equity import Equity
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.trades import missing_funding, parts_at_opens
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.words import ENGLISH, Wording

FEW_TRADES = 100
# The best trades without which a gain would be a loss: a fact worth telling while they are this few.
FEW_PER_CENT = 5.0
CHANCE = 0.05

# A warning's name, and what is filled in.
Found = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Caution:
    """A warning: its point in a few words, and the sentence that shows it."""

    point: str
    text: str


@dataclass(frozen=True)
class Facts:
    """What the warnings are made from.

    Attributes
    ----------
    run, measure, expectancy, equity
        As in the report.
    random : NullDistribution or None
        Random entries; None where nothing can be compared.
    holding_percent : float or None
        Gain of holding; None where it is not known.
    compared : int
        Strategies in the same export.
    prices : str
        Whose the candles' prices are; see `ict_lab.candles.prices_of`.
    unfunded : int
        Trades that lack funding, see `ict_lab.runs.trades.without_funding`.
    """

    run: BacktestRun
    measure: Measure
    expectancy: Expectancy
    equity: Equity
    random: NullDistribution | None
    holding_percent: float | None
    compared: int
    prices: str
    unfunded: int


def cautions_of(facts: Facts, say: Wording = ENGLISH) -> list[Caution]:
    """Find the warnings that hold, the gravest first."""
    found = (_synthetic, _sample, _of_chance, _funding, _few_winners, _rivals, _figures)
    return [
        Caution(say(f"caution_{name}"), say(f"caution_{name}_text", **_in(say, filled)))
        for part in found
        for name, filled in part(facts)
    ]


def _in(say: Wording, filled: Mapping[str, Any]) -> dict[str, Any]:
    return {name: say.said(value) if isinstance(value, str) else value for name, value in filled.items()}


def _synthetic(facts: Facts) -> Iterator[Found]:
    if facts.prices == "synthetic":
        yield "synthetic", {}


def _sample(facts: Facts) -> Iterator[Found]:
    count = len(facts.run.trades)
    if count < FEW_TRADES:
        yield "sample", {"count": count, "least": FEW_TRADES}


def _of_chance(facts: Facts) -> Iterator[Found]:
    random = facts.random
    if random is None or random.p_value <= CHANCE:
        return
    name = "worse" if random.actual < random.mean else "alike"
    means = {"actual": signed(random.actual), "chance": signed(random.mean)}
    yield name, {**means, "p": f"{random.p_value:.2f}"}


def _few_winners(facts: Facts) -> Iterator[Found]:
    profit = facts.run.trades["profit_abs"].sort_values(ascending=False)
    net, currency = float(profit.sum()), facts.run.stake_currency
    if net <= 0:
        return
    without = net - profit.cumsum()
    needed = int((without > 0).sum()) + 1
    if needed == 1:
        yield "one", {"left": signed(without.iloc[0]), "currency": currency}
    elif 100 * needed / len(profit) <= FEW_PER_CENT:
        yield "few", {"needed": needed, "count": len(profit)}


def _funding(facts: Facts) -> Iterator[Found]:
    if facts.unfunded:
        yield "funding", {"what": missing_funding(facts.unfunded, len(facts.run.trades))}


def _rivals(facts: Facts) -> Iterator[Found]:
    change, holding = facts.equity.change_percent, facts.holding_percent
    if holding is not None and change < holding:
        yield "holding", {"change": signed(change, 1), "holding": signed(holding, 1)}
    if facts.compared > 1:
        yield "several", {"count": facts.compared}


def _figures(facts: Facts) -> Iterator[Found]:
    trades, currency = facts.run.trades, facts.run.stake_currency
    gross, net = float(trades["gross_abs"].sum()), float(trades["profit_abs"].sum())
    if gross > 0 >= net:
        yield "costs", {"gross": signed(gross), "net": signed(net), "currency": currency}
    if left_open := int((trades["exit_reason"] == "force_exit").sum()):
        yield "end", {"some": left_open, "count": len(trades)}
    if parts := parts_at_opens(trades):
        yield "parts", {"what": parts}
    if facts.measure.unknown:
        yield "unknown", {"some": facts.measure.unknown, "count": len(trades)}
