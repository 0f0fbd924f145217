"""The verdict's sentence and the warnings, each made true and false by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ict_lab.candles import prices_of
from ict_lab.report.cautions import Facts, cautions_of
from ict_lab.report.measure import Measure
from ict_lab.runs.equity import equity_of
from ict_lab.runs.run import read_runs
from ict_lab.runs.trades import without_funding
from ict_lab.statistics.expectancy import Expectancy, expectancy_of
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.statistics.shown import verdict_of

from tests.report.exports import START, STRATEGY, result, trade, write

NBSP = "\N{NO-BREAK SPACE}"


def facts_of(folder: Path, profits: list[float]) -> Facts:
    """Facts of trades with these profits after costs, on 1,000 USDT."""
    rows = []
    for number, profit in enumerate(profits):
        opened = START + pd.Timedelta(hours=number)
        made = trade(100.0, [(1.0, 101.0)], (98.0, 0.02), opened=opened, hours=0.5)
        rows.append({**made, "profit_abs": profit})
    return facts_of_rows(folder, *rows)


def facts_of_rows(folder: Path, *rows: dict[str, Any]) -> Facts:
    (run,) = read_runs(write(folder, {STRATEGY: result(rows)}))
    measure = Measure.of(run.trades)
    mean = expectancy_of(measure.values, run.trades["close_date"])
    unfunded = without_funding(run.trades)
    return Facts(run, measure, mean, equity_of(run), None, None, 1, "market", unfunded)


def found(mean: float, low: float, high: float) -> Expectancy:
    return Expectancy(mean, 0.1, 0.05, low, high, count=50, winners=20, losers=30, weeks=12)


def points(facts: Facts) -> dict[str, str]:
    return {caution.point: caution.text for caution in cautions_of(facts)}


def draws(actual: float, *means: float) -> NullDistribution:
    return NullDistribution(np.array(means), np.array(means), 150.0, actual, 150)


# Profits on 1,000 USDT, each trade one before its costs, and what is said of them, if anything is.
@pytest.mark.parametrize(("point", "profits", "text"), [
    ("Few trades", [1.0] * 99, "99 trades"),
    ("Few trades", [1.0] * 100, None),
    ("One trade makes the profit", [30.0, 1.0, -10.0, -12.0], "Without it −21.00 USDT would be left."),
    ("One trade makes the profit", [30.0, 25.0, -10.0, -12.0], None),
    ("One trade makes the profit", [30.0, -40.0], None),
    # Three of 100 gain 20 each, the others lose 0.4: 60 less 38.8 is 21.2, gone without two of them.
    ("Few trades make the profit", [20.0] * 3 + [-0.4] * 97,
     "Without the best 2 of 100 trades there is no profit."),
    ("Few trades make the profit", [2.0] * 60 + [-0.5] * 40, None),
    ("Costs exceed the gain", [-0.1] * 20, "+20.00 USDT before costs, −2.00 after"),
    ("Costs exceed the gain", [0.1] * 20, None),
    ("Parts are closed at candle opens", [1.0, 2.0], None),
    # An hour apart from midnight, half an hour each: none is open at a funding time.
    ("Funding is missing", [1.0] * 9, None),
])  # fmt: skip
def test_what_is_said_of_profits(point: str, profits: list[float], text: str | None, tmp_path: Path) -> None:
    found = points(facts_of(tmp_path, profits))
    assert (point in found) == (text is not None)
    assert text is None or text in found[point]


def test_synthetic_candles_are_said_first(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [1.0])
    assert "Synthetic candles" not in points(facts)
    made = replace(facts, prices=prices_of(tmp_path / "synthetic"))
    assert cautions_of(made)[0].point == "Synthetic candles"


def test_parts_are_closed_at_candle_opens(tmp_path: Path) -> None:
    """A risk of 2 a unit: half of a long at 102.5 is +1.25 R, half of a short at 97 is +1.50 R."""
    long = trade(100.0, [(0.5, 102.5), (0.5, 104.0)], (98.0, 0.02))
    short = trade(100.0, [(0.5, 97.0), (0.5, 96.0)], (102.0, 0.02), opened="2024-01-04 10:00", short=True)
    whole = trade(100.0, [(1.0, 104.0)], (98.0, 0.02), opened="2024-01-05 10:00")
    found = points(facts_of_rows(tmp_path, long, short, whole))["Parts are closed at candle opens"]
    assert "2 of 3 trades were closed in part, at +1.38 R on average: a backtest" in found


@pytest.mark.parametrize(("mean", "low", "high", "words", "end"), [
    (-0.3, -0.35, -0.24, f"not only by bad luck: −0.30 R a trade, 95{NBSP}% interval −0.35 to −0.24 R.", ""),
    (0.2, -0.1, 0.5, f"No evidence of an edge: +0.20 R a trade, and the 95{NBSP}% interval −0.10 to",
     "contains zero."),
    (0.2, 0.1, 0.3, "It gained on these candles: +0.20 R a trade", "does not prove an edge"),
])  # fmt: skip
def test_the_verdict(mean: float, low: float, high: float, words: str, end: str) -> None:
    said = verdict_of(found(mean, low, high), "R")
    assert words in said
    assert end in said


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.3), (-0.3, -0.1), (-0.1, 0.1)])
def test_with_too_few_trades_nothing_is_claimed(low: float, high: float) -> None:
    few = replace(found(0.2, low, high), losers=9)
    words = "Too few trades to judge: only 9 losing trades, of 10 that it takes; +0.20 R a trade."
    assert verdict_of(few, "R") == words


def test_against_random_entries(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [1.0] * 150)
    worse = points(replace(facts, random=draws(-0.3, *[-0.2] * 90, *[-0.4] * 10)))
    assert next(iter(worse)) == "Worse than random entries"
    said = "−0.30 R a trade after costs, the same entries at other times −0.22 R."
    assert said in worse["Worse than random entries"]
    alike = points(replace(facts, random=draws(-0.1, *[-0.2] * 90, *[0.0] * 10)))
    assert next(iter(alike)) == "No better than random entries"
    assert "p = 0.11" in alike["No better than random entries"]
    better = points(replace(facts, random=draws(0.1, *[-0.2] * 99)))
    assert not {"Worse than random entries", "No better than random entries"} & set(better)


def test_holding_and_rivals(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [1.0] * 150)  # 15 %
    assert "Less than buy and hold" in points(replace(facts, holding_percent=15.1))
    assert "Less than buy and hold" not in points(replace(facts, holding_percent=14.9))
    assert "4 strategies" in points(replace(facts, compared=4))["Chosen among several"]


def test_ends_of_the_data_and_unknown_stops(tmp_path: Path) -> None:
    rows = [trade(100.0, [(1.0, 101.0)], (98.0, 0.02), reason="force_exit")]
    rows.append(trade(100.0, [(1.0, 101.0)], (100.0, 0.029126)))
    said = points(facts_of_rows(tmp_path, *rows))
    assert "1 of 2 trades ended only because the candles did" in said["Closed by the end of the data"]
    assert "first stop of 1 of 2 trades" in said["R multiples are not known"]


def test_missing_funding_is_told(tmp_path: Path) -> None:
    row = trade(100.0, [(1.0, 101.0)], (98.0, 0.02), opened=START, hours=9.0)
    said = points(facts_of_rows(tmp_path, row))["Funding is missing"]
    assert "1 of 1 trades were open at funding times of which the candles lack rate or mark price" in said
