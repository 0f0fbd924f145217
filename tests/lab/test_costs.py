"""What an entry costs before it is made: fees by who takes, and funding for the usual time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from ict_lab.costs import costs_table, main
from ict_lab.funding import hourly_rates
from ict_lab.league.subjects import presets
from ict_lab.league.trading import Spec, trades_of

from ict.desk.costs import fees_in_r, funding_in_r
from tests.tune.conftest import PAIR

START = pd.Timestamp("2024-01-01", tz="UTC")
SPEC = Spec(fee=0.001, maker_fee=0.0005)


# A stop one away from 100; what a long pays, a short gets; where the rate is below 0, the other way round.
@pytest.mark.parametrize(("entry", "stop", "rate", "cost"), [
    (100.0, 99.0, 0.0002, 0.02), (100.0, 101.0, 0.0002, -0.02), (100.0, 99.0, -0.0002, -0.02),
])  # fmt: skip
def test_funding_in_r(entry: float, stop: float, rate: float, cost: float) -> None:
    assert funding_in_r(entry, stop, rate) == pytest.approx(cost)
    assert fees_in_r(entry, stop, (0.0, 0.001)) == pytest.approx(0.001 * stop)
    assert (fees_in_r(entry, entry, (0.1, 0.1)), np.isnan(funding_in_r(entry, entry, rate))) == (np.inf, True)


@pytest.mark.parametrize(("hours", "hourly"), [([0, 8, 16], 0.0001), ([0, 4, 8], 0.0002), ([0], 0.0001)])
def test_a_rate_is_for_the_time_from_one_funding_to_the_next(hours: list[int], hourly: float) -> None:
    rates = pd.DataFrame({"date": [START + pd.Timedelta(hours=at) for at in hours], "rate": 0.0008})
    assert hourly_rates(rates).tolist() == pytest.approx([hourly] * len(hours))


def test_costs_are_those_of_the_median_entry_on_each_pair() -> None:
    """Stops 1, 2 and 4 % away, held 2, 4 and 6 hours; 0.01 % an hour."""
    (market,) = presets(["ICTObFvgStrategy"])
    resting = replace(market, params=replace(market.params, entry_at="zone"))
    entries = pd.DataFrame(
        {
            "pair": PAIR, "entry": 100.0, "stop": [99.0, 102.0, 96.0], "opened": START,
            "closed": [START + pd.Timedelta(hours=hours) for hours in (2, 4, 6)],
        }
    )  # fmt: skip
    hourly = {PAIR: 0.0001, "ETH/USDT:USDT": 0.0001}
    table = costs_table(
        {market: entries, resting: entries, replace(market, model="none"): entries[:0]}, hourly, SPEC
    )
    assert table.columns[-2:] == ("BTC", "ETH")
    # The short, 2 away: 0.1 % of 100 and 102 is 0.202; a maker pays 0.05 less; four hours are 0.04.
    about = ("3", "4.0 h", "2.00 %", "1.00 %")
    assert list(table.rows) == [
        ("ObFvg", "market", *about, "0.10 / – / +0.020", "– / – / –"),
        ("ObFvg", "resting", *about, "0.10 / 0.08 / +0.020", "– / – / –"),
        ("none", "market", "0", "– h", "– %", "– %", "– / – / –", "– / – / –"),
    ]


@pytest.mark.parametrize(("words", "sentence"), [
    (["--fee", "-1"], "fee must be between 0 and 0.02, was -1"),
    (["--maker-fee", "0.05"], "maker_fee must be between 0 and 0.02, was 0.05"),
])  # fmt: skip
def test_a_fee_that_is_none_is_named(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err == f"make costs: {sentence}\n"


def test_a_model_that_trades_nothing_has_no_costs() -> None:
    (market,) = presets(["ICTObFvgStrategy"])
    nothing = trades_of(None, None, SPEC).assign(entry=0.0, stop=0.0)
    assert costs_table({market: nothing}, {PAIR: 0.0}, SPEC).rows[0][2:4] == ("0", "– h")
