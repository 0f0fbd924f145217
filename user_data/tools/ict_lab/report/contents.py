"""What stands in the report about one strategy: every figure and chart, before it becomes a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from rich.console import Console
from rich.progress import track

from ict import Params
from ict_lab.chance.rules import ict_rules, read_export, target_of
from ict_lab.errors import LabError
from ict_lab.expectancy import Expectancy, expectancy_of
from ict_lab.report.against_chance import DRAWS, AgainstChance, against_chance
from ict_lab.report.breakdowns import Breakdown, breakdowns_of
from ict_lab.report.cautions import Caution, Facts, cautions_of, verdict_of
from ict_lab.report.charts import (
    breakdown_chart,
    costs_chart,
    equity_chart,
    random_chart,
    results_chart,
)
from ict_lab.report.equity import Equity, equity_of, holding_of
from ict_lab.report.measure import Measure
from ict_lab.report.trade_charts import trade_charts
from ict_lab.trades import Backtest

SHOWN_TRADES = 10
Candles = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class TradeCard:
    """A trade with its charts; there are none where its pair has no candles at its time."""

    trade: pd.Series[Any]
    result: float
    charts: list[go.Figure]


@dataclass(frozen=True)
class Contents:
    """Everything about one strategy.

    Attributes
    ----------
    backtest, measure, expectancy, equity
        The trades, what each made, their mean, and the account.
    holding_percent : float or None
        Gain of holding; None where candles are absent.
    random : AgainstChance or None
        None where nothing can be compared; `random_absent` then says why.
    verdict : str
        One sentence.
    cautions : list[Caution]
        The gravest first.
    charts : dict[str, plotly.graph_objects.Figure]
        By name: equity, results, random, costs.
    breakdowns : list[tuple[Breakdown, plotly.graph_objects.Figure]]
        With their charts.
    best, worst : list[TradeCard]
        The trades that gained most, and those that lost most; none is in both.
    without_candles : tuple[str, ...]
        Traded pairs whose candles are absent.
    """

    backtest: Backtest
    measure: Measure
    expectancy: Expectancy
    equity: Equity
    holding_percent: float | None
    random: AgainstChance | None
    random_absent: str
    verdict: str
    cautions: list[Caution]
    charts: dict[str, go.Figure]
    breakdowns: list[tuple[Breakdown, go.Figure]]
    best: list[TradeCard]
    worst: list[TradeCard]
    without_candles: tuple[str, ...]


def contents_of(
    backtest: Backtest, candles: Candles, datadir: Path, compared: int, console: Console
) -> Contents:
    """Work out everything about one strategy.

    Parameters
    ----------
    backtest : Backtest
        With trades.
    candles : Mapping[str, pandas.DataFrame]
        For each pair; absent ones leave out what needs them.
    datadir : pathlib.Path
        Where they are from.
    compared : int
        Strategies in the same export.
    console : rich.console.Console
        Is told what is being done.
    """
    trades = backtest.trades
    measure = Measure.of(trades)
    expectancy, equity = expectancy_of(measure.values, trades["close_date"]), equity_of(backtest)
    holding = holding_of(backtest, candles)
    gained = None if holding is None else 100 * float(holding.iloc[-1] / backtest.starting_balance - 1)
    console.print(f"{backtest.strategy}: entering {len(trades)} trades at other times, {DRAWS} times")
    random, absent = _random(backtest, datadir, console)
    console.print(f"{backtest.strategy}: estimating intervals, drawing the best and the worst trades")
    breakdowns = breakdowns_of(trades, measure)
    drawn = None if random is None else random.draws
    facts = Facts(backtest, measure, expectancy, equity, drawn, gained, compared)
    currency = escape(backtest.stake_currency)
    charts = {
        "equity": equity_chart(equity, holding, currency),
        "results": results_chart(measure, expectancy),
        "costs": costs_chart(trades, currency),
    }
    if drawn is not None:
        charts["random"] = random_chart(drawn)
    best, worst = _extremes(backtest, measure, candles, console)
    return Contents(
        backtest, measure, expectancy, equity, gained, random, absent,
        verdict_of(expectancy, measure.unit), cautions_of(facts), charts,
        [(breakdown, breakdown_chart(breakdown, measure.unit)) for breakdown in breakdowns],
        best, worst, tuple(sorted(set(trades["pair"]) - set(candles))),
    )  # fmt: skip


def _random(backtest: Backtest, datadir: Path, console: Console) -> tuple[AgainstChance | None, str]:
    try:
        return against_chance(backtest, datadir, console), ""
    except LabError as error:
        return None, str(error)


def _extremes(
    backtest: Backtest, measure: Measure, candles: Candles, console: Console
) -> tuple[list[TradeCard], list[TradeCard]]:
    order = measure.values.sort_values(ascending=False, kind="stable").index
    gains, losses = measure.values > 0, measure.values <= 0
    best = [at for at in order if gains[at]][:SHOWN_TRADES]
    worst = [at for at in reversed(order) if losses[at]][:SHOWN_TRADES]
    # As the class that traded has them, with a preset's own defaults.
    rules = ict_rules(backtest, read_export(backtest))
    params = Params() if rules is None else rules.params
    target_r = target_of(backtest.trades)
    cards = {}
    for at in track([*best, *worst], "trades", console=console, disable=not console.is_terminal):
        trade = backtest.trades.loc[at]
        frame = candles.get(str(trade["pair"]))
        charts = [] if frame is None else trade_charts(trade, frame, params, target_r)
        cards[at] = TradeCard(trade, float(measure.values[at]), charts)
    return [cards[at] for at in best], [cards[at] for at in worst]
