"""Freqtrade's own tools: bias analyses that can fail, the list of strategies, a parallel hyperopt."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ict import Params
from ict.columns import Columns
from tests.strategy.host import load
from tests.strategy.support import STRATEGY, Workplace, copied_strategies
from tests.support.places import STRATEGIES

pytestmark = pytest.mark.xdist_group("strategy-tools")

PEEKING = "PeekingStrategy"
# Enters only where the fourth candle from here closes higher: what nobody can know.
PEEKING_SOURCE = f"""
from {STRATEGY} import {STRATEGY}


class {PEEKING}({STRATEGY}):
    def populate_entry_trend(self, dataframe, metadata):
        dataframe = super().populate_entry_trend(dataframe, metadata)
        rises = dataframe["close"].shift(-4) > dataframe["close"]
        dataframe["enter_long"] = (dataframe["enter_long"].eq(1) & rises).astype(int)
        return dataframe
"""
NO_VARIANCE = "No variance on indicator(s) found due to recursive formula."
NO_LOOKAHEAD = "No lookahead bias on indicators found."


def lookahead(place: Workplace, strategy: str, timerange: str, signals: int) -> dict[str, str]:
    """Analyse and return the strategy's row of the CSV file; a row that is not there fails."""
    file = place.folder / f"{strategy}.csv"
    # Freqtrade leaves the row out unless there are more signals than the minimum.
    amounts = ("--minimum-trade-amount", str(signals - 1), "--targeted-trade-amount", str(signals))
    export = ("--lookahead-analysis-exportfilename", str(file))
    run = place.analyse("lookahead-analysis", timerange, *amounts, *export, strategy=strategy)
    assert run.returncode == 0, run.stderr[-3000:]
    with file.open(encoding="utf-8", newline="") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["strategy"] == strategy]
    return row


def test_no_lookahead(workplaces: Callable[..., Workplace]) -> None:
    row = lookahead(workplaces("lookahead"), STRATEGY, "20240101-20240107", signals=12)
    assert row["has_bias"] == "False"
    assert int(row["total_signals"]) >= 12
    assert (row["biased_entry_signals"], row["biased_exit_signals"], row["biased_indicators"]) == (
        "0",
        "0",
        "",
    )


def test_lookahead_analysis_finds_a_peek(workplaces: Callable[..., Workplace], tmp_path: Path) -> None:
    """Without this, the test above could be one that never fails."""
    strategies = copied_strategies(tmp_path / "strategies")
    (strategies / f"{PEEKING}.py").write_text(PEEKING_SOURCE, encoding="utf-8")
    row = lookahead(workplaces("peeking", strategies), PEEKING, "20240101-20240105", signals=4)
    assert row["has_bias"] == "True"
    assert int(row["biased_entry_signals"]) > 0


def recursive_differences(output: str) -> dict[str, dict[int, str]]:
    """Read the table of the recursive analysis: column -> startup candles -> difference, `-` for none."""
    rows = [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in output.splitlines()]
    table = [row for row in rows if len(row) > 1]
    if not table:
        return {}
    startups = [int(cell.split()[0]) for cell in table[0][1:]]
    return {row[0]: dict(zip(startups, row[1:], strict=True)) for row in table[1:]}


def test_the_reader_of_the_recursive_analysis() -> None:
    """As Freqtrade 2026.9 prints it: the next test must not pass on a table that it cannot read."""
    output = """
                 Recursive Analysis
    ┏━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━┓
    ┃ Indicators ┃     199 ┃ 203 (from strategy) ┃
    ┡━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━┩
    │     ict_ob │    nan% │                   - │
    │        ema │ -0.002% │              0.001% │
    └────────────┴─────────┴─────────────────────┘
    """
    expected = {"ict_ob": {199: "nan%", 203: "-"}, "ema": {199: "-0.002%", 203: "0.001%"}}
    assert recursive_differences(output) == expected


def test_no_difference_with_more_startup_candles(workplaces: Callable[..., Workplace]) -> None:
    """From the strategy's own startup on: with fewer candles than that, a zone may be missing."""
    run = workplaces("recursive").analyse("recursive-analysis", "20240101-20240201")
    assert run.returncode == 0, run.stderr[-3000:]
    assert NO_LOOKAHEAD in run.stderr
    own = load().startup_candle_count
    differences = recursive_differences(run.stdout)
    # Freqtrade prints no table at all where nothing differs, and says so in its log.
    assert differences or NO_VARIANCE in run.stderr
    # What hangs on a swing or a month any number of candles ago says so in its declaration.
    endless = {name for name, one in Columns.in_use(Params()).items() if one.remembers}
    assert {
        column: (startup, shown)
        for column, cells in differences.items()
        if column not in endless
        for startup, shown in cells.items()
        if startup >= own and shown not in ("-", "0.000%", "-0.000%")
    } == {}


@pytest.mark.parametrize("options", [(), ("--recursive-strategy-search",)], ids=["strategies", "all folders"])
def test_only_strategies_are_listed_and_each_loads(
    workplaces: Callable[..., Workplace], options: tuple[str, ...]
) -> None:
    """Freqtrade runs each file that it meets by its bare name, also those of our packages."""
    assert not list(STRATEGIES.rglob("__main__.py"))
    run = workplaces("list").run("list-strategies", *options)
    assert run.returncode == 0, run.stderr[-3000:]
    rows = [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in run.stdout.splitlines()]
    listed = {row[0]: row[2] for row in rows[3:] if row and row[0]}
    assert listed == {file.stem: "OK" for file in STRATEGIES.glob("*.py")}
    assert "Could not import" not in run.stderr
    assert "usage:" not in run.stderr


def test_hyperopt_with_two_workers(workplaces: Callable[..., Workplace], tmp_path: Path) -> None:
    """Workers unpickle the sibling package, every epoch is kept, and what is written back is accepted."""
    strategies = copied_strategies(tmp_path / "strategies")
    place = workplaces("hyperopt", strategies)
    options = ("--epochs", "4", "-j", "2", "--random-state", "7", "--min-trades", "1", "--analyze-per-epoch")
    loss = ("--hyperopt-loss", "OnlyProfitHyperOptLoss", "--spaces", "patterns", "exits")
    run = place.analyse("hyperopt", "20240101-20240108", *options, *loss)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "Traceback" not in run.stderr
    (results,) = (place.folder / "user_data" / "hyperopt_results").glob("*.fthypt")
    epochs = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert len(epochs) == 4
    assert {epoch["results_metrics"]["total_trades"] > 0 for epoch in epochs} == {True}
    assert len({json.dumps(epoch["params_dict"], sort_keys=True) for epoch in epochs}) == 4
    written = json.loads((strategies / f"{STRATEGY}.json").read_text(encoding="utf-8"))["params"]
    strategy = load({}, folder=strategies)
    for name, value in {**written["patterns"], **written["exits"]}.items():
        assert getattr(strategy, name).value == value
