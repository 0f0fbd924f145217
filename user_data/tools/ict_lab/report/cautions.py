"""What to know before one believes the figures: each a sentence with the number that made it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ict_lab.formatting import signed
from ict_lab.report.measure import Measure
from ict_lab.runs.equity import Equity
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.trades import missing_funding, parts_at_opens, without_funding
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.null_distribution import NullDistribution

FEW_TRADES = 100
# The best trades without which a gain would be a loss: a fact worth telling while they are this few.
FEW_PER_CENT = 5.0
CHANCE = 0.05


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
    """

    run: BacktestRun
    measure: Measure
    expectancy: Expectancy
    equity: Equity
    random: NullDistribution | None
    holding_percent: float | None
    compared: int


def verdict_of(expectancy: Expectancy, unit: str) -> str:
    """Say in a sentence what the mean result of a trade shows.

    Parameters
    ----------
    expectancy : Expectancy
        Of all trades.
    unit : str
        Its unit.
    """
    mean = f"{signed(expectancy.mean)} {unit} a trade"
    if expectancy.shortage:
        return f"Too few trades to tell anything: {expectancy.shortage}; {mean}."
    interval = f"95\N{NO-BREAK SPACE}% interval {signed(expectancy.low)} to {signed(expectancy.high)} {unit}"
    if expectancy.contains_zero:
        return f"No evidence of an edge: {mean}, and the {interval} contains zero."
    if expectancy.shows_loss:
        return f"It lost, and not by bad luck alone: {mean}, {interval}."
    return (
        f"It gained on these candles: {mean}, {interval}. That is no proof of an edge: only candles that "
        "nobody has looked at can give one."
    )


def cautions_of(facts: Facts) -> list[Caution]:
    """Find the warnings that hold, the gravest first."""
    return [
        *_sample(facts),
        *_of_chance(facts),
        *_funding(facts),
        *_few_winners(facts),
        *_rivals(facts),
        *_figures(facts),
    ]


def _sample(facts: Facts) -> Iterator[Caution]:
    count = len(facts.run.trades)
    if count < FEW_TRADES:
        yield Caution(
            "Few trades", f"{count} trades. Below {FEW_TRADES}, a few lucky ones decide every figure."
        )


def _of_chance(facts: Facts) -> Iterator[Caution]:
    random = facts.random
    if random is None or random.p_value <= CHANCE:
        return
    actual, chance = random.actual, random.mean
    figures = f"{signed(actual)} R a trade after costs, the same entries at other times {signed(chance)} R"
    if actual < chance:
        yield Caution("Worse than random entries", f"{figures}.")
    else:
        yield Caution("No better than random entries", f"{figures}; p = {random.p_value:.2f}.")


def _few_winners(facts: Facts) -> Iterator[Caution]:
    profit = facts.run.trades["profit_abs"].sort_values(ascending=False)
    net, currency = float(profit.sum()), facts.run.stake_currency
    if net <= 0:
        return
    without = net - profit.cumsum()
    needed = int((without > 0).sum()) + 1
    if needed == 1:
        left = f"Without it {signed(without.iloc[0])} {currency} would be left."
        yield Caution("One trade makes the profit", left)
    elif 100 * needed / len(profit) <= FEW_PER_CENT:
        text = f"Without the best {needed} of {len(profit)} trades there is no profit."
        yield Caution("Few trades make the profit", text)


def _funding(facts: Facts) -> Iterator[Caution]:
    if missing := without_funding(facts.run.trades):
        yield Caution("Funding is missing", f"{missing_funding(missing, len(facts.run.trades))}.")


def _rivals(facts: Facts) -> Iterator[Caution]:
    change, holding = facts.equity.change_percent, facts.holding_percent
    if holding is not None and change < holding:
        yield Caution(
            "Less than holding",
            f"{signed(change, 1)} %, holding the traded pairs with a trade's share of the money "
            f"{signed(holding, 1)} %.",
        )
    if facts.compared > 1:
        text = (
            f"{facts.compared} strategies stand in this export. The best of several looks better than it is."
        )
        yield Caution("Chosen among several", text)


def _figures(facts: Facts) -> Iterator[Caution]:
    trades, currency = facts.run.trades, facts.run.stake_currency
    gross, net = float(trades["gross_abs"].sum()), float(trades["profit_abs"].sum())
    if gross > 0 >= net:
        yield Caution("Costs take the gain", f"{signed(gross)} {currency} before costs, {signed(net)} after.")
    left_open = int((trades["exit_reason"] == "force_exit").sum())
    if left_open:
        text = f"{left_open} of {len(trades)} trades ended only because the candles did."
        yield Caution("Closed by the end of the data", text)
    if parts := parts_at_opens(trades):
        yield Caution("Parts are closed at candle opens", f"{parts}.")
    if facts.measure.unknown:
        yield Caution("R multiples are not known", _unknown(facts.measure.unknown, trades))


def _unknown(unknown: int, trades: pd.DataFrame) -> str:
    return (
        f"The export does not say where the first stop of {unknown} of {len(trades)} trades was, since it "
        "moved later. Results are in percent of the stake instead."
    )
