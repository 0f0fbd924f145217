"""What goes wrong, said so that a trader can mend it: the field, the allowed range, the value."""

from __future__ import annotations


class IctError(ValueError):
    """Base of every error that this package raises on purpose."""


class CandleError(IctError):
    """The candles cannot be analysed: a column is missing, or a row is impossible."""


class ParameterError(IctError):
    """A parameter has an unknown name, a wrong type or a value outside its range."""
