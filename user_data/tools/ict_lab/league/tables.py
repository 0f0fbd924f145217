"""The league as tables of words: one form for Markdown and HTML."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from ict_lab.formatting import UNKNOWN, number
from ict_lab.league.results import League, Row, net_of
from ict_lab.league.trading import SESSIONS, Traded
from ict_lab.statistics.difference import Difference
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.verdict.tables import Table

# With fewer trades, a mean is noise.
LEAST_SHOWN = 5


def tables_of(league: League) -> Iterator[Table]:
    """Return every table of the page, the one that counts first."""
    yield overview(league)
    yield _tests(league)
    yield _ways_to_enter(league)
    yield _facts(league)
    halves = sorted({_half(one) for row in league.rows for one in row.traded.trades["closed"]})
    yield _parts(league, "By half-year (exploratory)", halves, lambda trades: trades["closed"].map(_half))
    pairs = [pair.partition("/")[0] for pair in league.stretch.pairs]
    by_pair = _parts(
        league, "By pair (exploratory)", pairs, lambda trades: trades["pair"].str.partition("/")[0]
    )
    yield by_pair
    yield _parts(
        league, "By session of New York's day (exploratory)", SESSIONS, lambda trades: trades["session"]
    )
    yield _agreement(league)


def overview(league: League) -> Table:
    """One row a model."""
    columns = (
        "model", "enters", "trades", "net R", "95 % interval", "gross R", "costs R", "random (p)",
        "placebo (p)", "DSR", "would find", "verdict",
    )  # fmt: skip
    return Table("The league", columns, [_row(row) for row in league.rows])


def _row(row: Row) -> tuple[str, ...]:
    trades, net = row.traded.trades, row.net
    gross = float(trades["gross_r"].mean()) if len(trades) else float("nan")
    return (
        row.traded.subject.name, "resting" if row.traded.subject.rests else "market", f"{len(trades):,}",
        number(net.mean, "+.3f"), _interval(net), number(gross, "+.3f"),
        number(gross - net.mean, ".3f"), _against(row.random), _against(row.placebo),
        number(row.sharpe.probability, ".2f"), number(row.smallest_edge, "+.2f"), row.verdict,
    )  # fmt: skip


def _interval(found: Expectancy | Difference) -> str:
    if math.isnan(found.low):
        return UNKNOWN
    return f"{number(found.low, '+.3f')} to {number(found.high, '+.3f')}"


def _against(draws: NullDistribution | None) -> str:
    return UNKNOWN if draws is None else f"{number(draws.mean, '+.3f')} ({draws.fitted_p_value:.3f})"


def _tests(league: League) -> Table:
    columns = (
        "model",
        "H1 gains",
        "H2 beats random",
        "H3 beats placebo",
        "edge it would find",
        "after all tries",
        "against an edge",
    )
    rows = [
        (
            row.traded.subject.name, *(number(row.q[test], ".3f") for test in ("H1", "H2", "H3")),
            number(row.smallest_edge, "+.2f"), number(row.smallest_after_tries, "+.2f"),
            "; ".join(row.doubts) or "nothing",
        )
        for row in league.rows
    ]  # fmt: skip
    return Table("Tests, adjusted for the whole table", columns, rows)


def _ways_to_enter(league: League) -> Table:
    columns = (
        "model",
        "enters",
        "trades",
        "gross R",
        "costs R",
        "net R",
        "95 % interval",
        "net R, maker's fee",
    )
    rows = []
    for row in league.rows:
        twin = league.twins.get(row.traded.subject.model)
        rows += [_way(one) for one in (row.traded, twin) if twin is not None and one is not None]
    return Table("Maker and market side by side (descriptive)", columns, rows)


def _way(traded: Traded) -> tuple[str, ...]:
    trades, net = traded.trades, net_of(traded.trades)
    gross, maker = (
        float(trades[name].mean()) if len(trades) else float("nan") for name in ("gross_r", "maker_r")
    )
    return (
        traded.subject.model, "resting" if traded.subject.rests else "market", f"{len(trades):,}",
        number(gross, "+.3f"), number(gross - net.mean, ".3f"), number(net.mean, "+.3f"), _interval(net),
        number(maker, "+.3f") if traded.subject.rests else UNKNOWN,
    )  # fmt: skip


def _facts(league: League) -> Table:
    columns = (
        "model",
        "required fact",
        "trades with it",
        "without",
        "net R with it",
        "without",
        "adds",
        "95 % interval",
        "p, adjusted",
    )
    rows = [
        (
            one.model, one.fact, f"{one.with_it.count:,}", f"{one.without.count:,}",
            number(one.with_it.mean, "+.3f"), number(one.without.mean, "+.3f"), number(one.adds.mean, "+.3f"),
            _interval(one.adds), number(one.q, ".3f"),
        )
        for one in league.added
    ]  # fmt: skip
    return Table("What each required fact adds (H4)", columns, rows)


def _half(time: pd.Timestamp) -> str:
    return f"{time.year} H{(time.month + 5) // 6}"


def _parts(
    league: League, title: str, names: Sequence[str], part_of: Callable[[pd.DataFrame], pd.Series[str]]
) -> Table:
    rows = []
    for row in league.rows:
        trades = row.traded.trades
        parts = part_of(trades) if len(trades) else pd.Series(dtype=str)
        rows.append((row.traded.subject.name, *(_mean(trades[parts == name]) for name in names)))
    return Table(title, ("model", *names), rows)


def _mean(trades: pd.DataFrame) -> str:
    if len(trades) < LEAST_SHOWN:
        return UNKNOWN
    return f"{number(float(trades['net_r'].mean()))} ({len(trades):,})"


def _agreement(league: League) -> Table:
    columns = ("model", "run by Freqtrade", "trades", "the same", "the others")
    rows = []
    for row in league.rows:
        found = row.checked.agreement
        counts = (f"{found.trades:,}", f"{found.share:.2%}") if found else (UNKNOWN, UNKNOWN)
        causes = "; ".join(f"{count} {cause}" for cause, count in found.causes.items()) if found else ""
        rows.append((row.traded.subject.name, row.checked.about, *counts, causes or UNKNOWN))
    return Table("The replay against Freqtrade", columns, rows)
