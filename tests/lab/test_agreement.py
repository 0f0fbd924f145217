"""How trades of a replay are set beside Freqtrade's, and what is said of it."""

import pandas as pd
import pytest
from ict_lab.agreement import compared

AT = pd.Timestamp("2024-01-01", tz="UTC")


def trades(*rows: tuple[int, int, float]) -> pd.DataFrame:
    """Make trades of hours of entry and exit, and a profit."""
    frame = pd.DataFrame(rows, columns=["open", "close", "profit_abs"])
    frame = frame.assign(exit_reason="roi", close_rate=5.0)
    dates = {f"{name}_date": AT + pd.to_timedelta(frame[name], unit="h") for name in ("open", "close")}
    return frame.assign(**dates, pair="BTC/USDT:USDT", is_short=False, entered=1.0)


def test_trades_are_the_same_or_differ_by_a_cause() -> None:
    ours = trades((1, 2, 1.0), (3, 4, 1.0), (5, 6, 1.0), (7, 8, 1.0))
    theirs = trades((1, 2, 1.0), (3, 5, 2.0), (5, 6, 1.1), (9, 9, 1.0))
    found = compared(ours, theirs)
    assert (found.same, found.trades) == (1, 5)
    assert found.share == pytest.approx(0.2)
    assert dict(found.causes) == {
        "another close_date": 1, "another profit_abs": 1, "only the replay's": 1, "only Freqtrade's": 1,
    }  # fmt: skip


def test_without_a_trade_on_either_side_nothing_differs() -> None:
    """A stretch too short for a model ends no league."""
    names = ["pair", "is_short", "open_date", "close_date"]
    names += ["exit_reason", "close_rate", "entered", "profit_abs"]
    ours = pd.DataFrame(columns=names, dtype=float)
    found = compared(ours, pd.DataFrame(columns=names, dtype=object))
    assert (found.same, found.trades) == (0, 0)
