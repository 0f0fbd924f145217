"""A hand-made chart for each preset of ICT's models: what it trades there, and what makes it stay out.

Written from the rulebook with the presets' own settings: swings of 3 candles, a memory of 16, stops 0.2 %
beyond their edge, targets at least 1.5 R away. Seven of them trade one and the same turn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from tests.oracle.table import Row, axis_of, turned


@dataclass(frozen=True)
class Planned:
    """An entry by hand: its price, the edge that its stop is 0.2 % beyond, its pool (none: 2 R), its tag."""

    price: float
    edge: float
    pool: float | None
    tag: str
    side: int = 1

    @property
    def stop(self) -> float:
        return self.edge * (1 - 0.002 * self.side)

    @property
    def target(self) -> float:
        return self.price + 2 * (self.price - self.stop) if self.pool is None else self.pool

    @property
    def trigger(self) -> str:
        return self.tag.split("+")[0]

    def turned(self, axis: float) -> "Planned":
        pool = None if self.pool is None else axis - self.pool
        return replace(self, price=axis - self.price, edge=axis - self.edge, pool=pool, side=-1)


@dataclass(frozen=True)
class PresetChart:
    """Candles, what a preset enters or rests at which closes, and what takes a single fact away.

    `without` holds, by fact, the candles that differ then; `without_higher` those of the 4h candles before.
    """

    preset: str
    rows: list[Row]
    expected: Mapping[int, Planned]
    without: Mapping[str, Mapping[int, Row]] = field(default_factory=dict)
    start: str = "2024-01-03 08:00"  # a Wednesday, 03:00 in New York
    higher: tuple[Row, ...] = ()
    without_higher: Mapping[str, Mapping[int, Row]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return max(self.expected)

    def frame(self) -> pd.DataFrame:
        return _frame(self.rows, pd.date_range(self.start, periods=len(self.rows), freq="15min", tz="UTC"))

    def higher_frames(self) -> dict[str, pd.DataFrame]:
        if not self.higher:
            return {}
        end = pd.Timestamp(self.start, tz="UTC") - pd.Timedelta("4h")
        return {"4h": _frame(self.higher, pd.date_range(end=end, periods=len(self.higher), freq="4h"))}

    def lacking(self, fact: str) -> "PresetChart":
        rows = changed(self.rows, self.without.get(fact, {}))
        higher = changed(self.higher, self.without_higher.get(fact, {}))
        return replace(self, rows=rows, higher=tuple(higher))

    def turned(self) -> "PresetChart":
        axis = axis_of([*self.rows, *self.higher])
        expected = {i: entry.turned(axis) for i, entry in self.expected.items()}
        rows, higher = turned(self.rows, axis), turned(self.higher, axis)
        return replace(self, rows=rows, higher=tuple(higher), expected=expected)


def _frame(rows: Sequence[Row], dates: pd.DatetimeIndex) -> pd.DataFrame:
    prices = pd.DataFrame(rows, columns=["open", "high", "low", "close"], dtype=float)
    return pd.concat([dates.to_series(name="date", index=prices.index), prices], axis=1).assign(volume=1.0)


def changed(rows: Sequence[Row], others: Mapping[int, Row]) -> list[Row]:
    """Put other candles into the place of some, or behind them all."""
    return [row for _, row in sorted({**dict(enumerate(rows)), **others}.items())]


def path(start: float, *closes: float) -> list[Row]:
    """Candles from close to close with wicks of 0.5: by steps of 1 they leave no gap and no block."""
    opens = (start, *closes)
    return [(o, max(o, c) + 0.5, min(o, c) - 0.5, c) for o, c in zip(opens, closes, strict=False)]


def at(first: int, last: int, planned: Planned) -> dict[int, Planned]:
    """Expect one order at every close from `first` to `last`."""
    return dict.fromkeys(range(first, last + 1), planned)


# 3 leaves the high 120.5, which waits; 22 the low 100.5 (told at 25); 26 the high 105.5 (told at 29).
FALL = path(116, 117, 118, 119, *range(120, 101, -1), 101, 102, 103, 104, 105)
SWEEP = (101.2, 101.7, 99, 100.8)
TURN = [
    *FALL,
    (105, 105.4, 101.6, 102),  # 27: a bearish block of 26: 103.5 to 105.5
    (102, 102.5, 100.7, 101.2),  # 28: a bearish gap: 102.5 to 103.5
    SWEEP,  # 29: takes 100.5; the run of 27 to 29 begins at 105
    # 30: shift above 105.5 by displacement. 29 is a block, 99 to 101.7, 26 a breaker, the gap inverted.
    (100.8, 106.7, 100.6, 106.2),
    (106.2, 107.5, 105.9, 107),  # 31: a gap, 101.7 to 105.9; with the breaker a unicorn
    *path(107, 108, 109),  # 33 leaves the high 109.5, told at 36
]
RETURN = [*TURN, *path(109, 108, 107, 106, 105, 104)]
LATER = [
    *TURN,
    *path(109, *[108] * 9, 107, 106),
    (106, 106.5, 103.5, 104),  # 45: in the gap, below the middle of 99 and 109.5, which is 104.25
]
NO_SWEEP = {29: (101.2, 101.7, 100.6, 100.8)}  # 100.5 stays
NO_DISPLACEMENT = {30: (100.8, 110.5, 100.6, 106.2)}  # a body of 5.4 in a range of 9.9
UP_4H = (
    *path(96, 98, 100, 102, 104, 102, 100, 98, 100),  # the high 104.5
    *path(100, 106, 111, 116),  # breaks it
)
BLOCK_4H = ((106, 107, 100, 101), (101, 111.5, 100.5, 111), (111, 117, 110.5, 116))  # 100 to 107

CHARTS = [
    PresetChart(
        "SilverBullet",
        RETURN,
        # Candle 34 opens at 10:00 in New York, 37 comes back to the gap.
        at(33, 36, Planned(105.9, 99, 120.5, "fvg+swept")),
        {"swept": NO_SWEEP},
        start="2024-01-03 06:30",
    ),
    PresetChart(
        "2022Model",
        LATER,
        {45: Planned(104, 99, 120.5, "gap+discount+swept+mss")},
        {
            "discount": {45: (106, 106.5, 103.5, 104.3)},
            "mss": NO_DISPLACEMENT,
            # Back a candle later, 17 after the sweep and 16 after the shift.
            "swept": {45: (106, 106.5, 105.9, 106.2), 46: (106.2, 106.5, 103.5, 104)},
        },
    ),
    PresetChart(
        "Unicorn", RETURN, at(31, 36, Planned(105.5, 99, 120.5, "unicorn+mss")), {"mss": NO_DISPLACEMENT}
    ),
    PresetChart(
        "Breaker",
        RETURN,
        # 1.5 R are 3.31: the high 109.5 is a target once it is told.
        at(30, 35, Planned(105.5, 103.5, 120.5, "breaker+true_breaker"))
        | {36: Planned(105.5, 103.5, 109.5, "breaker+true_breaker")},
        {"true_breaker": NO_SWEEP},
    ),
    PresetChart(
        "InversionGap", RETURN, at(30, 38, Planned(103.5, 99, 120.5, "ifvg+swept")), {"swept": NO_SWEEP}
    ),
    PresetChart(
        "OteTrend",
        RETURN,
        # The block's edge is in the leg's band from 30 (100.617 to 101.926) to its high (101.205 to 102.99).
        at(30, 38, Planned(101.7, 99, None, "ob+htf+ote")),
        {"ote": {29: (101.2, 103.2, 99, 100.8)}},
        higher=UP_4H,
        without_higher={"htf": {3: (102, 125, 101.5, 104)}},
    ),
    PresetChart(
        "HigherBlock",
        RETURN,
        {30: Planned(106.2, 99, 120.5, "mss+htf_ob")},
        higher=BLOCK_4H,
        without_higher={"htf_ob": {0: (105, 106, 100, 101)}},
    ),
    PresetChart(
        "TurtleSoup",
        [
            *FALL,
            *path(105, 104, 103, 102, 101, 102, 103, 104, 103, 102),  # 30: the low 100.5 again, told at 33
            (102, 102.5, 99, 101),  # 36: takes both; tells the high 104.5 of 33
        ],
        {36: Planned(101, 99, 104.5, "sweep")},
    ),
    PresetChart(
        "Cisd",
        [
            *FALL,
            *path(105, 104, 103, 102, 102.5),
            (102.5, 103, 99, 101),  # 31: takes 100.5; its run is itself, from 102.5
            (101, 103.2, 100.8, 102.8),  # 32: above it, and below 103, the middle of 100.5 and 105.5
        ],
        {32: Planned(102.8, 99, 120.5, "cisd+discount")},
        {"discount": {32: (101, 103.7, 100.8, 103.2)}},
    ),
    PresetChart(
        "JudasSwing",
        [
            # 0 to 15 are Asia: 111.5 of 3 and 100.5 of 13.
            *path(107, 108, 109, 110, *range(111, 101, -1), 101, 102, 103),
            *path(103, 104, 105, 104, 103, 104, 105, 104, 103, 103.4),
            (103.4, 103.6, 100.2, 101.5),  # 25, in London: takes Asia's low; its run is itself, from 103.4
            (101.5, 104, 101.2, 103.8),  # 26
        ],
        {26: Planned(103.8, 100.2, 111.5, "cisd+swept")},
        {"swept": {0: (107, 108.5, 99, 108)}},  # Asia's low is 99; 100.5 is a swing's
        start="2024-01-03 01:00",  # 20:00 in New York
    ),
]
