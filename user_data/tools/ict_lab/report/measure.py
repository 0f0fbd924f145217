"""What a trade made, in the unit of the whole report: R multiples, or percent where risks are not known."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Measure:
    """What each trade made, after all costs.

    Attributes
    ----------
    values : pandas.Series
        One value a trade, with the index of the trades.
    unit : str
        "R", or "%" of the stake.
    unknown : int
        Trades whose risk is not known; above zero, the unit is "%".
    """

    values: pd.Series[float]
    unit: str
    unknown: int

    @classmethod
    def of(cls, trades: pd.DataFrame) -> Measure:
        """Measure in R; in percent of the stake where the first stop of any trade is not known.

        Leaving those trades out would flatter or blame: a stop that moved is one of a trade that gained.
        """
        unknown = int(trades["r_multiple"].isna().sum())
        if unknown:
            return cls(100 * trades["profit_ratio"].astype(float), "%", unknown)
        return cls(trades["r_multiple"].astype(float), "R", 0)
