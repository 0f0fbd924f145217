"""What a trade made, and how numbers are written."""

import numpy as np
import pandas as pd
from ict_lab.formatting import signed
from ict_lab.report.measure import Measure


def test_results_are_in_r_only_where_every_risk_is_known() -> None:
    trades = pd.DataFrame({"r_multiple": [1.5, -1.0], "profit_ratio": [0.03, -0.02]})
    measure = Measure.of(trades)
    assert (measure.unit, list(measure.values), measure.unknown) == ("R", [1.5, -1.0], 0)
    trades.loc[0, "r_multiple"] = np.nan
    measure = Measure.of(trades)
    assert (measure.unit, list(measure.values), measure.unknown) == ("%", [3.0, -2.0], 1)


def test_numbers_have_a_true_minus() -> None:
    assert (signed(-1234.5), signed(2.345, 1), signed(0.0)) == ("−1,234.50", "+2.3", "+0.00")
