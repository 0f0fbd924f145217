"""Errors that a trader can fix: they name the field, the allowed range and the value."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

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


class SecondMarketError(CandleError):
    """The same of the market that a pair is compared with; the pair itself can do without it."""


class ParameterError(IctError):
    """A parameter has an unknown name, a wrong type or a value outside its range."""


def unknown_word(where: str, word: object, known: Iterable[str], also: str = "") -> ParameterError:
    """Make the error of a word that is none of the known ones: it lists them and names the nearest.

    Parameters
    ----------
    where : str
        Setting, or key of a block.
    word : object
        What was given.
    known : Iterable[str]
        Words allowed.
    also : str, optional
        What else is allowed, in words.
    """
    words = [*known]
    allowed = f"{', '.join(words)} {also}".strip()
    return ParameterError(f"{where} must be among {allowed}, was {word!r}{nearest_word(word, words)}")


def nearest_word(word: object, known: Iterable[str]) -> str:
    """Ask at the end of an error whether the nearest known word was meant; empty where none is near."""
    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(str(word).lower(), by_lower, 1)
    return f"; did you mean {by_lower[near[0]]}?" if near else ""
