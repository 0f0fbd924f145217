"""What came out: a table for the terminal, report.md and report.json for the folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.table import Table

from ict_lab.files import write_whole
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.statistics.shown import verdict_of
from ict_lab.walkforward.state import DONE, FAILED, FINISHED, NO_RESULT, Record, RunFolder

HEADINGS = (
    "#",
    "tested on",
    "trades",
    "R/trade",
    "total R",
    "profit %",
    "train R",
    "epochs",
    "trained on",
)


@dataclass(frozen=True, slots=True)
class Totals:
    """All test windows together; what was searched on counts for nothing here.

    Attributes
    ----------
    windows, done, no_result, failed, gained : int
        Windows; those tested; those whose search found nothing to test; those that failed; and those
        whose test ended with a profit.
    epochs, trades, unknown_r : int
        Variants tried, closed trades of all tests, and those whose risk is not known.
    total_r : float
        Sum of R after all costs.
    expectancy_r, searched_expectancy_r : float or None
        R a trade in the tests, and of the same parameters in the searches that chose them.
    """

    windows: int
    done: int
    no_result: int
    failed: int
    gained: int
    epochs: int
    trades: int
    unknown_r: int
    total_r: float
    expectancy_r: float | None
    searched_expectancy_r: float | None


def totals_of(records: Sequence[Record]) -> Totals:
    """Sum up the windows."""
    done = [record for record in records if record.state == DONE]
    return Totals(
        windows=len(records),
        done=len(done),
        no_result=sum(record.state == NO_RESULT for record in records),
        failed=sum(record.state == FAILED for record in records),
        gained=sum(record.tested.profit_percent > 0 for record in done),
        epochs=sum(record.epochs for record in records),
        trades=sum(record.tested.trades for record in done),
        unknown_r=sum(record.tested.unknown_r for record in done),
        total_r=sum(record.tested.total_r for record in done),
        expectancy_r=_mean_r(done, "tested"),
        searched_expectancy_r=_mean_r(done, "searched"),
    )


def _mean_r(records: Sequence[Record], stretch: str) -> float | None:
    results = [getattr(record, stretch) for record in records]
    known = sum(result.trades - result.unknown_r for result in results)
    return sum(result.total_r for result in results) / known if known else None


def in_words(totals: Totals, expectancy: Expectancy | None = None) -> list[str]:
    """Sentences over the table: what counts first, and what the mean R of all tests shows."""
    searched = _number(totals.searched_expectancy_r)
    lines = [
        f"{totals.trades} trades in {totals.done} test windows: {_number(totals.expectancy_r)} R a trade "
        f"after all costs, {_number(totals.total_r)} R in all. {totals.gained} windows ended with a gain.",
        *([verdict_of(expectancy, "R")] if expectancy and expectancy.count else []),
        f"The searches had shown {searched} R a trade with the parameters that they chose: the best of many.",
        f"{totals.epochs} variants were tried; all are in trials.jsonl.",
    ]
    if totals.no_result:
        lines.append(f"{totals.no_result} searches found nothing to test: no trade there, none counted.")
    if totals.unknown_r:
        lines.append(
            f"{totals.unknown_r} trades count in the profit, not in R: their stop was moved, and where it "
            "was first is not known. A stop moves when a trade gains, so R looks worse than it was."
        )
    if totals.failed:
        lines.append(
            f"{totals.failed} windows FAILED and are missing here; the same command tries them again."
        )
    return lines


def table_of(records: Sequence[Record]) -> Table:
    """Make the table for the terminal."""
    table = Table(title="Walk-forward: only the tests count", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    # What it was trained on is in the report: a terminal has 80 columns.
    for heading in HEADINGS[:-1]:
        table.add_column(heading, justify="left" if heading == "tested on" else "right", no_wrap=True)
    for row in _rows(records):
        table.add_row(*row[:-1])
    return table


def write_report(folder: RunFolder) -> None:
    """Write report.md and report.json into a walk-forward's folder."""
    totals = totals_of(folder.records)
    content = {
        **folder.settings,
        "totals": asdict(totals),
        "windows": [asdict(record) for record in folder.records],
    }
    write_whole(folder.path / "report.json", json.dumps(content, indent=2, allow_nan=False) + "\n")
    write_whole(folder.path / "report.md", "\n".join(_markdown(folder, totals)) + "\n")


def _markdown(folder: RunFolder, totals: Totals) -> list[str]:
    settings = folder.settings
    finished = sum(record.state in FINISHED for record in folder.records)
    lines = [
        f"# Walk-forward of {settings['strategy']}",
        "",
        f"{', '.join(settings['pairs'])}, {settings['timeframe']}, {settings['timerange']}. Searched on "
        f"{settings['train_days']} days by {settings['loss']}, {settings['epochs']} epochs over "
        f"{', '.join(settings['spaces'])}; tested on the {settings['test_days']} days after them. "
        f"{finished} of {totals.windows} windows are finished.",
        "",
        *(f"- {line}" for line in in_words(totals, folder.expectancy)),
        "",
        *_grid(HEADINGS, _rows(folder.records)),
    ]
    failed = [f"- Window {r.number} failed: {r.reason}" for r in folder.records if r.state == FAILED]
    return [*lines, *(["", *failed] if failed else []), *_parameters(folder.records)]


def _parameters(records: Sequence[Record]) -> list[str]:
    """Table of what was chosen; what differs from window to window follows noise, or the market."""
    done = [record for record in records if record.state == DONE]
    chosen = [_flat(record.parameters) for record in done]
    names = (
        [name for name in chosen[0] if len({str(values.get(name)) for values in chosen}) > 1] if done else []
    )
    if not names:
        return []
    rows = [[name, *(_value(values.get(name)) for values in chosen)] for name in names]
    return ["", "Chosen, where not the same in all:", "", *_grid(["", *(str(r.number) for r in done)], rows)]


def _flat(parameters: Any) -> dict[str, Any]:
    return {name: value for block in parameters.values() for name, value in block.items()}


def _grid(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(headings), _line(["---"] * len(headings)), *(_line(row) for row in rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rows(records: Sequence[Record]) -> list[list[str]]:
    return [_row(record) for record in records]


def _row(record: Record) -> list[str]:
    start, end = [str(record.number), record.test], [str(record.epochs), record.train]
    if record.state != DONE:
        return [*start, record.state.replace("_", " "), "", "", "", "", *end]
    tested = record.tested
    shown = (tested.trades, tested.expectancy_r, tested.total_r, tested.profit_percent)
    return [*start, *(_number(value) for value in (*shown, record.searched.expectancy_r)), *end]


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return "–" if value is None else str(value)
