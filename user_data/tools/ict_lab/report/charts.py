"""The figures of the report, in Plotly: data in, one figure out, without a theme of their own."""

from __future__ import annotations

from html import escape
from textwrap import wrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ict.candles import Floats
from ict.drawing.colours import GAIN, LOSS, SPENT, hexadecimal
from ict_lab.formatting import signed
from ict_lab.plotting import DATES
from ict_lab.report.breakdowns import Breakdown
from ict_lab.report.fees import Fees
from ict_lab.report.measure import Measure
from ict_lab.runs.equity import Equity
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.words import Wording

# Those of FreqUI's chart: seen on white and on black, also by the colour-blind.
UP, DOWN, NEUTRAL = map(hexadecimal, (GAIN, LOSS, SPENT))
SOFT = 0.18
HISTOGRAM_BINS = 48
# Of a breakdown: characters of a name's line, and the height that a title under the axis needs.
LABEL_WIDTH, LEAST_HEIGHT = 32, 108


def plain(height: int) -> go.Figure:
    """Make an empty figure with the report's margins."""
    figure = go.Figure()
    return figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False)


def faint(colour: str, strength: float = SOFT) -> str:
    """Make a colour see-through."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength})"


def equity_chart(equity: Equity, holding: pd.Series[float] | None, currency: str, say: Wording) -> go.Figure:
    """Draw balance and drawdown over time, and holding beside it.

    Parameters
    ----------
    equity : Equity
        Of the strategy.
    holding : pandas.Series or None
        Value of holding; None leaves it out.
    currency : str
        Stake currency.
    say : Wording
        Language of the page.
    """
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.05)
    figure.update_layout(plain(460).layout)
    amount = f"%{{y:,.2f}} {currency}<extra>%{{fullData.name}}</extra>"
    lines = {"line_strategy": (equity.balance, UP, "hv"), "line_holding": (holding, NEUTRAL, "linear")}
    for name, (line, colour, shape) in lines.items():
        if line is not None:
            style = {"color": colour, "shape": shape, "width": 1.8}
            figure.add_scatter(
                x=line.index, y=line, name=say(name), line=style, hovertemplate=amount, row=1, col=1
            )
    figure.add_scatter(
        x=equity.drawdown.index, y=equity.drawdown, name=say("drawdown"), fill="tozeroy",
        line={"color": DOWN, "shape": "hv", "width": 1}, fillcolor=faint(DOWN, 0.3), showlegend=False,
        hovertemplate=f"%{{y:.2f}} %<extra>{say('drawdown')}</extra>", row=2, col=1,
    )  # fmt: skip
    figure.update_xaxes(**DATES)
    figure.update_yaxes(title_text=currency, row=1, col=1)
    figure.update_yaxes(title_text=f"{say('drawdown')} %", row=2, col=1)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return figure.update_layout(hovermode="x unified", showlegend=True, legend=legend)


def results_chart(measure: Measure, expectancy: Expectancy, say: Wording) -> go.Figure:
    """Draw how often each result came, losses and gains apart, with their mean.

    Parameters
    ----------
    measure : Measure
        Result of each trade.
    expectancy : Expectancy
        Their mean.
    say : Wording
        Language of the page.
    """
    values = measure.values.to_numpy(float)
    span = max(float(np.ptp(values)), 1.0)
    size = _round_step(span / HISTOGRAM_BINS)
    start = np.floor(values.min() / size) * size
    bins = {"start": start, "end": values.max() + size, "size": size}
    figure = plain(320)
    for name, chosen, colour in (("losses", values <= 0, DOWN), ("gains", values > 0, UP)):
        hover = say("hover_trades", at=f"%{{x}} {measure.unit}", count="%{y}") + f"<extra>{say(name)}</extra>"
        figure.add_histogram(
            x=values[chosen], xbins=bins, name=say(name), marker_color=colour, hovertemplate=hover
        )
    figure.add_vline(x=expectancy.mean, line_dash="dash", line_color=NEUTRAL)
    figure.add_annotation(
        x=expectancy.mean, y=1, yref="paper", yanchor="bottom", showarrow=False,
        text=say("mean_is", mean=f"{signed(expectancy.mean)} {measure.unit}"),
    )  # fmt: skip
    figure.update_layout(barmode="overlay", bargap=0.06, margin_t=28)
    figure.update_xaxes(title_text=say(f"name_{measure.unit}"))
    return figure.update_yaxes(title_text=say("column_trades"))


def _round_step(step: float) -> float:
    """Widen a step to 1, 2, 2.5 or 5 times a power of ten, so that zero is always an edge."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(power * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= step))


