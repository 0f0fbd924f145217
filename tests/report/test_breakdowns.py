"""Trades by what they have in common, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from ict_lab.report.breakdowns import Breakdown, breakdowns_of
from ict_lab.report.measure import Measure

from ict import Params


def trades_of(*rows: tuple[str, str | None, str, str, float]) -> pd.DataFrame:
    """Trades from opening, tag, side, pair and R multiple; one R is 10 USDT."""
    frame = pd.DataFrame(rows, columns=["open_date", "enter_tag", "side", "pair", "r_multiple"])
    frame["open_date"] = pd.to_datetime(frame["open_date"], utc=True)
    return frame.assign(
        close_date=frame["open_date"], profit_abs=10 * frame["r_multiple"],
        exit_reason=np.where(frame["r_multiple"] > 0, "roi", "stop_loss"), fees_abs=0.5, funding_abs=-0.25,
    )  # fmt: skip


# New York's 07:00 is 12:00 UTC in winter and 11:00 UTC in summer.
TRADES = trades_of(
    ("2024-01-10 12:15", "ob+htf", "long", "BTC", 2.0),
    ("2024-01-10 11:45", "ob+htf+fvg", "short", "BTC", -1.0),
    ("2024-07-10 11:15", "ob+htf", "long", "ETH", -1.0),
    ("2024-07-10 06:00", "ob", "long", "ETH", 2.0),
    ("2024-07-11 00:00", None, "short", "ETH", -1.0),
)


def by(title: str, trades: pd.DataFrame = TRADES, params: Params | None = None) -> Breakdown:
    (found,) = [one for one in breakdowns_of(trades, Measure.of(trades), params=params) if one.title == title]
    return found


AT = "2024-01-10 12:15"
FOREIGN = trades_of((AT, "rsi_low", "long", "BTC", 1.0), (AT, "rsi_low+ema", "long", "BTC", 1.0))
UNTAGGED = trades_of((AT, None, "long", "BTC", 1.0))


# Number of trades and mean of each group, in the order in which they are shown.
@pytest.mark.parametrize(("title", "trades", "groups"), [
    # A trade counts for each pattern that its tag lists.
    ("Pattern", TRADES, {
        "Order block": (4, 0.5), "without: Order block": (1, -1.0), "Higher timeframe trend": (3, 0.0),
        "without: Higher timeframe trend": (2, 0.5), "Fair value gap": (1, -1.0),
        "without: Fair value gap": (4, 0.5), "no tag": (1, -1.0), "without: no tag": (4, 0.5),
    }),
    # SIG-2: 2 for the block, 2 for the trend, 1.5 for the gap.
    ("Confluence", TRADES, {
        "no tag": (1, -1.0), "Order block · 2 points": (1, 2.0),
        "Order block + Higher timeframe trend · 4 points": (2, 0.5),
        "Order block + Higher timeframe trend + Fair value gap · 5.5 points": (1, -1.0),
    }),
    # 00:00 UTC is 20:00 in a summer's New York: Asia; 06:00 UTC is 02:00: London.
    ("Kill zone", TRADES, {"Asia": (1, -1.0), "London": (1, 2.0), "New York": (2, 0.5), "none": (1, -1.0)}),
    ("Hour", TRADES, {"00:00": (1, -1.0), "06:00": (1, 2.0), "11:00": (2, -1.0), "12:00": (1, 2.0)}),
    ("Month", TRADES, {"2024-01": (2, 0.5), "2024-07": (3, 0.0)}),
    ("Pair", TRADES, {"BTC": (2, 0.5), "ETH": (3, 0.0)}),
    ("Exit", TRADES, {"target": (2, 2.0), "stop loss": (3, -1.0)}),
    # Tags of another strategy are shown as they are.
    ("Pattern", FOREIGN, {"ema": (1, 1.0), "without: ema": (1, 1.0), "rsi_low": (2, 1.0)}),
    ("Confluence", FOREIGN, {"rsi_low": (1, 1.0), "rsi_low + ema": (1, 1.0)}),
    ("Pattern", UNTAGGED, {"no tag": (1, 1.0)}),
    ("Confluence", UNTAGGED, {"no tag": (1, 1.0)}),
])  # fmt: skip
def test_groups(title: str, trades: pd.DataFrame, groups: dict[str, tuple[int, float]]) -> None:
    found = {one.label: (one.expectancy.count, one.expectancy.mean) for one in by(title, trades).groups}
    assert title != "Confluence" or list(found) == list(groups)
    assert found == {label: (count, pytest.approx(mean)) for label, (count, mean) in groups.items()}


def test_points_are_those_of_the_settings_that_traded() -> None:
    trades = trades_of((AT, "fvg", "long", "BTC", 1.0), (AT, "htf", "long", "BTC", 1.0))
    groups = by("Confluence", trades, Params(points_fvg=3.0)).groups
    names = ["Higher timeframe trend · 2 points", "Fair value gap · 3 points"]
    assert [group.label for group in groups] == names


def test_by_side_with_all_sums() -> None:
    long, short = by("Side").groups
    assert (long.label, long.expectancy.count, long.expectancy.mean) == ("long", 3, 1.0)
    assert long.win_percent == pytest.approx(200 / 3)
    assert (long.net, long.fees, long.funding) == (30.0, 1.5, -0.75)
    assert (short.label, short.expectancy.count, short.net) == ("short", 2, -20.0)
