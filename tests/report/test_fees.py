"""Fees of entries and exits apart, worked by hand."""

from pathlib import Path

import pytest
from ict_lab.report.fees import Fees
from ict_lab.runs.run import read_runs

from tests.report.exports import STRATEGY, result, trade, write


@pytest.mark.parametrize(("strategy", "block", "rest"), [
    (STRATEGY, {}, False),
    (STRATEGY, {"entry_at": "zone", "entry_events": []}, True),
    ("Another", {}, None),
])  # fmt: skip
def test_entries_and_exits_apart(
    strategy: str, block: dict[str, object], rest: bool | None, tmp_path: Path
) -> None:
    """4 in at 100, out by halves at 104 and 98, and 1 in at 50, out at 49; 0.05 % of each fill.

    Entries are 450 in all, a maker of 0.02 % pays 0.09 for them; exits 208 + 196 + 49 = 453.
    """
    rows = [trade(100.0, [(2.0, 104.0), (2.0, 98.0)], (98.0, 0.02)), trade(50.0, [(1.0, 49.0)], (49.0, 0.02))]
    (run,) = read_runs(write(tmp_path, {strategy: result(rows)}, config={"ict": block}))
    fees = Fees.of(run)
    assert (fees.entries, fees.exits) == (pytest.approx(0.225), pytest.approx(0.2265))
    assert (fees.entry_percent, fees.exit_percent) == (pytest.approx(0.05), pytest.approx(0.05))
    assert (fees.rest, fees.entries_as_maker) == (rest, pytest.approx(0.09))
