"""The report's contents for one strategy: every figure and chart, before it becomes a page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from rich.console import Console
from rich.progress import track

from ict import Params
from ict.candles import Floats
from ict_lab.candles import PairCandles, prices_of, read_pair
from ict_lab.chance.holding import balance_of_holding, share_of_a_trade
from ict_lab.chance.traced import TracedRun, trace
from ict_lab.errors import LabError
from ict_lab.report.against_chance import DRAWS, AgainstChance, against_chance
from ict_lab.report.breakdowns import Breakdown, breakdowns_of
from ict_lab.report.cautions import Caution, Facts, cautions_of
from ict_lab.report.charts import (
    breakdown_chart,
    costs_chart,
    drawdown_chart,
    equity_chart,
    random_chart,
    results_chart,
)
from ict_lab.report.fees import Fees
from ict_lab.report.measure import Measure
from ict_lab.report.signals import TradedSignal, signal_of
from ict_lab.report.trade_charts import trade_charts
from ict_lab.runs.equity import Equity, equity_of
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.settings import target_of
from ict_lab.runs.trades import without_funding
from ict_lab.statistics.drawdown import drawn_drawdowns
from ict_lab.statistics.expectancy import Expectancy, expectancy_of
from ict_lab.statistics.shown import verdict_of
from ict_lab.words import ENGLISH, Wording

SHOWN_TRADES = 10


@dataclass(frozen=True)
class TradeCard:
    """A trade with its signal and its charts; there are none where its pair has no candles at its time."""

    trade: pd.Series[Any]
    result: float
    charts: list[go.Figure]
    signal: TradedSignal | None = None


@dataclass(frozen=True)
class Contents:
    """Everything about one strategy.

    Attributes
    ----------
    run, measure, expectancy, equity
        The trades, what each made, their mean, and the account.
    holding_percent, held_share : float or None
        Gain of holding, and the share of the money that is held; None where candles are absent.
    fees : Fees
        What entries and exits paid.
    drawn_drawdowns : Floats
        Worst drawdowns of the same trades in random draws, percent.
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

    run: BacktestRun
    measure: Measure
    expectancy: Expectancy
    equity: Equity
    holding_percent: float | None
    held_share: float | None
    fees: Fees
    drawn_drawdowns: Floats
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
    run: BacktestRun, datadir: Path, compared: int, console: Console, say: Wording = ENGLISH
) -> Contents:
    """Work out everything about one strategy.

    Parameters
    ----------
    run : BacktestRun
        With trades.
    datadir : pathlib.Path
        Folder of the exchange's candles; absent ones leave out what needs them.
    compared : int
        Strategies in the same export.
    console : rich.console.Console
        Shows what is being done.
    say : Wording, optional
        Language of the page.
    """
    trades = run.trades
    # As the class that traded has them, with a preset's own defaults.
    params = run.own_setup.params if run.own_setup else Params()
    measure = Measure.of(trades)
    expectancy, equity = expectancy_of(measure.values, trades["close_date"]), equity_of(run)
    console.print(f"{run.strategy}: entering {len(trades)} trades at other times, {DRAWS} times")
    traced, absent = _traced(run, datadir)
    random, absent = _random(traced, console) if traced else (None, absent)
    share = share_of_a_trade(run)
    holding = balance_of_holding(traced, share) if traced else None
    drawdowns = drawn_drawdowns(trades["profit_abs"], run.starting_balance)
    gained = None if holding is None else 100 * float(holding.iloc[-1] / run.starting_balance - 1)
    console.print(f"{run.strategy}: estimating intervals, drawing the best and the worst trades")
    breakdowns = breakdowns_of(trades, measure, say, params)
    drawn = None if random is None else random.draws
    unfunded = traced.unfunded if traced else without_funding(trades)
    facts = Facts(run, measure, expectancy, equity, drawn, gained, compared, prices_of(datadir), unfunded)
    fees, currency = Fees.of(run), escape(run.stake_currency)
    charts = {
        "equity": equity_chart(equity, holding, currency, say),
        "results": results_chart(measure, expectancy, say),
        "drawdown": drawdown_chart(drawdowns, equity.worst_drawdown, say),
        "costs": costs_chart(trades, fees, currency, say),
    }
    if drawn is not None:
        charts["random"] = random_chart(drawn, say)
    candles = _candles(run, datadir, params)
    best, worst = _extremes(run, measure, candles, params, console, say)
    return Contents(
        run, measure, expectancy, equity, gained, share if traced else None, fees, drawdowns, random, absent,
        verdict_of(expectancy, measure.unit, say), cautions_of(facts, say), charts,
        [(breakdown, breakdown_chart(breakdown, measure.unit, say)) for breakdown in breakdowns],
        best, worst, tuple(sorted(set(trades["pair"]) - set(candles))),
    )  # fmt: skip


def _traced(run: BacktestRun, datadir: Path) -> tuple[TracedRun | None, str]:
    try:
        return trace(run, datadir), ""
    except LabError as error:
        return None, str(error)


def _random(traced: TracedRun, console: Console) -> tuple[AgainstChance | None, str]:
    try:
        return against_chance(traced, console), ""
    except LabError as error:
        return None, str(error)


def _candles(run: BacktestRun, datadir: Path, params: Params) -> dict[str, PairCandles]:
    """Read the candles of the traded pairs; those that are absent are left out."""
    read = {pair: read_pair(datadir, pair, run.timeframe, params) for pair in set(run.trades["pair"])}
    return {pair: found for pair, found in read.items() if len(found.frame)}


def _extremes(
    run: BacktestRun,
    measure: Measure,
    candles: dict[str, PairCandles],
    params: Params,
    console: Console,
    say: Wording,
) -> tuple[list[TradeCard], list[TradeCard]]:
    order = measure.values.sort_values(ascending=False, kind="stable").index
    gains, losses = measure.values > 0, measure.values <= 0
    best = [at for at in order if gains[at]][:SHOWN_TRADES]
    worst = [at for at in reversed(order) if losses[at]][:SHOWN_TRADES]
    cards = {}
    for at in track([*best, *worst], "trades", console=console, disable=not console.is_terminal):
        trade = run.trades.loc[at]
        found = candles.get(str(trade["pair"]))
        signal = None if found is None else signal_of(trade, found, run.own_setup)
        target = target_of(run.trades)
        charts = [] if found is None else trade_charts(trade, found, params, target, signal, say)
        cards[at] = TradeCard(trade, float(measure.values[at]), charts, signal)
    return [cards[at] for at in best], [cards[at] for at in worst]
