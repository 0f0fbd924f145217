"""A real export: the risk is that of the stop that was fixed at the entry, and the money adds up."""

import numpy as np
import pytest

from tests.report.conftest import CHECKED, Real
from tests.strategy.course import Course
from tests.strategy.record import FEE

CENT = 0.005

each_strategy = pytest.mark.parametrize("name", CHECKED)


@each_strategy
def test_the_first_stop_is_the_one_fixed_at_the_entry(real: dict[str, Real], name: str) -> None:
    """EXIT-1, recomputed from raw candles; also where it moved, or a part was closed."""
    trades, run = real[name].read.trades, real[name].recomputed
    assert len(trades) == len(run.trades) >= 20
    by_opening = trades.set_index("open_timestamp")
    for expected in run.trades:
        course = Course(run, expected)
        found = by_opening.loc[expected.opened]
        assert found["first_stop"] == pytest.approx(course.first_stop, abs=course.tick), str(expected)
        entered = sum(fill.amount for fill in expected.fills if fill.is_entry)
        assert found["risk_abs"] == pytest.approx(course.risk * entered, abs=course.tick * entered)
        assert found["r_multiple"] == pytest.approx(expected.profit / found["risk_abs"])


@each_strategy
def test_profit_is_prices_less_fees_and_funding_to_the_cent(real: dict[str, Real], name: str) -> None:
    trades, run = real[name].read.trades, real[name].recomputed
    added = trades["gross_abs"] - trades["fees_abs"] + trades["funding_abs"]
    assert np.abs(added - trades["profit_abs"]).max() < CENT
    by_opening = trades.set_index("open_timestamp")
    for expected in run.trades:
        fees = FEE * sum(fill.amount * fill.price for fill in expected.fills)
        assert by_opening.loc[expected.opened, "fees_abs"] == pytest.approx(fees, abs=1e-6)


def test_funding_is_that_of_the_rates(real: dict[str, Real]) -> None:
    """Rate times mark price at each funding time, from the files."""
    name = "TrailAndBreakEven"
    run, (chart,) = real[name].recomputed, real[name].recomputed.charts.values()
    by_opening = real[name].read.trades.set_index("open_timestamp")
    paid = [(by_opening.loc[one.opened, "funding_abs"], chart.funding_of(one)) for one in run.trades]
    assert sum(abs(funding) > 0.01 for funding, _ in paid) >= 5
    assert all(funding == pytest.approx(expected, abs=CENT) for funding, expected in paid)


def test_the_export_has_what_these_tests_are_about(real: dict[str, Real]) -> None:
    partial, moved = (real[name].read.trades for name in CHECKED)
    assert (partial["orders"].map(len) == 3).sum() >= 5
    assert (partial["leverage"] == 5).all()
    tightened = (moved["stop_loss_abs"] - moved["first_stop"]).abs() > 0.001 * moved["open_rate"]
    assert tightened.sum() >= 10
    assert (moved["exit_reason"] == "trailing_stop_loss").sum() >= 5
