"""The verdict on the terminal and in files: Markdown, HTML and JSON."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from ict import __version__
from ict_lab.errors import LabError
from ict_lab.files import write_whole
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.verdict.judgement import Judgement
from ict_lab.verdict.sentences import headline, sentence
from ict_lab.verdict.tables import Table, details, facts, overview

FORMS = (".md", ".html", ".json")
# Wide enough for the widest row, where no terminal gives its width.
HTML_WIDTH = 120
_VERSION = f"By ict_lab {__version__}."


def checked_form(path: Path) -> Path:
    """Return a path whose ending says what to write.

    Raises
    ------
    LabError
        When it says something else.
    """
    if path.suffix not in FORMS:
        raise LabError(f"--out must end with one of {', '.join(FORMS)}, was {path.name}")
    return path


def write(path: Path, judgements: Sequence[Judgement]) -> None:
    """Write the verdict in the form of the file's extension.

    Raises
    ------
    LabError
        When the file cannot be written.
    """
    makers = {".md": as_markdown, ".html": as_html, ".json": as_json}
    text = makers[checked_form(path).suffix](judgements)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error}") from error


def show(console: Console, judgements: Sequence[Judgement]) -> None:
    """Print the verdict, the plain sentence first."""
    console.print(Text(headline(judgements), style="bold"))
    console.print()
    console.print(_rich(overview(judgements)))
    for judged in judgements:
        console.print(Text(f"\n{judged.record.name}", style="bold underline"))
        console.print(Text(sentence(judged)))
        for table in details(judged):
            console.print(Padding(_rich(table), (1, 0, 0, 0)))
        console.print()
        for fact in facts(judged):
            console.print(Text(f"- {fact}"))
    console.print(Text(f"\n{_VERSION}"))


def _rich(table: Table) -> RichTable:
    drawn = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(table.columns):
        drawn.add_column(name, justify="right" if number else "left")
    for row in table.rows:
        drawn.add_row(*(Text(word) for word in row))
    return drawn


def as_html(judgements: Sequence[Judgement]) -> str:
    """Return what the terminal shows as a page of its own."""
    console = Console(record=True, width=HTML_WIDTH, file=io.StringIO())
    show(console, judgements)
    return console.export_html(inline_styles=True)


def as_markdown(judgements: Sequence[Judgement]) -> str:
    """Return the verdict as Markdown."""
    parts = [f"**{headline(judgements)}**", as_markdown_table(overview(judgements))]
    for judged in judgements:
        parts += [f"## {judged.record.name}", sentence(judged)]
        parts += [f"### {table.title}\n\n{as_markdown_table(table)}" for table in details(judged)]
        parts.append("\n".join(f"- {fact}" for fact in facts(judged)))
    parts.append(_VERSION)
    return "\n\n".join(parts) + "\n"


def as_markdown_table(table: Table) -> str:
    """Return a table as Markdown."""
    lines = [table.columns, ("---", *["---:"] * (len(table.columns) - 1)), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_json(judgements: Sequence[Judgement]) -> str:
    """Return every number of the verdict; what is not known is null."""
    content = {
        "version": __version__,
        "verdict": headline(judgements),
        "strategies": [_plain(judged) for judged in judgements],
    }
    return json.dumps(_known(content), indent=2, allow_nan=False) + "\n"


def _plain(judged: Judgement) -> dict[str, Any]:
    record = judged.record
    return {
        "strategy": record.name,
        "verdict": sentence(judged),
        "edge_shown": judged.shown,
        "doubts": judged.doubts,
        "smallest_edge_r": judged.smallest_edge,
        "timerange": record.timerange,
        "unseen": record.unseen,
        "trades": judged.trades,
        "expectancy_r": asdict(judged.expectancy),
        "gross_r": judged.gross_r,
        "random_entries": _drawn(judged.chance),
        "placebo_zones": _drawn(judged.placebo),
        "holding": asdict(judged.holding),
        "deflated_sharpe": asdict(judged.sharpe),
        "overfitting": asdict(judged.overfitting) if judged.overfitting else None,
        "half_years": [asdict(part) for part in judged.halves],
        "pairs": [asdict(part) for part in judged.pairs],
        "stress": [asdict(case) for case in judged.stress],
        "agreement": record.agreement,
        "notes": list(judged.notes),
    }


def _drawn(draws: NullDistribution | None) -> dict[str, Any] | None:
    if draws is None:
        return None
    low, high = draws.interval
    return {
        "net_r": draws.mean, "low": low, "high": high, "gross_r": float(draws.gross_r.mean()),
        "trades": draws.trades, "draws": len(draws.net_r), "actual_net_r": draws.actual,
        "actual_trades": draws.actual_trades, "p_value": draws.p_value,
    }  # fmt: skip


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
