"""What goes wrong, said so that a trader can mend it: the field, the allowed range, the value."""

from __future__ import annotations

import pandas as pd


class IctError(ValueError):
    """Base of every error that this package raises on purpose."""


class CandleError(IctError):
    """The candles cannot be analysed: a column is missing, or a row is impossible.

    Attributes
    ----------
    at : pandas.Timestamp or None
        Opening time of the bad candle, in UTC, where it is one candle.
    """

    def __init__(self, text: str, at: pd.Timestamp | None = None) -> None:
        super().__init__(text)
        self.at = at


class ParameterError(IctError):
    """A parameter has an unknown name, a wrong type or a value outside its range."""
