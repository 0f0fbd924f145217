"""The judgement as tables of words: one form for the terminal, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ict_lab.formatting import number
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.statistics.sharpe import Deflated
from ict_lab.verdict.judgement import CERTAIN, Judgement, Slice


@dataclass(frozen=True)
class Table:
    """Rows of words under a title.

    Attributes
    ----------
    title : str
        What it is.
    columns : tuple[str, ...]
        Names; the first column holds words, the others numbers.
    rows : list[tuple[str, ...]]
        One word a column.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def overview(judgements: Sequence[Judgement]) -> Table:
    """One row a subject: what it made, beside what chance made."""
    columns = (
        "strategy", "trades", "net R", "95 % interval", "random R (p)", "placebo R (p)", "profit %",
        "holding %", "DSR",
    )  # fmt: skip
    return Table("Overview", columns, [_overview_row(judged) for judged in judgements])


def _overview_row(judged: Judgement) -> tuple[str, ...]:
    return (
        judged.record.name,
        str(judged.trades),
        number(judged.expectancy.mean),
        _interval(judged.expectancy),
        _against(judged.chance),
        _against(judged.placebo),
        number(100 * judged.holding.strategy, "+.1f"),
        number(100 * judged.holding.held, "+.1f"),
        number(judged.sharpe.probability, ".2f"),
    )


def details(judged: Judgement) -> list[Table]:
    """Everything about one record."""
    return [_measured(judged), *_sliced(judged), _stressed(judged)]


def _measured(judged: Judgement) -> Table:
    rows = [
        ("the strategy", str(judged.trades), number(judged.expectancy.mean), _interval(judged.expectancy),
         number(judged.gross_r), ""),
    ]  # fmt: skip
    for name, draws in (
        ("random entries, same stops and exits", judged.chance),
        ("placebo zones", judged.placebo),
    ):
        if draws is not None:
            low, high = draws.interval
            between = f"{number(low)} to {number(high)}"
            net, gross = number(draws.mean), number(float(draws.gross_r.mean()))
            own = f"the strategy beside {name.split(',')[0]}"
            rows.append((own, str(draws.actual_trades), number(draws.actual), "", "", ""))
            rows.append((name, f"{draws.trades:.0f}", net, between, gross, number(draws.p_value, ".3f")))
    columns = ("R of a trade", "trades", "net", "95 %", "gross", "p")
    return Table("Measured against chance", columns, rows)


def facts(judged: Judgement) -> list[str]:
    """Return the notes on the tables, a sentence each."""
    held, sharpe = judged.holding, judged.sharpe
    found = [
        f"Holding the same pairs made {number(100 * held.held, '+.1f')} % (yearly Sharpe ratio "
        f"{number(held.held_sharpe)}), the strategy {number(100 * held.strategy, '+.1f')} % "
        f"({number(held.strategy_sharpe)}) with {held.exposure:.0%} of the money in the market.",
        f"Weekly Sharpe ratio {number(sharpe.sharpe, '+.3f')}; {_best_by_luck(sharpe)}. Deflated "
        f"Sharpe ratio (DSR): {number(sharpe.probability, '.2f')}, of {CERTAIN} that it takes.",
        _of_overfitting(judged),
        f"The simulation behind the comparisons ends {judged.record.agreement:.1%} of the trades as "
        f"Freqtrade did ({_exits(judged)}).",
        *(f"{note[0].upper()}{note[1:]}." for note in judged.notes),
    ]
    doubts = "; ".join(judged.doubts)
    return [
        *found,
        f"What speaks against an edge: {doubts}." if doubts else "Nothing here speaks against an edge.",
    ]


def _best_by_luck(sharpe: Deflated) -> str:
    if sharpe.trials == 1:
        return "no other variant is counted"
    return (
        f"the best of {sharpe.trials} without an edge shows {number(sharpe.best_by_luck, '+.3f')} on average"
    )


def _exits(judged: Judgement) -> str:
    rules = {str(traced.run.exits) for traced in judged.record.runs}
    return rules.pop() if len(rules) == 1 else "each window with its own exits"


def _of_overfitting(judged: Judgement) -> str:
    found = judged.overfitting
    if found is None:
        return (
            "Probability of backtest overfitting: not known, no two variants were tried on the same candles."
        )
    among = f"{found.variants} variants on the same {found.days} days"
    if found.groups > 1:
        among = f"the variants of {found.groups} searches ({found.variants} in all, on {found.days} days)"
    return f"Probability of backtest overfitting {found.probability:.2f}, among {among}."


def _sliced(judged: Judgement) -> list[Table]:
    columns = ("", "trades", "net R", "95 % interval", "total R", f"total {judged.record.currency}", "win %")
    return [
        Table("By half-year", columns, [_slice_row(part) for part in judged.halves]),
        Table("By pair", columns, [_slice_row(part) for part in judged.pairs]),
    ]


def _slice_row(part: Slice) -> tuple[str, ...]:
    return (
        part.name,
        str(part.trades),
        number(part.expectancy.mean),
        _interval(part.expectancy),
        number(part.total_r, "+.1f"),
        number(part.total, "+.2f"),
        number(100 * part.wins, ".1f"),
    )


def _stressed(judged: Judgement) -> Table:
    rows = [
        (case.name, str(case.trades), number(case.expectancy_r, "+.3f"), number(case.total, "+.2f"))
        for case in judged.stress
    ]
    return Table("Stress", ("the same trades", "trades", "net R", f"total {judged.record.currency}"), rows)


def _interval(mean: Expectancy) -> str:
    return f"{number(mean.low)} to {number(mean.high)}" if mean.has_interval else "–"


def _against(draws: NullDistribution | None) -> str:
    return "–" if draws is None else f"{number(draws.mean)} ({draws.p_value:.3f})"
