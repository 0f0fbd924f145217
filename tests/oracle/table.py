"""What a table of candles is: literal rows and what every rule must say about them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from .candles import NOTHING

Row = tuple[float, float, float, float]
Expected = Mapping[str, Mapping[int, Any]]

DIRECTIONS = (
    "_direction", "_bos", "_choch", "_sweep", "_left_gap", "_trend", "ict_displacement", "_mss", "_cisd",
    "_smt",
)  # fmt: skip
TEXTS = ("_label", "_kill_zone", "_side_kind", "_side_swept")
SCORES = ("_score",)
FLAGS = (
    "_fvg", "_ifvg", "_ote", "_reversal", "_retest", "_broke_structure", "_swept_first", "_breaker_swept",
)  # fmt: skip
# What becomes of a word of a column's name when the market is turned upside down.
PAIRS = (
    ("bull", "bear"), ("long", "short"), ("buy", "sell"), ("high", "low"), ("highs", "lows"),
    ("top", "bottom"),
)  # fmt: skip
LABELS = {"": "", "HH": "LL", "LL": "HH", "LH": "HL", "HL": "LH"}
SIZES = (*SCORES, "ob_displacement")
MIRRORED = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}


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
    absent: tuple[int, ...] = ()
    reference: list[Row] | None = None
    reference_absent: tuple[int, ...] = ()

    def frame(self) -> pd.DataFrame:
        return self.frame_of(self.rows, self.absent)

    def given(self) -> dict[str, Any]:
        """Give what else goes into an analysis: the second market, if there is one, and the settings."""
        if self.reference is None:
            return dict(self.params)
        return {"reference": self.frame_of(self.reference, self.reference_absent), **self.params}

    def frame_of(self, rows: list[Row], absent: tuple[int, ...]) -> pd.DataFrame:
        """Put rows on the places of the clock that are not absent."""
        places = pd.date_range(self.start, periods=len(rows) + len(absent), freq=self.step, tz="UTC")
        frame = pd.DataFrame(rows, columns=["open", "high", "low", "close"], dtype=float)
        frame.insert(0, "date", places.delete(absent))
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
    return False if column.startswith("ict_in_") or column.endswith(FLAGS) else NOTHING


def mirrored(table: Table) -> Table:
    """Turn a table upside down: the other side's rule must say the same there."""
    axis, buffer = axis_of(table.rows), table.params.get("stop_buffer", 0.002)
    expected = {
        mirrored_name(name): {i: mirrored_value(name, value, axis, buffer) for i, value in values.items()}
        for name, values in table.expected.items()
    }
    lives = {
        kind: [replace(life, direction=-life.direction) for life in lives]
        for kind, lives in table.lives.items()
    }
    others = table.reference and turned(table.reference)
    return replace(
        table, name=f"{table.name}_mirrored", rows=turned(table.rows), expected=expected, lives=lives,
        reference=others,
    )  # fmt: skip


def axis_of(rows: Sequence[Row]) -> float:
    """Add a price and its mirror."""
    return max(row[1] for row in rows) + min(row[2] for row in rows)


def turned(rows: Sequence[Row], axis: float | None = None) -> list[Row]:
    """Turn candles upside down, within the prices between which they lie if nothing else is asked."""
    axis = axis_of(rows) if axis is None else axis
    return [(axis - opened, axis - low, axis - high, axis - close) for opened, high, low, close in rows]


def mirrored_name(column: str) -> str:
    return "_".join(MIRRORED.get(word, word) for word in column.split("_"))


def mirrored_value(column: str, value: Any, axis: float, buffer: float) -> Any:
    """Turn a price, a direction or a swing's label; other words, flags, points and sizes stay."""
    if column.endswith("_label"):
        return ",".join(LABELS[word] for word in reversed(value.split(",")))
    if isinstance(value, str | bool) or math.isnan(value) or column.endswith(SIZES):
        return value
    if column.endswith("_position"):
        return 1 - value
    if column.endswith("_stop"):
        side = 1 if "long" in column else -1
        return (axis - value / (1 - side * buffer)) * (1 + side * buffer)
    return -value if empty_value(column) == 0 else axis - value


def both_sides(tables: list[Table]) -> list[Table]:
    return [side for table in tables for side in (table, mirrored(table))]
