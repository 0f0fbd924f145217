"""What a table of candles is: literal rows and what every rule must say about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .candles import NOTHING

Row = tuple[float, float, float, float]
Expected = Mapping[str, Mapping[int, Any]]

DIRECTIONS = ("_direction", "_bos", "_choch", "_sweep", "_left_gap")
TEXTS = ("_label", "_kill_zone")
SCORES = ("_score",)
FLAGS = (
    "_fvg",
    "_ifvg",
    "_ote",
    "_reversal",
    "_retest",
    "_broke_structure",
    "_swept_first",
)


@dataclass(frozen=True)
class Life:
    """The part of a zone that ZONE-1 decides; `ended_at` is -1 and `end_reason` empty while it lives."""

    direction: int
    known_at: int
    ended_at: int
    end_reason: str
    touches: int = 0
    filled_percent: float = NOTHING


@dataclass(frozen=True)
class Table:
    """Candles as (open, high, low, close) and the values expected at some of them.

    In every column that `expected` names, all other candles must hold the column's empty value. In `lives`
    every zone of a named kind is listed, in the order in which the zones became known.
    """

    name: str
    rule: str
    rows: list[Row]
    expected: Expected
    params: Mapping[str, Any] = field(default_factory=dict)
    lives: dict[str, list[Life]] = field(default_factory=dict)
    start: str = "2024-01-03 00:00"  # a Wednesday
    step: str = "15min"

    def frame(self) -> pd.DataFrame:
        """Give the rows as a frame of date, open, high, low, close, volume."""
        frame = pd.DataFrame(self.rows, columns=["open", "high", "low", "close"], dtype=float)
        frame.insert(0, "date", pd.date_range(self.start, periods=len(frame), freq=self.step, tz="UTC"))
        frame["volume"] = 1.0
        return frame


def doji(close: float, high: float, low: float) -> Row:
    """Give a candle that opens where it closes, so that it neither is nor makes an order block."""
    return (close, high, low, close)


def each(first: int, last: int, value: Any) -> dict[int, Any]:
    """Expect one value at every candle from `first` to `last`, both included."""
    return dict.fromkeys(range(first, last + 1), value)


def empty_value(column: str) -> Any:
    """Give what a column holds where there is nothing: 0, "", False or NaN."""
    if column.endswith(DIRECTIONS) or column.startswith("ict_trend"):
        return 0
    if column.endswith(TEXTS):
        return ""
    if column.endswith(SCORES):
        return 0.0
    return False if column.endswith(FLAGS) else NOTHING