def drawdown_chart(drawn: Floats, actual: float, say: Wording) -> go.Figure:
    """Draw the worst drawdowns of the same trades in random draws, and this backtest's.

    Parameters
    ----------
    drawn : Floats
        Percent, 0 or less, one a draw.
    actual : float
        Percent, of the backtest.
    say : Wording
        Language of the page.
    """
    figure = plain(220)
    hover = say("hover_draws", at="%{x} %", count="%{y}") + "<extra></extra>"
    figure.add_histogram(x=drawn, nbinsx=40, marker_color=NEUTRAL, hovertemplate=hover)
    figure.add_vline(x=actual, line_color=DOWN, line_width=3)
    figure.add_annotation(
        x=actual, y=1, yref="paper", yanchor="bottom", showarrow=False, text=say("this_backtest")
    )
    figure.update_layout(bargap=0.06, margin_t=28)
    figure.update_xaxes(title_text=say("worst_percent"))
    return figure.update_yaxes(title_text=say("draws"))


def random_chart(random: NullDistribution, say: Wording) -> go.Figure:
    """Draw the mean results of the random draws, and the backtest's among them.

    Parameters
    ----------
    random : NullDistribution
        Random entries, measured against the strategy.
    say : Wording
        Language of the page.
    """
    figure = plain(260)
    hover = say("hover_draws", at="%{x} R", count="%{y}") + "<extra></extra>"
    figure.add_histogram(x=random.net_r, nbinsx=40, marker_color=NEUTRAL, hovertemplate=hover)
    better = random.actual > random.mean
    figure.add_vline(x=random.actual, line_color=UP if better else DOWN, line_width=3)
    figure.add_annotation(
        x=random.actual, y=1, yref="paper", yanchor="bottom", showarrow=False, text=say("this_backtest")
    )
    figure.update_layout(bargap=0.06, margin_t=28)
    figure.update_xaxes(title_text=say("mean_r"))
    return figure.update_yaxes(title_text=say("draws"))


def costs_chart(trades: pd.DataFrame, fees: Fees, currency: str, say: Wording) -> go.Figure:
    """Draw the way from the result of the prices alone to the net profit.

    Parameters
    ----------
    trades : pandas.DataFrame
        Of a `BacktestRun`.
    fees : Fees
        What they paid.
    currency : str
        Stake currency.
    say : Wording
        Language of the page.
    """
    gross, funding, net = (float(trades[name].sum()) for name in ("gross_abs", "funding_abs", "profit_abs"))
    steps = {
        say("cost_gross"): gross,
        say("cost_entries"): -fees.entries,
        say("cost_exits"): -fees.exits,
        say("funding"): funding,
    }
    figure = plain(320)
    figure.add_waterfall(
        x=[*steps, say("column_net")],
        y=[*steps.values(), net],
        measure=[*["relative"] * len(steps), "total"],
        text=[signed(amount) for amount in (*steps.values(), net)],
        textposition="outside",
        cliponaxis=False,
        increasing_marker_color=UP,
        decreasing_marker_color=DOWN,
        totals_marker_color=UP if net >= 0 else DOWN,
        connector_line={"color": NEUTRAL, "width": 1, "dash": "dot"},
        hovertemplate=f"%{{x}}: %{{text}} {currency}<extra></extra>",
    )
    return figure.update_yaxes(title_text=currency)


def breakdown_chart(breakdown: Breakdown, unit: str, say: Wording) -> go.Figure:
    """Draw the mean result of each group with its interval.

    Parameters
    ----------
    breakdown : Breakdown
        With its groups.
    unit : str
        Of the results.
    say : Wording
        Language of the page.
    """
    groups = list(reversed(breakdown.groups))
    means = [group.expectancy for group in groups]
    sure = [mean.has_interval for mean in means]
    hover = say("hover_trades", at=f"%{{y}}, %{{x:+.2f}} {unit}", count="%{customdata}")
    # Plotly reads a little HTML in its texts, and a tag may hold anything.
    labels = [[escape(line, quote=False) for line in _wrapped(group.label)] for group in groups]
    row = 12 + 14 * max(map(len, labels), default=1)
    figure = plain(max(56 + row * len(groups), LEAST_HEIGHT))
    figure.add_scatter(
        x=[mean.mean for mean in means],
        y=["<br>".join(lines) for lines in labels],
        mode="markers",
        marker={"size": 9, "color": [UP if mean.mean > 0 else DOWN for mean in means]},
        error_x={
            "type": "data", "symmetric": False, "color": NEUTRAL, "thickness": 1.5, "width": 0,
            "array": [mean.high - mean.mean if known else 0 for mean, known in zip(means, sure, strict=True)],
            "arrayminus": [
                mean.mean - mean.low if known else 0 for mean, known in zip(means, sure, strict=True)
            ],
        },
        customdata=[mean.count for mean in means],
        hovertemplate=hover + "<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=0, line_color=NEUTRAL, line_width=1)
    figure.update_yaxes(type="category", automargin=True, range=[-0.7, len(groups) - 0.3])
    return figure.update_xaxes(title_text=say("mean_in", unit=unit))


def _wrapped(label: str) -> list[str]:
    """Cut a name into lines, only after a plus."""
    whole = label.replace(" ", "\xa0").replace("+\xa0", "+ ")
    lines = wrap(whole, LABEL_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\xa0", " ") for line in lines]
