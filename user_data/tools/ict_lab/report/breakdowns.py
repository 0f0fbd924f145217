"""The trades by what they have in common: pattern, confluence, side, pair, hour, kill zone, month, exit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.facts import ENTRY_EVENTS, FACTS
from ict.market.sessions import KILL_ZONES, kill_zones, new_york_time
from ict.params import Params
from ict_lab.report.measure import Measure
from ict_lab.statistics.expectancy import Expectancy, expectancy_of
from ict_lab.words import ENGLISH, Wording

PATTERNS = (*FACTS, *ENTRY_EVENTS)
UNTAGGED = "no_tag"

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Group:
    """Trades that have something in common.

    Attributes
    ----------
    label : str
        What they have in common.
    expectancy : Expectancy
        Mean result of one of them, and how many there are.
    win_percent : float
        Part of them that gained.
    net, fees, funding : float
        Sums in the stake currency.
    """

    label: str
    expectancy: Expectancy
    win_percent: float
    net: float
    fees: float
    funding: float


@dataclass(frozen=True)
class Breakdown:
    """One way to sort the trades.

    Attributes
    ----------
    title, note : str
        Its name, and what one has to know to read it; the note may be empty.
    groups : tuple[Group, ...]
        In the order in which they are shown.
    """

    title: str
    note: str
    groups: tuple[Group, ...]


def breakdowns_of(
    trades: pd.DataFrame, measure: Measure, say: Wording = ENGLISH, params: Params | None = None
) -> list[Breakdown]:
    """Sort the trades in every way that the report shows.

    Parameters
    ----------
    trades : pandas.DataFrame
        Of a `BacktestRun`.
    measure : Measure
        What they made.
    say : Wording, optional
        Language of the page.
    params : Params, optional
        Settings that traded: they say what a fact counts.
    """
    opened = trades["open_date"]

    def groups(labels: pd.Series[str], order: Sequence[str] = ()) -> tuple[Group, ...]:
        names = [name for name in order if (labels == name).any()] or sorted(labels.unique())
        return tuple(_group(name, (labels == name).to_numpy(), trades, measure) for name in names)

    tags = trades["enter_tag"].map(lambda tag: "+".join(_parts(tag)))
    confluences = _confluences(tags, params or Params(), say)
    hours, months = opened.dt.strftime("%H:00"), opened.dt.strftime("%Y-%m")
    in_zone, zones = _zones(opened, say), _zone_names(say)
    return [
        Breakdown(say("by_pattern"), say("by_pattern_note"), _patterns(trades, measure, say)),
        Breakdown(
            say("by_confluence"),
            say("by_confluence_note"),
            groups(tags.map(confluences), tuple(confluences.values())),
        ),
        Breakdown(say("by_side"), "", groups(trades["side"].map(say), (say("long"), say("short")))),
        Breakdown(say("by_pair"), "", groups(trades["pair"])),
        Breakdown(say("by_kill_zone"), say("by_kill_zone_note"), groups(in_zone, zones)),
        Breakdown(say("by_exit"), "", groups(trades["exit_reason"].map(say.exit))),
        Breakdown(say("by_hour"), say("utc_note"), groups(hours)),
        Breakdown(say("by_month"), say("utc_note"), groups(months)),
    ]


def _group(label: str, chosen: Bools, trades: pd.DataFrame, measure: Measure) -> Group:
    theirs = trades[chosen]
    return Group(
        label,
        expectancy_of(measure.values[chosen], theirs["close_date"]),
        100 * float((theirs["profit_abs"] > 0).mean()),
        *(float(theirs[name].sum()) for name in ("profit_abs", "fees_abs", "funding_abs")),
    )


def _patterns(trades: pd.DataFrame, measure: Measure, say: Wording) -> tuple[Group, ...]:
    """With and without each part of the tags; what every trade has, it can't be without."""
    parts = [frozenset(_parts(tag)) for tag in trades["enter_tag"]]
    groups = []
    for name in sorted(frozenset().union(*parts), key=lambda part: (_rank(part), part)):
        has = np.array([name in listed for listed in parts])
        label = say(name) if name == UNTAGGED else say.fact(name)
        groups.append(_group(label, has, trades, measure))
        if not has.all():
            groups.append(_group(say("without", what=label), ~has, trades, measure))
    return tuple(groups)


def _rank(part: str) -> int:
    return PATTERNS.index(part) if part in PATTERNS else len(PATTERNS)


def _parts(tag: object) -> list[str]:
    return tag.split("+") if isinstance(tag, str) and tag else [UNTAGGED]


def _confluences(tags: pd.Series[str], params: Params, say: Wording) -> dict[str, str]:
    """Name each tag by its facts, in the order of the points that they give."""
    points = {
        tag: sum(params.points(part) for part in tag.split("+") if part in FACTS) for tag in tags.unique()
    }
    return {
        tag: _confluence(tag, points[tag], say) for tag in sorted(points, key=lambda tag: (points[tag], tag))
    }


def _confluence(tag: str, points: float, say: Wording) -> str:
    if tag == UNTAGGED:
        return say(UNTAGGED)
    names = " + ".join(map(say.fact, tag.split("+")))
    known = set(tag.split("+")) <= set(FACTS)
    return say("with_points", facts=names, points=f"{points:g}") if known else names


def _zone_names(say: Wording) -> tuple[str, ...]:
    return (*(say(f"entry_windows_{name}") for name in KILL_ZONES), say("choice_none"))


def _zones(opened: pd.Series[pd.Timestamp], say: Wording) -> pd.Series[str]:
    # The rule needs rising times, and gives the same for each whatever else is in the list.
    times = np.unique(opened.to_numpy("datetime64[ns]").astype(np.int64))
    *known, none = _zone_names(say)
    names = np.array([none, *known], dtype=object)
    of_time = dict(zip(times.tolist(), names[kill_zones(new_york_time(times))], strict=True))
    found: pd.Series[str] = opened.map(lambda time: of_time[time.value])
    return found
